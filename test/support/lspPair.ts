import assert from "node:assert/strict";
import { PassThrough } from "node:stream";
import type {
  ClientCapabilities,
  CodeAction,
  Diagnostic,
  Hover,
  InitializeParams,
  InlayHint,
  Position,
  ProtocolConnection,
  Range,
  ShowMessageParams,
  TextEdit,
  WorkspaceEdit,
} from "vscode-languageserver/node";
import {
  createConnection,
  createProtocolConnection,
  StreamMessageReader,
  StreamMessageWriter,
} from "vscode-languageserver/node";
import { TextDocument } from "vscode-languageserver-textdocument";
import type { Host } from "../../server/src/lsp/host.ts";
import { startServer } from "../../server/src/lsp/server.ts";
import type { ImageStatus } from "../../server/src/protocol.ts";
import { methods } from "../../server/src/protocol.ts";

/** What a client of a test is like. */
export interface PairOptions {
  readonly host: Host;
  readonly capabilities?: ClientCapabilities;
  readonly initialize?: Partial<InitializeParams>;
  /** The section `tare`, as the client answers `workspace/configuration`; `neverAnswered` for a client that does not. */
  readonly settings: unknown;
}

/** Settings of a client that promises to answer `workspace/configuration` and then does not. */
export const neverAnswered = Symbol("never answered");

/** A client and the server in one process, joined by two pipes in memory. */
export interface LspPair {
  readonly client: ProtocolConnection;
  /** Newest diagnostics by URI. */
  readonly diagnostics: Map<string, readonly Diagnostic[]>;
  /** The documents that diagnostics came for, each time that some did. */
  readonly published: string[];
  /** All statuses in the order in which they came. */
  readonly statuses: ImageStatus[];
  /** How often the client was asked to ask again, by method. */
  readonly refreshes: Map<string, number>;
  /** Messages of `window/logMessage`. */
  readonly logs: string[];
  /** What was shown to the user, of `window/showMessage`. */
  readonly shown: ShowMessageParams[];
  open(uri: string, text: string, languageId?: string): Promise<void>;
  /** Replaces the first occurrence of a text, as an incremental change. */
  edit(uri: string, find: string, replacement: string): Promise<void>;
  hints(uri: string): Promise<readonly InlayHint[]>;
  /** `line: text` of every hint, zero-based. */
  hintTexts(uri: string): Promise<readonly string[]>;
  /** What can be done about the text's first occurrence, with the diagnostics that touch it. */
  actions(uri: string, find: string, only?: readonly string[]): Promise<readonly CodeAction[]>;
  /** The texts after an action, by URI: made files by what is put into them. Checks the versions that it names. */
  textsAfter(action: CodeAction): Readonly<Record<string, string>>;
  /** Changes what the client answers, and says so. */
  configure(settings: unknown): Promise<void>;
  /** Resolves when the condition holds; rejects after ten seconds, which a busy machine may need to start a worker, naming what was waited for. */
  until(what: string, condition: () => boolean | Promise<boolean>): Promise<void>;
  close(): Promise<void>;
}

/** Capabilities of a client that can do everything. */
export const fullCapabilities: ClientCapabilities = {
  workspace: {
    configuration: true,
    workspaceFolders: true,
    didChangeConfiguration: { dynamicRegistration: true },
    inlayHint: { refreshSupport: true },
    codeLens: { refreshSupport: true },
    didChangeWatchedFiles: { dynamicRegistration: true },
    workspaceEdit: { documentChanges: true, resourceOperations: ["create"] },
  },
  textDocument: {
    hover: { contentFormat: ["markdown", "plaintext"] },
    publishDiagnostics: { relatedInformation: true, codeDescriptionSupport: true },
  },
  window: { workDoneProgress: true },
};

/** Starts a server over pipes and shakes hands with it. */
export async function lspPair(options: PairOptions): Promise<LspPair> {
  const toServer = new PassThrough();
  const toClient = new PassThrough();
  startServer(
    createConnection(new StreamMessageReader(toServer), new StreamMessageWriter(toClient)),
    options.host,
  );
  const client = createProtocolConnection(
    new StreamMessageReader(toClient),
    new StreamMessageWriter(toServer),
  );
  const pair = pairOf(client, options);
  client.listen();
  await client.sendRequest("initialize", {
    processId: null,
    rootUri: null,
    workspaceFolders: [{ uri: "file:///work", name: "work" }],
    capabilities: options.capabilities ?? fullCapabilities,
    initializationOptions: { trusted: true, commandLinks: true },
    ...options.initialize,
  });
  await client.sendNotification("initialized", {});
  return pair;
}

