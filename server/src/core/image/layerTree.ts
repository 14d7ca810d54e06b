import { appendBytes, compareBytes, emptyByteColumn } from "./byteColumn.ts";
import { type EvidenceRows, toEvidence } from "./evidenceRows.ts";
import { type FileTree, type LinkColumns, nodeKind } from "./fileTree.ts";
import { type LayerIndex, layerFlag } from "./layerIndex.ts";
import { addFirstRow, addTextRow, emptyLinkRows, toLinkColumns } from "./linkRows.ts";
import { type NodeColumns, inodeOf, linkTextRange } from "./nodeColumns.ts";
import { fillSubtrees } from "./subtrees.ts";

/**
 * Brings the nodes of a layer into the order of a `FileTree` and charges each inode group to its first name. Replaced nodes are left out.
 * Builders walk directories by name, so that most tars are in order already and are only copied.
 */
export function toLayerIndex(
  columns: NodeColumns,
  counts: Pick<LayerIndex, "tarBytes" | "entryCount">,
  rows: EvidenceRows,
): LayerIndex {
  const { shape, content, links } = isInOrder(columns) ? copied(columns) : ordered(columns);
  const { subtreeEnd, subtreeBytes } = fillSubtrees(shape.parent, content.bytes);
  const { firstName, bytes, ...own } = content;
  const nodeCount = shape.parent.length;
  const layer = new Uint16Array(nodeCount);
  const tree: FileTree = { ...shape, nodeCount, subtreeEnd, bytes, subtreeBytes, layer, links };
  const contentBytes = subtreeBytes[0] ?? 0;
  const evidence = toEvidence(rows, (node) =>
    firstName === undefined ? node : (firstName[node] ?? -1),
  );
  return { tree, ...own, contentBytes, ...counts, evidence };
}

type Shape = Pick<
  FileTree,
  "parent" | "kind" | "mode" | "uid" | "gid" | "nameStart" | "nameLength" | "nameBytes"
>;

type Content = Pick<LayerIndex, "inode" | "flags" | "contentHash" | "bodyOffset" | "fileCount"> & {
  readonly bytes: Float64Array;
  /** By node of the columns: the place of the first name of its content, -1 where none is left. Undefined where each has its own place and name. */
  readonly firstName: Int32Array | undefined;
};

interface Parts {
  readonly shape: Shape;
  readonly content: Content;
  readonly links: LinkColumns;
}

/** Of columns in order, in which mostly each content has one name. */
function copied(columns: NodeColumns): Parts {
  const shape = copyShape(columns);
  if (columns.sharing.length === 0) {
    return { shape, content: copyContent(columns), links: copyLinks(columns) };
  }
  const order = everyNode(columns);
  const content = contentOf(columns, order);
  return { shape, content, links: linksOf(columns, order, content.inode) };
}

function ordered(columns: NodeColumns): Parts {
  const order = preorderOf(columns);
  const content = contentOf(columns, order);
  const links = linksOf(columns, order, content.inode);
  return { shape: shapeOf(columns, order), content, links };
}

function everyNode({ count }: NodeColumns): Int32Array {
  const order = new Int32Array(count);
  for (let node = 1; node < count; node += 1) order[node] = node;
  return order;
}

function copyShape(columns: NodeColumns): Shape {
  const { count } = columns;
  const parent = columns.parent.slice(0, count);
  parent[0] = 0;
  return {
    parent,
    kind: columns.kind.slice(0, count),
    mode: columns.mode.slice(0, count),
    uid: columns.uid.slice(0, count),
    gid: columns.gid.slice(0, count),
    nameStart: columns.nameStart.slice(0, count),
    nameLength: columns.nameLength.slice(0, count),
    nameBytes: columns.names.bytes.slice(0, columns.names.length),
  };
}

function copyContent(columns: NodeColumns): Content {
  const { count, kind } = columns;
  let fileCount = 0;
  for (let node = 0; node < count; node += 1) if (kind[node] === nodeKind.file) fileCount += 1;
  return {
    fileCount,
    firstName: undefined,
    bytes: columns.bytes.slice(0, count),
    inode: columns.inode.slice(0, count),
    flags: columns.flags.slice(0, count),
    contentHash: columns.contentHash.slice(0, count),
    bodyOffset: columns.bodyOffset.slice(0, count),
  };
}

/** Whether every node stands where it belongs and none was replaced. */
function isInOrder(columns: NodeColumns): boolean {
  const { count, parent } = columns;
  for (let node = 1; node < count; node += 1) {
    const above = parent[node] ?? -1;
    if (above < 0) return false;
    if (above === node - 1) continue;
    let before = node - 1;
    while (before > 0 && parent[before] !== above) before = parent[before] ?? 0;
    if (before <= 0 || compareNames(columns, before, node) >= 0) return false;
  }
  return true;
}

/** Nodes in preorder, children by name. Nodes below a replaced one are not reached. */
function preorderOf(columns: NodeColumns): Int32Array {
  const { childStart, children } = childrenByParent(columns);
  sortChildren(columns, childStart, children);
  const order = new Int32Array(columns.count);
  const stack = new Int32Array(columns.count);
  let count = 0;
  let height = 1;
  while (height > 0) {
    height -= 1;
    const node = stack[height] ?? 0;
    order[count] = node;
    count += 1;
    const first = childStart[node] ?? 0;
    for (let at = (childStart[node + 1] ?? 0) - 1; at >= first; at -= 1) {
      stack[height] = children[at] ?? 0;
      height += 1;
    }
  }
  return order.slice(0, count);
}

