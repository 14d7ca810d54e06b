import { type FileTree, nodeKind } from "./fileTree.ts";
import { type Piecework, pieceNodes } from "./piecework.ts";
import { compareNames } from "./siblingMerge.ts";

/**
 * For each node of a tree the node of another one at the same path; -1 where there is none, and where only one of the two is a directory. The
 * roots always match. O(nodes of both).
 */
export function* matchPaths(tree: FileTree, other: FileTree): Piecework<Int32Array> {
  let untilYield = pieceNodes;
  const matches = new Int32Array(tree.nodeCount).fill(-1);
  matches[0] = 0;
  const open = [0];
  for (let directory = open.pop(); directory !== undefined; directory = open.pop()) {
    const there = matches[directory] ?? 0;
    const [end, otherEnd] = [endOf(tree, directory), endOf(other, there)];
    let [left, right] = [directory + 1, there + 1];
    while (left < end && right < otherEnd) {
      const order = compareNames(tree, left, other, right);
      if (order === 0 && isDirectory(tree, left) === isDirectory(other, right)) {
        matches[left] = right;
        if (isDirectory(tree, left)) open.push(left);
      }
      if (order <= 0) left = endOf(tree, left);
      if (order >= 0) right = endOf(other, right);
      untilYield -= 1;
      if (untilYield > 0) continue;
      yield;
      untilYield = pieceNodes;
    }
  }
  return matches;
}

function isDirectory({ kind }: FileTree, node: number): boolean {
  return kind[node] === nodeKind.directory;
}

function endOf({ subtreeEnd }: FileTree, node: number): number {
  return subtreeEnd[node] ?? node + 1;
}
