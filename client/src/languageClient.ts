import * as vscode from "vscode";
import { LanguageClient, State, TransportKind } from "vscode-languageclient/node";
import { commands, methods } from "../../server/src/protocol.ts";
import type {
  ChooseParams,
  DocumentParams,
  ImageChoice,
  ImageStatus,
  InitializationOptions,
  StartOutcome,
  StartParams,
  TrustParams,
} from "../../server/src/protocol.ts";
import type { BinaryAnswer } from "../../server/src/protocol/binary.ts";
import type {
  FileAnswer,
  FileFinding,
  FileHit,
  FileParams,
  FileReadParams,
  FileSearchParams,
  OtherFileParams,
} from "../../server/src/protocol/files.ts";
import type { RevealParams, TreeParams, TreeRow } from "../../server/src/protocol/layerTree.ts";
import type {
  BuildOutcome,
  RewriteParams,
  RewritePreview,
  ScratchRow,
} from "../../server/src/protocol/scratch.ts";
import type {
  Treemap,
  TreemapMatches,
  TreemapParams,
  TreemapSearchParams,
} from "../../server/src/protocol/treemap.ts";
import type {
  BuildHistory,
  BuildsComparison,
  CompareBuildsParams,
  HistoryBuild,
} from "../../server/src/protocol/builds.ts";
import { schemes } from "./dockerfileInView.ts";
import type { ImageStatuses } from "./imageStatuses.ts";
import { readingProgress } from "./readingProgress.ts";
import { rememberedChoices } from "./rememberedChoices.ts";

/** The language server as the views see it. Requests give nothing while it does not run. */
export interface Server extends vscode.Disposable {
  start(): Promise<void>;
  restart(): Promise<void>;
  tree(params: TreeParams): Promise<readonly TreeRow[]>;
  /** Ids of rows from the root to the one asked for. */
  reveal(params: RevealParams): Promise<readonly string[]>;
  scratch(uri: string): Promise<readonly ScratchRow[]>;
  /** Null when the offer is not made any more. */
  rewrite(params: RewriteParams): Promise<RewritePreview | null>;
  /** Takes as long as two builds; the user has to have said so. */
  buildCompare(params: RewriteParams, token: vscode.CancellationToken): Promise<BuildOutcome>;
  /** Takes as long as the starts; the user has to have said so. */
  measureStart(params: StartParams, token: vscode.CancellationToken): Promise<StartOutcome>;
  /** Oldest first. */
  buildHistory(uri: string): Promise<readonly HistoryBuild[]>;
  /** May read an image that is not shown. */
  compareBuilds(
    params: CompareBuildsParams,
    token: vscode.CancellationToken,
  ): Promise<BuildsComparison>;
  forgetHistory(uri: string): Promise<void>;
  /** Null while the files are not read, and where there is no such place. */
  treemap(params: TreemapParams): Promise<Treemap | null>;
  treemapSearch(params: TreemapSearchParams): Promise<TreemapMatches>;
  /** What the bytes of a file are for, or why that cannot be said. Reads the file. */
  binary(params: FileParams): Promise<BinaryAnswer>;
  findFile(params: FileParams): Promise<FileFinding>;
  /** In the next lower layer that wrote the path. */
  findFileBelow(params: FileParams): Promise<FileFinding>;
  /** May read the other image. */
  findFileInImage(
    params: OtherFileParams,
    token: vscode.CancellationToken,
  ): Promise<FileFinding | { readonly kind: "cancelled" }>;
  searchFiles(params: FileSearchParams): Promise<readonly FileHit[]>;
  /** May take as long as an export of the image. */
  readFile(params: FileReadParams, token: vscode.CancellationToken): Promise<FileAnswer>;
  listImages(uri: string): Promise<readonly ImageChoice[]>;
  chooseImage(params: ChooseParams): Promise<void>;
  refresh(uri: string): Promise<void>;
  grantTrust(): void;
  showOutput(): void;
}

/** Makes the client of our server; it runs after `start`. */
export function startLanguageClient(
  context: vscode.ExtensionContext,
  statuses: ImageStatuses,
): Server {
  const output = vscode.window.createOutputChannel("Tare", { log: true });
  let current = connect(context, output, statuses);
  const start = (): Promise<void> => current.client.start().catch(() => statuses.serverIs("dead"));
  const ask: Ask = async <T>(method: string, params: unknown, nothing: T): Promise<T> =>
    current.client.state === State.Running
      ? current.client.sendRequest<T>(method, params)
      : nothing;
  return {
    start,
    // A client whose start failed cannot be started again: a new one can.
    restart: async () => {
      await current.close();
      current = connect(context, output, statuses);
      await start();
    },
    ...requestsWith(ask),
    ...longRequestsOf(() => current.client),
    grantTrust: () => {
      const trusted: TrustParams = { trusted: true };
      if (current.client.state === State.Running) {
        void current.client.sendNotification(methods.trust, trusted);
      }
    },
    showOutput: () => output.show(true),
    dispose: () => {
      void current.close().finally(() => output.dispose());
    },
  };
}

/** Asks the server; `nothing` while it does not run. */
type Ask = <T>(method: string, params: unknown, nothing: T) => Promise<T>;

type LongRequest =
  | "buildCompare"
  | "measureStart"
  | "compareBuilds"
  | "findFileInImage"
  | "readFile";
