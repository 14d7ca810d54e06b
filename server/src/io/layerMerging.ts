import type { ImageError } from "../core/image/imageError.ts";
import type { LayerIndex } from "../core/image/layerIndex.ts";
import type { MergedLayers } from "../core/image/merge.ts";
import { type Result, fail, succeed } from "../core/result.ts";
import { deferred } from "./deferred.ts";
import { firstFailure } from "./firstFailure.ts";
import type { LayerPool, PooledThread, TaskListener } from "./layerPool.ts";
import type { StoredTar } from "./layerSource.ts";
import type { CachePlace, ContentPlaces } from "./layerTasks.ts";

/** Layers on their way to become one image. */
export interface Merging {
  readonly pool: LayerPool;
  /** Base first; they move to the thread that merges them. */
  readonly layers: readonly LayerIndex[];
  /** One for each layer: where its contents can be read; undefined where all are hashed or none can be. */
  readonly regions: readonly (StoredTar | undefined)[];
  readonly cache: CachePlace | undefined;
}

/** Merges layers in one thread of the pool, while all hash the contents that must be compared. */
export async function mergeInPool(merging: Merging): Promise<Result<MergedLayers, ImageError>> {
  const { pool, layers, regions, cache } = merging;
  const { wanted, thread } = await stack(pool, layers);
  pool.run({ kind: "final" }, silent, thread);
  const hashes = wanted.map(({ offset }, layer) =>
    regions[layer] === undefined ? undefined : new Uint32Array(offset.length),
  );
  const portions = wanted.flatMap((contents, layer) =>
    portionsOf(contents, layer, portionBytesOf(regions[layer])),
  );
  const failure = await firstFailure(
    portions.map(async ({ layer, start, end }) => {
      const region = regions[layer];
      const contents = wanted[layer];
      if (region === undefined || contents === undefined) return undefined;
      const result = await hash(pool, region, part(contents, start, end));
      if (!result.ok) return result.error;
      hashes[layer]?.set(result.value, start);
      return undefined;
    }),
  );
  if (failure !== undefined) return fail(failure);
  const { promise, resolve, reject } = deferred<Result<MergedLayers, ImageError>>();
  const listener: TaskListener = {
    message(message) {
      if (message.kind === "merged") resolve(succeed(message.merged));
    },
    broken: reject,
  };
  pool.run({ kind: "merge", hashes, cache }, listener, thread);
  return promise;
}

interface Stacked {
  readonly wanted: readonly ContentPlaces[];
  readonly thread: PooledThread;
}

async function stack(pool: LayerPool, layers: readonly LayerIndex[]): Promise<Stacked> {
  const { promise, resolve, reject } = deferred<Stacked>();
  pool.run(
    { kind: "stack", layers },
    {
      message(message, thread) {
        if (message.kind === "stacked") resolve({ wanted: message.wanted, thread });
      },
      broken: reject,
    },
  );
  return promise;
}

async function hash(
  pool: LayerPool,
  region: StoredTar,
  contents: ContentPlaces,
): Promise<Result<Uint32Array, ImageError>> {
  const { promise, resolve, reject } = deferred<Result<Uint32Array, ImageError>>();
  pool.run(
    { kind: "hash", region, contents },
    {
      message(message) {
        if (message.kind === "hashed") resolve(message.result);
      },
      broken: reject,
    },
  );
  return promise;
}

/** What breaks a thread is heard by those who wait for an answer. */
const silent: TaskListener = { message: () => undefined, broken: () => undefined };

interface Portion {
  readonly layer: number;
  readonly start: number;
  readonly end: number;
}

/**
 * How many bytes one task hashes: small enough to share, large enough to be worth a message. A split layer is gone through from its
 * beginning by each task.
 */
function portionBytesOf(region: StoredTar | undefined): number {
  return region?.kind === "split" ? 256 * 2 ** 20 : 32 * 2 ** 20;
}

function portionsOf(
  { bytes }: ContentPlaces,
  layer: number,
  portionBytes: number,
): readonly Portion[] {
  const portions: Portion[] = [];
  let start = 0;
  let sum = 0;
  bytes.forEach((one, at) => {
    sum += one;
    const isLast = at === bytes.length - 1;
    if (sum < portionBytes && !isLast) return;
    portions.push({ layer, start, end: at + 1 });
    start = at + 1;
    sum = 0;
  });
  return portions;
}

function part({ offset, bytes }: ContentPlaces, start: number, end: number): ContentPlaces {
  return { offset: offset.slice(start, end), bytes: bytes.slice(start, end) };
}
