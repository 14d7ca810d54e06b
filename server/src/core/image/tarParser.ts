import type { EntryKind, LayerEntry } from "./layerEntry.ts";
import { type PaxRecords, addPaxRecords, noPaxRecords } from "./paxRecords.ts";
import { blockBytes, hasChecksum, readNumber, sumOfBlock, textLength } from "./tarFields.ts";

/** Why a tar cannot be read further: malformed, in words for the end of a sentence, or past a ceiling. */
export type TarRefusal =
  | { readonly kind: "malformed"; readonly reason: string }
  | { readonly kind: "limit"; readonly limit: string };

/**
 * What comes after a header: an `extension` whose body must be handed to `extend`, an `entry` whose body may be passed over,
 * something to `skip`, or the zero block that ends the tar. Bodies are `storedBytes` long, padded to whole blocks.
 */
export type TarStep = "extension" | "entry" | "skip" | "end" | TarRefusal;

/** Ceilings of one tar. */
export interface TarLimits {
  readonly pathBytes: number;
  readonly extensionBytes: number;
}

/**
 * Understands header after header, whoever brings them: a reader that seeks over bodies, or a stream. A record for functions, as all that is asked for
 * each entry: functions made anew for each layer are compiled anew with the second layer, which takes longer than to read one.
 */
export interface TarParser {
  readonly memory: Uint8Array;
  readonly words: Uint32Array;
  readonly limits: TarLimits;
  /** The entry after the step `entry`, overwritten by the next. Its `bodyOffset` is left to the reader. */
  readonly entry: LayerEntry;
  /** Bytes of the body that follows, valid after each step. */
  storedBytes: number;
  /** What extensions said of the entry to come; `nothing` where there were none, which is never written to. */
  pending: PaxRecords;
  awaited: Awaited;
}

/**
 * A parser over the memory that headers are read into. v7, ustar, GNU and PAX: long names, base-256 numbers, sparse files. Global PAX headers
 * are accepted and not applied, as the engines do. Checksums are verified.
 */
export function createTarParser(memory: Uint8Array, limits: TarLimits): TarParser {
  return {
    memory,
    words: new Uint32Array(memory.buffer, memory.byteOffset, memory.length >>> 2),
    limits,
    entry: emptyEntry(limits.pathBytes),
    storedBytes: 0,
    pending: nothing,
    awaited: "none",
  };
}

const nothing = noPaxRecords();

type Awaited = "none" | "pax" | "globalPax" | "longName" | "longLink" | "sparseMap";

function emptyEntry(pathBytes: number): LayerEntry {
  return {
    kind: "file",
    path: new Uint8Array(pathBytes),
    pathLength: 0,
    linkTarget: new Uint8Array(pathBytes),
    linkLength: 0,
    contentBytes: 0,
    mode: 0,
    uid: 0,
    gid: 0,
    bodyOffset: -1,
    isSparse: false,
  };
}

/** Reads the header block at memory[at …]; `at` is a multiple of 4. */
export function readHeader(parser: TarParser, at: number): TarStep {
  const { memory } = parser;
  const sum = sumOfBlock(parser.words, at >>> 2);
  if (sum === 0) return isOpen(parser) ? malformed("the tar ends inside an entry") : "end";
  if (!hasChecksum(memory, at, sum)) return malformed("a tar header has a wrong checksum");
  const storedBytes = readNumber(memory, at + 124, 12);
  if (storedBytes === undefined) return malformed("a tar header states an impossible size");
  parser.storedBytes = storedBytes;
  const type = memory[at + 156] ?? 0;
  const extension = extensionTypes[type];
  if (extension !== undefined) return awaitExtension(parser, extension);
  if (type === 0x56) return "skip";
  if (type === 0x4d || type === 0x4e) return malformed("it holds a part of a multi-volume tar");
  return readEntry(parser, at, type);
}

/** Whether an extension was read whose entry is still to come. */
export function isOpen(parser: TarParser): boolean {
  return parser.pending !== nothing;
}

const extensionTypes: Readonly<Record<number, Awaited | undefined>> = {
  // "x" and Solaris' "X"
  0x78: "pax",
  0x58: "pax",
  0x67: "globalPax",
  // "L" and "K" of GNU tar
  0x4c: "longName",
  0x4b: "longLink",
};

function awaitExtension(parser: TarParser, awaited: Awaited): TarStep {
  if (parser.storedBytes > parser.limits.extensionBytes) {
    return { kind: "limit", limit: `${parser.limits.extensionBytes} bytes for a tar header` };
  }
  parser.awaited = awaited;
  return "extension";
}

/** Takes the body of an extension, without its padding. */
export function readExtension(parser: TarParser, body: Uint8Array): TarStep {
  switch (parser.awaited) {
    case "pax": {
      const isRead = addPaxRecords(pendingOf(parser), body);
      return isRead ? "skip" : malformed("a PAX header cannot be read");
    }
    case "longName":
      pendingOf(parser).path ??= body.slice(0, textLength(body, 0, body.length));
      return "skip";
    case "longLink":
      pendingOf(parser).linkTarget ??= body.slice(0, textLength(body, 0, body.length));
      return "skip";
    case "sparseMap":
      return readSparseMap(parser, body);
    case "globalPax":
    case "none":
      return "skip";
  }
}

/** The records of the entry to come, to be written to. */
function pendingOf(parser: TarParser): PaxRecords {
  if (parser.pending === nothing) parser.pending = noPaxRecords();
  return parser.pending;
}

