import { treemapSearch } from "../../core/views/treemapSearch.ts";
import { treemapSheet } from "../../core/views/treemapView.ts";
import type {
  Treemap,
  TreemapMatches,
  TreemapParams,
  TreemapSearchParams,
} from "../../protocol.ts";
import { methods } from "../../protocol.ts";
import type { Server } from "../serverParts.ts";

/** More are no use on any screen, and no client should make the server count them. */
const mostRectangles = 5000;

/** What the treemap asks for. */
export function answerTreemapRequests(server: Server): void {
  const { connection, shield, documents } = server;
  connection.onRequest(
    methods.treemap,
    shield.answering<[TreemapParams], Treemap | null>(null, ({ target, limit }) => {
      const view = documents.view(target.uri);
      const most = Math.min(limit, mostRectangles);
      return view === undefined ? null : (treemapSheet(view.analysis, target, most) ?? null);
    }),
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
