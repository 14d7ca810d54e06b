import { arenaBytes } from "../core/image/entryArena.ts";
import { xxhashBytes } from "./xxhashBytes.ts";

/** The memory in which a thread hashes, and the module that does it. */
export interface HashMemory {
  readonly memory: WasmMemory;
  readonly xxhash: XxhashModule;
  /** Of the hash on its way. */
  readonly state: Uint8Array;
  /** Where bytes from elsewhere are copied to. */
  readonly copies: Uint8Array;
  /** What is lent by `memoryToHashIn`. */
  readonly input: Uint8Array;
  /** For sums of other modules; less than a processor's nearest cache. */
  readonly sums: Uint8Array;
  /** Where `arenaBytes` begin that are zero at first. */
  readonly arenaAt: number;
}

/** A memory of WebAssembly's. */
export interface WasmMemory {
  readonly buffer: ArrayBuffer;
  grow(pages: number): number;
}

/** What xxhash-wasm exports of XXH64; a state is `stateBytes` long. */
export interface XxhashModule {
  readonly mem: WasmMemory;
  readonly xxh64: (at: number, bytes: number, seed: bigint) => bigint;
  init64(state: number, seed: bigint): void;
  update64(state: number, at: number, bytes: number): void;
  digest64(state: number): bigint;
}

/** As far as it is used here: Node has it, its types are with those of browsers only. */
declare const WebAssembly: {
  validate(bytes: Uint8Array): boolean;
  readonly Module: new (bytes: Uint8Array) => object;
  readonly Instance: new (module: object, imports: object) => { readonly exports: object };
};

/** What a module exports; undefined where the processor cannot run it. The caller knows its shape. */
export function exportsOf(bytes: Uint8Array, imports: object): object | undefined {
  if (!WebAssembly.validate(bytes)) return undefined;
  return new WebAssembly.Instance(new WebAssembly.Module(bytes), imports).exports;
}

/** Where the state lies. */
export const stateAt = 0;
/** How long a state is. */
export const stateBytes = 88;

const pageBytes = 64 * 1024;
const copyBytes = pageBytes;
const inputBytes = 256 * 1024;
const sumBytes = 32 * 1024;

let shared: HashMemory | undefined;

/** One for each thread: each such memory takes gigabytes of addresses. */
export function hashMemory(): HashMemory {
  shared ??= openMemory();
  return shared;
}

/**
 * Memory whose bytes are hashed where they are; those from elsewhere are copied first, which costs as much again. All code of a thread shares it: what lies
 * in it holds until anybody reads or decodes into it again. As long as that, or as long as asked for.
 */
export function memoryToHashIn(bytes = inputBytes): Uint8Array {
  return hashMemory().input.subarray(0, bytes);
}

function openMemory(): HashMemory {
  const xxhash = exportsOf(xxhashBytes, {}) as XxhashModule;
  xxhash.mem.grow(Math.ceil((copyBytes + inputBytes + sumBytes + arenaBytes) / pageBytes));
  const { buffer } = xxhash.mem;
  return {
    memory: xxhash.mem,
    xxhash,
    state: new Uint8Array(buffer, stateAt, stateBytes),
    copies: new Uint8Array(buffer, pageBytes, copyBytes),
    input: new Uint8Array(buffer, pageBytes + copyBytes, inputBytes),
    sums: new Uint8Array(buffer, pageBytes + copyBytes + inputBytes, sumBytes),
    arenaAt: pageBytes + copyBytes + inputBytes + sumBytes,
  };
}
