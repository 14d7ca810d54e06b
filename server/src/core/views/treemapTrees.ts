import type { FileTree } from "../image/fileTree.ts";
import { type ReadImage, type WasteKind, wasteKinds } from "../image/image.ts";

/** How wasted bytes came to be hidden. */
export interface Hidden {
  readonly by: number;
  readonly kind: WasteKind;
}

/** What of one layer the final file system does not show. */
export interface LayerWaste {
  /** The layer's tree with nothing but wasted bytes in `bytes` and `subtreeBytes`. */
  readonly tree: FileTree;
  /** Undefined for nodes without wasted bytes of their own. */
  hiddenOf(node: number): Hidden | undefined;
}

/** The wasted files of a layer; undefined when there is no such layer. Remembers nothing. O(nodes of the layer + rows of the waste table). */
export function layerWaste({ waste, layers }: ReadImage, layer: number): LayerWaste | undefined {
  const tree = layers[layer]?.tree;
  if (tree === undefined) return undefined;
  const bytes = new Float64Array(tree.nodeCount);
  const rowOf = new Map<number, number>();
  for (let row = 0; row < waste.count; row += 1) {
    if (waste.writtenByLayer[row] !== layer) continue;
    const node = waste.node[row] ?? 0;
    bytes[node] = (bytes[node] ?? 0) + (waste.bytes[row] ?? 0);
    rowOf.set(node, row);
  }
  const subtreeBytes = bytes.slice();
  for (let node = tree.nodeCount - 1; node > 0; node -= 1) {
    const above = tree.parent[node] ?? 0;
    subtreeBytes[above] = (subtreeBytes[above] ?? 0) + (subtreeBytes[node] ?? 0);
  }
  return {
    tree: { ...tree, bytes, subtreeBytes },
    hiddenOf: (node) => {
      const row = rowOf.get(node);
      if (row === undefined) return undefined;
      return {
        by: waste.hiddenByLayer[row] ?? 0,
        kind: wasteKinds[waste.kind[row] ?? 0] ?? "deleted",
      };
    },
  };
}