function pairOf(client: ProtocolConnection, options: PairOptions): LspPair {
  const diagnostics = new Map<string, readonly Diagnostic[]>();
  const published: string[] = [];
  const statuses: ImageStatus[] = [];
  const refreshes = new Map<string, number>();
  const logs: string[] = [];
  const shown: ShowMessageParams[] = [];
  const texts = new Map<string, { text: string; version: number }>();
  let settings = options.settings;
  client.onNotification("textDocument/publishDiagnostics", (params) => {
    diagnostics.set(params.uri, params.diagnostics);
    published.push(params.uri);
  });
  client.onNotification("window/logMessage", ({ message }) => void logs.push(message));
  client.onNotification("window/showMessage", (params) => void shown.push(params));
  client.onNotification(methods.imageStatus, (status: ImageStatus) => void statuses.push(status));
  client.onRequest("client/registerCapability", () => null);
  client.onRequest("window/workDoneProgress/create", () => null);
  for (const method of ["workspace/inlayHint/refresh", "workspace/codeLens/refresh"]) {
    client.onRequest(method, () => {
      refreshes.set(method, (refreshes.get(method) ?? 0) + 1);
      return null;
    });
  }
  client.onRequest("workspace/configuration", ({ items }: { items: readonly unknown[] }) =>
    settings === neverAnswered ? new Promise(() => undefined) : items.map(() => settings),
  );
  const hints = (uri: string) =>
    client.sendRequest<readonly InlayHint[]>("textDocument/inlayHint", {
      textDocument: { uri },
      range: { start: { line: 0, character: 0 }, end: { line: 100_000, character: 0 } },
    });
  return {
    client,
    diagnostics,
    published,
    statuses,
    refreshes,
    logs,
    shown,
    async open(uri, text, languageId = "dockerfile") {
      texts.set(uri, { text, version: 1 });
      await client.sendNotification("textDocument/didOpen", {
        textDocument: { uri, languageId, version: 1, text },
      });
    },
    async edit(uri, find, replacement) {
      const known = texts.get(uri)!;
      const start = known.text.indexOf(find);
      const version = known.version + 1;
      texts.set(uri, { text: known.text.replace(find, () => replacement), version });
      await client.sendNotification("textDocument/didChange", {
        textDocument: { uri, version },
        contentChanges: [
          {
            range: {
              start: positionAt(known.text, start),
              end: positionAt(known.text, start + find.length),
            },
            text: replacement,
          },
        ],
      });
    },
    hints,
    hintTexts: async (uri) =>
      (await hints(uri)).map(({ position, label }) => `${position.line}: ${labelText(label)}`),
    async actions(uri, find, only) {
      const { text } = texts.get(uri)!;
      const start = text.indexOf(find);
      const range = {
        start: positionAt(text, start),
        end: positionAt(text, start + find.length),
      };
      const shown = (diagnostics.get(uri) ?? []).filter((one) => doTouch(one.range, range));
      return client.sendRequest("textDocument/codeAction", {
        textDocument: { uri },
        range,
        context: { diagnostics: shown, ...(only === undefined ? {} : { only: [...only] }) },
      });
    },
    textsAfter: ({ edit }) => textsAfter(texts, edit ?? {}),
    async configure(next) {
      settings = next;
      await client.sendNotification("workspace/didChangeConfiguration", {
        settings: { tare: next },
      });
    },
    async until(what, condition) {
      const end = Date.now() + 10_000;
      while (!(await condition())) {
        if (Date.now() > end) throw new Error(`Never happened: ${what}`);
        await new Promise((resolve) => setTimeout(resolve, 5));
      }
    },
    async close() {
      await client.sendRequest("shutdown");
      client.dispose();
    },
  };
}

function labelText(label: InlayHint["label"]): string {
  return typeof label === "string" ? label : label.map(({ value }) => value).join("");
}

/** What a hover or tooltip says, in whichever form it was sent; "" without one. */
export function saidIn(content: Hover["contents"] | undefined): string {
  if (content === undefined) return "";
  if (Array.isArray(content)) return content.map(saidIn).join("\n");
  return typeof content === "string" ? content : content.value;
}

function doTouch(a: Range, b: Range): boolean {
  const isBefore = (one: Position, other: Position): boolean =>
    one.line < other.line || (one.line === other.line && one.character < other.character);
  return !isBefore(a.end, b.start) && !isBefore(b.end, a.start);
}

function textsAfter(
  texts: ReadonlyMap<string, { readonly text: string; readonly version: number }>,
  { changes = {}, documentChanges = [] }: WorkspaceEdit,
): Readonly<Record<string, string>> {
  const after: Record<string, string> = {};
  const change = (uri: string, edits: readonly TextEdit[]): void => {
    const document = TextDocument.create(uri, "", 0, after[uri] ?? texts.get(uri)?.text ?? "");
    after[uri] = TextDocument.applyEdits(document, [...edits]);
  };
  for (const [uri, edits] of Object.entries(changes)) change(uri, edits);
  for (const step of documentChanges) {
    if ("kind" in step) {
      assert.equal(step.kind, "create");
      continue;
    }
    const { uri, version } = step.textDocument;
    assert.equal(version, texts.get(uri)?.version ?? null);
    change(
      uri,
      step.edits.map((edit) => {
        assert.ok("newText" in edit);
        return edit;
      }),
    );
  }
  return after;
}

function positionAt(text: string, offset: number) {
  const before = text.slice(0, offset).split("\n");
  return { line: before.length - 1, character: before.at(-1)!.length };
}
