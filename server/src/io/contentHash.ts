import { type HashMemory, hashMemory, stateAt, stateBytes } from "./hashMemory.ts";

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
      const { state, xxhash } = withState(own);
      // The module leaves what it does not set as it was.
      state.fill(0);
      xxhash.init64(stateAt, 0n);
    },
    add(chunk, start, end) {
      addTo(withState(own), chunk, start, end);
    },
    end() {
      return lowerHalf(withState(own).xxhash.digest64(stateAt));
    },
  };
}

/** Hash of a content that is there as a whole: chunk[start … end). */
export function contentHashOf(chunk: Uint8Array, start: number, end: number): number {
  const { xxhash, copies } = hashMemory();
  if (chunk.buffer === copies.buffer) {
    return lowerHalf(xxhash.xxh64(chunk.byteOffset + start, end - start, 0n));
  }
  if (end - start <= copies.length) {
    copies.set(chunk.subarray(start, end));
    return lowerHalf(xxhash.xxh64(copies.byteOffset, end - start, 0n));
  }
  const hasher = createContentHasher();
  hasher.begin();
  hasher.add(chunk, start, end);
  return hasher.end();
}

/** Whose content the state in the memory is of; the states of others wait here. */
interface Owner {
  readonly state: Uint8Array;
}

/** Whose state the memory of this thread has now. */
let owner: Owner | undefined;

/** The memory, with that state in it. */
function withState(own: Owner): HashMemory {
  const memory = hashMemory();
  if (owner === own) return memory;
  owner?.state.set(memory.state);
  memory.state.set(own.state);
  owner = own;
  return memory;
}

function addTo(
  { xxhash, copies }: HashMemory,
  chunk: Uint8Array,
  start: number,
  end: number,
): void {
  if (chunk.buffer === copies.buffer) {
    xxhash.update64(stateAt, chunk.byteOffset + start, end - start);
    return;
  }
  for (let at = start; at < end; at += copies.length) {
    const next = Math.min(at + copies.length, end);
    copies.set(chunk.subarray(at, next));
    xxhash.update64(stateAt, copies.byteOffset, next - at);
  }
}

function lowerHalf(hash: bigint): number {
  return Number(BigInt.asUintN(32, hash));
}
