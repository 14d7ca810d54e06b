import type { FileHandle } from "node:fs/promises";
import type { ImageError } from "../core/image/imageError.ts";
import type { LayerEntry } from "../core/image/layerEntry.ts";
import { blockBytes, hasChecksum, paddedBytes, sumOfBlock } from "../core/image/tarFields.ts";
import {
  createTarParser,
  isOpen,
  readExtension,
  readHeader,
  type TarParser,
  type TarRefusal,
  type TarStep,
} from "../core/image/tarParser.ts";
import { fail, succeed, type Result } from "../core/result.ts";
import { tooLong } from "./folderFiles.ts";
import { sniffedBytes } from "./decoder.ts";
import { isCompressed, normaliseName, type ImageFiles } from "./imageFiles.ts";

/** Ceilings of the tar around an image: a file for each blob, with short names. */
export const archiveLimits = {
  tar: { pathBytes: 4096, extensionBytes: 1024 * 1024 },
  entries: 100_000,
};

/** One file of a tar: a region of it, or a link to another name. */
export type ArchivedFile =
  | { readonly kind: "file"; readonly offset: number; readonly length: number }
  | { readonly kind: "link"; readonly target: string };

/** The files of an image store that is an uncompressed tar. Lists it by going from header to header; bodies are read only when asked for. Takes over the handle. */
export async function openTar(
  path: string,
  handle: FileHandle,
  signal: AbortSignal,
): Promise<Result<ImageFiles, ImageError>> {
  const listed = await listTar(path, handle, signal);
  if (!listed.ok) return listed;
  const files = listed.value;
  return succeed({
    place: path,
    readSmallFile: async (name, maxBytes) => {
      const file = findFile(files, name);
      if (file === undefined) return succeed(undefined);
      if (file.length > maxBytes) return fail(tooLong(`${path}:${name}`, maxBytes));
      return succeed(await readBytes(handle, file.offset, file.length));
    },
    findBlob: async (name) => {
      const file = findFile(files, name);
      if (file === undefined) return undefined;
      const head = await readBytes(handle, file.offset, Math.min(sniffedBytes, file.length));
      return { blobBytes: file.length, isCompressed: isCompressed(head) };
    },
    openLayers: async (wanted) =>
      succeed(
        wanted.map(({ name, diffId }) => {
          const { offset, length } = findFile(files, name) ?? { offset: 0, length: 0 };
          return { kind: "file", diffId, path, offset, length };
        }),
      ),
    close: () => handle.close(),
  });
}

/** The file of that name, through links; undefined when there is none or the links go in a circle. */
export function findFile(
  files: ReadonlyMap<string, ArchivedFile>,
  name: string,
): (ArchivedFile & { readonly kind: "file" }) | undefined {
  let at = normaliseName(name);
  for (let links = 0; links < 8 && at !== undefined; links += 1) {
    const file = files.get(at);
    if (file === undefined || file.kind === "file") return file;
    at = normaliseName(file.target);
  }
  return undefined;
}

/** Whether these bytes begin a tar: a header with a fitting checksum, or the zeros of an empty one. */
export function isTarHeader(head: Uint8Array): boolean {
  if (head.length < blockBytes) return false;
  const block = head.slice(0, blockBytes);
  const sum = sumOfBlock(new Uint32Array(block.buffer), 0);
  return sum === 0 || hasChecksum(block, 0, sum);
}

/** Where a link of a tar leads, as a name in the tar: a symlink from its own folder on, a hard link from the root. Undefined for other entries. */
export function linkTargetOf(name: string, entry: LayerEntry): string | undefined {
  const target = decoder.decode(entry.linkTarget.subarray(0, entry.linkLength));
  if (entry.kind === "hardLink") return target;
  if (entry.kind !== "symlink") return undefined;
  return target.startsWith("/") ? target : `${name.slice(0, name.lastIndexOf("/") + 1)}${target}`;
}

/** Name of an entry as stores compare it; undefined when it leads out of the store. */
export function entryName(entry: LayerEntry): string | undefined {
  return normaliseName(decoder.decode(entry.path.subarray(0, entry.pathLength)));
}

