import type { FileTree } from "../image/fileTree.ts";
import { firstFrom } from "../image/nodeSearch.ts";
import { type ReadImage, type WasteKind, wasteKinds } from "../image/image.ts";
import { fillSubtrees } from "../image/subtrees.ts";

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
  // Rows of one layer stand together, in the order of its nodes.
  const start = waste.writtenByLayer.subarray(0, waste.count).indexOf(layer);
  let end = Math.max(0, start);
  for (; end < waste.count && waste.writtenByLayer[end] === layer; end += 1) {
    bytes[waste.node[end] ?? 0] = waste.bytes[end] ?? 0;
  }
  const nodes = waste.node.subarray(Math.max(0, start), end);
  const { subtreeBytes } = fillSubtrees(tree.parent, bytes);
  return {
    tree: { ...tree, bytes, subtreeBytes },
    hiddenOf: (node) => {
      const at = firstFrom(nodes, node);
      if (nodes[at] !== node) return undefined;
      const row = start + at;
      return {
        by: waste.hiddenByLayer[row] ?? 0,
        kind: wasteKinds[waste.kind[row] ?? 0] ?? "deleted",
      };
    },
  };
}
