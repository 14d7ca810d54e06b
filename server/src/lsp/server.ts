import type { Connection, InitializeResult } from "vscode-languageserver/node";
import { TextDocuments, TextDocumentSyncKind } from "vscode-languageserver/node";
import { TextDocument } from "vscode-languageserver-textdocument";
import { emptyHoverMemory } from "../core/views/hoverCard.ts";
import { answerCompletions, completionProvider } from "./completion.ts";
import { answerCustomRequests } from "./customRequests.ts";
import { createBaseLookup } from "./baseLookup.ts";
import { contextWatch } from "./contextWatch.ts";
import type { Documents } from "./documents.ts";
import { createDocuments } from "./documents.ts";
import { createEngineWatch } from "./engineWatch.ts";
import { codeActionKinds, codeActions } from "./features/codeActions.ts";
import { codeLenses } from "./features/codeLenses.ts";
import { hover } from "./features/hover.ts";
import { inlayHints } from "./features/inlayHints.ts";
import { createHistoryCatalog } from "./historySearch.ts";
import type { Host } from "./host.ts";
import { createIgnoreFiles, isDockerignore } from "./ignoreFiles.ts";
import { createImageStore } from "./imageStore.ts";
import { isDockerfile } from "./language.ts";
import { startReadingProgress } from "./progress.ts";
import { createPublisher } from "./publisher.ts";
import type { Session } from "./session.ts";
import { startSession } from "./session.ts";
import type { Server } from "./serverParts.ts";
import { followSession } from "./sessionFollowing.ts";
import type { Shield } from "./shield.ts";
import { shieldWith } from "./shield.ts";

/** Serves one client over the connection until it says goodbye; the outside world comes in by the host. */
export function startServer(connection: Connection, host: Host): void {
  const shield = shieldWith((text) => connection.console.error(text));
  const world = shieldedHost(host, shield);
  connection.onInitialize((params) => {
    const server = createServer(connection, world, shield, startSession(params, host.cacheFolder));
    answerRequests(server);
    answerCompletions(server);
    answerCustomRequests(server);
    syncDocuments(server);
    followSession(server);
    connection.onShutdown(shield.answering(undefined, () => server.close()));
    return initializeResult;
  });
  connection.listen();
}

/** Whatever the world calls back runs inside the shield. */
function shieldedHost(host: Host, shield: Shield): Host {
  return {
    ...host,
    after: (delayMs, run) => host.after(delayMs, () => shield.inBackground(run)),
    watchEngine: (access, onChange) =>
      host.watchEngine(access, () => shield.inBackground(onChange)),
    watchFiles: (request, onChange) =>
      host.watchFiles(request, () => shield.inBackground(onChange)),
    openContext: (request, onChange) =>
      host.openContext(request, (snapshot) => shield.inBackground(() => onChange(snapshot))),
  };
}

const initializeResult: InitializeResult = {
  serverInfo: { name: "tare" },
  capabilities: {
    textDocumentSync: { openClose: true, change: TextDocumentSyncKind.Incremental, save: true },
    hoverProvider: true,
    completionProvider,
    inlayHintProvider: true,
    codeLensProvider: { resolveProvider: false },
    codeActionProvider: { codeActionKinds: [...codeActionKinds] },
    workspace: { workspaceFolders: { supported: true, changeNotifications: true } },
  },
};

function createServer(
  connection: Connection,
  host: Host,
  shield: Shield,
  session: Session,
): Server {
  const catalog = createHistoryCatalog(host);
  const store = createImageStore({
    host,
    shield,
    startProgress: (reference, cancel) =>
      startReadingProgress(connection, shield, reference, cancel),
  });
  const renew = (uri: string): void => publisher.changed(uri, "image");
  const ignoreFiles = createIgnoreFiles({ host, shield, session, onChange: renew });
  const bases = createBaseLookup({ host, shield, session, onChange: renew });
  const documents: Documents = createDocuments({
    host,
    shield,
    session,
    store,
    catalog,
    ignoreFiles,
    bases,
    watch: contextWatch(connection, shield, session.features),
    onChange: (uri, what) => publisher.changed(uri, what),
  });
  const publisher = createPublisher({
    connection,
    host,
    shield,
    features: session.features,
    documents,
  });
  const engineWatch = createEngineWatch(host, session, () => {
    catalog.invalidate();
    bases.invalidate();
    store.renewAll();
    documents.reconsider();
  });
  const close = (): void => {
    engineWatch.close();
    publisher.close();
    documents.uris().forEach((uri) => documents.close(uri));
    store.close();
  };
  const parts = { connection, host, shield, session, documents, ignoreFiles, catalog };
  return { ...parts, publisher, engineWatch, close };
}

function answerRequests({ connection, shield, session, documents }: Server): void {
  const memory = emptyHoverMemory();
  const { features } = session;
  connection.onHover(
    shield.answering(null, ({ textDocument, position }) => {
      const view = documents.view(textDocument.uri);
      return view === undefined ? null : hover(view, position, features, memory);
    }),
  );
  connection.languages.inlayHint.on(
    shield.answering([], ({ textDocument, range }) => {
      const view = documents.view(textDocument.uri);
      return view === undefined ? [] : inlayHints(view, range);
    }),
  );
  connection.onCodeLens(
    shield.answering([], ({ textDocument }) => {
      const view = documents.view(textDocument.uri);
      return view === undefined ? [] : codeLenses(view, features);
    }),
  );
  connection.onCodeAction(
    shield.answering([], ({ textDocument, range, context }) => {
      const view = documents.view(textDocument.uri);
      return view === undefined ? [] : codeActions(view, range, context, features);
    }),
  );
}

function syncDocuments({ connection, shield, documents, ignoreFiles, publisher }: Server): void {
  const texts = new TextDocuments(TextDocument);
  texts.onDidChangeContent(
    shield.answering(undefined, ({ document }) => {
      if (isDockerignore(document)) ignoreFiles.edited(document);
      else if (isDockerfile(document)) documents.update(document);
    }),
  );
  texts.onDidSave(shield.answering(undefined, ({ document }) => documents.saved(document.uri)));
  texts.onDidClose(
    shield.answering(undefined, ({ document: { uri } }) => {
      ignoreFiles.released(uri);
      documents.close(uri);
      publisher.closed(uri);
    }),
  );
  texts.listen(connection);
}
