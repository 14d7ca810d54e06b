import type { DiffId } from "../core/image/digest.ts";
import type { ImageError } from "../core/image/imageError.ts";
import type { Result } from "../core/result.ts";
import type { StreamedFile } from "./archiveReader.ts";
import type { Compression } from "./decoder.ts";
import type { LayerPart } from "./fileContent.ts";
import type { EngineEndpoint } from "./engineEndpoints.ts";
import type { EngineQuery, EngineTimeouts } from "./engineRequest.ts";
import type { ReadProgress } from "./imageSource.ts";
import type { Limits } from "./limits.ts";

/** An archive that is read from its beginning to its end in a thread of its own, so that no request waits for it. Plain data. */
export interface ArchiveTask {
  /** The archive for people. */
  readonly place: string;
  readonly source: ArchiveSource;
  readonly wanted: WantedFiles;
  /** For progress. */
  readonly layerCount: number;
  /** See `ArchiveReaderOptions`. */
  readonly isProven: boolean;
  readonly cacheFolder?: string;
  readonly limits?: Limits;
}

/** A part of one layer of an archive, which is read no further than that takes. Plain data. */
export interface PartTask {
  readonly place: string;
  readonly source: ArchiveSource;
  readonly wanted: WantedPart;
  readonly limits?: Limits;
}

/** Of which layer a part is wanted. */
export interface WantedPart extends LayerPart {
  readonly diffId: DiffId;
  /** Files of the archive that are known to hold the layer. In any other it is found by its diffId. */
  readonly names: readonly string[];
}

/** An archive that can only be read from its beginning. */
export type ArchiveSource = ExportSource | PackedSource;

/** An engine's export of one image, over a connection of its own. */
export interface ExportSource {
  readonly kind: "export";
  readonly endpoint: EngineEndpoint;
  readonly timeouts: EngineTimeouts;
  /** Of the request. */
  readonly path: string;
  readonly query: EngineQuery;
  /** As the user wrote it, for errors. */
  readonly reference: string;
}

/** A file that is packed as a whole. */
export interface PackedSource {
  readonly kind: "packed";
  readonly path: string;
  readonly compression: Compression;
}

/** Which layers of an archive are to be read: those in the named files, or all but those known already. */
export type WantedFiles =
  | { readonly kind: "names"; readonly names: readonly string[] }
  | { readonly kind: "unknown"; readonly known: readonly DiffId[] };

/** What the thread says. */
export type ArchiveMessage =
  | { readonly kind: "progress"; readonly progress: ReadProgress }
  | { readonly kind: "done"; readonly result: Result<StreamedEntries, ImageError> }
  | { readonly kind: "part"; readonly result: Result<Uint8Array, ImageError> };

/** What came by, by name; see `findStreamed`. */
export type StreamedEntries = readonly (readonly [string, StreamedFile])[];
