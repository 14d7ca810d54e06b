import { nodeKind } from "./fileTree.ts";
import type { HiddenGroup } from "./hiddenGroups.ts";
import { type LayerIndex, layerFlag } from "./layerIndex.ts";
import { hiding } from "./overlay.ts";

/**
 * Nodes whose content hash decides a waste kind and is not known yet, ascending, one list for each layer: files that were overwritten or
 * deleted where the hiding layer brings a file of the same size, and those files. Everything else need not be read.
 */
export function findHashCandidates(
  layers: readonly LayerIndex[],
  hidden: readonly HiddenGroup[],
): readonly Int32Array[] {
  const wanted = layers.map(({ tree }) => new Uint8Array(tree.nodeCount));
  const want = (layer: number, node: number): void => {
    const marks = wanted[layer];
    if (marks !== undefined) marks[node] = 1;
  };
  const goneBytes = sizesGoneBy(layers, hidden);
  const sameBytes = layers.map((index, layer) => filesOfSizes(index, goneBytes[layer]));
  for (const { owner, bytes, by, how, hiddenByLayer } of hidden) {
    if (by !== undefined) {
      if (layers[by.layer]?.tree.bytes[by.node] !== bytes) continue;
      want(owner.layer, owner.node);
      want(by.layer, by.node);
    } else if (mayHaveMoved(how) && sameBytes[hiddenByLayer]?.sizes.has(bytes) === true) {
      want(owner.layer, owner.node);
    }
  }
  sameBytes.forEach(({ nodes }, layer) => nodes.forEach((node) => want(layer, node)));
  return layers.map((index, layer) => unhashed(index, wanted[layer]));
}

/** Hash of the content that a node carries; undefined while it is not known. */
export function contentHashOf(index: LayerIndex | undefined, node: number): number | undefined {
  const isHashed = ((index?.flags[node] ?? 0) & layerFlag.hashed) !== 0;
  return isHashed ? index?.contentHash[node] : undefined;
}

/** Contents that a layer brings, to be asked by size and hash. Only files of the sizes given are looked at. */
export function contentsOf(
  index: LayerIndex,
  sizes: ReadonlySet<number> | undefined,
): ReadonlyMap<number, ReadonlySet<number>> {
  const contents = new Map<number, Set<number>>();
  for (const node of filesOfSizes(index, sizes).nodes) {
    const hash = contentHashOf(index, node);
    if (hash === undefined) continue;
    const bytes = index.tree.bytes[node] ?? 0;
    const hashes = contents.get(bytes);
    if (hashes === undefined) contents.set(bytes, new Set([hash]));
    else hashes.add(hash);
  }
  return contents;
}

/** By layer, the sizes of what it deleted: only files of those sizes can have been moved. */
export function sizesGoneBy(
  layers: readonly LayerIndex[],
  hidden: readonly HiddenGroup[],
): readonly ReadonlySet<number>[] {
  const sizes = layers.map(() => new Set<number>());
  for (const { bytes, how, hiddenByLayer } of hidden) {
    if (mayHaveMoved(how)) sizes[hiddenByLayer]?.add(bytes);
  }
  return sizes;
}

/** Only what was deleted can turn up elsewhere: DESIGN §5 Accounting. */
function mayHaveMoved(how: number): boolean {
  return how === hiding.whiteout || how === hiding.opaque;
}

function filesOfSizes(
  { tree }: LayerIndex,
  sizes: ReadonlySet<number> | undefined,
): { readonly nodes: readonly number[]; readonly sizes: ReadonlySet<number> } {
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
  wanted?.forEach((mark, node) => {
    const isKnown = ((index.flags[node] ?? 0) & known) !== 0;
    if (mark === 1 && !isKnown && (index.bodyOffset[node] ?? -1) >= 0) nodes.push(node);
  });
  return Int32Array.from(nodes);
}
