import { type FileTree, linkRowOf } from "../image/fileTree.ts";
import type { ReadImage } from "../image/image.ts";
import { type Piecework, pieceNodes } from "../image/piecework.ts";
import type { RuleMemory } from "./memory.ts";

/** By layer, the nodes that carry bytes which the final file system does not show. */
export type HiddenNodes = readonly ReadonlySet<number>[];

/** Found once for each image. O(rows of waste). */
export function hiddenNodes(read: ReadImage, memory: RuleMemory): Piecework<HiddenNodes> {
  return memory.recallWork(read, "hidden nodes", () => findHidden(read));
}

function* findHidden({ layers, waste }: ReadImage): Piecework<HiddenNodes> {
  const hidden = layers.map(() => new Set<number>());
  for (let row = 0; row < waste.count; row += 1) {
    if (row % pieceNodes === 0) yield;
    const layer = waste.writtenByLayer[row] ?? 0;
    const tree = layers[layer]?.tree;
    if (tree !== undefined) hidden[layer]?.add(carrierOf(tree, waste.node[row] ?? 0));
  }
  return hidden;
}

/** The node that carries the bytes of a node's inode group; the node itself when it has no other names. */
export function carrierOf({ links }: FileTree, node: number): number {
  const first = links.first[linkRowOf(links, node)] ?? -1;
  return first >= 0 ? first : node;
}
