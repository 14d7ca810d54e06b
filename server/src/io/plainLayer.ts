import type { ImageError } from "../core/image/imageError.ts";
import {
  type LayerBuilder,
  createLayerBuilder,
  finishLayer,
  noteContentHash,
} from "../core/image/layerBuilder.ts";
import { blockBytes, paddedBytes } from "../core/image/tarFields.ts";
import {
  type TarParser,
  type TarRefusal,
  type TarStep,
  createTarParser,
  isOpen,
  readExtension,
  readHeader,
} from "../core/image/tarParser.ts";
import { type Result, fail, succeed } from "../core/result.ts";
import type { EntryArena } from "../core/image/entryArena.ts";
import type { LayerEntry } from "../core/image/layerEntry.ts";
import { contentHashOf } from "./contentHash.ts";
import { memoryToHashIn } from "./hashMemory.ts";
import { addWithin, bytesRefusal, takeWithin } from "./entryLimits.ts";
import { type FileWindow, bring, fillFrom, openFileWindow, readWhole } from "./fileWindow.ts";
import { tarError } from "./layerErrors.ts";
import type { ReadLayer } from "./layerIndexer.ts";
import type { Limits } from "./limits.ts";
import { type SeekPlace, noteEvidence } from "./seekEvidence.ts";
import { borrowArena, returnArena } from "./threadArena.ts";
import { type RegionFile, readPortions, sha256OfRegion } from "./regionReader.ts";

/** How much is read where a header is looked for. Small files bring the next headers with them. */
const readAheadBytes = 8 * 1024;

/** Bodies up to this length are read along and hashed: that costs less than to come back for those whose content must be compared. Larger ones are never read. */
const smallBodyBytes = 4 * 1024;

/** A header with one of PAX before it, and a small body: in a window that holds so much more an entry is not left because it is not whole. */
const ordinaryBytes = 4 * blockBytes + smallBodyBytes;

/** The two zero blocks that end a tar, and those that fill a record of 20. Where more zeros follow, a part of the layer may have been lost. */
const usualEndBytes = 22 * blockBytes;

/**
 * Indexes an uncompressed layer by seeking from header to header. Only small contents are hashed, and only a tar without an end mark, or with a long
 * one, is read as a whole, for its digest. `onPosition` is told now and then how far it has come.
 */
export function readPlainLayer(
  name: string,
  file: RegionFile,
  limits: Limits,
  onPosition: (position: number) => void,
): Result<ReadLayer, ImageError> {
  const arena = borrowArena();
  try {
    return readFrom(createSeeker(file, limits, arena), name, onPosition);
  } finally {
    returnArena(arena);
  }
}

function readFrom(
  seeker: Seeker,
  name: string,
  onPosition: (position: number) => void,
): Result<ReadLayer, ImageError> {
  const { file, limits } = seeker;
  for (let read = walk(seeker); read !== "end"; read = walk(seeker)) {
    if (read !== "goes on") return fail(tarError(name, read));
    onPosition(seeker.position);
  }
  const isMarked = seeker.position < file.length;
  if (isMarked && !isZero(file, seeker.position)) {
    return fail(
      tarError(name, { kind: "malformed", reason: "something follows the end of the tar" }),
    );
  }
  // Of a layer in an engine's storage the length is known only now.
  const refusal = bytesRefusal(file.length, limits);
  if (refusal !== undefined) return fail(tarError(name, refusal));
  const isUsual = isMarked && file.length - seeker.position <= usualEndBytes;
  const diffId = isUsual ? undefined : sha256OfRegion(file);
  return succeed({ index: finishLayer(seeker.builder, file.length), diffId, isMarked });
}

/** A reader on its way through the file; functions take it along, as they do a `TarParser`. */
interface Seeker {
  readonly file: RegionFile;
  readonly window: FileWindow;
  readonly parser: TarParser;
  readonly builder: LayerBuilder;
  readonly limits: Limits;
  /** Where the next header is expected, or the end of the tar begins. */
  position: number;
}

const cutOff: TarRefusal = { kind: "malformed", reason: "the tar is cut off" };