function childrenByParent(columns: NodeColumns): {
  readonly childStart: Int32Array;
  readonly children: Int32Array;
} {
  const { count, parent } = columns;
  const childStart = new Int32Array(count + 2);
  for (let node = 1; node < count; node += 1) {
    const above = parent[node] ?? -1;
    if (above >= 0) childStart[above + 2] = (childStart[above + 2] ?? 0) + 1;
  }
  for (let at = 2; at < count + 2; at += 1) {
    childStart[at] = (childStart[at] ?? 0) + (childStart[at - 1] ?? 0);
  }
  const children = new Int32Array(count);
  for (let node = 1; node < count; node += 1) {
    const above = parent[node] ?? -1;
    if (above < 0) continue;
    const at = childStart[above + 1] ?? 0;
    children[at] = node;
    childStart[above + 1] = at + 1;
  }
  return { childStart, children };
}

function sortChildren(columns: NodeColumns, childStart: Int32Array, children: Int32Array): void {
  const byName = (a: number, b: number): number => compareNames(columns, a, b);
  for (let node = 0; node < columns.count; node += 1) {
    const start = childStart[node] ?? 0;
    const end = childStart[node + 1] ?? 0;
    for (let at = start + 1; at < end; at += 1) {
      if (byName(children[at - 1] ?? 0, children[at] ?? 0) < 0) continue;
      children.subarray(start, end).sort(byName);
      break;
    }
  }
}

function compareNames(columns: NodeColumns, a: number, b: number): number {
  const { nameStart, nameLength } = columns;
  const { bytes } = columns.names;
  const aStart = nameStart[a] ?? 0;
  const bStart = nameStart[b] ?? 0;
  const aEnd = aStart + (nameLength[a] ?? 0);
  return compareBytes(bytes, aStart, aEnd, bytes, bStart, bStart + (nameLength[b] ?? 0));
}

function shapeOf(columns: NodeColumns, order: Int32Array): Shape {
  const nodeCount = order.length;
  const placeOf = new Int32Array(columns.count);
  const parent = new Int32Array(nodeCount);
  const kind = new Uint8Array(nodeCount);
  const mode = new Uint32Array(nodeCount);
  const uid = new Uint32Array(nodeCount);
  const gid = new Uint32Array(nodeCount);
  const nameStart = new Uint32Array(nodeCount);
  const nameLength = new Uint16Array(nodeCount);
  const names = emptyByteColumn(columns.names.length);
  for (let node = 0; node < nodeCount; node += 1) {
    const old = order[node] ?? 0;
    placeOf[old] = node;
    parent[node] = node === 0 ? 0 : (placeOf[columns.parent[old] ?? 0] ?? 0);
    kind[node] = columns.kind[old] ?? 0;
    mode[node] = columns.mode[old] ?? 0;
    uid[node] = columns.uid[old] ?? 0;
    gid[node] = columns.gid[old] ?? 0;
    const start = columns.nameStart[old] ?? 0;
    const length = columns.nameLength[old] ?? 0;
    nameLength[node] = length;
    nameStart[node] = appendBytes(names, columns.names.bytes, start, start + length);
  }
  const nameBytes = names.bytes.slice(0, names.length);
  return { parent, kind, mode, uid, gid, nameStart, nameLength, nameBytes };
}

function contentOf(columns: NodeColumns, order: Int32Array): Content {
  const nodeCount = order.length;
  const firstName = new Int32Array(columns.count).fill(-1);
  const inode = new Int32Array(nodeCount);
  const flags = new Uint8Array(nodeCount);
  const contentHash = new Uint32Array(nodeCount);
  const bodyOffset = new Float64Array(nodeCount);
  const bytes = new Float64Array(nodeCount);
  let fileCount = 0;
  for (let node = 0; node < nodeCount; node += 1) {
    const old = order[node] ?? 0;
    const holder = inodeOf(columns, old);
    const first = firstName[holder] ?? -1;
    if (first < 0) {
      firstName[holder] = node;
      bytes[node] = columns.bytes[holder] ?? 0;
    }
    inode[node] = first < 0 ? node : first;
    flags[node] = flagsOf(columns.flags[old] ?? 0, columns.flags[holder] ?? 0);
    contentHash[node] = columns.contentHash[holder] ?? 0;
    bodyOffset[node] = columns.bodyOffset[holder] ?? -1;
    if (columns.kind[old] === nodeKind.file) fileCount += 1;
  }
  return { inode, flags, contentHash, bodyOffset, bytes, fileCount, firstName };
}

/** What a name says of itself, and what the shared content says. */
function flagsOf(ownFlags: number, contentFlags: number): number {
  const ofContent = layerFlag.hashed | layerFlag.sparse;
  return (ownFlags & ~ofContent) | (contentFlags & ofContent);
}

function copyLinks(columns: NodeColumns): LinkColumns {
  const { linkCount, linkTexts } = columns;
  const textStart = new Uint32Array(linkCount + 1);
  textStart.set(columns.linkStart.subarray(0, linkCount));
  textStart[linkCount] = linkTexts.length;
  return {
    node: columns.linkNode.slice(0, linkCount),
    first: new Int32Array(linkCount).fill(-1),
    textStart,
    textBytes: linkTexts.bytes.slice(0, linkTexts.length),
  };
}

function linksOf(columns: NodeColumns, order: Int32Array, inode: Int32Array): LinkColumns {
  const rows = emptyLinkRows();
  for (let node = 0; node < order.length; node += 1) {
    const row = columns.link[order[node] ?? 0] ?? -1;
    const first = inode[node] ?? node;
    if (row >= 0) {
      const [start, end] = linkTextRange(columns, row);
      addTextRow(rows, node, columns.linkTexts.bytes, start, end);
    } else if (first !== node) addFirstRow(rows, node, first);
  }
  return toLinkColumns(rows);
}
