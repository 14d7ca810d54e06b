import { crc32 } from "node:zlib";

/**
 * Plain values with columns as one piece of memory: a JSON text for the shape, then the columns as they are in memory, so that reading costs
 * no more than looking. Little-endian, as all machines that Node runs on; another byte order reads as damaged.
 */
const magic = 0x54415245;
const headBytes = 24;
const alignment = 8;

const columnTypes = {
  Uint8Array,
  Uint16Array,
  Uint32Array,
  Int32Array,
  Float64Array,
} as const;

type ColumnType = keyof typeof columnTypes;

interface ColumnPlace {
  readonly column: ColumnType;
  readonly at: number;
  readonly count: number;
}

/** Packs a value of plain objects, arrays, strings, numbers and columns. `version` names its shape. */
export function packColumns(value: unknown, version: number): Uint8Array<ArrayBuffer> {
  const columns: { readonly at: number; readonly bytes: Uint8Array }[] = [];
  const placeOf = new Map<unknown, ColumnPlace>();
  let end = 0;
  const shape = JSON.stringify(value, (_, part: unknown) => {
    if (!ArrayBuffer.isView(part) || !("length" in part)) return part;
    const known = placeOf.get(part);
    if (known !== undefined) return known;
    const column = part.constructor.name as ColumnType;
    const place: ColumnPlace = { column, at: end, count: Number(part.length) };
    columns.push({ at: end, bytes: new Uint8Array(part.buffer, part.byteOffset, part.byteLength) });
    placeOf.set(part, place);
    end += aligned(part.byteLength);
    return place;
  });
  const shapeBytes = new TextEncoder().encode(shape);
  const columnsAt = headBytes + aligned(shapeBytes.length);
  const packed = new Uint8Array(columnsAt + end);
  packed.set(shapeBytes, headBytes);
  for (const { at, bytes } of columns) packed.set(bytes, columnsAt + at);
  const head = new DataView(packed.buffer);
  head.setUint32(0, magic, true);
  head.setUint32(4, version, true);
  head.setUint32(8, shapeBytes.length, true);
  head.setUint32(12, crc32(packed.subarray(headBytes)), true);
  head.setFloat64(16, packed.length, true);
  return packed;
}

/** Whether the head is one of this version, the length is right and the checksum is `crc` of all behind the head. */
export function isPacked(packed: Uint8Array, version: number, crc: number): boolean {
  if (packed.length < headBytes) return false;
  const head = new DataView(packed.buffer, packed.byteOffset, headBytes);
  return (
    head.getUint32(0, true) === magic &&
    head.getUint32(4, true) === version &&
    head.getUint32(12, true) === crc &&
    head.getFloat64(16, true) === packed.length
  );
}

/** Where the checksummed part begins. */
export const packedHeadBytes = headBytes;

/** The value again, its columns views of `packed`, which must begin its buffer. Only for what `isPacked` accepts: the shape is the caller's to know. */
export function unpackColumns(packed: Uint8Array<ArrayBuffer>): unknown {
  const shapeLength = new DataView(packed.buffer).getUint32(8, true);
  const columnsAt = headBytes + aligned(shapeLength);
  const shape = new TextDecoder().decode(packed.subarray(headBytes, headBytes + shapeLength));
  return JSON.parse(shape, (_, part: unknown) => {
    if (!isColumnPlace(part)) return part;
    return new columnTypes[part.column](packed.buffer, columnsAt + part.at, part.count);
  });
}

function isColumnPlace(part: unknown): part is ColumnPlace {
  return typeof part === "object" && part !== null && "column" in part && "at" in part;
}

function aligned(bytes: number): number {
  return Math.ceil(bytes / alignment) * alignment;
}
