import { equalBytes } from "./byteColumn.ts";
import type { ElfFacts } from "./elf.ts";
import { type EntryArena, lendColumns } from "./entryArena.ts";
import { type EvidenceRows, addContent, addProgram, emptyEvidenceRows } from "./evidenceRows.ts";
import { nodeKind } from "./fileTree.ts";
import { findTarget, resolveLateLinks, shareContent } from "./hardLinks.ts";
import type { KeptRule } from "./keptPaths.ts";
import type { LayerEntry } from "./layerEntry.ts";
import { type LayerIndex, layerFlag } from "./layerIndex.ts";
import { toLayerIndex } from "./layerTree.ts";
import { applyWhiteouts, noteOpaque, noteWhiteout } from "./whiteouts.ts";
import {
  type NodeColumns,
  addLinkText,
  addNode,
  dropNode,
  emptyNodeColumns,
  findChild,
} from "./nodeColumns.ts";
import { ignored, isDots, nameStartOf, refused, slash, startsWith } from "./pathBytes.ts";

/** Why an entry makes the whole layer unreadable, in words for the end of a sentence. */
export interface EntryRefusal {
  readonly reason: string;
}

/** Takes the entries of one layer in tar order. A record for the functions here, as `TarParser` is one. */
export interface LayerBuilder {
  readonly columns: NodeColumns;
  /** A tree of their own until the last entry, so that they act the same whatever their place in the tar: image-spec layer.md § Whiteouts. */
  readonly whiteouts: NodeColumns;
  /** What both were borrowed from, and may have outgrown; undefined for memory of their own. */
  readonly arena: EntryArena | undefined;
  readonly evidence: EvidenceRows;
  /** Of all entries so far, those that others took the place of included. */
  contentBytes: number;
  /** The directory of the last entry, for the next is most often its neighbour. */
  prefix: Uint8Array;
  /** -1 when nothing is remembered. */
  prefixLength: number;
  parent: number;
}

const whiteoutPrefix = new TextEncoder().encode(".wh.");
const metaPrefix = new TextEncoder().encode(".wh..wh.");
const opaqueName = new TextEncoder().encode(".wh..wh..opq");

/** Of the entries, and of the whiteouts. */
const rootCount = 2;

const leavesImage: EntryRefusal = { reason: 'an entry has ".." in its path' };
const emptyWhiteout: EntryRefusal = { reason: "a whiteout names nothing to remove" };

/**
 * The entry-by-entry way to a `LayerIndex`. Names are raw bytes, whiteouts are told by name: image-spec layer.md § Whiteouts. With an arena
 * `takeOrdinaryEntries` may be called as well; `finishLayer` leaves nothing in it.
 */
export function createLayerBuilder(arena?: EntryArena): LayerBuilder {
  const columns = arena === undefined ? emptyNodeColumns() : lendColumns(arena.entries);
  columns.mode[0] = 0o755;
  return {
    columns,
    whiteouts: arena === undefined ? emptyNodeColumns() : lendColumns(arena.whiteouts),
    arena,
    evidence: emptyEvidenceRows(),
    contentBytes: 0,
    prefix: arena?.entries.prefix ?? new Uint8Array(256),
    prefixLength: -1,
    parent: 0,
  };
}

/**
 * Adds an entry, a later one of the same path taking the place of the earlier; missing parents are made up.
 * Returns a handle for the functions below, or -1 where nothing of it can be kept (the AUFS leftovers `.wh..wh.*`).
 */
export function addEntry(builder: LayerBuilder, entry: LayerEntry): number | EntryRefusal {
  const { columns } = builder;
  const { path } = entry;
  builder.contentBytes += entry.contentBytes;
  let end = entry.pathLength;
  while (end > 0 && path[end - 1] === slash) end -= 1;
  const start = nameStartOf(path, end);
  if (end === 0 || isDots(path, start, end)) return addDotted(columns, entry, end);
  if (startsWith(path, start, end, whiteoutPrefix)) {
    return addWhiteout(builder.whiteouts, path, start, end);
  }
  const parent = parentOf(builder, path, start);
  if (parent === refused) return leavesImage;
  return parent === ignored ? -1 : put(builder, parent, entry, start, end);
}

/** States the hash of an entry's whole content. */
export function noteContentHash({ columns }: LayerBuilder, handle: number, hash: number): void {
  columns.contentHash[handle] = hash;
  columns.flags[handle] = (columns.flags[handle] ?? 0) | layerFlag.hashed;
}

/** States that an entry is an ELF file. */
export function noteProgram({ evidence }: LayerBuilder, handle: number, facts: ElfFacts): void {
  addProgram(evidence, handle, facts);
}

/** States an entry's content, or how it begins. The bytes are copied. */
export function noteContent(
  { evidence }: LayerBuilder,
  handle: number,
  rule: KeptRule,
  bytes: Uint8Array,
  isWhole: boolean,
): void {
  addContent(evidence, handle, rule, bytes, isWhole);
}

/** Entries and made-up parents so far. */
export function entryCountOf({ columns, whiteouts }: LayerBuilder): number {
  return columns.count + whiteouts.count - rootCount;
}

/** The layer as read; the builder is used up. O(n log n) where the tar is not in path order, else O(n). */
export function finishLayer(builder: LayerBuilder, tarBytes: number): LayerIndex {
  const { columns, whiteouts, evidence } = builder;
  const entryCount = entryCountOf(builder);
  resolveLateLinks(columns);
  applyWhiteouts(columns, whiteouts);
  return toLayerIndex(columns, { tarBytes, entryCount }, evidence);
}

