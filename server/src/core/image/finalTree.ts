import { appendBytes, emptyByteColumn } from "./byteColumn.ts";
import { type FileTree, type LinkColumns, linkRowOf, nodeKind } from "./fileTree.ts";
import { type InodeGroups, keyOf } from "./inodeGroups.ts";
import type { LayerIndex } from "./layerIndex.ts";
import {
  type LinkRows,
  addFirstRow,
  addTextRow,
  emptyLinkRows,
  toLinkColumns,
} from "./linkRows.ts";
import type { Overlay } from "./overlay.ts";
import { fillSubtrees } from "./subtrees.ts";

/** What a container sees, as a tree of its own: each inode group is charged to its first visible name. */
export function buildFinalTree(
  layers: readonly LayerIndex[],
  overlay: Overlay,
  groups: InodeGroups,
): FileTree {
  const nodeCount = Math.max(overlay.visibleCount, 1);
  const shape = copyShape(layers, overlay, nodeCount);
  const { bytes, links } = charge(layers, overlay, groups, nodeCount);
  const { subtreeEnd, subtreeBytes } = fillSubtrees(shape.parent, bytes);
  return { nodeCount, ...shape, bytes, subtreeEnd, subtreeBytes, links };
}

type Shape = Omit<FileTree, "nodeCount" | "bytes" | "subtreeEnd" | "subtreeBytes" | "links">;

function copyShape(layers: readonly LayerIndex[], overlay: Overlay, nodeCount: number): Shape {
  const kind = new Uint8Array(nodeCount);
  const mode = new Uint32Array(nodeCount);
  const uid = new Uint32Array(nodeCount);
  const gid = new Uint32Array(nodeCount);
  const nameStart = new Uint32Array(nodeCount);
  const nameLength = new Uint16Array(nodeCount);
  const names = emptyByteColumn(nodeCount * 16);
  for (let at = 0; at < overlay.visibleCount; at += 1) {
    const tree = layers[overlay.visibleLayer[at] ?? 0]?.tree;
    const node = overlay.visibleNode[at] ?? 0;
    if (tree === undefined) continue;
    const start = tree.nameStart[node] ?? 0;
    const length = tree.nameLength[node] ?? 0;
    kind[at] = tree.kind[node] ?? 0;
    mode[at] = tree.mode[node] ?? 0;
    uid[at] = tree.uid[node] ?? 0;
    gid[at] = tree.gid[node] ?? 0;
    nameStart[at] = appendBytes(names, tree.nameBytes, start, start + length);
    nameLength[at] = length;
  }
  return {
    parent: overlay.visibleParent.slice(0, nodeCount),
    layer: overlay.visibleLayer.slice(0, nodeCount),
    kind,
    mode,
    uid,
    gid,
    nameStart,
    nameLength,
    nameBytes: names.bytes.slice(0, names.length),
  };
}

function charge(
  layers: readonly LayerIndex[],
  overlay: Overlay,
  groups: InodeGroups,
  nodeCount: number,
): { readonly bytes: Float64Array; readonly links: LinkColumns } {
  const bytes = new Float64Array(nodeCount);
  const rows = emptyLinkRows();
  const firstNames = new Map<number, number>();
  for (let at = 0; at < overlay.visibleCount; at += 1) {
    const layer = overlay.visibleLayer[at] ?? 0;
    const node = overlay.visibleNode[at] ?? 0;
    const tree = layers[layer]?.tree;
    const kind = tree?.kind[node];
    if (tree === undefined || kind === nodeKind.directory) continue;
    if (kind === nodeKind.symlink) copyTarget(rows, at, tree.links, node);
    else if (groups.isAlone(layer, node)) bytes[at] = bytesOf(tree, node);
    else {
      const owner = groups.ownerOf(layer, node);
      const first = firstNames.get(keyOf(owner.layer, owner.node));
      if (first !== undefined) addFirstRow(rows, at, first);
      else {
        firstNames.set(keyOf(owner.layer, owner.node), at);
        bytes[at] = bytesOf(layers[owner.layer]?.tree, owner.node);
      }
    }
  }
  return { bytes, links: toLinkColumns(rows) };
}

function bytesOf(tree: FileTree | undefined, node: number): number {
  return tree?.bytes[node] ?? 0;
}

function copyTarget(rows: LinkRows, at: number, links: LinkColumns, node: number): void {
  const row = linkRowOf(links, node);
  addTextRow(rows, at, links.textBytes, links.textStart[row] ?? 0, links.textStart[row + 1] ?? 0);
}
