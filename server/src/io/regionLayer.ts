import { shortDigest } from "../core/image/digest.ts";
import type { ImageError } from "../core/image/imageError.ts";
import type { LayerIndex } from "../core/image/layerIndex.ts";
import { type Result, fail, succeed } from "../core/result.ts";
import { sniffCompression, sniffedBytes } from "./decoder.ts";
import { createLayerIndexer } from "./layerIndexer.ts";
import type { ReadLayer } from "./layerIndexer.ts";
import { unreadable } from "./layerErrors.ts";
import type { StoredTar } from "./layerSource.ts";
import type { Limits } from "./limits.ts";
import { readPlainLayer } from "./plainLayer.ts";
import { type RegionFile, withRegion } from "./regionReader.ts";
import { withTarSplit } from "./tarSplitFile.ts";

/** Compressed layers up to this length are held against their diffId: it costs next to nothing. gzip and zstd guard the larger ones themselves. */
const alwaysVerifiedBytes = 8 * 2 ** 20;

/** Indexes a layer that lies in a file, or in one and a folder. Blocks until it is done: for worker threads only. `onBytes` is told how many stored bytes were passed. */
export function readRegionLayer(
  region: StoredTar,
  limits: Limits,
  onBytes: (bytes: number) => void,
): Result<LayerIndex, ImageError> {
  const name = shortDigest(region.diffId);
  const read = readStored(name, region, limits, onBytes);
  if (!read.ok) return read;
  const { diffId, index } = read.value;
  const isTrue =
    diffId === undefined || diffId === region.diffId || !region.diffId.startsWith("sha256:");
  if (isTrue) return succeed(index);
  return fail({ code: "layer-digest-mismatch", expected: region.diffId, actual: diffId });
}

function readStored(
  name: string,
  region: StoredTar,
  limits: Limits,
  onBytes: (bytes: number) => void,
): Result<ReadLayer, ImageError> {
  if (region.kind === "split") {
    const { contentBytes } = region;
    return withTarSplit(name, region, (file) =>
      readPlainLayer(name, file, limits, (at) => onBytes(Math.min(at, contentBytes))),
    );
  }
  return withRegion(name, region, (file) => {
    const head = new Uint8Array(sniffedBytes);
    file.read(head, 0, sniffedBytes, 0);
    if (sniffCompression(head) === "plain") return readPlainLayer(name, file, limits, onBytes);
    const isSmall = region.length <= alwaysVerifiedBytes;
    const read = readCompressed(name, file, limits, isSmall ? "computed" : "left out", onBytes);
    const isSure = !read.ok || read.value.isMarked || isSmall;
    return isSure ? read : readCompressed(name, file, limits, "computed", onBytes);
  });
}

const portionBytes = 256 * 1024;

function readCompressed(
  name: string,
  file: RegionFile,
  limits: Limits,
  digest: "computed" | "left out",
  onBytes: (bytes: number) => void,
): Result<ReadLayer, ImageError> {
  const indexer = createLayerIndexer({ name, limits, digest });
  const buffer = new Uint8Array(portionBytes);
  try {
    for (let position = 0; position < file.length;) {
      const count = file.read(buffer, 0, portionBytes, position);
      if (count === 0) return fail(unreadable(name, "its file is cut off"));
      const error = indexer.push(buffer.subarray(0, count));
      if (error !== undefined) return fail(error);
      position += count;
      onBytes(position);
    }
    return indexer.finish();
  } finally {
    indexer.close();
  }
}
