// Takes the entries of a layer that are as nearly all are: files, directories and symlinks of ustar, new in a directory that is known already, with nothing in
// them to look at, and whiteouts; with a PAX header for a long path or without. Every other is left, untouched, to core/image/tarParser.ts and layerBuilder.ts,
// which know what to make of it, and of these as well.
//
// AssemblyScript, for its code is compiled once for all threads and is fast from the first call. JavaScript is compiled anew in each thread while its first layer
// waits for that: two thirds of the time that uncompressed layers took.

import { mayBeKept } from "./keptPaths";
import {
  Layer,
  addLinkText,
  addNode,
  directoryKind,
  directoryOf,
  findChild,
  hashName,
  slash,
} from "./layerNodes";
import { readPaxHeader } from "./paxHeader";
import { Reading } from "./reading";
import {
  blockBytes,
  hasChecksum,
  octal,
  paddedBytes,
  prefixLengthOf,
  textLength,
} from "./tarHeader";

/** XXH64 of the bytes that lie there, by xxhash-wasm. */
declare function xxh64(at: usize, bytes: i32, seed: u64): u64;

// Values of `nodeKind` and bits of `layerFlag`.
const fileKind: u8 = 1;
const symlinkKind: u8 = 2;
const whiteoutKind: u8 = 4;
const statedFlag: u8 = 1;
const whitedOutFlag: u8 = 4;
const hashedFlag: u8 = 8;

// POSIX ustar § typeflag, and that of pax.
const fileType: u8 = 0x30;
const symlinkType: u8 = 0x32;
const directoryType: u8 = 0x35;
const paxType: u8 = 0x78;

const dot: u8 = 0x2e;

/** What is said of an entry that is left, where others have the bytes that they take in the tar. */
const left: f64 = -1;

/**
 * Takes entry after entry of the tar that lies at [at … end), from a header on, until one is left or the next header is not whole. Contents up to `hashedBytes`
 * are hashed and must be whole, larger ones are passed over. `origin` is the place in the tar of address 0. Returns the place of the next header.
 */
export function takeEntries(
  reading: Reading,
  at: usize,
  end: usize,
  origin: f64,
  hashedBytes: f64,
): f64 {
  reading.end = end;
  reading.origin = origin;
  reading.hashedBytes = hashedBytes;
  const last = origin + <f64>end - <f64>blockBytes;
  let position = origin + <f64>at;
  while (position <= last) {
    const taken = takeEntry(reading, <usize>(position - origin));
    if (taken < 0) break;
    position += taken;
  }
  return position;
}

/** With its PAX header where it has one. */
function takeEntry(reading: Reading, at: usize): f64 {
  reading.paxPath = reading.paxPathEnd = 0;
  reading.paxTarget = reading.paxTargetEnd = 0;
  if (!hasChecksum(at)) return left;
  if (load<u8>(at, 156) !== paxType) return takeMember(reading, at);
  const bytes = <f64>octal(at + 124, 12);
  const body = at + blockBytes;
  const padded = paddedBytes(bytes);
  const isWhole = <f64>body + padded + <f64>blockBytes <= <f64>reading.end;
  if (bytes < 0 || !isWhole || !readPaxHeader(reading, body, body + <usize>bytes)) return left;
  const member = body + <usize>padded;
  if (!hasChecksum(member)) return left;
  const taken = takeMember(reading, member);
  return taken < 0 ? left : <f64>(member - at) + taken;
}

/** The entry with the header at `at`, whose checksum fits. */
function takeMember(reading: Reading, at: usize): f64 {
  const bytes = <f64>octal(at + 124, 12);
  if (bytes < 0) return left;
  readPath(reading, at);
  const name = reading.name;
  const type = load<u8>(at, 156);
  if (isWhiteout(name, reading.pathEnd)) {
    return type === fileType && bytes === 0 && !reading.hasSlash ? takeWhiteout(reading) : left;
  }
  if (!isOrdinary(name, reading.pathEnd)) return left;
  if (type === fileType) return takeFile(reading, at, bytes);
  if (type === symlinkType) return takeSymlink(reading, at);
  if (type !== directoryType || addEntry(reading, at) < 0) return left;
  return <f64>blockBytes;
}

/** Finds the path of an entry. */
function readPath(reading: Reading, at: usize): void {
  let path = reading.paxPath;
  let end = reading.paxPathEnd;
  if (path === end) {
    path = at;
    end = at + textLength(at, 100);
    const prefixLength = prefixLengthOf(at);
    if (prefixLength !== 0) {
      path = reading.joined;
      const nameLength = end - at;
      memory.copy(path, at + 345, prefixLength);
      store<u8>(path + prefixLength, slash);
      memory.copy(path + prefixLength + 1, at, nameLength);
      end = path + prefixLength + 1 + nameLength;
    }
  }
  reading.path = path;
  reading.hasSlash = end > path && load<u8>(end - 1) === slash;
  while (end > path && load<u8>(end - 1) === slash) end--;
  reading.pathEnd = end;
  while (end > path && load<u8>(end - 1) !== slash) end--;
  reading.name = end;
}

