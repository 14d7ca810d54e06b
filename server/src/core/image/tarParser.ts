import type { EntryKind, LayerEntry } from "./layerEntry.ts";
import { type PaxRecords, parsePaxRecords } from "./paxRecords.ts";
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

/** Understands header after header, whoever brings them: a reader that seeks over bodies, or a stream. */
export interface TarParser {
  /** Reads the header block at memory[at …]; `at` is a multiple of 4. */
  header(at: number): TarStep;
  /** Takes the body of an extension, without its padding. */
  extend(body: Uint8Array): TarStep;
  /** Whether an extension was read whose entry is still to come. */
  isOpen(): boolean;
  /** Bytes of the body that follows, valid after each step. */
  storedBytes(): number;
  /** The entry after the step `entry`, overwritten by the next. Its `bodyOffset` is left to the reader. */
  readonly entry: LayerEntry;
}

/**
 * A parser over the memory that headers are read into. v7, ustar, GNU and PAX: long names, base-256 numbers, sparse files. Global PAX headers
 * are accepted and not applied, as the engines do. Checksums are verified.
 */
export function createTarParser(memory: Uint8Array, limits: TarLimits): TarParser {
  const state: State = {
    memory,
    words: new Uint32Array(memory.buffer, memory.byteOffset, memory.length >>> 2),
    limits,
    entry: emptyEntry(limits.pathBytes),
    storedBytes: 0,
    pending: {},
    awaited: "none",
  };
  return {
    entry: state.entry,
    header: (at) => readHeader(state, at),
    extend: (body) => readExtension(state, body),
    isOpen: () => isOpen(state),
    storedBytes: () => state.storedBytes,
  };
}

type Awaited = "none" | "pax" | "globalPax" | "longName" | "longLink" | "sparseMap";

interface State {
  readonly memory: Uint8Array;
  readonly words: Uint32Array;
  readonly limits: TarLimits;
  readonly entry: LayerEntry;
  storedBytes: number;
  /** What extensions said of the entry to come. */
  pending: PaxRecords;
  awaited: Awaited;
}

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

function readHeader(state: State, at: number): TarStep {
  const { memory } = state;
  const sum = sumOfBlock(state.words, at >>> 2);
  if (sum === 0) return isOpen(state) ? malformed("the tar ends inside an entry") : "end";
  if (!hasChecksum(memory, at, sum)) return malformed("a tar header has a wrong checksum");
  const storedBytes = readNumber(memory, at + 124, 12);
  if (storedBytes === undefined) return malformed("a tar header states an impossible size");
  state.storedBytes = storedBytes;
  const type = memory[at + 156] ?? 0;
  const extension = extensionTypes[type];
  if (extension !== undefined) return awaitExtension(state, extension);
  if (type === 0x56) return "skip";
  if (type === 0x4d || type === 0x4e) return malformed("it holds a part of a multi-volume tar");
  return readEntry(state, at, type);
}

function isOpen(state: State): boolean {
  return Object.keys(state.pending).length > 0;
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

function awaitExtension(state: State, awaited: Awaited): TarStep {
  if (state.storedBytes > state.limits.extensionBytes) {
    return { kind: "limit", limit: `${state.limits.extensionBytes} bytes for a tar header` };
  }
  state.awaited = awaited;
  return "extension";
}

function readExtension(state: State, body: Uint8Array): TarStep {
  const { awaited, pending } = state;
  switch (awaited) {
    case "pax": {
      const records = parsePaxRecords(body);
      if (records === undefined) return malformed("a PAX header cannot be read");
      state.pending = { ...pending, ...records };
      return "skip";
    }
    case "longName":
      pending.path ??= body.slice(0, textLength(body, 0, body.length));
      return "skip";
    case "longLink":
      pending.linkTarget ??= body.slice(0, textLength(body, 0, body.length));
      return "skip";
    case "sparseMap":
      return readSparseMap(state, body);
    case "globalPax":
    case "none":
      return "skip";
  }
}

function readEntry(state: State, at: number, type: number): TarStep {
  const { entry, pending } = state;
  state.storedBytes = pending.storedBytes ?? state.storedBytes;
  const refusal = readPath(state, at) ?? readLinkTarget(state, at);
  if (refusal !== undefined) return refusal;
  entry.kind = kindOf(type, entry, state.storedBytes);
  const isFile = entry.kind === "file";
  if (!isFile && type !== 0x44) state.storedBytes = 0;
  entry.isSparse = isFile && pending.isSparse === true;
  entry.contentBytes = isFile ? state.storedBytes : 0;
  if (entry.isSparse) entry.contentBytes = pending.contentBytes ?? entry.contentBytes;
  readOwner(state, at);
  state.pending = {};
  return type === 0x53 ? readOldSparse(state, at) : "entry";
}

function readOwner({ memory, entry, pending }: State, at: number): void {
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

function readPath(state: State, at: number): TarRefusal | undefined {
  const { memory, entry, pending } = state;
  entry.pathLength = 0;
  const long = pending.sparseName ?? pending.path;
  if (long !== undefined) return appendPath(state, long, 0, long.length);
  const prefixBytes = prefixRoom(memory, at);
  if (prefixBytes > 0 && memory[at + 345] !== 0) {
    appendPath(state, memory, at + 345, textLength(memory, at + 345, prefixBytes));
    entry.path[entry.pathLength] = 0x2f;
    entry.pathLength += 1;
  }
  return appendPath(state, memory, at, textLength(memory, at, 100));
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
  { entry, limits }: State,
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
  { memory, entry, pending, limits }: State,
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
function readOldSparse(state: State, at: number): TarStep {
  const { memory, entry } = state;
  const contentBytes = readNumber(memory, at + 483, 12);
  if (contentBytes === undefined) return malformed("a sparse file states an impossible size");
  entry.isSparse = true;
  entry.contentBytes = contentBytes;
  state.pending = { storedBytes: state.storedBytes };
  return (memory[at + 482] ?? 0) === 0 ? endSparse(state) : awaitSparseMap(state);
}

function awaitSparseMap(state: State): TarStep {
  state.awaited = "sparseMap";
  state.storedBytes = blockBytes;
  return "extension";
}

function readSparseMap(state: State, body: Uint8Array): TarStep {
  return (body[504] ?? 0) === 0 ? endSparse(state) : awaitSparseMap(state);
}

function endSparse(state: State): TarStep {
  state.storedBytes = state.pending.storedBytes ?? 0;
  state.pending = {};
  state.awaited = "none";
  return "entry";
}

function malformed(reason: string): TarRefusal {
  return { kind: "malformed", reason };
}

function pathTooLong({ pathBytes }: TarLimits): TarRefusal {
  return { kind: "limit", limit: `${pathBytes} bytes for a path` };
}
