import { appendBytes, emptyByteColumn } from "./byteColumn.ts";
import type { LinkColumns } from "./fileTree.ts";

/** Writes `LinkColumns` row by row, nodes ascending. */
export interface LinkRows {
  /** A row whose target is source[start … end). */
  addText(node: number, source: Uint8Array, start: number, end: number): void;
  /** A row for a later name of the inode group that `first` heads. */
  addFirst(node: number, first: number): void;
  finish(): LinkColumns;
}

/** No rows yet. */
export function createLinkRows(): LinkRows {
  const nodes: number[] = [];
  const firsts: number[] = [];
  const textEnds: number[] = [0];
  const texts = emptyByteColumn(1024);
  return {
    addText(node, source, start, end) {
      nodes.push(node);
      firsts.push(-1);
      appendBytes(texts, source, start, end);
      textEnds.push(texts.length);
    },
    addFirst(node, first) {
      nodes.push(node);
      firsts.push(first);
      textEnds.push(texts.length);
    },
    finish: () => ({
      node: Int32Array.from(nodes),
      first: Int32Array.from(firsts),
      textStart: Uint32Array.from(textEnds),
      textBytes: texts.bytes.slice(0, texts.length),
    }),
  };
}
