import { crc32 } from "node:zlib";
import { shortDigest } from "../core/image/digest.ts";
import type { ImageError } from "../core/image/imageError.ts";
import { type Result, fail, succeed } from "../core/result.ts";
import { unreadable } from "./layerErrors.ts";
import type { LayerRegion } from "./layerSource.ts";
import type { ContentPlaces } from "./layerTasks.ts";
import { type RegionFile, withRegion } from "./regionReader.ts";

/** Hashes contents of an uncompressed layer, in their order. Blocks. */
export function readContentHashes(
  region: LayerRegion,
  { offset, bytes }: ContentPlaces,
): Result<Uint32Array, ImageError> {
  const name = shortDigest(region.diffId);
  const hashes = new Uint32Array(offset.length);
  const memory = new Uint8Array(256 * 1024);
  return withRegion(name, region, (file) => {
    for (let at = 0; at < offset.length; at += 1) {
      const hash = hashPart(file, offset[at] ?? 0, bytes[at] ?? 0, memory);
      if (hash === undefined) return fail(unreadable(name, "its file is cut off"));
      hashes[at] = hash;
    }
    return succeed(hashes);
  });
}

/** Undefined when the file ends before the part does. */
function hashPart(
  file: RegionFile,
  position: number,
  length: number,
  memory: Uint8Array,
): number | undefined {
  let hash = 0;
  for (let at = 0; at < length;) {
    const count = file.read(memory, 0, Math.min(memory.length, length - at), position + at);
    if (count <= 0) return undefined;
    hash = crc32(memory.subarray(0, count), hash);
    at += count;
  }
  return hash;
}
