import type { RegionFile } from "./regionReader.ts";

/** A part of a file in memory that moves forward with the reader. */
export interface FileWindow {
  readonly memory: Uint8Array;
  /** Where in `memory` the bytes from that position on are; -1 when the file has not so many. At most as many as the memory holds. */
  bring(position: number, bytes: number): number;
}

/** A window that reads so many bytes at once. */
export function openFileWindow(file: RegionFile, windowBytes: number): FileWindow {
  const memory = new Uint8Array(windowBytes);
  let start = 0;
  let end = 0;
  return {
    memory,
    bring(position, bytes) {
      if (position < start || position + bytes > end) {
        start = position;
        end = position + readWhole(file, memory, position);
        if (position + bytes > end) return -1;
      }
      return position - start;
    },
  };
}

/** Reads until the buffer is full or the file ends, and tells how many bytes there were. A single read may give less. */
export function readWhole(file: RegionFile, buffer: Uint8Array, position: number): number {
  let filled = 0;
  while (filled < buffer.length && position + filled < file.length) {
    const count = file.read(buffer, filled, buffer.length - filled, position + filled);
    if (count <= 0) break;
    filled += count;
  }
  return filled;
}
