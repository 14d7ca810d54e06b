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

/** What came of a layer in a stream. */
export interface ReceivedLayer {
  readonly index: LayerIndex;
  /** Computed from its bytes, so that it is the truth whatever the archive claims; absent where the sender vouches for them. */
  readonly diffId?: DiffId;
  /** What the cache is to keep of it; absent where there is none, or where it is kept already. */
  readonly packed?: Uint8Array;
}

/** A layer that was read from a stream. */
export interface IndexedLayer extends ReceivedLayer {
  readonly kind: "indexed";
  readonly diffId: DiffId;
}

/** A layer that `findCachedLayers` said is in the cache, read earlier from a source that was verified. */
export interface CachedLayer {
  readonly kind: "cached";
  readonly diffId: DiffId;
}
