import { setImmediate as nextTurn } from "node:timers/promises";
import type { ImageError } from "../core/image/imageError.ts";
import type {
  FileFacts,
  FilePlace,
  LayerFile,
  NoEntry,
  OtherEntry,
} from "../core/image/layerFile.ts";
import { fail, succeed, type Result } from "../core/result.ts";
import { createContentHasher } from "./contentHash.ts";
import { unreadable } from "./layerErrors.ts";

/** Which file of which layer, and how much of it. */
export interface FileRequest {
  /** Index of the layer, base first. */
  readonly layer: number;
  /** Relative, no `/` in front; no link is followed. */
  readonly path: string;
  /** A longer file is not read and is `too-large`; with `start` the most that is read. */
  readonly maxBytes: number;
  /** Where in the content to begin; the answer then is a part of at most `maxBytes`. Without it the whole file is meant. */
  readonly start?: number;
  readonly signal: AbortSignal;
}

/** What a layer holds at a path. */
export type FileContent =
  | RegularFile
  | (FileFacts & (OtherEntry | TooLarge))
  /** `ambiguous`: several names that are no UTF-8 look like the path. */
  | NoEntry;

/** A regular file, also under a later name of its inode group. */
export interface RegularFile extends FileFacts {
  readonly kind: "file";
  /** The whole content, or the part that was asked for; its memory belongs to the caller. */
  readonly bytes: Uint8Array;
  /** Of the whole content. */
  readonly contentBytes: number;
}

/** A file longer than `maxBytes`, of which nothing was read. */
export interface TooLarge {
  readonly kind: "too-large";
  readonly contentBytes: number;
}

/** A part of an uncompressed layer. */
export interface LayerPart {
  readonly offset: number;
  readonly length: number;
}

/** Reads what was found; `readPart` is called at most once, and only for what has bytes. The whole content of a file is held against its hash where that is known. */
export async function readFound(
  found: LayerFile,
  { path, start, maxBytes, signal }: FileRequest,
  readPart: (part: LayerPart) => Promise<Result<Uint8Array, ImageError>>,
): Promise<Result<FileContent, ImageError>> {
  if (found.kind !== "file") return succeed(found);
  const { contentBytes, bodyOffset, contentHash, ...facts } = found;
  const from = Math.min(start ?? 0, contentBytes);
  const length = start === undefined ? contentBytes : Math.min(maxBytes, contentBytes - from);
  if (length > maxBytes) return succeed({ ...facts, kind: "too-large", contentBytes });
  const bytes =
    length === 0
      ? succeed(new Uint8Array(0))
      : await readPart({ offset: bodyOffset + from, length });
  if (!bytes.ok) return bytes;
  const isAllThere = bytes.value.length === length;
  if (!isAllThere || (length === contentBytes && !(await fits(bytes.value, contentHash, signal)))) {
    if (signal.aborted) return fail({ code: "cancelled" });
    return fail(unreadable(`with ${path}`, "the file is not what it was when the layer was read"));
  }
  return succeed({ ...facts, bytes: bytes.value, contentBytes });
}

/** In steps, between which others have their turn: the hash of a program of 500 MB takes a tenth of a second. */
async function fits(
  bytes: Uint8Array,
  contentHash: FilePlace["contentHash"],
  signal: AbortSignal,
): Promise<boolean> {
  if (contentHash === undefined) return true;
  const hasher = createContentHasher();
  hasher.begin();
  for (let at = 0; at < bytes.length && !signal.aborted; at += stepBytes) {
    if (at > 0) await nextTurn();
    hasher.add(bytes, at, Math.min(at + stepBytes, bytes.length));
  }
  return hasher.end() === contentHash;
}

const stepBytes = 4 * 2 ** 20;