function readEntry(parser: TarParser, at: number, type: number): TarStep {
  const { entry, pending } = parser;
  parser.storedBytes = pending.storedBytes ?? parser.storedBytes;
  const refusal = readPath(parser, at) ?? readLinkTarget(parser, at);
  if (refusal !== undefined) return refusal;
  entry.kind = kindOf(type, entry, parser.storedBytes);
  const isFile = entry.kind === "file";
  if (!isFile && type !== 0x44) parser.storedBytes = 0;
  entry.isSparse = isFile && pending.isSparse;
  entry.contentBytes = isFile ? parser.storedBytes : 0;
  if (entry.isSparse) entry.contentBytes = pending.contentBytes ?? entry.contentBytes;
  readOwner(parser, at);
  parser.pending = nothing;
  return type === 0x53 ? readOldSparse(parser, at) : "entry";
}

function readOwner({ memory, entry, pending }: TarParser, at: number): void {
  entry.mode = (readNumber(memory, at + 100, 8) ?? 0) & 0o7777;
  entry.uid = pending.uid ?? readNumber(memory, at + 108, 8) ?? 0;
  entry.gid = pending.gid ?? readNumber(memory, at + 116, 8) ?? 0;
}

/** Contiguous files, unknown types and what old tars left out are regular files: POSIX ustar § typeflag. Directories of v7 end with a slash. */
function kindOf(type: number, entry: LayerEntry, storedBytes: number): EntryKind {
  switch (type) {
    case 0x31:
      return "hardLink";
    case 0x32:
      return "symlink";
    case 0x33:
    case 0x34:
    case 0x36:
      return "device";
    // "5", and GNU's "D" that lists names in its body
    case 0x35:
    case 0x44:
      return "directory";
    default: {
      const isOld = type === 0 || storedBytes === 0;
      const endsWithSlash = entry.path[entry.pathLength - 1] === 0x2f;
      return isOld && endsWithSlash ? "directory" : "file";
    }
  }
}

function readPath(parser: TarParser, at: number): TarRefusal | undefined {
  const { memory, entry, pending } = parser;
  entry.pathLength = 0;
  const long = pending.sparseName ?? pending.path;
  if (long !== undefined) return appendPath(parser, long, 0, long.length);
  const prefixBytes = prefixRoom(memory, at);
  if (prefixBytes > 0 && memory[at + 345] !== 0) {
    appendPath(parser, memory, at + 345, textLength(memory, at + 345, prefixBytes));
    entry.path[entry.pathLength] = 0x2f;
    entry.pathLength += 1;
  }
  return appendPath(parser, memory, at, textLength(memory, at, 100));
}

/** How long the prefix field is: 155 bytes in ustar, 131 in star, none in v7 and GNU. */
function prefixRoom(memory: Uint8Array, at: number): number {
  const isUstar = memory[at + 257] === 0x75 && memory[at + 261] === 0x72 && memory[at + 262] === 0;
  if (!isUstar) return 0;
  const isStar =
    memory[at + 508] === 0x74 && memory[at + 509] === 0x61 && memory[at + 510] === 0x72;
  return isStar ? 131 : 155;
}

function appendPath(
  { entry, limits }: TarParser,
  source: Uint8Array,
  start: number,
  length: number,
): TarRefusal | undefined {
  const at = entry.pathLength;
  if (at + length > limits.pathBytes) return pathTooLong(limits);
  for (let byte = 0; byte < length; byte += 1) entry.path[at + byte] = source[start + byte] ?? 0;
  entry.pathLength = at + length;
  return undefined;
}

function readLinkTarget(
  { memory, entry, pending, limits }: TarParser,
  at: number,
): TarRefusal | undefined {
  const isLong = pending.linkTarget !== undefined;
  const source = pending.linkTarget ?? memory;
  const start = isLong ? 0 : at + 157;
  const length = isLong ? source.length : textLength(memory, start, 100);
  if (length > limits.pathBytes) return pathTooLong(limits);
  for (let byte = 0; byte < length; byte += 1) entry.linkTarget[byte] = source[start + byte] ?? 0;
  entry.linkLength = length;
  return undefined;
}

/** GNU's old sparse format: the real size in the header, the map in blocks between header and body. */
function readOldSparse(parser: TarParser, at: number): TarStep {
  const { memory, entry } = parser;
  const contentBytes = readNumber(memory, at + 483, 12);
  if (contentBytes === undefined) return malformed("a sparse file states an impossible size");
  entry.isSparse = true;
  entry.contentBytes = contentBytes;
  pendingOf(parser).storedBytes = parser.storedBytes;
  return (memory[at + 482] ?? 0) === 0 ? endSparse(parser) : awaitSparseMap(parser);
}

function awaitSparseMap(parser: TarParser): TarStep {
  parser.awaited = "sparseMap";
  parser.storedBytes = blockBytes;
  return "extension";
}

function readSparseMap(parser: TarParser, body: Uint8Array): TarStep {
  return (body[504] ?? 0) === 0 ? endSparse(parser) : awaitSparseMap(parser);
}

function endSparse(parser: TarParser): TarStep {
  parser.storedBytes = parser.pending.storedBytes ?? 0;
  parser.pending = nothing;
  parser.awaited = "none";
  return "entry";
}

function malformed(reason: string): TarRefusal {
  return { kind: "malformed", reason };
}

function pathTooLong({ pathBytes }: TarLimits): TarRefusal {
  return { kind: "limit", limit: `${pathBytes} bytes for a path` };
}
