import type { LayerPart } from "./fileContent.ts";

/** Keeps one part of bytes that come in order and in any portions. */
export interface PartIntake {
  /** Takes the next bytes; they are not kept but for those of the part. */
  take(chunk: Uint8Array): void;
  /** Whether all of the part came. */
  isFull(): boolean;
  /** The part; valid once it is full. */
  readonly bytes: Uint8Array;
}

/** An intake before the first byte. */
export function createPartIntake({ offset, length }: LayerPart): PartIntake {
  const bytes = new Uint8Array(length);
  let position = 0;
  let filled = 0;
  return {
    bytes,
    isFull: () => filled === length,
    take(chunk) {
      const start = Math.max(offset + filled - position, 0);
      position += chunk.length;
      if (start >= chunk.length || filled === length) return;
      const wanted = chunk.subarray(start, start + length - filled);
      bytes.set(wanted, filled);
      filled += wanted.length;
    },
  };
}
