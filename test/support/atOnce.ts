import type { Analysis } from "../../server/src/core/analysis.ts";
import { emptyTreemapMemory } from "../../server/src/core/views/treemapMemory.ts";
import {
  treemapSheetInSteps,
  type TreemapPlace,
  type TreemapSheet,
} from "../../server/src/core/views/treemapView.ts";

/** Takes all steps of some work, one after the other. */
export function atOnce<T>(steps: Generator<void, T>): T {
  let step = steps.next();
  while (step.done !== true) step = steps.next();
  return step.value;
}

/** The map of a place, of whose image nothing is remembered. */
export function treemapSheet(
  analysis: Analysis,
  place: TreemapPlace,
  limit: number,
): TreemapSheet | undefined {
  return atOnce(treemapSheetInSteps(emptyTreemapMemory(), analysis, place, limit));
}
