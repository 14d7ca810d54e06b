import type { ImageDescription, ReadImage } from "../core/image/image.ts";
import type { ImageError } from "../core/image/imageError.ts";
import type { Result } from "../core/result.ts";
import type { FileContent, FileRequest } from "./fileContent.ts";

/** How far reading has come, for a progress bar; also the totals where known. */
export interface ReadProgress {
  readonly layersDone: number;
  readonly layerCount: number;
  readonly bytesRead: number;
  /** Undefined when the source does not say how much will come. */
  readonly totalBytes: number | undefined;
}

/** The port behind which image stores stand: an engine, a `docker save` archive, an OCI layout. One value is one image as found at one moment. */
export interface OpenedImage {
  readonly description: ImageDescription;
  /** Reads what layers the cache does not have, in worker threads, and puts them on top of each other. Calls `onProgress` at most ten times a second. */
  read(options: {
    readonly signal: AbortSignal;
    readonly onProgress?: (progress: ReadProgress) => void;
  }): Promise<Result<ReadImage, ImageError>>;
  /** Reads what one layer holds at one path, and no more of the image than that takes. Nothing is written to disk by a path from the image, and nothing made in an engine. */
  readFile(request: FileRequest): Promise<Result<FileContent, ImageError>>;
  /** Lets go of file handles; safe to call twice. */
  close(): Promise<void>;
}
