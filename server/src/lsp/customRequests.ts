import type { CancellationToken } from "vscode-languageserver/node";
import { scratchRows } from "../core/views/scratchRows.ts";
import type {
  ChooseParams,
  DocumentParams,
  ImageChoice,
  StartOutcome,
  StartParams,
  TrustParams,
} from "../protocol.ts";
import type { RevealParams, TreeParams, TreeRow } from "../protocol/layerTree.ts";
import type {
  BuildOutcome,
  RewriteParams,
  RewritePreview,
  ScratchRow,
} from "../protocol/scratch.ts";
import type { BuildHistory, BuildsComparison, CompareBuildsParams } from "../protocol/builds.ts";
import { methods } from "../protocol.ts";
import { answerBinaryRequest } from "./features/binary.ts";
import { createBinaryLabels } from "./features/binaryLabels.ts";
import { buildHistory, comparePastBuilds } from "./features/buildHistory.ts";
import { answerFileRequests } from "./features/fileRequests.ts";
import { compareBuilds } from "./features/scratchBuild.ts";
import { rewritePreview } from "./features/scratchPreview.ts";
import { startTimes } from "./features/startTimes.ts";
import { answerTreemapRequests } from "./features/treemap.ts";
import { imageChoices } from "./imageChoices.ts";
import type { Server } from "./serverParts.ts";
import { reconsiderAll } from "./serverParts.ts";

/** The methods of the protocol that only our client calls. */
export function answerCustomRequests(server: Server): void {
  const { connection, shield, session, layerTrees } = server;
  answerImageRequests(server);
  answerScratchRequests(server);
  answerStartRequest(server);
  answerHistoryRequests(server);
  const binaries = createBinaryLabels(server);
  answerTreemapRequests(server, binaries);
  answerBinaryRequest(server, binaries);
  answerFileRequests(server);
  connection.onRequest(
    methods.tree,
    shield.answering<[TreeParams, CancellationToken], readonly TreeRow[]>([], (params, token) =>
      layerTrees.rows(params, () => token.isCancellationRequested),
    ),
  );
  connection.onRequest(
    methods.reveal,
    shield.answering<[RevealParams, CancellationToken], readonly string[]>([], (params, token) =>
      layerTrees.reveal(params, () => token.isCancellationRequested),
    ),
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

function answerHistoryRequests(server: Server): void {
  const { connection, shield, histories } = server;
  connection.onRequest(
    methods.buildHistory,
    shield.answering<[DocumentParams], BuildHistory>({ builds: [] }, ({ uri }) =>
      buildHistory(server, uri),
    ),
  );
  connection.onRequest<BuildsComparison, void>(
    methods.compareBuilds,
    shield.answering<[CompareBuildsParams, CancellationToken], BuildsComparison>(
      { kind: "failed", message: "The builds could not be compared: see the output of Tare." },
      (params, token) => comparePastBuilds(server, params, token),
    ),
  );
  connection.onRequest(
    methods.forgetHistory,
    shield.answering<[DocumentParams], null>(null, async ({ uri }) => {
      await histories.forget(uri);
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
