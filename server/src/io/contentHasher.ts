import { crc32 } from "node:zlib";
import { createCrcOfSecondPart } from "./crcParts.ts";

/** Hashes the contents in a stream that comes in chunks. */
export interface ContentHasher {
  /** The next chunk of the stream comes. */
  enter(chunk: Uint8Array): void;
  /** A content begins. */
  begin(): void;
  /** chunk[start … end) of the present chunk belongs to it. */
  add(start: number, end: number): void;
  /** CRC-32 of the content since `begin`. */
  end(): number;
  /** The chunk is over. */
  leave(): void;
  /** CRC-32 of all chunks that are over; 0 for a hasher of contents alone. */
  whole(): number;
}

const nothing = new Uint8Array(0);

/** Hashes nothing but contents. */
export function createContentHasher(): ContentHasher {
  let chunk: Uint8Array = nothing;
  let crc = 0;
  return {
    enter(next) {
      chunk = next;
    },
    begin() {
      crc = 0;
    },
    add(start, end) {
      crc = crc32(chunk.subarray(start, end), crc);
    },
    end: () => crc,
    leave: () => undefined,
    whole: () => 0,
  };
}

/** Sums the whole stream, and knows the sums of contents from that: no byte is summed twice. */
export function createStreamHasher(): ContentHasher {
  const crcOfSecondPart = createCrcOfSecondPart();
  let chunk: Uint8Array = nothing;
  let summed = 0;
  let crc = 0;
  let before = 0;
  let added = 0;
  const sum = (end: number): void => {
    if (end > summed) crc = crc32(chunk.subarray(summed, end), crc);
    summed = end;
  };
  return {
    enter(next) {
      chunk = next;
      summed = 0;
    },
    begin() {
      added = 0;
    },
    add(start, end) {
      sum(start);
      if (added === 0) before = crc;
      sum(end);
      added += end - start;
    },
    end: () => crcOfSecondPart(before, crc, added),
    leave: () => sum(chunk.length),
    whole: () => crc,
  };
}
