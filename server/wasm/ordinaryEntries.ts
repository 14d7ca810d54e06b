// Takes the entries of a layer that are as nearly all are: files, directories and symlinks of ustar, new in a directory that is known already, with nothing in
// them to look at. Every other is left, untouched, to core/image/tarParser.ts and layerBuilder.ts, which know what to make of it, and of these as well.
//
// AssemblyScript, for its code is compiled once for all threads and is fast from the first call. JavaScript is compiled anew in each thread while its first layer
// waits for that: two thirds of the time that uncompressed layers took.

import { blockBytes, hasChecksum, octal, prefixLengthOf, textLength } from "./tarHeader";

/** XXH64 of the bytes that lie there, by xxhash-wasm. */
declare function xxh64(at: usize, bytes: i32, seed: u64): u64;

/** A layer on its way, field by field as core/image/entryArena.ts lays it out. Columns are those of core/image/nodeColumns.ts. */
@unmanaged
class Layer {
  /** Of all entries so far. */
  contentBytes: f64;
  count: i32;
  capacity: i32;
  nameBytes: u32;
  nameCapacity: u32;
  linkCount: i32;
  linkBytes: u32;
  linkCapacity: u32;
  slotMask: i32;
  /** Of the path of the last entry's directory; -1 where none is remembered. */
  prefixLength: i32;
  /** That directory; negative where entries below it are not kept. */
  prefixNode: i32;
  prefix: usize;
  /** Room for a path of two fields. */
  joined: usize;
  /** Which paths may have to be kept, by core/image/keptPaths.ts. */
  kept: usize;
  parent: usize;
  nameStart: usize;
  nameLength: usize;
  nameHash: usize;
  kind: usize;
  flags: usize;
  bytes: usize;
  mode: usize;
  uid: usize;
  gid: usize;
  inode: usize;
  contentHash: usize;
  bodyOffset: usize;
  link: usize;
  linkStart: usize;
  linkNode: usize;
  names: usize;
  linkTexts: usize;
  slots: usize;
  /** Path of the entry that is looked at, without the slashes it ends with, and where its last part begins. */
  path: usize;
  pathEnd: usize;
  name: usize;
  /** Where that entry belongs, and the hash of its name there. */
  directory: i32;
  hash: i32;
}

// Values of `nodeKind` and bits of `layerFlag`.
const directoryKind: u8 = 0;
const fileKind: u8 = 1;
const symlinkKind: u8 = 2;
const statedFlag: u8 = 1;
const hashedFlag: u8 = 8;

// POSIX ustar § typeflag.
const fileType: u8 = 0x30;
const symlinkType: u8 = 0x32;
const directoryType: u8 = 0x35;

const slash: u8 = 0x2f;
const dot: u8 = 0x2e;

/** What is said of an entry that is left, where others have the length of their body. */
const left: f64 = -1;

/**
 * Takes entry after entry of the tar that lies at [at … end), from a header on, until one is left or the next header is not whole. Contents up to `hashedBytes`
 * are hashed and must be whole, larger ones are passed over. `origin` is the place in the tar of address 0. Returns the place of the next header.
 */
export function takeEntries(
  layer: Layer,
  at: usize,
  end: usize,
  origin: f64,
  hashedBytes: f64,
): f64 {
  const last = origin + <f64>end - <f64>blockBytes;
  let position = origin + <f64>at;
  while (position <= last) {
    const bodyBytes = takeEntry(layer, <usize>(position - origin), end, origin, hashedBytes);
    if (bodyBytes < 0) break;
    position += <f64>blockBytes * (1 + ceil(bodyBytes / <f64>blockBytes));
  }
  return position;
}

function takeEntry(layer: Layer, at: usize, end: usize, origin: f64, hashedBytes: f64): f64 {
  if (!hasChecksum(at)) return left;
  const bytes = <f64>octal(at + 124, 12);
  const type = load<u8>(at, 156);
  if (bytes < 0 || !readPath(layer, at, type) || !findPlace(layer)) return left;
  if (type === fileType) return takeFile(layer, at, end, bytes, origin, hashedBytes);
  const isLink = type === symlinkType;
  if ((!isLink && type !== directoryType) || !addNode(layer, at)) return left;
  if (isLink) addTarget(layer, at + 157);
  return 0;
}

function takeFile(
  layer: Layer,
  at: usize,
  end: usize,
  bytes: f64,
  origin: f64,
  hashedBytes: f64,
): f64 {
  const body = at + blockBytes;
  if (mayBeKept(layer) || !canPass(at, body, end, bytes, hashedBytes)) return left;
  if (!addNode(layer, at)) return left;
  addContent(layer, body, bytes, origin, hashedBytes);
  return bytes;
}

