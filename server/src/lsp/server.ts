import type {
  CancellationToken,
  CodeAction,
  CodeActionParams,
  Connection,
  Hover,
  HoverParams,
  InitializeResult,
} from "vscode-languageserver/node";
import { TextDocuments, TextDocumentSyncKind } from "vscode-languageserver/node";
import { TextDocument } from "vscode-languageserver-textdocument";
import { emptyHoverMemory } from "../core/views/hoverCard.ts";
import { answerCompletions, completionProvider } from "./completion.ts";
import { answerCustomRequests } from "./customRequests.ts";
import { createBaseLookup } from "./baseLookup.ts";
import { createBesides } from "./besides.ts";
import { contextWatch } from "./contextWatch.ts";
import type { Documents, DocumentView } from "./documents.ts";
import { createDocuments } from "./documents.ts";
import { createEngineWatch } from "./engineWatch.ts";
import { codeActionKinds, codeActions } from "./features/codeActions.ts";
import { codeLenses } from "./features/codeLenses.ts";
import { hover } from "./features/hover.ts";
import { inlayHints } from "./features/inlayHints.ts";
import { createHistoryCatalog } from "./historySearch.ts";
import type { Host } from "./host.ts";
import { createIgnoreFiles, isDockerignore } from "./ignoreFiles.ts";
import type { ImageStore } from "./imageStore.ts";
import { createImageStore } from "./imageStore.ts";
import { isDockerfile } from "./language.ts";
import { createLayerTrees } from "./layerTrees.ts";
import { startReadingProgress } from "./progress.ts";
import { createPublisher } from "./publisher.ts";
import { createRequests } from "./requests.ts";
import { startSession } from "./session.ts";
import type { Server } from "./serverParts.ts";
import { followSession } from "./sessionFollowing.ts";
import { atPosition, inDocument, inRange, isList } from "./shapes.ts";
import { inTurns } from "./turns.ts";
import type { Shield } from "./shield.ts";
import { shieldWith } from "./shield.ts";

/** Serves one client over the connection until it says goodbye; the outside world comes in by the host. */
export function startServer(connection: Connection, host: Host): void {
  const shield = shieldWith((text) => connection.console.error(text));
  const world = shieldedHost(host, shield);
  const requests = createRequests(shield);
  connection.onRequest((method) => requests.unknown(method));
  connection.onShutdown(() => requests.end());
  connection.onInitialize((params) => {
    const refused = requests.begin();
    if (refused !== undefined) return refused;
    const session = startSession(params, host.cacheFolder);
    const server = createServer(connection, { host: world, shield, requests, session });
    answerRequests(server);
    answerCompletions(server);
    answerCustomRequests(server);
    syncDocuments(server);
    followSession(server);
    connection.onShutdown(shield.answering(undefined, () => requests.end() ?? server.close()));
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

type World = Pick<Server, "host" | "shield" | "requests" | "session">;

function createServer(connection: Connection, world: World): Server {
  const { host, session, shield } = world;
  const { features } = session;
  const catalog = createHistoryCatalog(host);
  const store = createStore(connection, world);
  const renew = (uri: string): void => publisher.changed(uri, "image");
  const ignoreFiles = createIgnoreFiles({ ...world, onChange: renew });
  const bases = createBaseLookup({ ...world, onChange: renew });
  const besides = createBesides({
    ...world,
    tell: (sentence) => connection.console.warn(sentence),
    documents: () => documents,
    renew,
  });
  const documents: Documents = createDocuments({
    ...world,
    ...besides,
    store,
    catalog,
    ignoreFiles,
    bases,
    watch: contextWatch(connection, shield, features),
    onChange(uri, what) {
      publisher.changed(uri, what);
      if (what === "image") besides.histories.imageChanged(uri);
    },
  });
  const publisher = createPublisher({ connection, host, shield, features, documents });
  const engineWatch = createEngineWatch(host, session, () => {
    catalog.invalidate();
    bases.invalidate();
    besides.sharedLayers.invalidate();
    store.renewAll();
    documents.reconsider();
  });
  const layerTrees = createLayerTrees({ host, documents, session, store, publisher });
  const close = (): void => {
    [engineWatch, besides, publisher].forEach((part) => part.close());
    documents.uris().forEach((uri) => documents.close(uri));
    store.close();
  };
  const parts = { connection, ...world, documents, ignoreFiles, catalog, layerTrees };
  const { histories } = besides;
  return { ...parts, histories, publisher, engineWatch, close };
}

function createStore(connection: Connection, { host, shield }: World): ImageStore {
  return createImageStore({
    host,
    shield,
    startProgress: (reference, cancel) =>
      startReadingProgress(connection, shield, reference, cancel),
  });
}

const actionParams = { ...inRange, context: { diagnostics: isList } };

function answerRequests({
  connection,
  host,
  requests,
  session,
  documents,
  layerTrees,
}: Server): void {
  const memory = emptyHoverMemory(layerTrees.memory);
  const { features } = session;
  connection.onHover(
    requests.answering<HoverParams, Hover | null>(
      atPosition,
      null,
      async ({ textDocument, position }, token) => {
        const view = documents.view(textDocument.uri);
        if (view === undefined) return null;
        const work = hover(view, position, features, memory);
        return (await inTurns(host, work, () => token.isCancellationRequested)) ?? null;
      },
    ),
  );
  connection.languages.inlayHint.on(
    requests.answering(inRange, [], ({ textDocument, range }) => {
      const view = documents.view(textDocument.uri);
      return view === undefined ? [] : inlayHints(view, range);
    }),
  );
  connection.onCodeLens(
    requests.answering(inDocument, [], ({ textDocument }) => {
      const view = documents.view(textDocument.uri);
      return view === undefined ? [] : codeLenses(view, features);
    }),
  );
  connection.onCodeAction(
    requests.answering<CodeActionParams, CodeAction[]>(
      actionParams,
      [],
      async ({ textDocument, range, context }, token) => {
        const view = await viewWithFindings({ documents, host }, textDocument.uri, token);
        return view === undefined ? [] : codeActions(view, range, context, features);
      },
    ),
  );
}

/** The document when its findings are there; undefined where it is not open, nobody waits, or the text became another one than was asked about. */
async function viewWithFindings(
  { documents, host }: Pick<Server, "documents" | "host">,
  uri: string,
  token: CancellationToken,
): Promise<DocumentView | undefined> {
  const asked = documents.view(uri);
  if (asked === undefined) return undefined;
  const { version } = asked.document;
  const work = asked.analysis.findFindings();
  const findings = await inTurns(host, work, () => token.isCancellationRequested);
  const view = documents.view(uri);
  return findings === undefined || view?.document.version !== version ? undefined : view;
}

function syncDocuments(server: Server): void {
  const { connection, shield, documents, ignoreFiles, layerTrees, publisher } = server;
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
      layerTrees.closed(uri);
      server.histories.closed(uri);
      publisher.closed(uri);
    }),
  );
  texts.listen(connection);
}