function createSeeker(file: RegionFile, limits: Limits, arena: EntryArena | undefined): Seeker {
  const window = openFileWindow(file, memoryToHashIn(readAheadBytes));
  return {
    file,
    window,
    limits,
    builder: createLayerBuilder(arena),
    parser: createTarParser(window.memory, limits),
    position: 0,
  };
}

/** Not all headers in one loop: V8 compiles a loop that is in progress for its place alone, again and again, and a function that is called often once. */
function walk(seeker: Seeker): TarRefusal | "end" | "goes on" {
  for (let count = 0; count < headersAtOnce; count += 1) {
    const refusal = step(seeker);
    if (refusal !== undefined) return refusal;
  }
  return "goes on";
}

const headersAtOnce = 64;

/** Goes past one header and what belongs to it, or past many. */
function step(seeker: Seeker): TarRefusal | "end" | undefined {
  const { file, window, parser, position } = seeker;
  if (position === file.length) return isOpen(parser) ? cutOff : "end";
  if (position > file.length || bring(window, position, blockBytes) < 0) return cutOff;
  if (!isOpen(parser)) {
    const refusal = passOrdinary(seeker);
    if (refusal !== undefined || seeker.position !== position) return refusal;
  }
  const read = readHeader(parser, position - window.start);
  if (read === "end") return "end";
  seeker.position = position + blockBytes;
  return follow(seeker, read);
}

/** Goes past ordinary entries; stays where it is if the first is none. */
function passOrdinary(seeker: Seeker): TarRefusal | undefined {
  const { file, window, limits, builder, position } = seeker;
  let next = takeWithin(limits, builder, window, position, smallBodyBytes);
  const isWhole = position + ordinaryBytes <= window.end;
  if (next === position && !isWhole && window.end < file.length) {
    fillFrom(window, position);
    next = takeWithin(limits, builder, window, position, smallBodyBytes);
  }
  if (typeof next !== "number") return next;
  seeker.position = next;
  return undefined;
}

function follow(seeker: Seeker, read: TarStep): TarRefusal | undefined {
  const { parser, builder, limits } = seeker;
  const { storedBytes, entry } = parser;
  const bodyAt = seeker.position;
  if (read !== "end") seeker.position = bodyAt + paddedBytes(storedBytes);
  switch (read) {
    case "end":
    case "skip":
      return undefined;
    case "extension":
      return extend(seeker, bodyAt, storedBytes);
    case "entry": {
      entry.bodyOffset = storedBytes === 0 ? -1 : bodyAt;
      const added = addWithin(limits, builder, entry);
      return typeof added === "number" ? lookInside(seeker, entry, added) : added;
    }
    default:
      return read;
  }
}

function extend(seeker: Seeker, bodyAt: number, storedBytes: number): TarRefusal | undefined {
  const body = bodyOf(seeker, bodyAt, storedBytes);
  if (body === undefined) return cutOff;
  const extended = readExtension(seeker.parser, body);
  return extended === "skip" ? undefined : follow(seeker, extended);
}

/** A body that is mostly in the window already; undefined when the file ends before it does. */
function bodyOf({ file, window }: Seeker, bodyAt: number, bytes: number): Uint8Array | undefined {
  if (bytes <= window.memory.length) {
    const at = bring(window, bodyAt, bytes);
    return at < 0 ? undefined : window.memory.subarray(at, at + bytes);
  }
  const body = new Uint8Array(bytes);
  return readWhole(file, body, bodyAt) < bytes ? undefined : body;
}

/** Keeps and hashes what is cheap to have. */
function lookInside(place: SeekPlace, entry: LayerEntry, handle: number): TarRefusal | undefined {
  const { contentBytes, bodyOffset, isSparse, kind } = entry;
  if (handle < 0 || isSparse || kind !== "file") return undefined;
  const { window, builder } = place;
  if (contentBytes > 0 && contentBytes <= smallBodyBytes) {
    const at = bring(window, bodyOffset, contentBytes);
    if (at < 0) return cutOff;
    noteContentHash(builder, handle, contentHashOf(window.memory, at, at + contentBytes));
  }
  return noteEvidence(place, entry, handle) ? undefined : cutOff;
}

function isZero(file: RegionFile, position: number): boolean {
  let isAllZero = true;
  readPortions(file, position, file.length - position, (portion) => {
    isAllZero &&= portion.every((byte) => byte === 0);
  });
  return isAllZero;
}
