import { contentHashOf, contentsOf, sizesGoneBy } from "./contentMatch.ts";
import type { HiddenGroup } from "./hiddenGroups.ts";
import { type WasteKind, type WasteTable, wasteKinds } from "./image.ts";
import type { LayerIndex } from "./layerIndex.ts";
import { hiding } from "./overlay.ts";

/** Names the kind of each hidden group; rows stay in order. Where a content hash is missing the kind is the one that needs no equal content. */
export function wasteOf(layers: readonly LayerIndex[], hidden: readonly HiddenGroup[]): WasteTable {
  const gone = sizesGoneBy(layers, hidden);
  const brought = layers.map((index, layer) => contentsOf(index, gone[layer]));
  const count = hidden.length;
  const kind = new Uint8Array(count);
  const bytes = new Float64Array(count);
  const writtenByLayer = new Uint16Array(count);
  const hiddenByLayer = new Uint16Array(count);
  const node = new Int32Array(count);
  hidden.forEach((group, row) => {
    kind[row] = wasteKinds.indexOf(kindOf(layers, group, brought[group.hiddenByLayer]));
    bytes[row] = group.bytes;
    writtenByLayer[row] = group.owner.layer;
    hiddenByLayer[row] = group.hiddenByLayer;
    node[row] = group.owner.node;
  });
  return { count, kind, bytes, writtenByLayer, hiddenByLayer, node };
}

function kindOf(
  layers: readonly LayerIndex[],
  { owner, bytes, by, how }: HiddenGroup,
  brought: ReadonlyMap<number, ReadonlySet<number>> | undefined,
): WasteKind {
  const hash = contentHashOf(layers[owner.layer], owner.node);
  if (by !== undefined) {
    const other = layers[by.layer];
    const isSame =
      hash !== undefined &&
      other?.tree.bytes[by.node] === bytes &&
      contentHashOf(other, by.node) === hash;
    return isSame ? "metadata-only" : "overwritten";
  }
  if (how === hiding.otherType) return "replaced";
  if (hash !== undefined && brought?.get(bytes)?.has(hash) === true) return "moved";
  return how === hiding.opaque ? "opaque" : "deleted";
}
