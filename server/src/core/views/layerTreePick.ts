import type { FileTree } from "../image/fileTree.ts";
import { nodeKind } from "../image/fileTree.ts";
import { type Piecework, pieceNodes } from "../image/piecework.ts";

/** Which nodes of a tree are shown, and what they weigh. */
export interface TreePick {
  /** By node, 1 for what was picked and for the directories on the way there. */
  readonly isShown: Uint8Array;
  /** By node, of what was picked at the node and below it. */
  readonly bytes: Float64Array;
}

/** The nodes that are accepted, with `weights` as the bytes of each alone. One pass. */
export function* pickNodes(
  tree: FileTree,
  weights: Float64Array,
  accepts: (node: number) => boolean,
): Piecework<TreePick> {
  const isShown = new Uint8Array(tree.nodeCount);
  const bytes = new Float64Array(tree.nodeCount);
  for (let node = tree.nodeCount - 1; node > 0; node -= 1) {
    if (node % pieceNodes === 0) yield;
    if (accepts(node)) {
      isShown[node] = 1;
      bytes[node] = (bytes[node] ?? 0) + (weights[node] ?? 0);
    }
    if (isShown[node] === 0) continue;
    const parent = tree.parent[node] ?? 0;
    isShown[parent] = 1;
    bytes[parent] = (bytes[parent] ?? 0) + (bytes[node] ?? 0);
  }
  return { isShown, bytes };
}

/** Files, links, devices, whiteouts, and directories with nothing in them: what rows end in. */
export function isLeaf({ kind, subtreeEnd }: FileTree, node: number): boolean {
  return kind[node] !== nodeKind.directory || (subtreeEnd[node] ?? 0) === node + 1;
}
