import type { RegionFile } from "./regionReader.ts";

/** A part of a file in memory that moves forward with the reader. */
export interface FileWindow {
  readonly file: RegionFile;
  readonly memory: Uint8Array;
  /** Positions in the file of what is in memory. */
  start: number;
  end: number;
}

/** A window that reads as many bytes at once as the memory holds. */
export function openFileWindow(file: RegionFile, memory: Uint8Array): FileWindow {
  return { file, memory, start: 0, end: 0 };
}

/** Where in `memory` the bytes from that position on are; -1 when the file has not so many. At most as many as the memory holds. */
export function bring(window: FileWindow, position: number, bytes: number): number {
  if (position < window.start || position + bytes > window.end) {
    fillFrom(window, position);
    if (position + bytes > window.end) return -1;
  }
  return position - window.start;
}

/** Fills the window from that position on. */
export function fillFrom(window: FileWindow, position: number): void {
  window.start = position;
  window.end = position + readWhole(window.file, window.memory, position);
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