/** Finds the path of the entry; false where its name is none, or means more than a name does. */
function readPath(layer: Layer, at: usize, type: u8): bool {
  const nameLength = textLength(at, 100);
  const prefixLength = prefixLengthOf(at);
  let end = nameLength;
  layer.path = at;
  if (prefixLength !== 0) {
    layer.path = layer.joined;
    memory.copy(layer.joined, at + 345, prefixLength);
    store<u8>(layer.joined + prefixLength, slash);
    memory.copy(layer.joined + prefixLength + 1, at, nameLength);
    end += prefixLength + 1;
  }
  end += layer.path;
  const hasSlash = end > layer.path && load<u8>(end - 1) === slash;
  while (end > layer.path && load<u8>(end - 1) === slash) end--;
  let start = end;
  while (start > layer.path && load<u8>(start - 1) !== slash) start--;
  layer.name = start;
  layer.pathEnd = end;
  return isOrdinary(start, end) && (type !== fileType || !hasSlash);
}

/** Whether [start … end) is none of the names that mean something else: an empty one, `.`, `..`, `.wh.…`. */
function isOrdinary(start: usize, end: usize): bool {
  const length = end - start;
  if (length === 0 || load<u8>(start) !== dot) return length !== 0;
  if (length === 1 || (length === 2 && load<u8>(start, 1) === dot)) return false;
  return length < 4 || load<u32>(start) !== 0x2e68772e;
}

/** Finds the directory of the entry; false where it is not known yet, or has the name already. */
function findPlace(layer: Layer): bool {
  const directory = directoryOf(layer, layer.path, layer.name);
  if (directory < 0) return false;
  layer.directory = directory;
  layer.hash = hashName(directory, layer.name, layer.pathEnd);
  return findChild(layer, directory, layer.hash, layer.name, layer.pathEnd) < 0;
}

/** The directory with the path [path … end), which is empty or ends with a slash; -1 where it is not known. */
function directoryOf(layer: Layer, path: usize, end: usize): i32 {
  const length = end - path;
  const isSameLength = layer.prefixLength === <i32>length;
  if (isSameLength && areEqual(layer.prefix, path, length)) return layer.prefixNode;
  let node = 0;
  for (let start = path; start < end;) {
    let stop = start;
    while (load<u8>(stop) !== slash) stop++;
    node = findChild(layer, node, hashName(node, start, stop), start, stop);
    if (node < 0 || load<u8>(layer.kind + node) !== directoryKind) return -1;
    start = stop + 1;
  }
  memory.copy(layer.prefix, path, length);
  layer.prefixLength = <i32>length;
  layer.prefixNode = node;
  return node;
}

/** As in core/image/nodeColumns.ts. */
function hashName(parent: i32, start: usize, end: usize): i32 {
  let hash = (parent + 1) * 0x9e3779b1;
  for (let at = start; at < end; at++) hash = (hash ^ load<u8>(at)) * 0x01000193;
  return hash ^ (hash >>> 15);
}

/** The living child with the name [start … end), or -1. */
function findChild(layer: Layer, parent: i32, hash: i32, start: usize, end: usize): i32 {
  let slot = hash & layer.slotMask;
  let node = nodeIn(layer, slot);
  while (node >= 0) {
    const word = (<usize>node) << 2;
    if (load<i32>(layer.nameHash + word) === hash && load<i32>(layer.parent + word) === parent) {
      const isSameLength = <usize>load<u16>(layer.nameLength + (word >> 1)) === end - start;
      const own = layer.names + load<u32>(layer.nameStart + word);
      if (isSameLength && areEqual(own, start, end - start)) return node;
    }
    slot = (slot + 1) & layer.slotMask;
    node = nodeIn(layer, slot);
  }
  return -1;
}

/** The node of a slot; -1 where it is free. */
function nodeIn(layer: Layer, slot: i32): i32 {
  return load<i32>(layer.slots + ((<usize>slot) << 2)) - 1;
}

function areEqual(one: usize, other: usize, length: usize): bool {
  let at: usize = 0;
  for (; at + 8 <= length; at += 8) {
    if (load<u64>(one + at) !== load<u64>(other + at)) return false;
  }
  for (; at < length; at++) if (load<u8>(one + at) !== load<u8>(other + at)) return false;
  return true;
}

