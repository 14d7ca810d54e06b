import type { FileTree } from "../image/fileTree.ts";
import type { ReadImage } from "../image/image.ts";
import type { Piecework } from "../image/piecework.ts";
import { type CountedTree, countInSteps } from "./treemapTally.ts";
import { type LayerWaste, layerWaste } from "./treemapTrees.ts";

/** What is remembered between maps of the same image, so that only the first one counts its files. Held by the caller, gone with the image. */
export interface TreemapMemory {
  readonly counted: WeakMap<FileTree, CountedTree>;
  readonly wastes: WeakMap<ReadImage, Map<number, LayerWaste>>;
}

/** An empty memory. */
export function emptyTreemapMemory(): TreemapMemory {
  return { counted: new WeakMap(), wastes: new WeakMap() };
}

/** A tree whose nodes are of so many layers, counted once, in steps of few milliseconds. */
export function* countedIn(
  { counted }: TreemapMemory,
  tree: FileTree,
  layerCount: number,
): Piecework<CountedTree> {
  const found = counted.get(tree) ?? (yield* countInSteps(tree, layerCount));
  counted.set(tree, found);
  return found;
}

/** The wasted files of a layer, found once; undefined when there is no such layer. */
export function wasteIn(
  { wastes }: TreemapMemory,
  read: ReadImage,
  layer: number,
): LayerWaste | undefined {
  const known = wastes.get(read) ?? new Map<number, LayerWaste>();
  wastes.set(read, known);
  const found = known.get(layer) ?? layerWaste(read, layer);
  if (found !== undefined) known.set(layer, found);
  return found;
}
