import type { CancellationToken } from "vscode-languageserver/node";
import { openBinary, withBinaries } from "../../core/views/binaryTreemap.ts";
import { treemapSearch } from "../../core/views/treemapSearch.ts";
import { treemapSheet } from "../../core/views/treemapView.ts";
import type {
  Treemap,
  TreemapMatches,
  TreemapParams,
  TreemapSearchParams,
} from "../../protocol/treemap.ts";
import { methods } from "../../protocol.ts";
import type { Server } from "../serverParts.ts";
import { signalOf } from "./binary.ts";
import type { BinaryLabels } from "./binaryLabels.ts";

/** More are no use on any screen, and no client should make the server count them. */
const mostRectangles = 5000;

/** What the treemap asks for. */
export function answerTreemapRequests(server: Server, binaries: BinaryLabels): void {
  const { connection, shield, documents } = server;
  connection.onRequest(
    methods.treemap,
    shield.answering<[TreemapParams, CancellationToken], Treemap | null>(null, (params, token) =>
      treemap(server, binaries, params, token),
    ),
  );
  connection.onRequest(
    methods.treemapSearch,
    shield.answering<[TreemapSearchParams], TreemapMatches>(
      { matches: [], count: 0 },
      ({ target, query, limit }) => {
        const view = documents.view(target.uri);
        if (view === undefined) return { matches: [], count: 0 };
        return treemapSearch(view.analysis, target, query, Math.min(limit, mostRectangles));
      },
    ),
  );
}

/** A binary opens into its sections, when it is asked for by its path; a map of anything else is there at once. */
function treemap(
  { documents }: Server,
  binaries: BinaryLabels,
  { target, limit }: TreemapParams,
  token: CancellationToken,
): Treemap | null | Promise<Treemap | null> {
  const analysis = documents.view(target.uri)?.analysis;
  const most = Math.min(limit, mostRectangles);
  const sheet = analysis && treemapSheet(analysis, target, most);
  if (sheet === undefined || analysis?.image?.state !== "read") return null;
  const map = withBinaries(analysis.image.read, target.path ?? "", sheet);
  if (map.root.opens !== true) return map;
  const { uri, path = "", layer } = target;
  const file = { uri, path, ...(layer === undefined ? {} : { layer }) };
  return binaries
    .labelsOf(file, signalOf(token))
    .then((found) => (found.kind === "labels" ? openBinary(sheet, found.map, most) : null));
}
