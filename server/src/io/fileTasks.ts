import { shortDigest } from "../core/image/digest.ts";
import type { ImageError } from "../core/image/imageError.ts";
import { findLayerFile } from "../core/image/layerFile.ts";
import type { LayerIndex } from "../core/image/layerIndex.ts";
import { fail, succeed, type Result } from "../core/result.ts";
import { createDecoder, sniffCompression, sniffedBytes, type Compression } from "./decoder.ts";
import { bytesRefusal } from "./entryLimits.ts";
import type { LayerPart } from "./fileContent.ts";
import { readWhole } from "./fileWindow.ts";
import { keepLayer, loadLayer, packLayer } from "./layerCache.ts";
import { tarError, unreadable, unsupportedCompression } from "./layerErrors.ts";
import type { SayFromThread, TaskOf } from "./layerTasks.ts";
import { createPartIntake } from "./partIntake.ts";
import { readRegionLayer } from "./regionLayer.ts";
import { type RegionFile, withRegion } from "./regionReader.ts";
import { withTarSplit } from "./tarSplitFile.ts";

/** Looks a path up; an index made for that is remembered, as if the whole image had been read. */
export function answerFind(task: TaskOf<"find">, say: SayFromThread): void {
  const { diffId, limits, cache, path } = task;
  const known = cache === undefined ? undefined : loadLayer(cache, diffId, limits);
  const index = known ?? readIndex(task);
  say({
    kind: "found",
    result: index.ok ? succeed(findLayerFile(index.value, path)) : index,
  });
  if (known === undefined && index.ok && cache !== undefined) {
    keepLayer(cache.folder, cache.key, packLayer(index.value));
  }
  say({ kind: "idle" });
}

function readIndex({ region, diffId, limits }: TaskOf<"find">): Result<LayerIndex, ImageError> {
  if (region !== undefined) return readRegionLayer(region, limits, () => undefined);
  return fail(unreadable(shortDigest(diffId), "what was remembered of it is gone"));
}

/** Reads a part of a layer: where it stands in a plain one, else as far as it has to be uncompressed. */
export function answerPart({ region, limits, part }: TaskOf<"part">, say: SayFromThread): void {
  const name = shortDigest(region.diffId);
  const read = (file: RegionFile): Result<Uint8Array, ImageError> => {
    const head = new Uint8Array(sniffedBytes);
    file.read(head, 0, sniffedBytes, 0);
    const compression = region.kind === "split" ? "plain" : sniffCompression(head);
    if (typeof compression !== "string") {
      return fail(unsupportedCompression(name, compression.unsupported));
    }
    const refusal = bytesRefusal(part.offset + part.length, limits);
    if (refusal !== undefined) return fail(tarError(name, refusal));
    return compression === "plain"
      ? readPlain(name, file, part)
      : readDecoded(name, file, part, compression);
  };
  const result =
    region.kind === "split" ? withTarSplit(name, region, read) : withRegion(name, region, read);
  say({ kind: "part", result });
  say({ kind: "idle" });
}

function readPlain(
  name: string,
  file: RegionFile,
  { offset, length }: LayerPart,
): Result<Uint8Array, ImageError> {
  const bytes = new Uint8Array(length);
  return readWhole(file, bytes, offset) === length
    ? succeed(bytes)
    : fail(unreadable(name, "its file is cut off"));
}

const portionBytes = 256 * 1024;

function readDecoded(
  name: string,
  file: RegionFile,
  part: LayerPart,
  compression: Compression,
): Result<Uint8Array, ImageError> {
  const intake = createPartIntake(part);
  const decoder = createDecoder(compression, (chunk) => {
    intake.take(chunk);
    return !intake.isFull();
  });
  const buffer = new Uint8Array(Math.min(portionBytes, file.length));
  try {
    for (let position = 0; position < file.length && !intake.isFull();) {
      const count = file.read(buffer, 0, buffer.length, position);
      if (count === 0) break;
      const trouble = decoder.push(buffer.subarray(0, count));
      if (intake.isFull()) break;
      if (trouble !== undefined) return fail(unreadable(name, trouble));
      position += count;
    }
    return intake.isFull() ? succeed(intake.bytes) : fail(unreadable(name, "its file is cut off"));
  } finally {
    decoder.close();
  }
}
