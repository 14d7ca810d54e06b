import type { FileTree } from "../image/fileTree.ts";
import { childrenOf } from "../image/fileTree.ts";

/** Weighed rows that point into file trees: the waste of an image, or its final files. Every row belongs to one group. */
export interface WeighedRows {
  readonly count: number;
  readonly treeOf: (row: number) => FileTree;
  readonly nodeOf: (row: number) => number;
  readonly bytesOf: (row: number) => number;
  /** What a place must not mix, as a number; all rows of a group point into one tree. Undefined leaves the row out. */
  readonly groupOf: (row: number) => number | undefined;
}

/** A file or directory where bytes of one group gather. Places are disjoint: what a deeper place names is not counted again. */
export interface Place {
  readonly group: number;
  readonly tree: FileTree;
  readonly node: number;
  /** Bytes at or below the node that no deeper place of the group holds. */
  readonly bytes: number;
  /** True when a deeper place of the group holds a part of this directory. */
  readonly isRest: boolean;
  /** Rows counted here; where it is one, the node is that row's own. */
  readonly rowCount: number;
}

/** Most groups looked at; each takes memory in the size of its tree. */
const mostGroups = 32;

/**
 * Where the rows' bytes gather, at most `limit` places, heaviest first: files and directories that are each worth a row, and what is
 * left of a directory when its heavy children have rows of their own. Their sum is at most the total; the difference lies in places
 * too small to name.
 */
export function findPlaces(rows: WeighedRows, limit: number): readonly Place[] {
  const groups = weighGroups(rows, heaviestGroups(rows, Math.min(limit, mostGroups)));
  const spots = heavySpots(groups, limit);
  const counted = countRows(rows, groups, spots);
  return spots.map(({ index, node, bytes, isRest }, spot) => {
    const { rowCount, lastRow } = counted[spot] ?? { rowCount: 0, lastRow: 0 };
    const place = {
      group: groups[index]?.group ?? 0,
      tree: groups[index]?.tree ?? rows.treeOf(0),
      bytes,
      rowCount,
    };
    return rowCount === 1
      ? { ...place, node: rows.nodeOf(lastRow), isRest: false }
      : { ...place, node, isRest };
  });
}

/** The bytes of one group, by node with all below it. */
interface WeighedGroup {
  readonly group: number;
  readonly tree: FileTree;
  readonly subtreeBytes: Float64Array;
}

interface Spot {
  /** Among the weighed groups. */
  readonly index: number;
  readonly node: number;
  readonly bytes: number;
  readonly isRest: boolean;
}

function heaviestGroups(rows: WeighedRows, most: number): ReadonlySet<number> {
  const sums = new Map<number, number>();
  for (let row = 0; row < rows.count; row += 1) {
    const group = rows.groupOf(row);
    if (group !== undefined) sums.set(group, (sums.get(group) ?? 0) + rows.bytesOf(row));
  }
  const heaviestFirst = [...sums].toSorted((a, b) => b[1] - a[1] || a[0] - b[0]);
  return new Set(heaviestFirst.slice(0, most).map(([group]) => group));
}

function weighGroups(rows: WeighedRows, wanted: ReadonlySet<number>): readonly WeighedGroup[] {
  const groups = new Map<number, WeighedGroup>();
  for (let row = 0; row < rows.count; row += 1) {
    const group = rows.groupOf(row);
    if (group === undefined || !wanted.has(group)) continue;
    const weighed = groups.get(group) ?? emptyGroup(group, rows.treeOf(row));
    groups.set(group, weighed);
    const node = rows.nodeOf(row);
    weighed.subtreeBytes[node] = (weighed.subtreeBytes[node] ?? 0) + rows.bytesOf(row);
  }
  for (const { tree, subtreeBytes } of groups.values()) sumUpwards(tree, subtreeBytes);
  return [...groups.values()];
}

function emptyGroup(group: number, tree: FileTree): WeighedGroup {
  return { group, tree, subtreeBytes: new Float64Array(tree.nodeCount) };
}

