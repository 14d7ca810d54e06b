import type { DiffId } from "../core/image/digest.ts";
import type { ImageError } from "../core/image/imageError.ts";
import type { ElfMap } from "../core/image/elfMap.ts";
import type { LayerFile } from "../core/image/layerFile.ts";
import type { LayerIndex } from "../core/image/layerIndex.ts";
import type { MergedLayers } from "../core/image/merge.ts";
import type { Result } from "../core/result.ts";
import type { ContentPlan } from "./contentPlan.ts";
import type { LayerPart } from "./fileContent.ts";
import type { LayerRegion, StoredTar } from "./layerSource.ts";
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
      /** Runs what is to come once on next to nothing. Nothing is said of it. */
      readonly kind: "rehearse";
    }
  | {
      readonly kind: "index";
      readonly region: StoredTar;
      readonly limits: Limits;
      readonly cache: CachePlace | undefined;
    }
  | {
      readonly kind: "load";
      readonly diffId: DiffId;
      readonly limits: Limits;
      readonly cache: CachePlace;
    }
  | {
      /** Looks a path up in a layer, which is indexed for that where the cache does not have it. */
      readonly kind: "find";
      /** Undefined where only the cache can have it. */
      readonly region: StoredTar | undefined;
      readonly diffId: DiffId;
      readonly limits: Limits;
      readonly cache: CachePlace | undefined;
      readonly path: string;
    }
  | {
      /** Reads a part of a layer once uncompressed. */
      readonly kind: "part";
      readonly region: StoredTar;
      readonly limits: Limits;
      readonly part: LayerPart;
    }
  | {
      /** Says what the bytes of an ELF file are for. */
      readonly kind: "label";
      readonly bytes: Uint8Array;
      /** Nodes of the answer, about. */
      readonly limit: number;
    }
  | {
      /** Puts the layers, base first, on top of each other for the task `merge` of the same thread, and makes the final tree while others look at contents. */
      readonly kind: "stack";
      readonly layers: readonly LayerIndex[];
      /** One for each layer: where its contents can be read; undefined where all are hashed or none can be. */
      readonly regions: readonly (StoredTar | undefined)[];
    }
  | {
      readonly kind: "hash";
      readonly region: StoredTar;
      readonly contents: ContentPlaces;
    }
  | {
      /** Says which contents of one layer are the same as those of another, or of its own, pair by pair. */
      readonly kind: "compare";
      readonly one: LayerRegion;
      readonly other: LayerRegion;
      readonly oneOffset: Float64Array;
      readonly otherOffset: Float64Array;
      readonly bytes: Float64Array;
    }
  | {
      readonly kind: "merge";
      /**
       * One for each layer: the hashes of what `stacked` asked for, undefined where they cannot be had. Among contents of one size any numbers will do that
       * are equal where the contents are.
       */
      readonly hashes: readonly (Uint32Array | undefined)[];
      readonly cache: CachePlace | undefined;
    }
  | StreamTask;

/** Contents that must be known to be the same or not before `merge`. */
export interface WantedContents {
  /** One for each layer. */
  readonly places: readonly ContentPlaces[];
  /** How that is found out. */
  readonly plan: ContentPlan;
}

/** Where contents lie in an uncompressed layer. */
export interface ContentPlaces {
  readonly offset: Float64Array;
  readonly bytes: Float64Array;
}

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
  /** A chunk that is used up, its memory given back. */
  | { readonly kind: "taken"; readonly bytes: Uint8Array }
  | { readonly kind: "indexed"; readonly result: Result<LayerIndex, ImageError> }
  | { readonly kind: "found"; readonly result: Result<LayerFile, ImageError> }
  | { readonly kind: "part"; readonly result: Result<Uint8Array, ImageError> }
  /** Undefined for what is no ELF file. */
  | { readonly kind: "labelled"; readonly map: ElfMap | undefined }
  | { readonly kind: "streamed"; readonly result: Result<StreamedLayer, ImageError> }
  | { readonly kind: "stacked"; readonly wanted: WantedContents }
  /** 1 for each pair that is the same. */
  | { readonly kind: "compared"; readonly result: Result<Uint8Array, ImageError> }
  | { readonly kind: "hashed"; readonly result: Result<Uint32Array, ImageError> }
  | { readonly kind: "merged"; readonly merged: MergedLayers }
  /** After the answer, when the cache is written too. */
  | { readonly kind: "idle" };

/** A layer read from a stream, named by its own bytes. */
export interface StreamedLayer {
  readonly diffId: DiffId;
  readonly index: LayerIndex;
}

/** How a thread says something; columns are moved. */
export type SayFromThread = (message: LayerMessage) => void;

/** The task of one kind, or of any of some. */
export type TaskOf<Kind extends LayerTask["kind"]> = Extract<LayerTask, { readonly kind: Kind }>;
