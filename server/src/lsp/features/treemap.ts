import type { CancellationToken } from "vscode-languageserver/node";
import { openBinary, withBinaries } from "../../core/views/binaryTreemap.ts";
import { emptyTreemapMemory, type TreemapMemory } from "../../core/views/treemapMemory.ts";
import { treemapSearchInSteps } from "../../core/views/treemapSearch.ts";
import { treemapRemark } from "../../core/views/treemapRemark.ts";
import { treemapSheetInSteps } from "../../core/views/treemapView.ts";
import type {
  Treemap,
  TreemapMatches,
  TreemapParams,
  TreemapSearchParams,
} from "../../protocol/treemap.ts";
import { methods } from "../../protocol.ts";
import { signalOf } from "../cancellation.ts";
import type { Server } from "../serverParts.ts";
import { isNumber, isText, maybe, ofDocument } from "../shapes.ts";
import { inTurns } from "../turns.ts";
import type { BinaryLabels } from "./binaryLabels.ts";

/** More are no use on any screen, and no client should make the server count them. */
const mostRectangles = 5000;

const target = { ...ofDocument, layer: maybe(isNumber), path: maybe(isText) };

/** What the treemap asks for. */
export function answerTreemapRequests(server: Server, binaries: BinaryLabels): void {
  const { connection, requests, documents, host } = server;
  const memory = emptyTreemapMemory();
  connection.onRequest(
    methods.treemap,
    requests.answering<TreemapParams, Treemap | null>(
      { target, limit: isNumber },
      null,
      (params, token) => treemap({ server, binaries, memory }, params, token),
    ),
  );
  connection.onRequest(
    methods.treemapSearch,
    requests.answering<TreemapSearchParams, TreemapMatches>(
      { target, query: isText, limit: isNumber },
      nothingFound,
      async ({ target, query, limit }, token) => {
        const analysis = documents.view(target.uri)?.analysis;
        if (analysis === undefined) return nothingFound;
        const question = { query, limit: Math.min(limit, mostRectangles) };
        const search = treemapSearchInSteps(memory, analysis, target, question);
        return (await inTurns(host, search, () => token.isCancellationRequested)) ?? nothingFound;
      },
    ),
  );
}

const nothingFound: TreemapMatches = { matches: [], count: 0 };

interface Parts {
  readonly server: Server;
  readonly binaries: BinaryLabels;
  readonly memory: TreemapMemory;
}

/** A binary opens into its sections, when it is asked for by its path. */
async function treemap(
  { server, binaries, memory }: Parts,
  { target, limit }: TreemapParams,
  token: CancellationToken,
): Promise<Treemap | null> {
  const analysis = server.documents.view(target.uri)?.analysis;
  if (analysis?.image?.state !== "read") return null;
  const most = Math.min(limit, mostRectangles);
  const steps = treemapSheetInSteps(memory, analysis, target, most);
  const sheet = await inTurns(server.host, steps, () => token.isCancellationRequested);
  if (sheet === undefined) return null;
  const map = withBinaries(analysis.image.read, target.path ?? "", sheet);
  if (map.root.opens !== true) {
    const remark = treemapRemark(analysis.image.read, target, map.root.bytes);
    return remark === undefined ? map : { ...map, remark };
  }
  const { uri, path = "", layer } = target;
  const file = { uri, path, ...(layer === undefined ? {} : { layer }) };
  const found = await binaries.labelsOf(file, signalOf(token));
  return found.kind === "labels" ? openBinary(sheet, found.map, most) : null;
}
