import { shortDigest } from "../core/image/digest.ts";
import type { ImageError } from "../core/image/imageError.ts";
import { type LayerIndex, layerFlag } from "../core/image/layerIndex.ts";
import { type Result, succeed } from "../core/result.ts";
import type { LayerRegion } from "./layerSource.ts";
import { crc32OfRegion, withRegion } from "./regionReader.ts";

/** Reads the contents of the given nodes (ascending) from an uncompressed layer and notes their hashes in the index. Blocks. */
export function readContentHashes(
  index: LayerIndex,
  nodes: Int32Array,
  region: LayerRegion,
): Result<undefined, ImageError> {
  const memory = new Uint8Array(256 * 1024);
  return withRegion(shortDigest(region.diffId), region, (file) => {
    for (const node of nodes) {
      const length = index.tree.bytes[node] ?? 0;
      index.contentHash[node] = crc32OfRegion(file, index.bodyOffset[node] ?? 0, length, memory);
      index.flags[node] = (index.flags[node] ?? 0) | layerFlag.hashed;
    }
    return succeed(undefined);
  });
}
