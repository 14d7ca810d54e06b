/** Bytes that are appended and never moved again: names and link targets of all nodes, one after the other. */
export interface ByteColumn {
  bytes: Uint8Array<ArrayBuffer>;
  length: number;
}

/** An empty column with room for `capacity` bytes. */
export function emptyByteColumn(capacity: number): ByteColumn {
  return { bytes: new Uint8Array(capacity), length: 0 };
}

/** Appends source[start … end) and tells where it begins in the column. */
export function appendBytes(
  column: ByteColumn,
  source: Uint8Array,
  start: number,
  end: number,
): number {
  const at = column.length;
  const length = at + end - start;
  if (length > column.bytes.length) {
    const grown = new Uint8Array(Math.max(length, column.bytes.length * 2));
    grown.set(column.bytes.subarray(0, at));
    column.bytes = grown;
  }
  const { bytes } = column;
  for (let from = start, to = at; from < end; from += 1, to += 1) bytes[to] = source[from] ?? 0;
  column.length = length;
  return at;
}

/** Order of a[aStart … aEnd) and b[bStart … bEnd) by bytes: negative, 0 or positive. */
export function compareBytes(
  a: Uint8Array,
  aStart: number,
  aEnd: number,
  b: Uint8Array,
  bStart: number,
  bEnd: number,
): number {
  const length = Math.min(aEnd - aStart, bEnd - bStart);
  for (let at = 0; at < length; at += 1) {
    const difference = (a[aStart + at] ?? 0) - (b[bStart + at] ?? 0);
    if (difference !== 0) return difference;
  }
  return aEnd - aStart - (bEnd - bStart);
}

/** Whether the ranges hold the same bytes. */
export function equalBytes(
  a: Uint8Array,
  aStart: number,
  aEnd: number,
  b: Uint8Array,
  bStart: number,
  bEnd: number,
): boolean {
  if (aEnd - aStart !== bEnd - bStart) return false;
  for (let at = aStart, other = bStart; at < aEnd; at += 1, other += 1) {
    if (a[at] !== b[other]) return false;
  }
  return true;
}
