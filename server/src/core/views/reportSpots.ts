import type { FileTree } from "../image/fileTree.ts";
import { childrenOf } from "../image/fileTree.ts";

/** A place in a file tree where bytes gather. Spots are disjoint: what a deeper spot names is not counted again. */
export interface Spot {
  /** Index into the trees given. */
  readonly tree: number;
  readonly node: number;
  /** Bytes below the node that no deeper spot holds. */
  readonly bytes: number;
  /** True when a deeper spot holds a part of this directory. */
  readonly isRest: boolean;
}

/** A tree with the bytes that count in it, by node with all below it. */
export interface WeighedTree {
  readonly tree: FileTree;
  readonly subtreeBytes: Float64Array;
}

/** Shares of the limit-th part below which a place is not worth a row, tried from coarse to fine. */
const grains = [1, 0.7, 0.5, 0.35, 0.25, 0.18, 0.12, 0.08, 0.05, 0.03, 0.02, 0.01];

/**
 * Where the bytes of the trees gather, at most `limit` places, heaviest first: files and directories that are each worth a row, and
 * what is left of a directory when its heavy children have rows of their own. Their sum is at most the total; the difference is in
 * places too small to name.
 */
export function heavySpots(trees: readonly WeighedTree[], limit: number): readonly Spot[] {
  const totalBytes = trees.reduce((sum, { subtreeBytes }) => sum + (subtreeBytes[0] ?? 0), 0);
  let best: readonly Spot[] = [];
  for (const grain of grains) {
    const leastBytes = Math.max(1, (totalBytes / limit) * grain);
    const spots: Spot[] = [];
    trees.forEach((weighed, tree) => collect(weighed, tree, leastBytes, spots));
    if (spots.length > limit) break;
    best = spots;
  }
  return best.toSorted((a, b) => b.bytes - a.bytes || a.tree - b.tree || a.node - b.node);
}

/** Nodes with at least `leastBytes` of their own; what is left over falls to the directory above, and at the root to nobody. */
function collect(
  { tree, subtreeBytes }: WeighedTree,
  treeIndex: number,
  leastBytes: number,
  spots: Spot[],
): void {
  /** Bytes below the node that no spot holds. */
  const visit = (node: number): number => {
    const bytes = subtreeBytes[node] ?? 0;
    if (bytes < leastBytes) return bytes;
    const left = childrenOf(tree, node).reduce((sum, child) => sum + visit(child), 0);
    const isLeaf = (tree.subtreeEnd[node] ?? 0) === node + 1;
    const ownBytes = isLeaf ? bytes : left;
    if (ownBytes < leastBytes || node === 0) return ownBytes;
    spots.push({ tree: treeIndex, node, bytes: ownBytes, isRest: ownBytes < bytes });
    return 0;
  };
  visit(0);
}

/** For each node of the tree the index of the spot that counts it, or -1. */
export function spotOfNodes(tree: FileTree, spots: readonly Spot[], treeIndex: number): Int32Array {
  const spotOf = new Int32Array(tree.nodeCount).fill(-1);
  spots.forEach((spot, index) => {
    if (spot.tree === treeIndex) spotOf[spot.node] = index;
  });
  for (let node = 1; node < tree.nodeCount; node += 1) {
    if (spotOf[node] === -1) spotOf[node] = spotOf[tree.parent[node] ?? 0] ?? -1;
  }
  return spotOf;
}

/** Turns bytes of single nodes into bytes of subtrees, in place. */
export function sumUpwards(tree: FileTree, bytes: Float64Array): void {
  for (let node = tree.nodeCount - 1; node > 0; node -= 1) {
    const parent = tree.parent[node] ?? 0;
    bytes[parent] = (bytes[parent] ?? 0) + (bytes[node] ?? 0);
  }
}
