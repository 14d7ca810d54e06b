import { type DiffId, shortDigest } from "../core/image/digest.ts";
import type { ImageDescription, ReadImage } from "../core/image/image.ts";
import type { ImageError } from "../core/image/imageError.ts";
import { type MergedLayers, toReadImage } from "../core/image/merge.ts";
import { type Result, fail, succeed } from "../core/result.ts";
import { refusalNow } from "./entryLimits.ts";
import type { ReadProgress } from "./imageSource.ts";
import { hasLayer, imageKey, layerKey, loadMerged, verifiedKey } from "./layerCache.ts";
import { readAndMerge } from "./imageReading.ts";
import type { LayerSource } from "./layerSource.ts";
import { type Limits, defaultLimits } from "./limits.ts";
import type { ThreadStock } from "./threadStock.ts";

export type {
  CachedLayer,
  IndexedLayer,
  LayerRegion,
  LayerSource,
  ReceivedLayer,
} from "./layerSource.ts";
export { type LayerStream, openLayerStream } from "./layerStream.ts";

/** What all reading takes. */
export interface ReadOptions {
  readonly signal: AbortSignal;
  /** At most ten times a second. */
  readonly onProgress?: (progress: ReadProgress) => void;
  /** Folder of the layer cache; undefined for no cache. */
  readonly cacheFolder?: string;
  /** How large that folder may grow; `cacheBytes` unless given. */
  readonly cacheMaximumBytes?: number;
  /** `defaultLimits` unless given. */
  readonly limits?: Limits;
  /** Where threads come from; each has its own unless given. */
  readonly threads?: Pick<ThreadStock, "start">;
}

/** Those of the layers that need not be read again; pass them on as `CachedLayer`. Empty without a cache folder. */
export async function findCachedLayers(
  diffIds: readonly DiffId[],
  { cacheFolder }: Pick<ReadOptions, "cacheFolder">,
): Promise<ReadonlySet<DiffId>> {
  if (cacheFolder === undefined) return new Set();
  const isThere = await Promise.all(
    diffIds.map((diffId) => hasLayer(cacheFolder, verifiedKey(diffId))),
  );
  return new Set(diffIds.filter((_, at) => isThere[at] === true));
}

/**
 * Reads the layers (base first, one for each of `description.layers`) in worker threads, puts them on top of each other and remembers the
 * result. Indexes among the sources are used up. Aborting the signal ends all threads at once.
 */
export async function readImage(
  description: ImageDescription,
  sources: readonly LayerSource[],
  options: ReadOptions,
): Promise<Result<ReadImage, ImageError>> {
  const limits = options.limits ?? defaultLimits;
  if (sources.length > limits.layers) {
    const where = description.reference;
    return fail({ code: "limit-exceeded", limit: `${limits.layers} layers`, where });
  }
  if (options.signal.aborted) return fail({ code: "cancelled" });
  const { cacheFolder, signal, onProgress = () => undefined } = options;
  const keys = cacheFolder === undefined ? [] : await Promise.all(sources.map(layerKey));
  const known =
    cacheFolder === undefined ? undefined : await loadMerged(cacheFolder, imageKey(keys));
  if (known !== undefined) {
    const refusal = refusalOf(known, sources, limits);
    return refusal === undefined ? succeed(toReadImage(description, known)) : fail(refusal);
  }
  const { reference } = description;
  const { cacheMaximumBytes, threads } = options;
  const reading = {
    reference,
    sources,
    keys,
    cacheFolder,
    cacheMaximumBytes,
    limits,
    signal,
    onProgress,
    threads,
  };
  const merged = await readAndMerge(reading);
  return merged.ok ? succeed(toReadImage(description, merged.value)) : merged;
}

/** That of the lowest layer that these limits do not allow. */
function refusalOf(
  { layers }: MergedLayers,
  sources: readonly LayerSource[],
  limits: Limits,
): ImageError | undefined {
  return layers
    .map((layer, at) => refusalNow(shortDigest(sources[at]?.diffId ?? ""), layer, limits))
    .find((refusal) => refusal !== undefined);
}
