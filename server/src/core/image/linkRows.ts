import { type ByteColumn, appendBytes, emptyByteColumn } from "./byteColumn.ts";
import type { LinkColumns } from "./fileTree.ts";

/** `LinkColumns` on their way, row by row, nodes ascending. A record for the functions here, as `TarParser` is one. */
export interface LinkRows {
  count: number;
  node: Int32Array;
  first: Int32Array;
  /** Of each row the end of its text. */
  textEnd: Uint32Array;
  readonly texts: ByteColumn;
}

const firstCapacity = 256;

/** No rows yet. */
export function emptyLinkRows(): LinkRows {
  return {
    count: 0,
    node: new Int32Array(firstCapacity),
    first: new Int32Array(firstCapacity),
    textEnd: new Uint32Array(firstCapacity),
    texts: emptyByteColumn(1024),
  };
}

/** Adds a row whose target is source[start … end). */
export function addTextRow(
  rows: LinkRows,
  node: number,
  source: Uint8Array,
  start: number,
  end: number,
): void {
  appendBytes(rows.texts, source, start, end);
  addRow(rows, node, -1);
}

/** Adds a row for a later name of the inode group that `first` heads. */
export function addFirstRow(rows: LinkRows, node: number, first: number): void {
  addRow(rows, node, first);
}

/** All rows; they are used up. */
export function toLinkColumns({ count, node, first, textEnd, texts }: LinkRows): LinkColumns {
  const textStart = new Uint32Array(count + 1);
  textStart.set(textEnd.subarray(0, count), 1);
  return {
    node: node.slice(0, count),
    first: first.slice(0, count),
    textStart,
    textBytes: texts.bytes.slice(0, texts.length),
  };
}

function addRow(rows: LinkRows, node: number, first: number): void {
  const { count } = rows;
  if (count === rows.node.length) grow(rows);
  rows.node[count] = node;
  rows.first[count] = first;
  rows.textEnd[count] = rows.texts.length;
  rows.count = count + 1;
}

function grow(rows: LinkRows): void {
  const { node, first, textEnd } = rows;
  rows.node = new Int32Array(2 * node.length);
  rows.first = new Int32Array(2 * node.length);
  rows.textEnd = new Uint32Array(2 * node.length);
  rows.node.set(node);
  rows.first.set(first);
  rows.textEnd.set(textEnd);
}
