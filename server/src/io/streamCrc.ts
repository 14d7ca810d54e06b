import { crc32 } from "node:zlib";
import { exportsOf, hashMemory, type WasmMemory } from "./hashMemory.ts";

/**
 * CRC-32 of bytes, going on from the CRC of those before (RFC 1952 § 8). As Node's, and three times as fast for long pieces that lie in `memoryToHashIn`: Node's own
 * for Linux on x64 looks every byte up in tables.
 */
export function streamCrc(chunk: Uint8Array, crc: number): number {
  const ready = foldingOf();
  const vectors = Math.floor(chunk.length / vectorBytes) - farthest;
  if (ready === undefined || vectors < farthest || chunk.buffer !== ready.memory.buffer) {
    return crc32(chunk, crc);
  }
  const { sums } = ready;
  sums.fill(0, 0, carriedBytes);
  new DataView(sums.buffer, sums.byteOffset).setUint32(0, ~crc >>> 0, true);
  foldAll(ready, chunk.byteOffset, vectors);
  foldOut(ready, chunk.byteOffset + vectors * vectorBytes);
  // What came before is in these bytes now: the register begins at 0, which is all ones from outside.
  const next = crc32(sums.subarray(carriedBytes, 2 * carriedBytes), 0xffffffff);
  return crc32(chunk.subarray(vectors * vectorBytes + carriedBytes), next);
}

/*
 * x^300 + x^155 + x^117 + x^89 + 1 is a multiple of the CRC's polynomial (S. Russell, Chorba: A Novel CRC32 Implementation, 2024). Squared seven times, as sums
 * without carries are squared term by term, it still is, and its exponents are 128 times as large: to take a vector of 128 bits away and to add it again 145, 183,
 * 211 and 300 vectors further on leaves the CRC as it is. So nothing is looked up and nothing shifted: each vector becomes the sum of itself and of what the four
 * vectors before it became, until only the last ones are left.
 */

const distances = [145, 183, 211, 300] as const;
const farthest = 300;
const vectorBytes = 16;
const carriedBytes = farthest * vectorBytes;

/** Adds to the vectors at [from … end) those that lie at some of the distances before `to`, and leaves the sums at `to`, which counts from the first sum carried. */
type Fold = (from: number, to: number, end: number) => void;

interface Folding {
  readonly memory: WasmMemory;
  /** Behind the sums carried, those to come. */
  readonly sums: Uint8Array;
  /** The first adds what is at all distances, the next what is at all but the nearest, and so on. */
  readonly folds: readonly Fold[];
}

/** Folds all vectors into those behind them; leaves the last sums at the beginning. */
function foldAll({ sums, folds: [fold] }: Folding, start: number, vectors: number): void {
  const room = Math.floor((sums.length - carriedBytes) / vectorBytes);
  for (let done = 0; done < vectors; done += room) {
    const count = Math.min(room, vectors - done);
    const from = start + done * vectorBytes;
    fold?.(from, sums.byteOffset, from + count * vectorBytes);
    sums.copyWithin(0, count * vectorBytes, count * vectorBytes + carriedBytes);
  }
}

/** Adds what is carried, and nothing of themselves, to the vectors at `start`. */
function foldOut({ sums, folds }: Folding, start: number): void {
  for (const [at, fold] of folds.entries()) {
    const first = vectorBytes * (distances[at - 1] ?? 0);
    const end = vectorBytes * (distances[at] ?? 0);
    fold(start + first, sums.byteOffset + first, start + end);
  }
}

let folding: Folding | "none" | undefined;

/** One for each thread; undefined where the processor has no vectors. */
function foldingOf(): Folding | undefined {
  folding ??= openFolding();
  return folding === "none" ? undefined : folding;
}

function openFolding(): Folding | "none" {
  const { memory, sums } = hashMemory();
  const exports = exportsOf(Uint8Array.from(moduleBytes()), { hashing: { memory } });
  return exports === undefined ? "none" : { memory, sums, folds: Object.values(exports) };
}

// In WebAssembly by hand: JavaScript has no numbers of that length.

type Code = readonly number[];

/** WebAssembly core specification § 5.4, Instructions. */
const op = {
  loop: [0x03, 0x40],
  end: [0x0b],
  branchIf: [0x0d, 0],
  get: [0x20],
  set: [0x21],
  tee: [0x22],
  i32Const: [0x41],
  less: [0x49],
  add: [0x6a],
  load: [0xfd, 0, 0],
  store: [0xfd, 11, 0],
  xor: [0xfd, 81],
} as const;

/** The parameters of `Fold`. */
const local = { from: 0, to: 1, end: 2 } as const;

/** The code of a `Fold` for these distances. */
function foldCode(of: readonly number[]): Code {
  const carried = of.flatMap((distance) => [
    ...op.get,
    local.to,
    ...op.load,
    ...unsigned((farthest - distance) * vectorBytes),
    ...op.xor,
  ]);
  const next = (place: number): Code => [...op.get, place, ...op.i32Const, vectorBytes, ...op.add];
  const sum = [...op.get, local.from, ...op.load, 0, ...carried];
  return [
    ...op.loop,
    ...op.get,
    local.to,
    ...sum,
    ...op.store,
    ...unsigned(carriedBytes),
    ...next(local.to),
    ...op.set,
    local.to,
    ...next(local.from),
    ...op.tee,
    local.from,
    ...op.get,
    local.end,
    ...op.less,
    ...op.branchIf,
    ...op.end,
    ...op.end,
  ];
}

/** WebAssembly core specification § 5.5, Modules. */
function moduleBytes(): Code {
  const name = (text: string): Code => [text.length, ...Buffer.from(text)];
  const list = (of: readonly Code[]): Code => [of.length, ...of.flat()];
  const section = (id: number, content: Code): Code => [
    id,
    ...unsigned(content.length),
    ...content,
  ];
  const i32 = 0x7f;
  const functions = distances.map((_, at) => {
    const body = [0, ...foldCode(distances.slice(at))];
    return [...unsigned(body.length), ...body];
  });
  return [
    ...magicAndVersion,
    ...section(1, list([[0x60, 3, i32, i32, i32, 0]])),
    ...section(2, list([[...name("hashing"), ...name("memory"), 2, 0, 1]])),
    ...section(3, list(functions.map(() => [0]))),
    ...section(7, list(functions.map((_, at) => [...name(`from${at}`), 0, at]))),
    ...section(10, list(functions)),
  ];
}

const magicAndVersion = [0, 0x61, 0x73, 0x6d, 1, 0, 0, 0];

/** LEB128. */
function unsigned(value: number): Code {
  return value < 0x80 ? [value] : [(value & 0x7f) | 0x80, ...unsigned(value >>> 7)];
}
