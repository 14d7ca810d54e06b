import { xxhashBytes } from "./xxhashBytes.ts";

/** Hashes a content that comes in pieces: the lower half of its XXH64 with seed 0 (xxHash, doc/xxhash_spec.md). */
export interface ContentHasher {
  /** A content begins. */
  begin(): void;
  /** chunk[start … end) belongs to it. */
  add(chunk: Uint8Array, start: number, end: number): void;
  /** Hash of the content since `begin`. */
  end(): number;
}

/** Hasher of one content after the other; any number of them can be on their way at once. */
export function createContentHasher(): ContentHasher {
  const own: Owner = { state: new Uint8Array(stateBytes) };
  return {
    begin() {
      const to = sharedMemory();
      take(to, own);
      // The module leaves what it does not set as it was.
      to.state.fill(0);
      to.module.init64(stateAt, 0n);
    },
    add(chunk, start, end) {
      const to = sharedMemory();
      if (to.owner !== own) take(to, own);
      addTo(to, chunk, start, end);
    },
    end() {
      const to = sharedMemory();
      if (to.owner !== own) take(to, own);
      return lowerHalf(to.module.digest64(stateAt));
    },
  };
}

/** Hash of a content that is there as a whole: chunk[start … end). */
export function contentHashOf(chunk: Uint8Array, start: number, end: number): number {
  const { module, input } = sharedMemory();
  if (chunk.buffer === input.buffer) {
    return lowerHalf(module.xxh64(chunk.byteOffset + start, end - start, 0n));
  }
  const hasher = createContentHasher();
  hasher.begin();
  hasher.add(chunk, start, end);
  return hasher.end();
}

/**
 * Memory whose bytes are hashed where they are; those from elsewhere are copied first, which costs as much again. All code of a thread shares it: what lies
 * in it holds until anybody reads or decodes into it again. As long as that, or as long as asked for.
 */
export function memoryToHashIn(bytes = inputBytes): Uint8Array {
  return sharedMemory().input.subarray(0, bytes);
}

/** The memory of `memoryToHashIn` as other modules import it, and where in it some bytes are free for them. */
export function memoryOfHashing(): WasmMemory {
  return sharedMemory().module.mem;
}

/** Behind the state, less than a page from the beginning. */
export const spareAt = 1024;

/** As far as it is used here: Node has it, its types are with those of browsers only. */
declare const WebAssembly: {
  readonly Module: new (bytes: Uint8Array) => object;
  readonly Instance: new (module: object) => { readonly exports: object };
};

/** A memory of WebAssembly's. */
export interface WasmMemory {
  readonly buffer: ArrayBuffer;
  grow(pages: number): number;
}

/** What xxhash-wasm exports of XXH64; a state is `stateBytes` long. */
interface XxhashModule {
  readonly mem: WasmMemory;
  xxh64(at: number, bytes: number, seed: bigint): bigint;
  init64(state: number, seed: bigint): void;
  update64(state: number, at: number, bytes: number): void;
  digest64(state: number): bigint;
}

/** Whose content the state in the memory is of; the states of others wait here. */
interface Owner {
  readonly state: Uint8Array;
}

interface SharedMemory {
  readonly module: XxhashModule;
  readonly state: Uint8Array;
  readonly copies: Uint8Array;
  readonly input: Uint8Array;
  owner: Owner | undefined;
}

const stateAt = 0;
const stateBytes = 88;
const pageBytes = 64 * 1024;
/** Behind the page of the state: where bytes from elsewhere are copied to. */
const copyBytes = pageBytes;
const inputBytes = 256 * 1024;

let shared: SharedMemory | undefined;

/** One for each thread: each such memory takes gigabytes of addresses. */
function sharedMemory(): SharedMemory {
  shared ??= openMemory();
  return shared;
}

function openMemory(): SharedMemory {
  const instance = new WebAssembly.Instance(new WebAssembly.Module(xxhashBytes));
  const module = instance.exports as XxhashModule;
  module.mem.grow((copyBytes + inputBytes) / pageBytes);
  const { buffer } = module.mem;
  return {
    module,
    state: new Uint8Array(buffer, stateAt, stateBytes),
    copies: new Uint8Array(buffer, pageBytes, copyBytes),
    input: new Uint8Array(buffer, pageBytes + copyBytes, inputBytes),
    owner: undefined,
  };
}

function take(to: SharedMemory, owner: Owner): void {
  if (to.owner === owner) return;
  to.owner?.state.set(to.state);
  to.state.set(owner.state);
  to.owner = owner;
}

function addTo(
  { module, copies }: SharedMemory,
  chunk: Uint8Array,
  start: number,
  end: number,
): void {
  if (chunk.buffer === copies.buffer) {
    module.update64(stateAt, chunk.byteOffset + start, end - start);
    return;
  }
  for (let at = start; at < end; at += copyBytes) {
    const next = Math.min(at + copyBytes, end);
    copies.set(chunk.subarray(at, next));
    module.update64(stateAt, pageBytes, next - at);
  }
}

function lowerHalf(hash: bigint): number {
  return Number(BigInt.asUintN(32, hash));
}
