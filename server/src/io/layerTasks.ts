import type { DiffId } from "../core/image/digest.ts";
import type { ImageError } from "../core/image/imageError.ts";
import type { LayerIndex } from "../core/image/layerIndex.ts";
import type { MergedLayers } from "../core/image/merge.ts";
import type { Result } from "../core/result.ts";
import type { LayerRegion } from "./layerSource.ts";
import type { Limits } from "./limits.ts";

/** Where a worker may find and leave what it reads; undefined for nowhere. */
export interface CachePlace {
  readonly folder: string;
  readonly key: string;
  /** The most that the folder may take in the end; `cacheBytes` unless given. */
  readonly maxBytes?: number;
}

/** What a worker thread is asked to do. Columns are moved, not copied. */
export type LayerTask =
  | {
      readonly kind: "index";
      readonly region: LayerRegion;
      readonly limits: Limits;
      readonly cache: CachePlace | undefined;
    }
  | {
      readonly kind: "load";
      readonly diffId: DiffId;
      readonly cache: CachePlace;
    }
  | {
      readonly kind: "merge";
      readonly layers: readonly LayerIndex[];
      /** One for each layer: where contents that must be compared can be read. */
      readonly regions: readonly (LayerRegion | undefined)[];
      readonly cache: CachePlace | undefined;
    }
  | StreamTask;

/** The parts of reading one layer as a stream; `taken` answers each chunk. */
export type StreamTask =
  | {
      readonly kind: "begin";
      readonly name: string;
      readonly limits: Limits;
      readonly cacheFolder: string | undefined;
    }
  | { readonly kind: "chunk"; readonly bytes: Uint8Array }
  | { readonly kind: "end" };

/** What a worker thread says. */
export type LayerMessage =
  | { readonly kind: "progress"; readonly bytes: number }
  | { readonly kind: "taken"; readonly bytes: number }
  | { readonly kind: "indexed"; readonly result: Result<LayerIndex, ImageError> }
  | { readonly kind: "streamed"; readonly result: Result<StreamedLayer, ImageError> }
  | { readonly kind: "merged"; readonly result: Result<MergedLayers, ImageError> }
  /** After the answer, when the cache is written too. */
  | { readonly kind: "idle" };

/** A layer read from a stream, named by its own bytes. */
export interface StreamedLayer {
  readonly diffId: DiffId;
  readonly index: LayerIndex;
}
