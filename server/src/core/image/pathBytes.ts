import { equalBytes } from "./byteColumn.ts";

/** Between the parts of a path. */
export const slash = 0x2f;
const dot = 0x2e;

/** Walks may end outside the tree: what was left out, and what is refused. */
export const ignored = -1;
export const refused = -2;

/** Whether the name is `.` or `..`. */
export function isDots(path: Uint8Array, start: number, end: number): boolean {
  if (end - start === 1) return path[start] === dot;
  return end - start === 2 && path[start] === dot && path[start + 1] === dot;
}

/** Where the last part of a path begins that ends at `end`. */
export function nameStartOf(path: Uint8Array, end: number): number {
  let start = end;
  while (start > 0 && path[start - 1] !== slash) start -= 1;
  return start;
}

/** Whether the part of a path from `start` to `end` begins with other bytes. */
export function startsWith(
  path: Uint8Array,
  start: number,
  end: number,
  prefix: Uint8Array,
): boolean {
  if (end - start < prefix.length) return false;
  return equalBytes(path, start, start + prefix.length, prefix, 0, prefix.length);
}
