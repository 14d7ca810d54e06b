import { keptFilter } from "./keptPaths.ts";
import { type NodeColumns, addNode } from "./nodeColumns.ts";

/** `takeEntries` of server/wasm/ordinaryEntries.ts; all but `origin` and `hashedBytes` are addresses. */
export type TakeEntries = (
  reading: number,
  at: number,
  end: number,
  origin: number,
  hashedBytes: number,
) => number;

/** Memory that WebAssembly sees, in which the columns of one layer at a time grow. */
export interface EntryArena {
  readonly memory: ArrayBuffer;
  readonly takeEntries: TakeEntries;
  /** Sum of the contents of all entries, one number: a `Reading` begins with it. */
  readonly contentBytes: Float64Array;
  readonly entries: ArenaColumns;
  readonly whiteouts: ArenaColumns;
}

/** Room for columns, and what WebAssembly knows of them. */
export interface ArenaColumns {
  /** A `Layer` of server/wasm/layerNodes.ts: `layerWord` says which word is what. */
  readonly words: Int32Array;
  /** For the path of a directory. */
  readonly prefix: Uint8Array;
  readonly columns: Omit<NodeColumns, "count" | "linkCount" | "sharing">;
  /** Those that were lent last. */
  lent: NodeColumns | undefined;
}

/** So many entries and whiteouts of a layer have room: far more than most layers have. A larger one goes on in memory of its own. */
export const arenaEntries = 2 ** 16;
export const arenaWhiteouts = 2 ** 12;
const nameBytes = 32;
const linkBytes = 16;
const slots = 2;

const prefixBytes = 4096;
const joinedBytes = 256;
const keptBytes = 4096;

/** How much memory an arena takes; what is not used of it is never touched. V8's collector runs earlier where there is more. */
export const arenaBytes = 2 ** 23;

/** Which words of a `Layer` change; behind them are addresses. */
export const layerWord = {
  count: 0,
  capacity: 1,
  nameBytes: 2,
  linkCount: 4,
  linkBytes: 5,
  prefixLength: 8,
  prefixNode: 9,
} as const;

const layerWords = 30;
const readingWords = 24;

/** An arena at memory[start … start + arenaBytes), where all is zero; `start` is a multiple of 8. */
export function createEntryArena(
  memory: ArrayBuffer,
  start: number,
  takeEntries: TakeEntries,
): EntryArena {
  const room = { memory, end: start };
  const reading = new Int32Array(memory, take(room, 4 * readingWords), readingWords);
  const entries = columnsIn(room, arenaEntries);
  const whiteouts = columnsIn(room, arenaWhiteouts);
  const kept = new Uint8Array(memory, take(room, keptBytes), keptBytes);
  kept.set(keptFilter());
  reading.set([entries.words.byteOffset, whiteouts.words.byteOffset], 2);
  reading.set([take(room, joinedBytes), kept.byteOffset], 4);
  const contentBytes = new Float64Array(memory, reading.byteOffset, 1);
  return { memory, takeEntries, contentBytes, entries, whiteouts };
}

interface Room {
  readonly memory: ArrayBuffer;
  end: number;
}

/** Where so many bytes begin that nobody else has. */
function take(room: Room, bytes: number): number {
  const at = room.end;
  room.end += Math.ceil(bytes / 8) * 8;
  return at;
}

function columnsIn(room: Room, capacity: number): ArenaColumns {
  const { memory } = room;
  const words = new Int32Array(memory, take(room, 4 * layerWords), layerWords);
  const prefix = new Uint8Array(memory, take(room, prefixBytes), prefixBytes);
  const columns = fieldsIn(room, capacity);
  const { names, linkTexts, slots: places, ...ofNodes } = columns;
  const arrays = [...Object.values(ofNodes), names.bytes, linkTexts.bytes, places];
  const ceilings = [0, capacity, 0, names.bytes.length, 0, 0, linkTexts.bytes.length];
  words.set([...ceilings, places.length - 1, -1, 0, prefix.byteOffset]);
  words.set(
    arrays.map(({ byteOffset }) => byteOffset),
    layerWords - arrays.length,
  );
  return { words, prefix, columns, lent: undefined };
}

/** In the order in which a `Layer` names them. */
function fieldsIn(room: Room, capacity: number): ArenaColumns["columns"] {
  const { memory } = room;
  const uint8 = (length: number): Uint8Array<ArrayBuffer> =>
    new Uint8Array(memory, take(room, length), length);
  const uint32 = (): Uint32Array => new Uint32Array(memory, take(room, 4 * capacity), capacity);
  const int32 = (length = capacity): Int32Array =>
    new Int32Array(memory, take(room, 4 * length), length);
  const float64 = (): Float64Array => new Float64Array(memory, take(room, 8 * capacity), capacity);
  return {
    parent: int32(),
    nameStart: uint32(),
    nameLength: new Uint16Array(memory, take(room, 2 * capacity), capacity),
    nameHash: int32(),
    kind: uint8(capacity),
    flags: uint8(capacity),
    bytes: float64(),
    mode: uint32(),
    uid: uint32(),
    gid: uint32(),
    inode: int32(),
    contentHash: uint32(),
    bodyOffset: float64(),
    link: int32(),
    linkStart: uint32(),
    linkNode: int32(),
    names: { bytes: uint8(nameBytes * capacity), length: 0 },
    linkTexts: { bytes: uint8(linkBytes * capacity), length: 0 },
    slots: int32(slots * capacity),
  };
}

/** Columns with a root and nothing else, in the arena; whoever had them before must be done with them. */
export function lendColumns(from: ArenaColumns): NodeColumns {
  const { columns, lent, words } = from;
  const { kind, flags, bytes, mode, uid, gid, contentHash, names, linkTexts } = columns;
  const used = Math.min(lent?.count ?? 0, columns.parent.length);
  for (const column of [kind, flags, bytes, mode, uid, gid, contentHash]) column.fill(0, 0, used);
  if (lent !== undefined) columns.slots.fill(0);
  words[layerWord.prefixLength] = -1;
  const fresh: NodeColumns = {
    ...columns,
    count: 0,
    linkCount: 0,
    sharing: [],
    names: { ...names },
    linkTexts: { ...linkTexts },
  };
  addNode(fresh, -1, names.bytes, 0, 0);
  from.lent = fresh;
  return fresh;
}

/** Tells WebAssembly how far columns have come that were lent; that there is no room in those that have outgrown the arena. */
export function tellColumns({ words, columns }: ArenaColumns, lent: NodeColumns): void {
  words[layerWord.count] = lent.count;
  words[layerWord.capacity] = isWithin(columns, lent) ? columns.parent.length : 0;
  words[layerWord.nameBytes] = lent.names.length;
  words[layerWord.linkCount] = lent.linkCount;
  words[layerWord.linkBytes] = lent.linkTexts.length;
}

/** Takes over what WebAssembly added. */
export function heedColumns({ words }: ArenaColumns, lent: NodeColumns): void {
  lent.count = words[layerWord.count] ?? 0;
  lent.names.length = words[layerWord.nameBytes] ?? 0;
  lent.linkCount = words[layerWord.linkCount] ?? 0;
  lent.linkTexts.length = words[layerWord.linkBytes] ?? 0;
}

function isWithin(
  own: ArenaColumns["columns"],
  { parent, names, linkTexts }: NodeColumns,
): boolean {
  return (
    parent.length === own.parent.length &&
    names.bytes.length === own.names.bytes.length &&
    linkTexts.bytes.length === own.linkTexts.bytes.length
  );
}
