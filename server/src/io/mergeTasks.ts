import type { FileTree } from "../core/image/fileTree.ts";
import { type LayerIndex, layerFlag } from "../core/image/layerIndex.ts";
import {
  type StackedLayers,
  finalTreeOf,
  hashCandidatesOf,
  mergeLayers,
  stackLayers,
} from "../core/image/merge.ts";
import { cacheBytes, prune } from "./cacheFolder.ts";
import { keepMerged, packMerged } from "./layerCache.ts";
import { planContents } from "./contentPlan.ts";
import type { ContentPlaces, SayFromThread, TaskOf } from "./layerTasks.ts";

/** The layers that a thread keeps from `stack` to `merge`. */
export interface LayerStack {
  readonly stacked: StackedLayers;
  /** By layer, the nodes whose contents must be hashed. */
  readonly wanted: readonly Int32Array[];
  readonly finalTree: FileTree;
}

/** Puts layers on top of each other and says which contents are to be looked at; then makes the final tree, which needs none. */
export function answerStack({ layers, regions }: TaskOf<"stack">, say: SayFromThread): LayerStack {
  const stacked = stackLayers(layers);
  const wanted = hashCandidatesOf(stacked);
  const places = wanted.map((nodes, layer) => placesOf(layers[layer], nodes));
  const contents = { places, areHashesNew: areHashesNew(layers, places) };
  say({ kind: "stacked", wanted: { places, plan: planContents(contents, regions) } });
  const finalTree = finalTreeOf(stacked);
  say({ kind: "idle" });
  return { stacked, wanted, finalTree };
}

/** Makes the image of the stack; its columns are used up. */
export function answerMerge(
  { hashes, cache }: TaskOf<"merge">,
  { stacked, wanted, finalTree }: LayerStack,
  say: SayFromThread,
): void {
  hashes.forEach((column, layer) => noteHashes(stacked.layers[layer], wanted[layer], column));
  const merged = mergeLayers(stacked, finalTree);
  const packed = cache === undefined ? undefined : packMerged(merged);
  say({ kind: "merged", merged });
  if (packed !== undefined && cache !== undefined) {
    keepMerged(cache.folder, cache.key, packed);
    prune(cache.folder, cache.maxBytes ?? cacheBytes, Date.now());
  }
  say({ kind: "idle" });
}

function placesOf(index: LayerIndex | undefined, nodes: Int32Array): ContentPlaces {
  const offset = new Float64Array(nodes.length);
  const bytes = new Float64Array(nodes.length);
  for (let at = 0; at < nodes.length; at += 1) {
    const node = nodes[at] ?? 0;
    offset[at] = index?.bodyOffset[node] ?? 0;
    bytes[at] = index?.tree.bytes[node] ?? 0;
  }
  return { offset, bytes };
}

/** O(nodes), or less where hashes are many. */
function areHashesNew(layers: readonly LayerIndex[], places: readonly ContentPlaces[]): boolean {
  const least = places.reduce(
    (smallest, { bytes }) => bytes.reduce((one, other) => Math.min(one, other), smallest),
    Number.POSITIVE_INFINITY,
  );
  return !layers.some((layer) => hasHash(layer, least));
}

/** Whether a content of so many bytes, or of more, is hashed. */
function hasHash({ flags, tree }: LayerIndex, least: number): boolean {
  for (let node = 0; node < tree.nodeCount; node += 1) {
    const isHashed = ((flags[node] ?? 0) & layerFlag.hashed) !== 0;
    if (isHashed && (tree.bytes[node] ?? 0) >= least) return true;
  }
  return false;
}

function noteHashes(
  index: LayerIndex | undefined,
  nodes: Int32Array | undefined,
  hashes: Uint32Array | undefined,
): void {
  if (index === undefined || nodes === undefined || hashes === undefined) return;
  nodes.forEach((node, at) => {
    index.contentHash[node] = hashes[at] ?? 0;
    index.flags[node] = (index.flags[node] ?? 0) | layerFlag.hashed;
  });
}
