import { selectFirst } from "./heaviest.ts";
import { type Grove, isNodeShown, shownBytes } from "./layerTreeGrove.ts";
import type { TreeOptions } from "./layerTreeOptions.ts";
import { pageRows } from "./layerTreeRow.ts";

/** Some of many, in order, and how many come after them. */
export interface TreePage {
  readonly members: readonly number[];
  readonly restCount: number;
}

/** One page of candidates, those that come after one of them where it is given. O(n log page). */
export function pageOf(
  candidates: Iterable<number>,
  comesBefore: (a: number, b: number) => boolean,
  after: number | undefined,
): TreePage {
  let count = 0;
  const members = selectFirst(
    (offer) => {
      for (const candidate of candidates) {
        if (after !== undefined && !comesBefore(after, candidate)) continue;
        count += 1;
        offer(candidate);
      }
    },
    pageRows,
    comesBefore,
  );
  return { members, restCount: count - members.length };
}

/** One page of what is shown of a directory, heaviest first, equal weights by name; or all by name. */
export function childPage(
  grove: Grove,
  directory: number,
  sortBy: TreeOptions["sortBy"],
  after: number | undefined,
): TreePage {
  const byWeight = (a: number, b: number): boolean => {
    const difference = shownBytes(grove, a) - shownBytes(grove, b);
    return difference > 0 || (difference === 0 && a < b);
  };
  // Nodes of one directory stand in name order.
  const byName = (a: number, b: number): boolean => a < b;
  return pageOf(shownChildren(grove, directory), sortBy === "name" ? byName : byWeight, after);
}

/** Whether a directory has something below it that is shown: one that only changed its own mode has not. */
export function hasShownChildren(grove: Grove, directory: number): boolean {
  return shownChildren(grove, directory).next().done !== true;
}

function* shownChildren(grove: Grove, directory: number): Generator<number> {
  const { subtreeEnd } = grove.tree;
  const end = subtreeEnd[directory] ?? directory + 1;
  for (let child = directory + 1; child < end; child = subtreeEnd[child] ?? end) {
    if (isNodeShown(grove, child)) yield child;
  }
}
