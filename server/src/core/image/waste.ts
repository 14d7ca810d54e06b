import { type BroughtFiles, contentHashOf, contentsOf } from "./contentMatch.ts";
import type { HiddenGroups } from "./hiddenGroups.ts";
import { type WasteKind, type WasteTable, wasteKinds } from "./image.ts";
import type { LayerIndex } from "./layerIndex.ts";
import { hiding } from "./overlay.ts";

/** Names the kind of each hidden group; rows stay in order. Where a content hash is missing the kind is the one that needs no equal content. */
export function wasteOf(
  layers: readonly LayerIndex[],
  hidden: HiddenGroups,
  broughtFiles: readonly BroughtFiles[],
): WasteTable {
  const brought = layers.map((index, layer) =>
    contentsOf(index, broughtFiles[layer] ?? { nodes: [] }),
  );
  const { count, bytes, layer: writtenByLayer, hiddenByLayer, node } = hidden;
  const kind = new Uint8Array(count);
  for (let row = 0; row < count; row += 1) {
    const contents = brought[hiddenByLayer[row] ?? 0];
    kind[row] = wasteKinds.indexOf(kindOf(layers, hidden, row, contents));
  }
  return { count, kind, bytes, writtenByLayer, hiddenByLayer, node };
}

function kindOf(
  layers: readonly LayerIndex[],
  hidden: HiddenGroups,
  row: number,
  brought: ReadonlyMap<number, ReadonlySet<number>> | undefined,
): WasteKind {
  const how = hidden.how[row];
  if (how === hiding.otherType) return "replaced";
  if (how === hiding.samePath) {
    return isSameContent(layers, hidden, row) ? "metadata-only" : "overwritten";
  }
  const hash = hashOf(layers, hidden, row);
  const isMoved = hash !== undefined && brought?.get(hidden.bytes[row] ?? 0)?.has(hash) === true;
  if (isMoved) return "moved";
  return how === hiding.opaque ? "opaque" : "deleted";
}

/** Whether what took the place of a file is known to be the same content. */
function isSameContent(layers: readonly LayerIndex[], hidden: HiddenGroups, row: number): boolean {
  const by = layers[hidden.byLayer[row] ?? 0];
  const byNode = hidden.byNode[row] ?? 0;
  const hash = hashOf(layers, hidden, row);
  if (hash === undefined || by?.tree.bytes[byNode] !== hidden.bytes[row]) return false;
  return contentHashOf(by, byNode) === hash;
}

function hashOf(
  layers: readonly LayerIndex[],
  hidden: HiddenGroups,
  row: number,
): number | undefined {
  return contentHashOf(layers[hidden.layer[row] ?? 0], hidden.node[row] ?? 0);
}
