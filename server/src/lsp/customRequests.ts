import type { CancellationToken } from "vscode-languageserver/node";
import { layerTreeRows } from "../core/views/layerTree.ts";
import { revealPath } from "../core/views/layerTreeReveal.ts";
import { scratchRows } from "../core/views/scratchRows.ts";
import type {
  BuildOutcome,
  ChooseParams,
  DocumentParams,
  ImageChoice,
  RevealParams,
  RewriteParams,
  RewritePreview,
  ScratchRow,
  StartOutcome,
  StartParams,
  TreeParams,
  TreeRow,
  TrustParams,
} from "../protocol.ts";
import { methods } from "../protocol.ts";
import { compareBuilds } from "./features/scratchBuild.ts";
import { rewritePreview } from "./features/scratchPreview.ts";
import { startTimes } from "./features/startTimes.ts";
import { answerTreemapRequests } from "./features/treemap.ts";
import { imageChoices } from "./imageChoices.ts";
import type { Server } from "./serverParts.ts";
import { reconsiderAll } from "./serverParts.ts";

/** The methods of the protocol that only our client calls. */
export function answerCustomRequests(server: Server): void {
  const { connection, shield, session, documents } = server;
  answerImageRequests(server);
  answerScratchRequests(server);
  answerStartRequest(server);
  answerTreemapRequests(server);
  connection.onRequest(
    methods.tree,
    shield.answering<[TreeParams], readonly TreeRow[]>([], ({ uri, parent }) => {
      const view = documents.view(uri);
      return view === undefined ? [] : layerTreeRows(view.analysis, parent);
    }),
  );
  connection.onRequest(
    methods.reveal,
    shield.answering<[RevealParams], readonly string[]>([], ({ uri, ...target }) => {
      const view = documents.view(uri);
      return view === undefined ? [] : revealPath(view.analysis, target);
    }),
  );
  connection.onNotification(
    methods.trust,
    shield.answering<[TrustParams], void>(undefined, ({ trusted }) => {
      session.isTrusted = trusted;
      server.engineWatch.follow();
      reconsiderAll(server);
    }),
  );
}

function answerImageRequests(server: Server): void {
  const { connection, shield, session, documents, catalog } = server;
  connection.onRequest(
    methods.listImages,
    shield.answering<[DocumentParams], readonly ImageChoice[]>([], ({ uri }) =>
      imageChoices(server, uri),
    ),
  );
  connection.onRequest(
    methods.chooseImage,
    shield.answering<[ChooseParams], null>(null, ({ uri, reference }) => {
      if (reference === null) session.remembered.delete(uri);
      else session.remembered.set(uri, reference);
      documents.refresh(uri);
      return null;
    }),
  );
  connection.onRequest(
    methods.refresh,
    shield.answering<[DocumentParams], null>(null, ({ uri }) => {
      catalog.invalidate();
      documents.refresh(uri);
      return null;
    }),
  );
}

function answerStartRequest(server: Server): void {
  const { connection, shield } = server;
  connection.onRequest<StartOutcome, void>(
    methods.measureStart,
    shield.answering<[StartParams, CancellationToken], StartOutcome>(
      { kind: "failed", message: "Start times could not be measured: see the output of Tare." },
      (params, token) => startTimes(server, params, token),
    ),
  );
}

function answerScratchRequests(server: Server): void {
  const { connection, shield, documents } = server;
  connection.onRequest(
    methods.scratch,
    shield.answering<[DocumentParams], readonly ScratchRow[]>([], ({ uri }) => {
      const view = documents.view(uri);
      return view === undefined ? [] : scratchRows(view.analysis);
    }),
  );
  connection.onRequest(
    methods.rewrite,
    shield.answering<[RewriteParams], RewritePreview | null>(null, ({ uri, offerId }) => {
      const view = documents.view(uri);
      return view === undefined ? null : rewritePreview(view, offerId);
    }),
  );
  connection.onRequest<BuildOutcome, void>(
    methods.buildCompare,
    shield.answering<[RewriteParams, CancellationToken], BuildOutcome>(
      { kind: "failed", message: "The builds could not be compared: see the output of Tare." },
      (params, token) => compareBuilds(server, params, token),
    ),
  );
}
