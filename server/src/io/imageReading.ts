import { shortDigest } from "../core/image/digest.ts";
import type { ImageError } from "../core/image/imageError.ts";
import type { LayerIndex } from "../core/image/layerIndex.ts";
import type { MergedLayers } from "../core/image/merge.ts";
import { type Result, fail } from "../core/result.ts";
import { firstFailure } from "./firstFailure.ts";
import { deferred } from "./deferred.ts";
import type { ReadProgress } from "./imageSource.ts";
import { imageKey } from "./layerCache.ts";
import { unreadable } from "./layerErrors.ts";
import { mergeInPool } from "./layerMerging.ts";
import { type LayerPool, openLayerPool } from "./layerPool.ts";
import type { CachedLayer, LayerSource, StoredTar } from "./layerSource.ts";
import type { CachePlace, LayerTask } from "./layerTasks.ts";
import { threadCountFor } from "./layerWorkers.ts";
import type { Limits } from "./limits.ts";
import { type ProgressMeter, createProgressMeter } from "./progressMeter.ts";
import type { ThreadStock } from "./threadStock.ts";

/** The layers of one image on their way to become `MergedLayers`. */
export interface ImageReading {
  /** Said in errors. */
  readonly reference: string;
  /** Base first. */
  readonly sources: readonly LayerSource[];
  /** Names in the cache, one for each source; unused without a cache. */
  readonly keys: readonly string[];
  readonly cacheFolder: string | undefined;
  readonly cacheMaximumBytes: number | undefined;
  readonly limits: Limits;
  readonly signal: AbortSignal;
  readonly onProgress: (progress: ReadProgress) => void;
  /** Where threads come from; undefined for new ones. */
  readonly threads: Pick<ThreadStock, "start"> | undefined;
}

/** Indexes the layers in threads and merges them in one. Once it resolves only the cache is still being written, and after a failure nothing goes on. */
export async function readAndMerge(
  reading: ImageReading,
): Promise<Result<MergedLayers, ImageError>> {
  const jobs = jobsOf(reading);
  const pool = openLayerPool(threadCountFor(jobs.length), reading.threads);
  const interruption = watchFor(reading);
  try {
    const result = await Promise.race([interruption.comes, readInPool(reading, jobs, pool)]);
    if (result.ok) pool.close();
    else pool.end();
    return result;
  } catch (error) {
    pool.end();
    if (isOutOfMemory(error)) return fail(pastMemory(reading));
    throw error;
  } finally {
    interruption.stopWatching();
  }
}

/** A layer to be had, and where in the image it stands; the same layer may stand in several places. */
interface Job {
  readonly source: StoredTar | CachedLayer;
  readonly cache: CachePlace | undefined;
  readonly places: number[];
}

async function readInPool(
  reading: ImageReading,
  jobs: readonly Job[],
  pool: LayerPool,
): Promise<Result<MergedLayers, ImageError>> {
  const { sources, keys, cacheFolder, cacheMaximumBytes: maxBytes } = reading;
  const layers = sources.map((source) => (source.kind === "indexed" ? source.index : undefined));
  const meter: ProgressMeter<Job> = createProgressMeter(reading.onProgress, {
    layerCount: sources.length,
    layersDone: layers.filter((layer) => layer !== undefined).length,
    totalBytes: jobs.reduce((sum, { source }) => sum + bytesOf(source), 0),
  });
  const failure = await firstFailure(
    jobs.map(async (job) => {
      const result = await index(job, reading.limits, pool, (bytes) => meter.note(job, bytes));
      if (!result.ok) return result.error;
      for (const place of job.places) layers[place] = result.value;
      meter.finish(job, bytesOf(job.source), job.places.length);
      return undefined;
    }),
  );
  if (failure !== undefined) return fail(failure);
  return mergeInPool({
    pool,
    layers: layers.filter((layer) => layer !== undefined),
    regions: sources.map((source) =>
      source.kind === "file" || source.kind === "split" ? source : undefined,
    ),
    cache:
      cacheFolder === undefined
        ? undefined
        : {
            folder: cacheFolder,
            key: imageKey(keys),
            ...(maxBytes === undefined ? {} : { maxBytes }),
          },
  });
}

async function index(
  { source, cache }: Job,
  limits: Limits,
  pool: LayerPool,
  onBytes: (bytes: number) => void,
): Promise<Result<LayerIndex, ImageError>> {
  const task: LayerTask | undefined =
    source.kind === "cached"
      ? cache && { kind: "load", diffId: source.diffId, limits, cache }
      : { kind: "index", region: source, limits, cache };
  if (task === undefined) return fail(unreadable(shortDigest(source.diffId), "there is no cache"));
  return new Promise((resolve, reject) => {
    pool.run(task, {
      message(message) {
        if (message.kind === "progress") onBytes(message.bytes);
        if (message.kind === "indexed") resolve(message.result);
      },
      broken: reject,
    });
  });
}

/** Resolves when the caller gives up or the time is over. */
function watchFor({ signal, limits, reference }: ImageReading): {
  readonly comes: Promise<Result<never, ImageError>>;
  stopWatching(): void;
} {
  const { promise, resolve } = deferred<Result<never, ImageError>>();
  const cancel = (): void => resolve(fail({ code: "cancelled" }));
  const timer = setTimeout(() => {
    const limit = `${limits.readMs / 60_000} minutes`;
    resolve(fail({ code: "limit-exceeded", limit, where: `Reading ${reference}` }));
  }, limits.readMs);
  signal.addEventListener("abort", cancel);
  if (signal.aborted) cancel();
  return {
    comes: promise,
    stopWatching() {
      clearTimeout(timer);
      signal.removeEventListener("abort", cancel);
    },
  };
}

/** The largest layers first, so that no thread is left alone with one at the end. */
function jobsOf({ sources, keys, cacheFolder }: ImageReading): readonly Job[] {
  const jobs = new Map<string, Job>();
  sources.forEach((source, place) => {
    if (source.kind === "indexed") return;
    const name = JSON.stringify(source);
    const known = jobs.get(name);
    if (known !== undefined) {
      known.places.push(place);
      return;
    }
    const key = keys[place];
    const hasPlace = cacheFolder !== undefined && key !== undefined;
    const cache = hasPlace ? { folder: cacheFolder, key } : undefined;
    jobs.set(name, { source, cache, places: [place] });
  });
  return [...jobs.values()].sort((a, b) => bytesOf(b.source) - bytesOf(a.source));
}

function bytesOf(source: StoredTar | CachedLayer): number {
  switch (source.kind) {
    case "file":
      return source.length;
    case "split":
      return source.contentBytes;
    case "cached":
      return 0;
  }
}

function isOutOfMemory(error: unknown): boolean {
  return error instanceof Error && "code" in error && error.code === "ERR_WORKER_OUT_OF_MEMORY";
}

function pastMemory({ reference }: ImageReading): ImageError {
  return { code: "limit-exceeded", limit: "a worker thread's memory", where: reference };
}
