import * as vscode from "vscode";
import { LanguageClient, State, TransportKind } from "vscode-languageclient/node";
import { commands, methods } from "../../server/src/protocol.ts";
import type {
  ChooseParams,
  ImageChoice,
  ImageStatus,
  InitializationOptions,
  RevealParams,
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
  const client = makeClient(context);
  const ask = async <T>(method: string, params: unknown, nothing: T): Promise<T> =>
    client.state === State.Running ? client.sendRequest<T>(method, params) : nothing;
  const listening = vscode.Disposable.from(
    client.onNotification(methods.imageStatus, (status: ImageStatus) => statuses.accept(status)),
    client.onDidChangeState(({ newState }) => {
      if (newState === State.Running) statuses.serverIs("running");
      if (newState === State.Stopped) statuses.serverIs("dead");
    }),
  );
  return {
    start: () => client.start().catch(() => statuses.serverIs("dead")),
    restart: () => client.restart().catch(() => statuses.serverIs("dead")),
    tree: (params) => ask(methods.tree, params, []),
    reveal: (params) => ask(methods.reveal, params, []),
    listImages: (uri) => ask(methods.listImages, { uri }, []),
    chooseImage: async (params) => {
      await ask(methods.chooseImage, params, null);
    },
    refresh: async (uri) => {
      await ask(methods.refresh, { uri }, null);
    },
    grantTrust: () => {
      const trusted: TrustParams = { trusted: true };
      if (client.state === State.Running) void client.sendNotification(methods.trust, trusted);
    },
    showOutput: () => client.outputChannel.show(true),
    dispose: () => {
      listening.dispose();
      void client.dispose().catch(() => undefined);
    },
  };
}

function makeClient(context: vscode.ExtensionContext): LanguageClient {
  const module = context.asAbsolutePath("server/dist/tare.cjs");
  const server = { module, args: ["lsp"], transport: TransportKind.ipc };
  const client: LanguageClient = new LanguageClient(
    "tare",
    "Tare",
    { run: server, debug: server },
    {
      documentSelector: schemes.map((scheme) => ({ scheme, language: "dockerfile" })),
      // Asked for at every start, so that a restarted server knows of trust and choices made since.
      initializationOptions: (): InitializationOptions => ({
        trusted: vscode.workspace.isTrusted,
        remembered: rememberedChoices(context.workspaceState).all(),
        commandLinks: true,
        cacheFolder: vscode.Uri.joinPath(context.globalStorageUri, "layers").fsPath,
      }),
      markdown: { isTrusted: { enabledCommands: Object.values(commands) }, supportHtml: false },
      middleware: { handleWorkDoneProgress: readingProgress(() => client) },
    },
  );
  return client;
}
