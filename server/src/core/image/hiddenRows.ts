import type { ReadImage, WasteKind } from "./image.ts";
import { wasteKinds } from "./image.ts";
import { firstFrom } from "./nodeSearch.ts";

/** What one layer is the first to hide, to be asked by place. */
export interface HiddenRows {
  /** Undefined where the layer does not hide the bytes of this node, or where it has none. */
  kindOf(writtenByLayer: number, node: number): WasteKind | undefined;
  /** Bytes that it hides of the nodes `start` … `end - 1` of a lower layer. */
  bytesIn(writtenByLayer: number, start: number, end: number): number;
}

/** The rows of the waste table that a layer is to blame for. O(rows of the table). */
export function hiddenRowsOf({ waste }: ReadImage, layer: number): HiddenRows {
  const byLayer = new Map<number, Columns>();
  for (let row = 0; row < waste.count; row += 1) {
    if (waste.hiddenByLayer[row] !== layer) continue;
    const written = waste.writtenByLayer[row] ?? 0;
    const columns = byLayer.get(written) ?? { nodes: [], kinds: [], sums: [0] };
    byLayer.set(written, columns);
    columns.nodes.push(waste.node[row] ?? 0);
    columns.kinds.push(waste.kind[row] ?? 0);
    columns.sums.push((columns.sums.at(-1) ?? 0) + (waste.bytes[row] ?? 0));
  }
  return {
    kindOf(written, node) {
      const columns = byLayer.get(written);
      const at = columns === undefined ? -1 : firstFrom(columns.nodes, node);
      return columns?.nodes[at] === node ? wasteKinds[columns.kinds[at] ?? 0] : undefined;
    },
    bytesIn(written, start, end) {
      const columns = byLayer.get(written);
      if (columns === undefined) return 0;
      const { nodes, sums } = columns;
      return (sums[firstFrom(nodes, end)] ?? 0) - (sums[firstFrom(nodes, start)] ?? 0);
    },
  };
}

/** Nodes ascend, for rows of one layer stand in path order. */
interface Columns {
  readonly nodes: number[];
  readonly kinds: number[];
  /** Bytes of all rows before; one longer than `nodes`. */
  readonly sums: number[];
}