/** The error for a tar around an image that cannot be read further. */
export function archiveError(path: string, refusal: TarRefusal): ImageError {
  return refusal.kind === "limit"
    ? { code: "limit-exceeded", limit: refusal.limit, where: path }
    : { code: "manifest-invalid", where: path, reason: refusal.reason };
}

const decoder = new TextDecoder();

async function listTar(
  path: string,
  handle: FileHandle,
  signal: AbortSignal,
): Promise<Result<ReadonlyMap<string, ArchivedFile>, ImageError>> {
  const cursor = await openCursor(handle);
  const files = new Map<string, ArchivedFile>();
  for (let entries = 0; entries < archiveLimits.entries; entries += 1) {
    if (signal.aborted) return fail({ code: "cancelled" });
    const step = await nextEntry(cursor);
    if (step === "end") return succeed(files);
    if (step !== "entry") return fail(archiveError(path, step));
    addFile(files, cursor);
  }
  return fail({ code: "limit-exceeded", limit: `${archiveLimits.entries} files`, where: path });
}

interface Cursor {
  readonly handle: FileHandle;
  readonly fileBytes: number;
  readonly block: Uint8Array;
  readonly parser: TarParser;
  /** Where the next header is. */
  headerOffset: number;
  /** Body of the entry found last. */
  bodyOffset: number;
  bodyBytes: number;
}

async function openCursor(handle: FileHandle): Promise<Cursor> {
  const block = new Uint8Array(blockBytes);
  return {
    handle,
    fileBytes: (await handle.stat()).size,
    block,
    parser: createTarParser(block, archiveLimits.tar),
    headerOffset: 0,
    bodyOffset: 0,
    bodyBytes: 0,
  };
}

const cutOff: TarRefusal = { kind: "malformed", reason: "it is cut off" };

/** Goes to the next entry; "end" at the zero block, or where the file ends between two entries. */
async function nextEntry(cursor: Cursor): Promise<"entry" | "end" | TarRefusal> {
  const { handle, parser, block, fileBytes } = cursor;
  for (;;) {
    const at = cursor.headerOffset;
    if (at > 0 && at === fileBytes && !isOpen(parser)) return "end";
    if (at + blockBytes > fileBytes) return cutOff;
    await handle.read(block, 0, blockBytes, at);
    cursor.headerOffset = at + blockBytes;
    const step = await readExtensions(cursor, readHeader(parser, 0));
    if (step === "skip") continue;
    if (step !== "entry") return step;
    cursor.bodyOffset = cursor.headerOffset;
    cursor.bodyBytes = parser.storedBytes;
    if (cursor.bodyOffset + cursor.bodyBytes > fileBytes) return cutOff;
    cursor.headerOffset += paddedBytes(cursor.bodyBytes);
    return "entry";
  }
}

/** Reads the bodies that belong to a header; what is left to do is an entry, the end, or the next header. */
async function readExtensions(
  cursor: Cursor,
  first: TarStep,
): Promise<"entry" | "skip" | "end" | TarRefusal> {
  const { handle, parser, fileBytes } = cursor;
  if (first === "skip") cursor.headerOffset += paddedBytes(parser.storedBytes);
  let step = first;
  while (step === "extension") {
    const length = parser.storedBytes;
    if (cursor.headerOffset + length > fileBytes) return cutOff;
    step = readExtension(parser, await readBytes(handle, cursor.headerOffset, length));
    cursor.headerOffset += paddedBytes(length);
  }
  return step;
}

function addFile(files: Map<string, ArchivedFile>, cursor: Cursor): void {
  const { entry } = cursor.parser;
  const name = entryName(entry);
  if (name === undefined) return;
  const target = linkTargetOf(name, entry);
  if (target !== undefined) files.set(name, { kind: "link", target });
  else if (entry.kind === "file") {
    files.set(name, { kind: "file", offset: cursor.bodyOffset, length: cursor.bodyBytes });
  }
}

/** Those bytes of the file; fewer where it ends. */
async function readBytes(handle: FileHandle, offset: number, length: number): Promise<Uint8Array> {
  const bytes = new Uint8Array(length);
  let filled = 0;
  while (filled < length) {
    const { bytesRead } = await handle.read(bytes, filled, length - filled, offset + filled);
    if (bytesRead === 0) break;
    filled += bytesRead;
  }
  return bytes.subarray(0, filled);
}
