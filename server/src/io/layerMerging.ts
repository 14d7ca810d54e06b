import type { ImageError } from "../core/image/imageError.ts";
import type { LayerIndex } from "../core/image/layerIndex.ts";
import type { MergedLayers } from "../core/image/merge.ts";
import { type Result, fail, succeed } from "../core/result.ts";
import { type LayerRows, pairRegions, placesOfRows, type RowPairs } from "./contentPlan.ts";
import { deferred } from "./deferred.ts";
import { firstFailure } from "./firstFailure.ts";
import type { LayerPool, PooledThread, TaskListener } from "./layerPool.ts";
import type { StoredTar } from "./layerSource.ts";
import type { CachePlace, ContentPlaces, WantedContents } from "./layerTasks.ts";

/** Layers on their way to become one image. */
export interface Merging {
  readonly pool: LayerPool;
  /** Base first; they move to the thread that merges them. */
  readonly layers: readonly LayerIndex[];
  /** One for each layer: where its contents can be read; undefined where all are hashed or none can be. */
  readonly regions: readonly (StoredTar | undefined)[];
  readonly cache: CachePlace | undefined;
}

/** Merges layers in one thread of the pool, while all look for contents that are the same. */
export async function mergeInPool(merging: Merging): Promise<Result<MergedLayers, ImageError>> {
  const { pool, cache } = merging;
  const { wanted, thread } = await stack(merging);
  const hashes = await hashContents(merging, wanted);
  if (!hashes.ok) return hashes;
  const { promise, resolve, reject } = deferred<Result<MergedLayers, ImageError>>();
  const listener: TaskListener = {
    message(message) {
      if (message.kind === "merged") resolve(succeed(message.merged));
    },
    broken: reject,
  };
  pool.run({ kind: "merge", hashes: hashes.value, cache }, listener, thread);
  return promise;
}

/** For `merge`: numbers for all contents that are wanted and can be read. */
async function hashContents(
  { pool, regions }: Merging,
  wanted: WantedContents,
): Promise<Result<readonly (Uint32Array | undefined)[], ImageError>> {
  const { places, plan } = wanted;
  const hashes = places.map(({ offset }, layer) =>
    regions[layer] === undefined ? undefined : new Uint32Array(offset.length),
  );
  let numbers = 0;
  const note = ({ layer, rows }: LayerRows, at: number, hash: number): void => {
    const column = hashes[layer];
    if (column !== undefined) column[rows[at] ?? 0] = hash;
  };
  for (const alone of plan.alone) alone.rows.forEach((_, at) => note(alone, at, ++numbers));
  const compared = plan.compared.flatMap((pairs) => portionsOfPairs(pairs, places));
  const hashed = plan.hashed.flatMap((rows) => portionsOf(rows, places, regions));
  const failure = await firstFailure([
    ...compared.map(async (pairs) => {
      const result = await compare(pool, pairs, { places, regions });
      if (!result.ok) return result.error;
      result.value.forEach((isSame, at) => {
        note(pairs.one, at, ++numbers);
        note(pairs.other, at, isSame === 1 ? numbers : ++numbers);
      });
      return undefined;
    }),
    ...hashed.map(async (rows) => {
      const region = regions[rows.layer];
      if (region === undefined) return undefined;
      const result = await hash(pool, region, placesOfRows(places, rows));
      if (!result.ok) return result.error;
      result.value.forEach((value, at) => note(rows, at, value));
      return undefined;
    }),
  ]);
  return failure === undefined ? succeed(hashes) : fail(failure);
}

interface Stacked {
  readonly wanted: WantedContents;
  readonly thread: PooledThread;
}

async function stack({ pool, layers, regions }: Merging): Promise<Stacked> {
  const { promise, resolve, reject } = deferred<Stacked>();
  pool.run(
    { kind: "stack", layers, regions },
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

async function compare(
  pool: LayerPool,
  pairs: RowPairs,
  {
    places,
    regions,
  }: { readonly places: readonly ContentPlaces[]; readonly regions: Merging["regions"] },
): Promise<Result<Uint8Array, ImageError>> {
  const between = pairRegions(pairs, regions);
  if (between === undefined) return succeed(new Uint8Array(pairs.one.rows.length));
  const { offset: oneOffset, bytes } = placesOfRows(places, pairs.one);
  const { offset: otherOffset } = placesOfRows(places, pairs.other);
  const [one, other] = between;
  const { promise, resolve, reject } = deferred<Result<Uint8Array, ImageError>>();
  pool.run(
    { kind: "compare", one, other, oneOffset, otherOffset, bytes },
    {
      message(message) {
        if (message.kind === "compared") resolve(message.result);
      },
      broken: reject,
    },
  );
  return promise;
}

/**
 * How many bytes one task reads: small enough to share, large enough to be worth a message. A split layer is gone through from its
 * beginning by each task.
 */
function portionBytesOf(region: StoredTar | undefined): number {
  return region?.kind === "split" ? 256 * 2 ** 20 : 32 * 2 ** 20;
}

function portionsOf(
  { layer, rows }: LayerRows,
  places: readonly ContentPlaces[],
  regions: Merging["regions"],
): readonly LayerRows[] {
  const bytesOf = (row: number): number => places[layer]?.bytes[row] ?? 0;
  return cut(rows, bytesOf, portionBytesOf(regions[layer])).map(({ start, end }) => ({
    layer,
    rows: rows.slice(start, end),
  }));
}

/** Both sides of a pair are read. */
function portionsOfPairs(
  { one, other }: RowPairs,
  places: readonly ContentPlaces[],
): readonly RowPairs[] {
  const bytesOf = (row: number): number => 2 * (places[one.layer]?.bytes[row] ?? 0);
  return cut(one.rows, bytesOf, portionBytesOf(undefined)).map(({ start, end }) => ({
    one: { ...one, rows: one.rows.slice(start, end) },
    other: { ...other, rows: other.rows.slice(start, end) },
  }));
}

interface Portion {
  readonly start: number;
  readonly end: number;
}

function cut(
  rows: readonly number[],
  bytesOf: (row: number) => number,
  portionBytes: number,
): readonly Portion[] {
  const portions: Portion[] = [];
  let start = 0;
  let sum = 0;
  rows.forEach((row, at) => {
    sum += bytesOf(row);
    const isLast = at === rows.length - 1;
    if (sum < portionBytes && !isLast) return;
    portions.push({ start, end: at + 1 });
    start = at + 1;
    sum = 0;
  });
  return portions;
}
