import { nodeKind } from "./fileTree.ts";
import type { HiddenGroups } from "./hiddenGroups.ts";
import { type LayerIndex, layerFlag } from "./layerIndex.ts";
import { hiding } from "./overlay.ts";

/**
 * Nodes whose content hash decides a waste kind and is not known yet, ascending, one list for each layer: files that were overwritten or
 * deleted where the hiding layer brings a file of the same size, and those files. Everything else need not be read.
 */
export function findHashCandidates(
  layers: readonly LayerIndex[],
  hidden: HiddenGroups,
  brought: readonly BroughtFiles[],
): readonly Int32Array[] {
  const wanted = layers.map(({ tree }) => new Uint8Array(tree.nodeCount));
  const want = (layer: number, node: number): void => {
    const marks = wanted[layer];
    if (marks !== undefined) marks[node] = 1;
  };
  for (let row = 0; row < hidden.count; row += 1) {
    const bytes = hidden.bytes[row] ?? 0;
    const byLayer = hidden.byLayer[row] ?? 0;
    const byNode = hidden.byNode[row] ?? -1;
    const isOverwritten = byNode >= 0;
    const mayMatch = isOverwritten
      ? layers[byLayer]?.tree.bytes[byNode] === bytes
      : hasMovedSize(hidden, row, brought);
    if (mayMatch) want(hidden.layer[row] ?? 0, hidden.node[row] ?? 0);
    if (mayMatch && isOverwritten) want(byLayer, byNode);
  }
  brought.forEach(({ nodes }, layer) => nodes.forEach((node) => want(layer, node)));
  return layers.map((index, layer) => unhashed(index, wanted[layer]));
}

/** Hash of the content that a node carries; undefined while it is not known. */
export function contentHashOf(index: LayerIndex | undefined, node: number): number | undefined {
  const isHashed = ((index?.flags[node] ?? 0) & layerFlag.hashed) !== 0;
  return isHashed ? index?.contentHash[node] : undefined;
}

/** Contents of those files of a layer, to be asked by size and hash. */
export function contentsOf(
  index: LayerIndex,
  { nodes }: Pick<BroughtFiles, "nodes">,
): ReadonlyMap<number, ReadonlySet<number>> {
  const contents = new Map<number, Set<number>>();
  for (const node of nodes) {
    const hash = contentHashOf(index, node);
    if (hash === undefined) continue;
    const bytes = index.tree.bytes[node] ?? 0;
    const hashes = contents.get(bytes);
    if (hashes === undefined) contents.set(bytes, new Set([hash]));
    else hashes.add(hash);
  }
  return contents;
}

/** Files of a layer that have the size of something that the layer deleted: only they can be what was moved. */
export interface BroughtFiles {
  /** Ascending. */
  readonly nodes: readonly number[];
  readonly sizes: ReadonlySet<number>;
}

/** One for each layer. O(nodes) of the layers that delete something. */
export function findBroughtFiles(
  layers: readonly LayerIndex[],
  hidden: HiddenGroups,
): readonly BroughtFiles[] {
  const gone = sizesGoneBy(layers, hidden);
  return layers.map((index, layer) => filesOfSizes(index, gone[layer]));
}

/** By layer, the sizes of what it deleted. */
function sizesGoneBy(
  layers: readonly LayerIndex[],
  hidden: HiddenGroups,
): readonly ReadonlySet<number>[] {
  const sizes = layers.map(() => new Set<number>());
  for (let row = 0; row < hidden.count; row += 1) {
    if (mayHaveMoved(hidden.how[row])) {
      sizes[hidden.hiddenByLayer[row] ?? 0]?.add(hidden.bytes[row] ?? 0);
    }
  }
  return sizes;
}

function hasMovedSize(
  hidden: HiddenGroups,
  row: number,
  brought: readonly BroughtFiles[],
): boolean {
  const sizes = brought[hidden.hiddenByLayer[row] ?? 0]?.sizes;
  return mayHaveMoved(hidden.how[row]) && sizes?.has(hidden.bytes[row] ?? 0) === true;
}

/** Only what was deleted can turn up elsewhere: DESIGN §5 Accounting. */
function mayHaveMoved(how: number | undefined): boolean {
  return how === hiding.whiteout || how === hiding.opaque;
}

function filesOfSizes({ tree }: LayerIndex, sizes: ReadonlySet<number> | undefined): BroughtFiles {
  const nodes: number[] = [];
  const found = new Set<number>();
  if (sizes === undefined || sizes.size === 0) return { nodes, sizes: found };
  for (let node = 0; node < tree.nodeCount; node += 1) {
    const bytes = tree.bytes[node] ?? 0;
    if (bytes === 0 || tree.kind[node] !== nodeKind.file || !sizes.has(bytes)) continue;
    nodes.push(node);
    found.add(bytes);
  }
  return { nodes, sizes: found };
}

function unhashed(index: LayerIndex, wanted: Uint8Array | undefined): Int32Array {
  const nodes: number[] = [];
  const known = layerFlag.hashed | layerFlag.sparse;
  for (let node = wanted?.indexOf(1) ?? -1; node >= 0; node = wanted?.indexOf(1, node + 1) ?? -1) {
    const isKnown = ((index.flags[node] ?? 0) & known) !== 0;
    if (!isKnown && (index.bodyOffset[node] ?? -1) >= 0) nodes.push(node);
  }
  return Int32Array.from(nodes);
}