/** Whether the file may be one whose content is kept: of more it is said than are. */
function mayBeKept(layer: Layer): bool {
  const kept = layer.kept;
  const pathEnd = layer.pathEnd;
  let start = layer.path;
  while (start < pathEnd && isLead(start, pathEnd)) start++;
  const last = <usize>load<u8>(pathEnd - 1);
  let rule = <usize>load<u16>(kept + (last << 1));
  while (rule !== 0) {
    const prefixLength = <usize>load<u8>(kept + rule, 2);
    const suffixLength = <usize>load<u8>(kept + rule, 3);
    const prefix = kept + rule + 4;
    const isLongEnough = start + prefixLength + suffixLength <= pathEnd;
    if (
      isLongEnough &&
      areEqual(prefix, start, prefixLength) &&
      areEqual(prefix + prefixLength, pathEnd - suffixLength, suffixLength)
    ) {
      return true;
    }
    rule = load<u16>(kept + rule);
  }
  return false;
}

/** Whether the byte belongs to the `/` or `./` that a path begins with. */
function isLead(at: usize, end: usize): bool {
  const byte = load<u8>(at);
  return byte === slash || (byte === dot && at + 1 < end && load<u8>(at, 1) === slash);
}

/** Whether all of a content that must be there is, and it is no program, script or WebAssembly: core/image/bodyWatcher.ts. */
function canPass(at: usize, body: usize, end: usize, bytes: f64, hashedBytes: f64): bool {
  const needed = bytes <= hashedBytes ? bytes : 4;
  if (<f64>body + needed > <f64>end) return false;
  if (bytes < 4) return true;
  const mark = load<u32>(body);
  const isScript = (mark & 0xffff) === 0x2123 && (octal(at + 100, 8) & 0o111) !== 0;
  return mark !== 0x464c457f && mark !== 0x6d736100 && !isScript;
}

/** Adds the entry, as a directory; false where its fields are odd or there is no room. */
function addNode(layer: Layer, at: usize): bool {
  const mode = octal(at + 100, 8);
  const uid = octal(at + 108, 8);
  const gid = octal(at + 116, 8);
  const length = <u32>(layer.pathEnd - layer.name);
  const hasRoom = layer.count < layer.capacity && layer.nameBytes + length <= layer.nameCapacity;
  if (mode < 0 || uid < 0 || gid < 0 || !hasRoom) return false;
  if (layer.linkBytes + 100 > layer.linkCapacity) return false;
  const node = layer.count++;
  const word = (<usize>node) << 2;
  store<i32>(layer.parent + word, layer.directory);
  store<u32>(layer.nameStart + word, layer.nameBytes);
  store<u16>(layer.nameLength + (word >> 1), <u16>length);
  store<i32>(layer.nameHash + word, layer.hash);
  memory.copy(layer.names + layer.nameBytes, layer.name, length);
  layer.nameBytes += length;
  store<u8>(layer.kind + node, directoryKind);
  store<u8>(layer.flags + node, statedFlag);
  store<u32>(layer.mode + word, <u32>mode & 0o7777);
  store<u32>(layer.uid + word, <u32>uid);
  store<u32>(layer.gid + word, <u32>gid);
  store<i32>(layer.inode + word, node);
  store<f64>(layer.bodyOffset + (word << 1), -1);
  store<i32>(layer.link + word, -1);
  let slot = layer.hash & layer.slotMask;
  while (nodeIn(layer, slot) >= 0) slot = (slot + 1) & layer.slotMask;
  store<i32>(layer.slots + ((<usize>slot) << 2), node + 1);
  return true;
}

/** Makes the newest node a symlink to what the field at `target` says. */
function addTarget(layer: Layer, target: usize): void {
  const node = layer.count - 1;
  const row = layer.linkCount++;
  const length = textLength(target, 100);
  store<u8>(layer.kind + node, symlinkKind);
  store<i32>(layer.link + ((<usize>node) << 2), row);
  store<i32>(layer.linkNode + ((<usize>row) << 2), node);
  store<u32>(layer.linkStart + ((<usize>row) << 2), layer.linkBytes);
  memory.copy(layer.linkTexts + layer.linkBytes, target, length);
  layer.linkBytes += <u32>length;
}

/** Makes the newest node a file with the content at `body`. */
function addContent(layer: Layer, body: usize, bytes: f64, origin: f64, hashedBytes: f64): void {
  const node = layer.count - 1;
  store<u8>(layer.kind + node, fileKind);
  if (bytes === 0) return;
  store<f64>(layer.bytes + ((<usize>node) << 3), bytes);
  store<f64>(layer.bodyOffset + ((<usize>node) << 3), origin + <f64>body);
  layer.contentBytes += bytes;
  if (bytes > hashedBytes) return;
  store<u32>(layer.contentHash + ((<usize>node) << 2), <u32>xxh64(body, <i32>bytes, 0));
  store<u8>(layer.flags + node, statedFlag | hashedFlag);
}
