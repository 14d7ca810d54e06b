import { shortDigest } from "../core/image/digest.ts";
import type { ImageError } from "../core/image/imageError.ts";
import { type Result, fail, succeed } from "../core/result.ts";
import { type ContentHasher, createContentHasher } from "./contentHash.ts";
import { memoryToHashIn } from "./hashMemory.ts";
import { unreadable } from "./layerErrors.ts";
import type { StoredTar } from "./layerSource.ts";
import type { ContentPlaces } from "./layerTasks.ts";
import { type RegionFile, withRegion } from "./regionReader.ts";
import { withTarSplit } from "./tarSplitFile.ts";

/** Hashes contents of an uncompressed layer, in their order. Blocks. */
export function readContentHashes(
  region: StoredTar,
  { offset, bytes }: ContentPlaces,
): Result<Uint32Array, ImageError> {
  const name = shortDigest(region.diffId);
  const hashes = new Uint32Array(offset.length);
  const to: Hashing = { hasher: createContentHasher(), memory: memoryToHashIn() };
  // By place: what is joined from pieces is read forward only.
  const order = Uint32Array.from(offset.keys()).sort((a, b) => (offset[a] ?? 0) - (offset[b] ?? 0));
  const hashAll = (file: RegionFile): Result<Uint32Array, ImageError> => {
    for (const at of order) {
      const hash = hashPart(file, offset[at] ?? 0, bytes[at] ?? 0, to);
      if (hash === undefined) return fail(unreadable(name, "its file is cut off"));
      hashes[at] = hash;
    }
    return succeed(hashes);
  };
  return region.kind === "split"
    ? withTarSplit(name, region, hashAll)
    : withRegion(name, region, hashAll);
}

interface Hashing {
  readonly hasher: ContentHasher;
  readonly memory: Uint8Array;
}

/** Undefined when the file ends before the part does. */
function hashPart(
  file: RegionFile,
  position: number,
  length: number,
  { hasher, memory }: Hashing,
): number | undefined {
  hasher.begin();
  for (let at = 0; at < length;) {
    const count = file.read(memory, 0, Math.min(memory.length, length - at), position + at);
    if (count <= 0) return undefined;
    hasher.add(memory, 0, count);
    at += count;
  }
  return hasher.end();
}
