import type { DiffId } from "../core/image/digest.ts";
import type { LayerIndex } from "../core/image/layerIndex.ts";

/** Where the bytes of one layer are to be had. */
export type LayerSource = StoredTar | IndexedLayer | CachedLayer;

/** A layer whose bytes can be read more than once. */
export type StoredTar = LayerRegion | SplitLayer;

/** A region of a file: a blob in an OCI directory, or a blob inside an uncompressed archive. Plain, gzip or zstd by its first bytes. */
export interface LayerRegion {
  readonly kind: "file";
  readonly diffId: DiffId;
  readonly path: string;
  /** Where the region starts in the file, and how many bytes it has. */
  readonly offset: number;
  readonly length: number;
}

/** A layer in the storage of an engine on this machine. */
export interface SplitLayer {
  readonly kind: "split";
  readonly diffId: DiffId;
  /** Its `tar-split.json.gz`: all of the tar but contents. */
  readonly path: string;
  /** Of that file. */
  readonly length: number;
  /** Where the contents lie, as files. */
  readonly folder: string;
  /** About how many bytes they have, for the progress. */
  readonly contentBytes: number;
}

/** A layer that was read from a stream. */
export interface IndexedLayer {
  readonly kind: "indexed";
  readonly diffId: DiffId;
  readonly index: LayerIndex;
}

/** A layer that `findCachedLayers` said is in the cache, read earlier from a source that was verified. */
export interface CachedLayer {
  readonly kind: "cached";
  readonly diffId: DiffId;
}
