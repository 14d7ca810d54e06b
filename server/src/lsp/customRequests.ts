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
import { isNumber, isText, listOf, maybe, ofDocument, orNull } from "./shapes.ts";

const revealParams = {
  ...ofDocument,
  line: maybe(isNumber),
  layer: maybe(isNumber),
  path: maybe(isText),
  options: maybe({}),
};

/** The methods of the protocol that only our client calls. */
export function answerCustomRequests(server: Server): void {
  const { connection, requests, shield, session, layerTrees } = server;
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
    requests.answering<TreeParams, readonly TreeRow[]>(
      { ...ofDocument, parent: maybe(isText), options: maybe({}) },
      [],
      (params, token) => layerTrees.rows(params, () => token.isCancellationRequested),
    ),
  );
  connection.onRequest(
    methods.reveal,
    requests.answering<RevealParams, readonly string[]>(revealParams, [], (params, token) =>
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
  const { connection, requests, session, documents, catalog } = server;
  connection.onRequest(
    methods.listImages,
    requests.answering<DocumentParams, readonly ImageChoice[]>(ofDocument, [], ({ uri }) =>
      imageChoices(server, uri),
    ),
  );
  connection.onRequest(
    methods.chooseImage,
    requests.answering<ChooseParams, null>(
      { ...ofDocument, reference: orNull(isText) },
      null,
      ({ uri, reference }) => {
        if (reference === null) session.remembered.delete(uri);
        else session.remembered.set(uri, reference);
        documents.refresh(uri);
        return null;
      },
    ),
  );
  connection.onRequest(
    methods.refresh,
    requests.answering<DocumentParams, null>(ofDocument, null, ({ uri }) => {
      catalog.invalidate();
      documents.refresh(uri);
      return null;
    }),
  );
}

function answerHistoryRequests(server: Server): void {
  const { connection, requests, histories } = server;
  connection.onRequest(
    methods.buildHistory,
    requests.answering<DocumentParams, BuildHistory>(ofDocument, { builds: [] }, ({ uri }) =>
      buildHistory(server, uri),
    ),
  );
  connection.onRequest<BuildsComparison, void>(
    methods.compareBuilds,
    requests.answering<CompareBuildsParams, BuildsComparison>(
      { ...ofDocument, before: maybe(isText), after: maybe(isText) },
      { kind: "failed", message: "The builds could not be compared: see the output of Tare." },
      (params, token) => comparePastBuilds(server, params, token),
    ),
  );
  connection.onRequest(
    methods.forgetHistory,
    requests.answering<DocumentParams, null>(ofDocument, null, async ({ uri }) => {
      await histories.forget(uri);
      return null;
    }),
  );
}

function answerStartRequest(server: Server): void {
  const { connection, requests } = server;
  connection.onRequest<StartOutcome, void>(
    methods.measureStart,
    requests.answering<StartParams, StartOutcome>(
      { ...ofDocument, references: listOf(isText), runs: isNumber },
      { kind: "failed", message: "Start times could not be measured: see the output of Tare." },
      (params, token) => startTimes(server, params, token),
    ),
  );
}

function answerScratchRequests(server: Server): void {
  const { connection, requests, documents } = server;
  connection.onRequest(
    methods.scratch,
    requests.answering<DocumentParams, readonly ScratchRow[]>(ofDocument, [], ({ uri }) => {
      const view = documents.view(uri);
      return view === undefined ? [] : scratchRows(view.analysis);
    }),
  );
  connection.onRequest(
    methods.rewrite,
    requests.answering<RewriteParams, RewritePreview | null>(
      { ...ofDocument, offerId: isText },
      null,
      ({ uri, offerId }) => {
        const view = documents.view(uri);
        return view === undefined ? null : rewritePreview(view, offerId);
      },
    ),
  );
  connection.onRequest<BuildOutcome, void>(
    methods.buildCompare,
    requests.answering<RewriteParams, BuildOutcome>(
      { ...ofDocument, offerId: isText },
      { kind: "failed", message: "The builds could not be compared: see the output of Tare." },
      (params, token) => compareBuilds(server, params, token),
    ),
  );
}
