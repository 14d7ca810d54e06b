import { crc32 } from "node:zlib";
import { exportsOf, hashMemory, spareAt, type WasmMemory } from "./hashMemory.ts";

/**
 * CRC-32 of bytes, going on from the CRC of those before (RFC 1952 § 8). As Node's, and twice as fast for long pieces that lie in `memoryToHashIn`: Node's own for
 * Linux on x64 looks every byte up in tables.
 */
export function streamCrc(chunk: Uint8Array, crc: number): number {
  const ready = foldingOf();
  if (ready === undefined) return crc32(chunk, crc);
  const { fold, carry, memory } = ready;
  const folded = Math.floor((chunk.length - carryBytes) / foldedBytes) * foldedBytes;
  if (folded <= 0 || chunk.buffer !== memory.buffer) return crc32(chunk, crc);
  carry.fill(0);
  new DataView(carry.buffer, carry.byteOffset).setUint32(0, ~crc >>> 0, true);
  fold(chunk.byteOffset, chunk.byteOffset + folded);
  const rest = chunk.slice(folded);
  carry.forEach((byte, at) => {
    rest[at] = (rest[at] ?? 0) ^ byte;
  });
  // What came before is in these bytes now: the register begins at 0, which is all ones from outside.
  return crc32(rest, 0xffffffff);
}

interface Folding {
  /** Folds the bytes at [start … end), a multiple of `foldedBytes`, into the carry for those behind them. */
  readonly fold: (start: number, end: number) => void;
  readonly carry: Uint8Array;
  readonly memory: WasmMemory;
}

/** Three vectors of two words. */
const carryBytes = 48;
const foldedBytes = 16;

let folding: Folding | "none" | undefined;

/** One for each thread; undefined where the processor has no vectors. */
function foldingOf(): Folding | undefined {
  folding ??= openFolding();
  return folding === "none" ? undefined : folding;
}

function openFolding(): Folding | "none" {
  const { memory } = hashMemory();
  const exports = exportsOf(Uint8Array.from(moduleBytes()), { hashing: { memory } });
  if (exports === undefined) return "none";
  return {
    ...(exports as Pick<Folding, "fold">),
    carry: new Uint8Array(memory.buffer, spareAt, carryBytes),
    memory,
  };
}

/*
 * x^300 + x^155 + x^117 + x^89 + 1 is a multiple of the CRC's polynomial: to take a word away and to add it again 145, 183, 211 and 300 bits further on leaves
 * the CRC as it is. So each word of 64 bits goes, with shifts and sums alone, into the second to fifth behind it, until only the last ones are left
 * (S. Russell, Chorba: A Novel CRC32 Implementation, 2024). Two words at a time, in WebAssembly by hand: JavaScript has no numbers of that length that are fast.
 */

/** WebAssembly core specification § 5.4, Instructions. */
const op = {
  loop: [0x03, 0x40],
  end: [0x0b],
  branchIf: [0x0d, 0],
  get: [0x20],
  set: [0x21],
  i32Const: [0x41],
  less: [0x49],
  add: [0x6a],
  load: [0xfd, 0, 0],
  store: [0xfd, 11, 0],
  zero: [0xfd, 12, ...new Uint8Array(16)],
  xor: [0xfd, 81],
  left: [0xfd, 0xcb, 1],
  right: [0xfd, 0xcd, 1],
  /** The second word of the first of two, and the first of the second. */
  middle: [0xfd, 13, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23],
} as const;

const i32 = 0x7f;
const v128 = 0x7b;

/** Locals: the two parameters, the words of one turn, what of them goes an odd number of words further, the carries. */
const local = { start: 0, end: 1, words: 2, third: 3, fifth: 4, carry: 5 } as const;
const localVectors = 6;

type Code = readonly number[];

function sumOf(...parts: readonly Code[]): Code {
  return parts.flatMap((part, at) => (at === 0 ? part : [...part, ...op.xor]));
}

function set(place: number, value: Code): Code {
  return [...value, ...op.set, place];
}

function get(place: number): Code {
  return [...op.get, place];
}

/** The words of this turn, shifted to the left where `by` is positive. */
function shifted(by: number): Code {
  return [...get(local.words), ...op.i32Const, Math.abs(by), ...(by > 0 ? op.left : op.right)];
}

/** `at` is a carry's place in memory, counted in vectors. */
function spare(at: number): Code {
  return [...op.load, ...unsigned(spareAt + 16 * at)];
}

function foldCode(): Code {
  const carries = [0, 1, 2];
  const address = [...op.i32Const, 0];
  const words = [...get(local.start), ...op.load, 0];
  const turn = [
    ...set(local.words, sumOf(words, get(local.carry))),
    ...set(local.third, sumOf(shifted(-47), shifted(-9), shifted(19))),
    ...set(local.fifth, shifted(-20)),
    ...set(
      local.carry,
      sumOf(get(local.carry + 1), shifted(17), shifted(55), [
        ...op.zero,
        ...get(local.third),
        ...op.middle,
      ]),
    ),
    ...set(
      local.carry + 1,
      sumOf(get(local.carry + 2), shifted(-45), shifted(44), [
        ...get(local.third),
        ...get(local.fifth),
        ...op.middle,
      ]),
    ),
    ...set(local.carry + 2, [...get(local.fifth), ...op.zero, ...op.middle]),
  ];
  const next = [...get(local.start), ...op.i32Const, foldedBytes, ...op.add];
  return [
    ...carries.flatMap((at) => set(local.carry + at, [...address, ...spare(at)])),
    ...op.loop,
    ...turn,
    ...set(local.start, next),
    ...get(local.start),
    ...get(local.end),
    ...op.less,
    ...op.branchIf,
    ...op.end,
    ...carries.flatMap((at) => [
      ...address,
      ...get(local.carry + at),
      ...op.store,
      ...unsigned(spareAt + 16 * at),
    ]),
    ...op.end,
  ];
}

/** WebAssembly core specification § 5.5, Modules. */
function moduleBytes(): Code {
  const name = (text: string): Code => [text.length, ...Buffer.from(text)];
  const section = (id: number, content: Code): Code => [
    id,
    ...unsigned(content.length),
    ...content,
  ];
  const body = [1, localVectors, v128, ...foldCode()];
  return [
    ...magicAndVersion,
    ...section(1, [1, 0x60, 2, i32, i32, 0]),
    ...section(2, [1, ...name("hashing"), ...name("memory"), 2, 0, 1]),
    ...section(3, [1, 0]),
    ...section(7, [1, ...name("fold"), 0, 0]),
    ...section(10, [1, ...unsigned(body.length), ...body]),
  ];
}

const magicAndVersion = [0, 0x61, 0x73, 0x6d, 1, 0, 0, 0];

/** LEB128. */
function unsigned(value: number): Code {
  return value < 0x80 ? [value] : [(value & 0x7f) | 0x80, ...unsigned(value >>> 7)];
}
