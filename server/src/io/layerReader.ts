import type { DiffId } from "../core/image/digest.ts";
import type { ImageDescription, ReadImage } from "../core/image/image.ts";
import type { ImageError } from "../core/image/imageError.ts";
import type { LayerIndex } from "../core/image/layerIndex.ts";
import type { Result } from "../core/result.ts";
import type { ReadProgress } from "./imageSource.ts";

/** Where the bytes of one layer are to be had. */
export type LayerSource = LayerRegion | IndexedLayer | CachedLayer;

/** A region of a file: a blob in an OCI directory, or a blob inside an uncompressed archive. Plain, gzip or zstd by its first bytes. */
export interface LayerRegion {
  readonly kind: "file";
  readonly diffId: DiffId;
  readonly path: string;
  /** Where the region starts in the file, and how many bytes it has. */
  readonly offset: number;
  readonly length: number;
}

/** A layer that was read from a stream. */
export interface IndexedLayer {
  readonly kind: "indexed";
  readonly diffId: DiffId;
  readonly index: LayerIndex;
}

/** A layer that `findCachedLayers` said is in the cache, read earlier from a source that is trusted or was verified. */
export interface CachedLayer {
  readonly kind: "cached";
  readonly diffId: DiffId;
}

/** What all reading takes. */
export interface ReadOptions {
  readonly signal: AbortSignal;
  /** At most ten times a second. */
  readonly onProgress?: (progress: ReadProgress) => void;
  /** Folder of the layer cache; undefined for no cache. */
  readonly cacheFolder?: string;
}

/** A layer being read while its bytes arrive, in a worker thread. */
export interface LayerStream {
  /** The next bytes of the layer as stored: plain, gzip or zstd, sniffed. The chunk belongs to the stream from now on. Resolves when there is room for more; never rejects. */
  push(chunk: Uint8Array): Promise<void>;
  /** Call after the last byte. `diffId` of the result is computed from the bytes, so it is the truth whatever the archive claims. */
  finish(): Promise<Result<IndexedLayer, ImageError>>;
  /** Lets go of the worker; safe at any time, also after `finish`. */
  abort(): void;
}

/** Starts to read a layer whose bytes come as a stream (engine export, compressed archive). `name` is said in errors. Aborting the signal aborts the stream. */
export function openLayerStream(
  _name: string,
  _options: Pick<ReadOptions, "signal" | "cacheFolder">,
): LayerStream {
  throw new Error("not there yet");
}

/** Those of the layers that need not be read again; pass them on as `CachedLayer`. Empty without a cache folder. */
export function findCachedLayers(
  _diffIds: readonly DiffId[],
  _options: Pick<ReadOptions, "cacheFolder">,
): Promise<ReadonlySet<DiffId>> {
  throw new Error("not there yet");
}

/** Reads the layers (base first, one for each of `description.layers`) in worker threads, puts them on top of each other and remembers the result. */
export function readImage(
  _description: ImageDescription,
  _sources: readonly LayerSource[],
  _options: ReadOptions,
): Promise<Result<ReadImage, ImageError>> {
  throw new Error("not there yet");
}
