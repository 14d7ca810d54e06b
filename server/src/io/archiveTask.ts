import type { DiffId } from "../core/image/digest.ts";
import type { ImageError } from "../core/image/imageError.ts";
import type { Result } from "../core/result.ts";
import type { StreamedFile } from "./archiveReader.ts";
import type { Compression } from "./decoder.ts";
import type { EngineEndpoint } from "./engineEndpoints.ts";
import type { EngineQuery, EngineTimeouts } from "./engineRequest.ts";
import type { ReadProgress } from "./imageSource.ts";
import type { Limits } from "./limits.ts";

/** An archive that is read from its beginning to its end in a thread of its own, so that no request waits for it. Plain data. */
export interface ArchiveTask {
  /** The archive for people. */
  readonly place: string;
  readonly source: ExportSource | PackedSource;
  readonly wanted: WantedFiles;
  /** For progress. */
  readonly layerCount: number;
  readonly cacheFolder?: string;
  readonly limits?: Limits;
}

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
  | { readonly kind: "done"; readonly result: Result<StreamedEntries, ImageError> };

/** What came by, by name; see `findStreamed`. */
export type StreamedEntries = readonly (readonly [string, StreamedFile])[];
