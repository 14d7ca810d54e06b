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
import { inTurns } from "../inTurns.ts";
import type { Server } from "../serverParts.ts";
import { signalOf } from "./binary.ts";
import type { BinaryLabels } from "./binaryLabels.ts";

/** More are no use on any screen, and no client should make the server count them. */
const mostRectangles = 5000;

/** What the treemap asks for. */
export function answerTreemapRequests(server: Server, binaries: BinaryLabels): void {
  const { connection, shield, documents } = server;
  const memory = emptyTreemapMemory();
  connection.onRequest(
    methods.treemap,
    shield.answering<[TreemapParams, CancellationToken], Treemap | null>(null, (params, token) =>
      treemap({ documents, binaries, memory }, params, signalOf(token)),
    ),
  );
  connection.onRequest(
    methods.treemapSearch,
    shield.answering<[TreemapSearchParams, CancellationToken], TreemapMatches>(
      nothingFound,
      async ({ target, query, limit }, token) => {
        const analysis = documents.view(target.uri)?.analysis;
        if (analysis === undefined) return nothingFound;
        const question = { query, limit: Math.min(limit, mostRectangles) };
        const search = treemapSearchInSteps(memory, analysis, target, question);
        return (await inTurns(search, signalOf(token))) ?? nothingFound;
      },
    ),
  );
}

const nothingFound: TreemapMatches = { matches: [], count: 0 };

interface Parts {
  readonly documents: Server["documents"];
  readonly binaries: BinaryLabels;
  readonly memory: TreemapMemory;
}

/** A binary opens into its sections, when it is asked for by its path. */
async function treemap(
  { documents, binaries, memory }: Parts,
  { target, limit }: TreemapParams,
  signal: AbortSignal,
): Promise<Treemap | null> {
  const analysis = documents.view(target.uri)?.analysis;
  if (analysis?.image?.state !== "read") return null;
  const most = Math.min(limit, mostRectangles);
  const sheet = await inTurns(treemapSheetInSteps(memory, analysis, target, most), signal);
  if (sheet === undefined) return null;
  const map = withBinaries(analysis.image.read, target.path ?? "", sheet);
  if (map.root.opens !== true) {
    const remark = treemapRemark(analysis.image.read, target);
    return remark === undefined ? map : { ...map, remark };
  }
  const { uri, path = "", layer } = target;
  const file = { uri, path, ...(layer === undefined ? {} : { layer }) };
  const found = await binaries.labelsOf(file, signal);
  return found.kind === "labels" ? openBinary(sheet, found.map, most) : null;
}
