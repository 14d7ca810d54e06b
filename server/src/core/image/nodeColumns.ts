import { type ByteColumn, appendBytes, emptyByteColumn, equalBytes } from "./byteColumn.ts";

/** Nodes of a layer in order of arrival, as growing columns. A node that a later entry replaced has parent -1. */
export interface NodeColumns {
  count: number;
  parent: Int32Array;
  nameStart: Uint32Array;
  nameLength: Uint16Array;
  nameHash: Int32Array;
  kind: Uint8Array;
  flags: Uint8Array;
  bytes: Float64Array;
  mode: Uint32Array;
  uid: Uint32Array;
  gid: Uint32Array;
  /** The node whose content this one shares, itself by default. */
  inode: Int32Array;
  contentHash: Uint32Array;
  bodyOffset: Float64Array;
  /** Nodes that share the content of another, in any order: few, or none. */
  readonly sharing: number[];
  /** Row in `linkStart` and `linkNode`, -1 for none. */
  link: Int32Array;
  linkCount: number;
  linkStart: Uint32Array;
  /** The node a row was made for, ascending. */
  linkNode: Int32Array;
  readonly names: ByteColumn;
  readonly linkTexts: ByteColumn;
  /** Open addressing by parent and name; node + 1, 0 is free. */
  slots: Int32Array;
}

const firstCapacity = 256;

/** Columns with a root and nothing else. */
export function emptyNodeColumns(): NodeColumns {
  const capacity = firstCapacity;
  const columns: NodeColumns = {
    count: 0,
    parent: new Int32Array(capacity),
    nameStart: new Uint32Array(capacity),
    nameLength: new Uint16Array(capacity),
    nameHash: new Int32Array(capacity),
    kind: new Uint8Array(capacity),
    flags: new Uint8Array(capacity),
    bytes: new Float64Array(capacity),
    mode: new Uint32Array(capacity),
    uid: new Uint32Array(capacity),
    gid: new Uint32Array(capacity),
    inode: new Int32Array(capacity),
    contentHash: new Uint32Array(capacity),
    bodyOffset: new Float64Array(capacity),
    sharing: [],
    link: new Int32Array(capacity),
    linkCount: 0,
    linkStart: new Uint32Array(firstCapacity),
    linkNode: new Int32Array(firstCapacity),
    names: emptyByteColumn(4096),
    linkTexts: emptyByteColumn(1024),
    slots: new Int32Array(firstCapacity * 4),
  };
  addNode(columns, -1, columns.names.bytes, 0, 0);
  return columns;
}

/** The living child of that name, or -1. */
export function findChild(
  columns: NodeColumns,
  parent: number,
  source: Uint8Array,
  start: number,
  end: number,
): number {
  const hash = hashName(parent, source, start, end);
  const { slots, nameHash, names } = columns;
  const mask = slots.length - 1;
  for (let slot = hash & mask; ; slot = (slot + 1) & mask) {
    const node = (slots[slot] ?? 0) - 1;
    if (node < 0) return -1;
    if (nameHash[node] !== hash || columns.parent[node] !== parent) continue;
    const at = columns.nameStart[node] ?? 0;
    const nameEnd = at + (columns.nameLength[node] ?? 0);
    if (equalBytes(names.bytes, at, nameEnd, source, start, end)) return node;
  }
}

/** Appends a node under a name that no living sibling has. Its other columns are zero, its inode is itself. */
export function addNode(
  columns: NodeColumns,
  parent: number,
  source: Uint8Array,
  start: number,
  end: number,
): number {
  const node = columns.count;
  if (node === columns.parent.length) growColumns(columns);
  columns.count = node + 1;
  columns.parent[node] = parent;
  columns.nameStart[node] = appendBytes(columns.names, source, start, end);
  columns.nameLength[node] = end - start;
  columns.nameHash[node] = hashName(parent, source, start, end);
  columns.inode[node] = node;
  columns.link[node] = -1;
  columns.bodyOffset[node] = -1;
  if ((node + 1) * 2 > columns.slots.length) growSlots(columns);
  else occupySlot(columns, node);
  return node;
}