/** An entry whose last name is `.` or nothing: the root or a directory told in a roundabout way. */
function addDotted(columns: NodeColumns, entry: LayerEntry, end: number): number | EntryRefusal {
  const node = walk(columns, entry.path, 0, end);
  if (node === refused) return leavesImage;
  if (node !== ignored && entry.kind === "directory") state(columns, node, entry);
  return -1;
}

function parentOf(builder: LayerBuilder, path: Uint8Array, prefixLength: number): number {
  const { columns, prefix } = builder;
  if (equalBytes(prefix, 0, Math.max(builder.prefixLength, 0), path, 0, prefixLength)) {
    if (builder.prefixLength >= 0) return builder.parent;
  }
  const parent = walk(columns, path, 0, prefixLength);
  if (prefixLength > prefix.length) builder.prefix = new Uint8Array(prefixLength * 2);
  for (let at = 0; at < prefixLength; at += 1) builder.prefix[at] = path[at] ?? 0;
  builder.prefixLength = prefixLength;
  builder.parent = parent;
  return parent;
}

/** The directory at a path, made up where it is missing; `ignored` below AUFS leftovers, `refused` for `..`. */
function walk(columns: NodeColumns, path: Uint8Array, start: number, end: number): number {
  let node = 0;
  for (let at = start; at < end;) {
    let stop = at;
    while (stop < end && path[stop] !== slash) stop += 1;
    if (stop - at === 2 && isDots(path, at, stop)) return refused;
    if (startsWith(path, at, stop, metaPrefix)) return ignored;
    if (stop > at && !isDots(path, at, stop)) node = enter(columns, node, path, at, stop);
    at = stop + 1;
  }
  return node;
}

function enter(
  columns: NodeColumns,
  parent: number,
  path: Uint8Array,
  start: number,
  end: number,
): number {
  const child = findChild(columns, parent, path, start, end);
  const kind = child < 0 ? undefined : columns.kind[child];
  if (kind === nodeKind.directory) return child;
  if (kind === nodeKind.whiteout) {
    columns.kind[child] = nodeKind.directory;
    return child;
  }
  const made = child < 0 ? addNode(columns, parent, path, start, end) : replace(columns, child);
  columns.kind[made] = nodeKind.directory;
  columns.mode[made] = 0o755;
  return made;
}

/** A fresh node in the place of another. */
function replace(columns: NodeColumns, old: number): number {
  const parent = columns.parent[old] ?? 0;
  const start = columns.nameStart[old] ?? 0;
  dropNode(columns, old);
  const { bytes } = columns.names;
  return addNode(columns, parent, bytes, start, start + (columns.nameLength[old] ?? 0));
}

function addWhiteout(
  whiteouts: NodeColumns,
  path: Uint8Array,
  start: number,
  end: number,
): number | EntryRefusal {
  const isMeta = startsWith(path, start, end, metaPrefix);
  const isOpaque = equalBytes(path, start, end, opaqueName, 0, opaqueName.length);
  if (isMeta && !isOpaque) return -1;
  const parent = walk(whiteouts, path, 0, start);
  if (parent === refused) return leavesImage;
  if (parent === ignored) return -1;
  if (isOpaque) {
    noteOpaque(whiteouts, parent);
    return -1;
  }
  const nameStart = start + whiteoutPrefix.length;
  if (nameStart === end || isDots(path, nameStart, end)) return emptyWhiteout;
  noteWhiteout(whiteouts, parent, path, nameStart, end);
  return -1;
}

function put(
  builder: LayerBuilder,
  parent: number,
  entry: LayerEntry,
  start: number,
  end: number,
): number | EntryRefusal {
  const { columns } = builder;
  const { path } = entry;
  const there = findChild(columns, parent, path, start, end);
  const target = entry.kind === "hardLink" ? findTarget(columns, entry) : ignored;
  if (target === refused) return leavesImage;
  if (there >= 0 && there === target) return -1;
  if (entry.kind === "directory" && columns.kind[there] === nodeKind.directory) {
    state(columns, there, entry);
    return there;
  }
  if (there >= 0) builder.prefixLength = -1;
  const node = there < 0 ? addNode(columns, parent, path, start, end) : replace(columns, there);
  state(columns, node, entry);
  columns.kind[node] = kindOf(entry);
  if (target >= 0) shareContent(columns, node, target);
  else if (entry.kind === "symlink" || entry.kind === "hardLink") {
    addLinkText(columns, node, entry.linkTarget, entry.linkLength);
  }
  return node;
}

function kindOf(entry: LayerEntry): number {
  switch (entry.kind) {
    case "directory":
      return nodeKind.directory;
    case "file":
    case "hardLink":
      return nodeKind.file;
    case "symlink":
      return nodeKind.symlink;
    case "device":
      return nodeKind.device;
  }
}

function state(columns: NodeColumns, node: number, entry: LayerEntry): void {
  const sparse = entry.isSparse ? layerFlag.sparse : 0;
  columns.flags[node] = (columns.flags[node] ?? 0) | layerFlag.stated | sparse;
  columns.mode[node] = entry.mode;
  columns.uid[node] = entry.uid;
  columns.gid[node] = entry.gid;
  if (entry.kind !== "file") return;
  columns.bytes[node] = entry.contentBytes;
  columns.bodyOffset[node] = entry.bodyOffset;
}