/** Turns bytes of single nodes into bytes of subtrees, in place. */
function sumUpwards(tree: FileTree, bytes: Float64Array): void {
  for (let node = tree.nodeCount - 1; node > 0; node -= 1) {
    const parent = tree.parent[node] ?? 0;
    bytes[parent] = (bytes[parent] ?? 0) + (bytes[node] ?? 0);
  }
}

/** Shares of the limit-th part below which a place is not worth a row, tried from coarse to fine. */
const grains = [1, 0.7, 0.5, 0.35, 0.25, 0.18, 0.12, 0.08, 0.05, 0.03, 0.01, 0];

/** Finer places say more, as long as those with a row still hold this share of all bytes; else as much as can be. */
const leastCoverage = 0.8;

function heavySpots(groups: readonly WeighedGroup[], limit: number): readonly Spot[] {
  const totalBytes = groups.reduce((sum, { subtreeBytes }) => sum + (subtreeBytes[0] ?? 0), 0);
  const choices = grains.map((grain) => {
    const leastBytes = Math.max(1, (totalBytes / limit) * grain);
    const spots: Spot[] = [];
    groups.forEach((group, index) => collect(group, index, leastBytes, spots));
    return spots
      .sort((a, b) => b.bytes - a.bytes || a.index - b.index || a.node - b.node)
      .slice(0, limit);
  });
  const coverages = choices.map((spots) => spots.reduce((sum, { bytes }) => sum + bytes, 0));
  const finest = coverages.findLastIndex((bytes) => bytes >= totalBytes * leastCoverage);
  const chosen = finest === -1 ? coverages.indexOf(Math.max(...coverages)) : finest;
  return choices[chosen] ?? [];
}

/** A child that holds less of its directory than this is one of many: the directory stands for it. */
const leastShareOfDirectory = 0.06;

/** Nodes with at least `leastBytes` of their own; what is left over falls to the directory above, and at the root to nobody. */
function collect(
  { tree, subtreeBytes }: WeighedGroup,
  index: number,
  leastBytes: number,
  spots: Spot[],
): void {
  /** Bytes at or below the node that no spot holds. */
  const visit = (node: number, least: number): number => {
    const bytes = subtreeBytes[node] ?? 0;
    if (bytes < least) return bytes;
    const leastOfChild = Math.max(leastBytes, node === 0 ? 0 : bytes * leastShareOfDirectory);
    const isLeaf = (tree.subtreeEnd[node] ?? 0) === node + 1;
    const leftBytes = isLeaf
      ? bytes
      : childrenOf(tree, node).reduce((sum, child) => sum + visit(child, leastOfChild), 0);
    if (leftBytes < leastBytes || node === 0) return leftBytes;
    spots.push({ index, node, bytes: leftBytes, isRest: leftBytes < bytes });
    return 0;
  };
  visit(0, leastBytes);
}

interface CountedRows {
  rowCount: number;
  lastRow: number;
}

/** Rows by spot. A row belongs to the nearest spot of its group at or above its node. */
function countRows(
  rows: WeighedRows,
  groups: readonly WeighedGroup[],
  spots: readonly Spot[],
): readonly CountedRows[] {
  const counted = spots.map((): CountedRows => ({ rowCount: 0, lastRow: 0 }));
  const spotOf = new Map(
    groups.map(({ group, tree }, index) => [group, spotOfNodes(tree, spots, index)]),
  );
  for (let row = 0; row < rows.count; row += 1) {
    const spot = spotOf.get(rows.groupOf(row) ?? -1)?.[rows.nodeOf(row)] ?? -1;
    const counts = counted[spot];
    if (counts === undefined) continue;
    counts.rowCount += 1;
    counts.lastRow = row;
  }
  return counted;
}

/** For each node the index of the spot that counts it, or -1. */
function spotOfNodes(tree: FileTree, spots: readonly Spot[], index: number): Int32Array {
  const spotOf = new Int32Array(tree.nodeCount).fill(-1);
  spots.forEach((spot, at) => {
    if (spot.index === index) spotOf[spot.node] = at;
  });
  for (let node = 1; node < tree.nodeCount; node += 1) {
    if (spotOf[node] === -1) spotOf[node] = spotOf[tree.parent[node] ?? 0] ?? -1;
  }
  return spotOf;
}
