import * as vscode from "vscode";
import { LanguageClient, State, TransportKind } from "vscode-languageclient/node";
import { commands, methods } from "../../server/src/protocol.ts";
import type {
  BuildOutcome,
  ChooseParams,
  ImageChoice,
  ImageStatus,
  InitializationOptions,
  RevealParams,
  RewriteParams,
  RewritePreview,
  ScratchRow,
  StartOutcome,
  StartParams,
  TreeParams,
  TreeRow,
  TrustParams,
} from "../../server/src/protocol.ts";
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
  const ask = async <T>(method: string, params: unknown, nothing: T): Promise<T> =>
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
    tree: (params) => ask(methods.tree, params, []),
    reveal: (params) => ask(methods.reveal, params, []),
    scratch: (uri) => ask(methods.scratch, { uri }, []),
    rewrite: (params) => ask(methods.rewrite, params, null),
    buildCompare: async (params, token) =>
      current.client.state === State.Running
        ? current.client.sendRequest<BuildOutcome>(methods.buildCompare, params, token)
        : { kind: "cancelled" },
    measureStart: async (params, token) =>
      current.client.state === State.Running
        ? current.client.sendRequest<StartOutcome>(methods.measureStart, params, token)
        : { kind: "cancelled" },
    listImages: (uri) => ask(methods.listImages, { uri }, []),
    chooseImage: async (params) => {
      await ask(methods.chooseImage, params, null);
    },
    refresh: async (uri) => {
      await ask(methods.refresh, { uri }, null);
    },
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
      }),
      markdown: { isTrusted: { enabledCommands: Object.values(commands) }, supportHtml: false },
      middleware: { handleWorkDoneProgress: readingProgress(() => client) },
    },
  );
  return client;
}
