import type { Analysis } from "../../server/src/core/analysis.ts";
import { finish } from "../../server/src/core/image/piecework.ts";
import { emptyTreemapMemory } from "../../server/src/core/views/treemapMemory.ts";
import {
  treemapSheetInSteps,
  type TreemapPlace,
  type TreemapSheet,
} from "../../server/src/core/views/treemapView.ts";

/** The map of a place, of whose image nothing is remembered. */
export function treemapSheet(
  analysis: Analysis,
  place: TreemapPlace,
  limit: number,
): TreemapSheet | undefined {
  return finish(treemapSheetInSteps(emptyTreemapMemory(), analysis, place, limit));
}
