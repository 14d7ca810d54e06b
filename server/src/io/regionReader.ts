import { createHash } from "node:crypto";
import { closeSync, fstatSync, openSync, readSync } from "node:fs";
import type { ImageError } from "../core/image/imageError.ts";
import { type Result, fail } from "../core/result.ts";
import { unreadable } from "./layerErrors.ts";

/** Bytes of a file, read synchronously: for worker threads only. */
export interface RegionFile {
  readonly length: number;
  /** Reads up to `length` bytes of the region from `position` into buffer[at …); how many there were. */
  read(buffer: Uint8Array, at: number, length: number, position: number): number;
}

/** Bytes in memory as if they lay in a file. */
export function regionOf(bytes: Uint8Array): RegionFile {
  return {
    length: bytes.length,
    read(buffer, at, length, position) {
      const part = bytes.subarray(position, position + length);
      buffer.set(part, at);
      return part.length;
    },
  };
}

/** Where a region lies. */
export interface FileRegion {
  readonly path: string;
  readonly offset: number;
  readonly length: number;
}

/** Opens a region for the time of one call. What the file system refuses, or a file too short, is a layer that cannot be read. */
export function withRegion<T>(
  name: string,
  { path, offset, length }: FileRegion,
  use: (file: RegionFile) => Result<T, ImageError>,
): Result<T, ImageError> {
  let descriptor: number | undefined;
  try {
    descriptor = openSync(path, "r");
    const fd = descriptor;
    if (fstatSync(fd).size < offset + length) return fail(unreadable(name, "its file is cut off"));
    return use({
      length,
      read: (buffer, at, count, position) =>
        readSync(fd, buffer, at, Math.min(count, length - position), offset + position),
    });
  } catch (error) {
    if (!isSystemError(error)) throw error;
    return fail(unreadable(name, `its file gives ${error.code}`));
  } finally {
    if (descriptor !== undefined) closeSync(descriptor);
  }
}

/** Digest of the region's bytes as they are stored. */
export function sha256OfRegion(file: RegionFile): string {
  const sha256 = createHash("sha256");
  readPortions(file, 0, file.length, (portion) => sha256.update(portion));
  return `sha256:${sha256.digest("hex")}`;
}

const portionBytes = 256 * 1024;

/** Hands out a part of the region in portions that are valid only during the call; fewer bytes when the file has become shorter. */
export function readPortions(
  file: RegionFile,
  position: number,
  length: number,
  take: (portion: Uint8Array) => void,
): void {
  const buffer = new Uint8Array(Math.min(portionBytes, length));
  for (let at = 0; at < length;) {
    const count = file.read(buffer, 0, Math.min(buffer.length, length - at), position + at);
    if (count === 0) return;
    take(buffer.subarray(0, count));
    at += count;
  }
}

/** Whether an error is what the system says to a call, and no bug. */
export function isSystemError(error: unknown): error is NodeJS.ErrnoException {
  return error instanceof Error && "code" in error && "syscall" in error;
}
