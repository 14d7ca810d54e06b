import { type BroughtFiles, findBroughtFiles, findHashCandidates } from "./contentMatch.ts";
import {
  type CopyTable,
  type LikelyCopies,
  findCopies,
  findCopyCandidates,
  findLikelyCopies,
} from "./copies.ts";
import { type FileTree, nodeKind } from "./fileTree.ts";
import { buildFinalTree } from "./finalTree.ts";
import { type HiddenGroups, findHiddenGroups } from "./hiddenGroups.ts";
import type { ImageDescription, Layer, ReadImage, WasteTable } from "./image.ts";
import { type InodeGroups, groupInodes } from "./inodeGroups.ts";
import type { LayerIndex } from "./layerIndex.ts";
import { type Overlay, overlayLayers } from "./overlay.ts";
import { wasteOf } from "./waste.ts";

/** Layers on top of each other, before content is compared. */
export interface StackedLayers {
  readonly layers: readonly LayerIndex[];
  readonly overlay: Overlay;
  readonly groups: InodeGroups;
  readonly hidden: HiddenGroups;
  /** One for each layer. */
  readonly brought: readonly BroughtFiles[];
  readonly likelyCopies: LikelyCopies;
}

/** What the layers of an image make together: all of `ReadImage` but what the description says. Columns, movable between threads. */
export interface MergedLayers {
  /** Base first. */
  readonly layers: readonly MergedLayer[];
  readonly finalTree: FileTree;
  readonly waste: WasteTable;
  readonly copies: CopyTable;
  /** Regular files of the final tree. */
  readonly fileCount: number;
}

/** What reading tells of one layer. */
export type MergedLayer = Omit<Layer, "index" | "diffId" | "transferBytes"> &
  Pick<LayerIndex, "entryCount">;

/** Puts layers on top of each other, base first; they keep belonging to the caller. */
export function stackLayers(layers: readonly LayerIndex[]): StackedLayers {
  const overlay = overlayLayers(layers);
  const groups = groupInodes(layers);
  const hidden = findHiddenGroups(layers, overlay, groups);
  const brought = findBroughtFiles(layers, hidden);
  const likelyCopies = findLikelyCopies(layers, overlay, groups);
  return { layers, overlay, groups, hidden, brought, likelyCopies };
}

/** By layer, the nodes whose `contentHash` and flag `hashed` are to be filled in before `mergeLayers`, ascending. */
export function hashCandidatesOf({
  layers,
  hidden,
  brought,
  likelyCopies,
}: StackedLayers): readonly Int32Array[] {
  const forCopies = findCopyCandidates(layers, likelyCopies);
  return findHashCandidates(layers, hidden, brought).map((forWaste, layer) => {
    const more = forCopies[layer];
    if (more === undefined || more.length === 0) return forWaste;
    return Int32Array.from(new Set([...forWaste, ...more])).sort();
  });
}

/** What a container sees; needs no content. */
export function finalTreeOf({ layers, overlay, groups }: StackedLayers): FileTree {
  return buildFinalTree(layers, overlay, groups);
}

/** Layers as one image. `final tree + waste = sum of layers`, exactly. The final tree may have been made before. */
export function mergeLayers(
  stacked: StackedLayers,
  finalTree: FileTree = finalTreeOf(stacked),
): MergedLayers {
  const { layers, hidden, brought, likelyCopies } = stacked;
  const waste = wasteOf(layers, hidden, brought);
  const wasted = sumByLayer(waste, waste.writtenByLayer, layers.length);
  const hides = sumByLayer(waste, waste.hiddenByLayer, layers.length);
  return {
    layers: layers.map((index, layer) => ({
      contentBytes: index.contentBytes,
      tarBytes: index.tarBytes,
      entryCount: index.entryCount,
      fileCount: index.fileCount,
      wastedBytes: wasted[layer] ?? 0,
      hidesBytes: hides[layer] ?? 0,
      evidence: index.evidence,
      flags: index.flags,
      tree: { ...index.tree, layer: new Uint16Array(index.tree.nodeCount).fill(layer) },
    })),
    finalTree,
    waste,
    copies: findCopies(layers, likelyCopies),
    fileCount: countFiles(finalTree),
  };
}

/** The whole image; cheap, for all columns are taken as they are. */
export function toReadImage(description: ImageDescription, merged: MergedLayers): ReadImage {
  const layers = merged.layers.map((layer, index): Layer => {
    const descriptor = description.layers[index];
    const transferBytes = descriptor?.transferBytes;
    const diffId = descriptor?.diffId ?? "";
    return { ...layer, index, diffId, ...(transferBytes === undefined ? {} : { transferBytes }) };
  });
  const transferBytes = layers.reduce<number | undefined>(
    (sum, layer) =>
      sum === undefined || layer.transferBytes === undefined
        ? undefined
        : sum + layer.transferBytes,
    0,
  );
  return {
    description,
    layers,
    finalTree: merged.finalTree,
    waste: merged.waste,
    copies: merged.copies,
    layerContentBytes: sumOf(layers, (layer) => layer.contentBytes),
    finalContentBytes: merged.finalTree.subtreeBytes[0] ?? 0,
    wastedBytes: sumOf(layers, (layer) => layer.wastedBytes),
    tarBytes: sumOf(layers, (layer) => layer.tarBytes),
    ...(transferBytes === undefined ? {} : { transferBytes }),
    fileCount: merged.fileCount,
  };
}

function sumOf(layers: readonly Layer[], bytesOf: (layer: Layer) => number): number {
  return layers.reduce((sum, layer) => sum + bytesOf(layer), 0);
}

function sumByLayer(waste: WasteTable, column: Uint16Array, layerCount: number): Float64Array {
  const sums = new Float64Array(layerCount);
  for (let row = 0; row < waste.count; row += 1) {
    const layer = column[row] ?? 0;
    sums[layer] = (sums[layer] ?? 0) + (waste.bytes[row] ?? 0);
  }
  return sums;
}

function countFiles({ kind, nodeCount }: FileTree): number {
  let count = 0;
  for (let node = 0; node < nodeCount; node += 1) if (kind[node] === nodeKind.file) count += 1;
  return count;
}
