import { crc32 } from "node:zlib";
import { shortDigest } from "../core/image/digest.ts";
import type { ImageError } from "../core/image/imageError.ts";
import { type LayerIndex, layerFlag } from "../core/image/layerIndex.ts";
import { type Result, fail, succeed } from "../core/result.ts";
import { unreadable } from "./layerErrors.ts";
import type { LayerRegion } from "./layerSource.ts";
import { type RegionFile, withRegion } from "./regionReader.ts";

/** Reads the contents of the given nodes (ascending) from an uncompressed layer and notes their hashes in the index. Blocks. */
export function readContentHashes(
  index: LayerIndex,
  nodes: Int32Array,
  region: LayerRegion,
): Result<undefined, ImageError> {
  const name = shortDigest(region.diffId);
  const memory = new Uint8Array(256 * 1024);
  return withRegion(name, region, (file) => {
    for (const node of nodes) {
      const position = index.bodyOffset[node] ?? 0;
      const hash = hashPart(file, position, index.tree.bytes[node] ?? 0, memory);
      if (hash === undefined) return fail(unreadable(name, "its file is cut off"));
      index.contentHash[node] = hash;
      index.flags[node] = (index.flags[node] ?? 0) | layerFlag.hashed;
    }
    return succeed(undefined);
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