type QuickRequest = Exclude<
  keyof Server,
  LongRequest | "start" | "restart" | "grantTrust" | "showOutput" | "dispose"
>;

function requestsWith(ask: Ask): Pick<Server, QuickRequest> {
  return {
    tree: (params) => ask(methods.tree, params, []),
    reveal: (params) => ask(methods.reveal, params, []),
    scratch: (uri) => ask(methods.scratch, { uri }, []),
    rewrite: (params) => ask(methods.rewrite, params, null),
    treemap: (params) => ask(methods.treemap, params, null),
    treemapSearch: (params) => ask(methods.treemapSearch, params, { matches: [], count: 0 }),
    binary: (params) => ask<BinaryAnswer>(methods.binary, params, { kind: "cancelled" }),
    buildHistory: async (uri) =>
      (await ask<BuildHistory>(methods.buildHistory, { uri }, { builds: [] })).builds,
    forgetHistory: async (uri) => {
      await ask(methods.forgetHistory, { uri }, null);
    },
    findFile: (params) => ask(methods.findFile, params, noServer()),
    findFileBelow: (params) => ask(methods.findFileBelow, params, noServer()),
    searchFiles: (params) => ask(methods.searchFiles, params, []),
    listImages: (uri) => ask(methods.listImages, { uri }, []),
    chooseImage: async (params) => {
      await ask(methods.chooseImage, params, null);
    },
    refresh: async (uri) => {
      await ask(methods.refresh, { uri }, null);
    },
  };
}

function noServer(): FileFinding {
  const message = vscode.l10n.t("The server of Tare does not run.");
  return { kind: "none", message, title: vscode.l10n.t("not read") };
}

/** What takes long enough that the user may want to stop it. */
function longRequestsOf(client: () => LanguageClient): Pick<Server, LongRequest> {
  const ask = async <T>(
    method: string,
    params: unknown,
    token: vscode.CancellationToken,
  ): Promise<T | { readonly kind: "cancelled" }> =>
    client().state === State.Running
      ? client().sendRequest<T>(method, params, token)
      : { kind: "cancelled" };
  return {
    buildCompare: (params, token) => ask<BuildOutcome>(methods.buildCompare, params, token),
    measureStart: (params, token) => ask<StartOutcome>(methods.measureStart, params, token),
    compareBuilds: (params, token) => ask<BuildsComparison>(methods.compareBuilds, params, token),
    findFileInImage: (params, token) => ask<FileFinding>(methods.findFileInImage, params, token),
    readFile: (params, token) => ask<FileAnswer>(methods.readFile, params, token),
  };
}

interface Connected {
  readonly client: LanguageClient;
  close(): Promise<void>;
}

function connect(
  context: vscode.ExtensionContext,
  output: vscode.LogOutputChannel,
  statuses: ImageStatuses,
): Connected {
  const client = makeClient(context, output);
  const listening = vscode.Disposable.from(
    client.onNotification(methods.imageStatus, (status: ImageStatus) => statuses.accept(status)),
    client.onNotification(methods.treeChanged, ({ uri }: DocumentParams) =>
      statuses.rowsChanged(uri),
    ),
    followState(client, statuses),
  );
  return {
    client,
    close: async () => {
      listening.dispose();
      // It rejects where there is nothing to stop.
      await client.dispose().catch(() => undefined);
    },
  };
}

/** A server that crashed is started again by the library: only one that stays away is called dead. */
const restartPatienceMs = 2000;

function followState(client: LanguageClient, statuses: ImageStatuses): vscode.Disposable {
  let waiting: NodeJS.Timeout | undefined;
  const forget = new vscode.Disposable(() => clearTimeout(waiting));
  const following = client.onDidChangeState(({ newState }) => {
    clearTimeout(waiting);
    if (newState === State.Running) statuses.serverIs("running");
    if (newState === State.Stopped || newState === State.StartFailed) {
      waiting = setTimeout(() => statuses.serverIs("dead"), restartPatienceMs);
    }
  });
  return vscode.Disposable.from(following, forget);
}

function makeClient(
  context: vscode.ExtensionContext,
  output: vscode.LogOutputChannel,
): LanguageClient {
  const module = context.asAbsolutePath("server/dist/tare.cjs");
  const server = { module, args: ["lsp"], transport: TransportKind.ipc };
  const client: LanguageClient = new LanguageClient(
    "tare",
    "Tare",
    { run: server, debug: server },
    {
      outputChannel: output,
      // The server edits the .dockerignore too, so it must know one that is open and not saved.
      documentSelector: [
        ...schemes.map((scheme) => ({ scheme, language: "dockerfile" })),
        { scheme: "file", pattern: "**/*.dockerignore" },
      ],
      // Asked for at every start, so that a restarted server knows of trust and choices made since.
      initializationOptions: (): InitializationOptions => ({
        trusted: vscode.workspace.isTrusted,
        remembered: rememberedChoices(context.workspaceState).all(),
        commandLinks: true,
        rewritePreviews: true,
        cacheFolder: vscode.Uri.joinPath(context.globalStorageUri, "layers").fsPath,
        historyFolder: vscode.Uri.joinPath(context.globalStorageUri, "history").fsPath,
      }),
      markdown: { isTrusted: { enabledCommands: Object.values(commands) }, supportHtml: false },
      middleware: { handleWorkDoneProgress: readingProgress(() => client) },
    },
  );
  return client;
}
