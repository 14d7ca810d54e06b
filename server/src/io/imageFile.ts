import type { ImageError } from "../core/image/imageError.ts";
import { findLayerFile, type LayerFile } from "../core/image/layerFile.ts";
import { fail, succeed, type Result } from "../core/result.ts";
import { readFound, type FileContent, type FileRequest, type LayerPart } from "./fileContent.ts";
import type { OpenedImage } from "./imageSource.ts";
import { layerKey } from "./layerCache.ts";
import { openLayerPool, type LayerPool } from "./layerPool.ts";
import type { ReadOptions } from "./layerReader.ts";
import type { LayerSource, StoredTar } from "./layerSource.ts";
import { defaultLimits } from "./limits.ts";
import { askThread } from "./threadAnswer.ts";
import type { ThreadStock } from "./threadStock.ts";

/** What the one who opens an image decides about reading it. */
export interface OwnOptions extends Omit<ReadOptions, "signal" | "onProgress"> {
  /** Where the thread that reads one file comes from; one of its own unless given. */
  readonly threads?: ThreadStock;
}

/** Reads a part of a layer that lies in no region of a file. */
export type PartReader = (
  part: LayerPart,
  signal: AbortSignal,
) => Promise<Result<Uint8Array, ImageError>>;

/** The file of an opened image: `image.readFile`, with nothing at a layer that the image does not have. */
export async function readImageFile(
  image: OpenedImage,
  request: FileRequest,
): Promise<Result<FileContent, ImageError>> {
  const isThere = image.description.layers[request.layer] !== undefined;
  if (!isThere) return succeed({ kind: "absent" });
  return request.signal.aborted ? fail({ code: "cancelled" }) : image.readFile(request);
}

/**
 * Reads a file of one layer: looked up in its index, then just those bytes. All of it happens in one thread, which ends when the signal is
 * aborted. `readPart` is for layers that are no regions.
 */
export async function readLayerFile(
  source: LayerSource,
  request: FileRequest,
  own: OwnOptions,
  readPart: PartReader,
): Promise<Result<FileContent, ImageError>> {
  const { signal, path } = request;
  if (signal.aborted) return fail({ code: "cancelled" });
  const pool = openLayerPool(1, own.threads);
  try {
    const found =
      source.kind === "indexed"
        ? succeed(findLayerFile(source.index, path))
        : await findInThread(pool, source, request, own);
    if (!found.ok) return found;
    return await readFound(found.value, request, (part) =>
      source.kind === "file" || source.kind === "split"
        ? readPartInThread(pool, source, part, signal, own)
        : readPart(part, signal),
    );
  } finally {
    // What the thread still writes to the cache is not waited for.
    if (signal.aborted) pool.end();
    else pool.close();
  }
}

async function findInThread(
  pool: LayerPool,
  source: Exclude<LayerSource, { readonly kind: "indexed" }>,
  { path, signal }: FileRequest,
  { cacheFolder, limits = defaultLimits }: OwnOptions,
): Promise<Result<LayerFile, ImageError>> {
  const cache =
    cacheFolder === undefined ? undefined : { folder: cacheFolder, key: await layerKey(source) };
  const region = source.kind === "cached" ? undefined : source;
  const { diffId } = source;
  const task = { kind: "find", region, diffId, limits, cache, path } as const;
  return askThread({ pool, signal, where }, task, (message) =>
    message.kind === "found" ? message.result : undefined,
  );
}

function readPartInThread(
  pool: LayerPool,
  region: StoredTar,
  part: LayerPart,
  signal: AbortSignal,
  { limits = defaultLimits }: OwnOptions,
): Promise<Result<Uint8Array, ImageError>> {
  return askThread({ pool, signal, where }, { kind: "part", region, limits, part }, (message) =>
    message.kind === "part" ? message.result : undefined,
  );
}

const where = "Reading a file";