/** Takes a node out of the tree, with all that is below it. Its content stays for the hard links that share it. */
export function dropNode(columns: NodeColumns, node: number): void {
  columns.parent[node] = -1;
}

/** The node that holds the content of this one: the end of its chain of hard links, which gets shorter on the way. */
export function inodeOf(columns: NodeColumns, node: number): number {
  const { inode } = columns;
  let at = node;
  for (let next = inode[at] ?? at; next !== at; next = inode[at] ?? at) {
    inode[at] = inode[next] ?? next;
    at = next;
  }
  return at;
}

/** Remembers the target text of a link, which is the newest node. */
export function addLinkText(
  columns: NodeColumns,
  node: number,
  source: Uint8Array,
  length: number,
): void {
  const row = columns.linkCount;
  if (row === columns.linkStart.length) {
    columns.linkStart = grown(columns.linkStart, new Uint32Array(row * 2));
    columns.linkNode = grown(columns.linkNode, new Int32Array(row * 2));
  }
  columns.linkNode[row] = node;
  columns.linkStart[row] = appendBytes(columns.linkTexts, source, 0, length);
  columns.linkCount = row + 1;
  columns.link[node] = row;
}

/** Where the target text of a link row begins and ends in `linkTexts`. */
export function linkTextRange(columns: NodeColumns, row: number): readonly [number, number] {
  const isLast = row + 1 === columns.linkCount;
  const end = isLast ? columns.linkTexts.length : (columns.linkStart[row + 1] ?? 0);
  return [columns.linkStart[row] ?? 0, end];
}

function hashName(parent: number, source: Uint8Array, start: number, end: number): number {
  let hash = Math.imul(parent + 1, 0x9e3779b1);
  for (let at = start; at < end; at += 1) {
    hash = Math.imul(hash ^ (source[at] ?? 0), 0x01000193);
  }
  return hash ^ (hash >>> 15);
}

function occupySlot(columns: NodeColumns, node: number): void {
  const { slots } = columns;
  const mask = slots.length - 1;
  let slot = (columns.nameHash[node] ?? 0) & mask;
  while (slots[slot] !== 0) slot = (slot + 1) & mask;
  slots[slot] = node + 1;
}

function growSlots(columns: NodeColumns): void {
  columns.slots = new Int32Array(columns.slots.length * 2);
  for (let node = 0; node < columns.count; node += 1) occupySlot(columns, node);
}

function growColumns(columns: NodeColumns): void {
  const capacity = columns.parent.length * 2;
  columns.parent = grown(columns.parent, new Int32Array(capacity));
  columns.nameStart = grown(columns.nameStart, new Uint32Array(capacity));
  columns.nameLength = grown(columns.nameLength, new Uint16Array(capacity));
  columns.nameHash = grown(columns.nameHash, new Int32Array(capacity));
  columns.kind = grown(columns.kind, new Uint8Array(capacity));
  columns.flags = grown(columns.flags, new Uint8Array(capacity));
  columns.bytes = grown(columns.bytes, new Float64Array(capacity));
  columns.mode = grown(columns.mode, new Uint32Array(capacity));
  columns.uid = grown(columns.uid, new Uint32Array(capacity));
  columns.gid = grown(columns.gid, new Uint32Array(capacity));
  columns.inode = grown(columns.inode, new Int32Array(capacity));
  columns.contentHash = grown(columns.contentHash, new Uint32Array(capacity));
  columns.bodyOffset = grown(columns.bodyOffset, new Float64Array(capacity));
  columns.link = grown(columns.link, new Int32Array(capacity));
}

function grown<Column extends { set(from: Column): void }>(from: Column, to: Column): Column {
  to.set(from);
  return to;
}