/** Whether [start … end) is none of the names that mean something else: an empty one, `.`, `..`, `.wh.…`. */
function isOrdinary(start: usize, end: usize): bool {
  const length = end - start;
  if (length === 0 || load<u8>(start) !== dot) return length !== 0;
  if (length === 1 || (length === 2 && load<u8>(start, 1) === dot)) return false;
  return !isWhiteout(start, end);
}

function isWhiteout(start: usize, end: usize): bool {
  return end - start >= 4 && load<u32>(start) === 0x2e68772e;
}

/** A whiteout of one name, which is not its directory's first. */
function takeWhiteout(reading: Reading): f64 {
  const start = reading.name + 4;
  const whiteouts = reading.whiteouts;
  if (!isOrdinary(start, reading.pathEnd)) return left;
  const directory = directoryOf(whiteouts, reading.path, reading.name);
  if (directory < 0) return left;
  const node = addNew(whiteouts, directory, start, reading.pathEnd);
  if (node < 0) return left;
  store<u8>(whiteouts.kind + node, whiteoutKind);
  store<u8>(whiteouts.flags + node, whitedOutFlag);
  return <f64>blockBytes;
}

function takeSymlink(reading: Reading, at: usize): f64 {
  const entries = reading.entries;
  let target = reading.paxTarget;
  let end = reading.paxTargetEnd;
  if (target === end) {
    target = at + 157;
    end = target + textLength(target, 100);
  }
  if (entries.linkBytes + <u32>(end - target) > entries.linkCapacity) return left;
  const node = addEntry(reading, at);
  if (node < 0) return left;
  store<u8>(entries.kind + node, symlinkKind);
  addLinkText(entries, target, end);
  return <f64>blockBytes;
}

function takeFile(reading: Reading, at: usize, bytes: f64): f64 {
  const entries = reading.entries;
  const body = at + blockBytes;
  if (reading.hasSlash || !canPass(reading, at, body, bytes)) return left;
  if (mayBeKept(reading.kept, reading.path, reading.pathEnd)) return left;
  const node = addEntry(reading, at);
  if (node < 0) return left;
  store<u8>(entries.kind + node, fileKind);
  if (bytes === 0) return <f64>blockBytes;
  store<f64>(entries.bytes + ((<usize>node) << 3), bytes);
  store<f64>(entries.bodyOffset + ((<usize>node) << 3), reading.origin + <f64>body);
  reading.contentBytes += bytes;
  if (bytes <= reading.hashedBytes) {
    store<u32>(entries.contentHash + ((<usize>node) << 2), <u32>xxh64(body, <i32>bytes, 0));
    store<u8>(entries.flags + node, statedFlag | hashedFlag);
  }
  return <f64>blockBytes + paddedBytes(bytes);
}

/** Whether all of a content that must be there is, and it is no program, script or WebAssembly: core/image/bodyWatcher.ts. */
function canPass(reading: Reading, at: usize, body: usize, bytes: f64): bool {
  const needed = bytes <= reading.hashedBytes ? bytes : 4;
  if (<f64>body + needed > <f64>reading.end) return false;
  if (bytes < 4) return true;
  const mark = load<u32>(body);
  const isScript = (mark & 0xffff) === 0x2123 && (octal(at + 100, 8) & 0o111) !== 0;
  return mark !== 0x464c457f && mark !== 0x6d736100 && !isScript;
}

/** Adds the entry as an empty directory; -1 where it has no known place, one that is taken, or odd fields, or where there is no room. */
function addEntry(reading: Reading, at: usize): i32 {
  const entries = reading.entries;
  const mode = octal(at + 100, 8);
  const uid = octal(at + 108, 8);
  const gid = octal(at + 116, 8);
  if (mode < 0 || uid < 0 || gid < 0) return -1;
  const directory = directoryOf(entries, reading.path, reading.name);
  if (directory < 0) return -1;
  const node = addNew(entries, directory, reading.name, reading.pathEnd);
  if (node < 0) return -1;
  const word = (<usize>node) << 2;
  store<u8>(entries.kind + node, directoryKind);
  store<u8>(entries.flags + node, statedFlag);
  store<u32>(entries.mode + word, <u32>mode & 0o7777);
  store<u32>(entries.uid + word, <u32>uid);
  store<u32>(entries.gid + word, <u32>gid);
  return node;
}

/** Adds a node under a name; -1 where the directory has it already, or where there is no room. */
function addNew(layer: Layer, directory: i32, start: usize, end: usize): i32 {
  const hash = hashName(directory, start, end);
  if (findChild(layer, directory, hash, start, end) >= 0) return -1;
  return addNode(layer, directory, hash, start, end);
}
