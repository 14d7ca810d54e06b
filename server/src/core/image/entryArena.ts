import { keptFilter } from "./keptPaths.ts";
import type { NodeColumns } from "./nodeColumns.ts";

/** `takeEntries` of server/wasm/ordinaryEntries.ts; all but `origin` and `hashedBytes` are addresses. */
export type TakeEntries = (
  layer: number,
  at: number,
  end: number,
  origin: number,
  hashedBytes: number,
) => number;

/** Memory that WebAssembly sees, in which the columns of one layer at a time grow. */
export interface EntryArena {
  readonly memory: ArrayBuffer;
  readonly takeEntries: TakeEntries;
  /** What `takeEntries` knows of the layer: `layerWord` says which word is what. */
  readonly words: Int32Array;
  /** Sum of the contents of its entries, one number. */
  readonly contentBytes: Float64Array;
  /** For `LayerBuilder.prefix`. */
  readonly prefix: Uint8Array;
  readonly columns: Omit<NodeColumns, "count" | "linkCount" | "sharing">;
  /** Those that were lent last. */
  lent: NodeColumns | undefined;
}

/** So many entries of a layer have room: far more than most layers have. A larger one goes on in memory of its own. */
export const arenaEntries = 2 ** 16;
const nameBytes = 32 * arenaEntries;
const linkBytes = 16 * arenaEntries;
const slotCount = 2 * arenaEntries;
const prefixBytes = 4096;
const pathBytes = 256;
const keptBytes = 4096;

/** How much memory an arena takes; what is not used of it is never touched. V8's collector runs earlier where there is more. */
export const arenaBytes = 2 ** 23;

/** Which words of the layer change; of the others those that are no ceilings are addresses. */
export const layerWord = {
  count: 2,
  nameBytes: 4,
  linkCount: 6,
  linkBytes: 7,
  prefixLength: 10,
  prefixNode: 11,
} as const;

const wordCount = 40;

/** An arena at memory[start … start + arenaBytes), where all is zero; `start` is a multiple of 8. */
export function createEntryArena(
  memory: ArrayBuffer,
  start: number,
  takeEntries: TakeEntries,
): EntryArena {
  let end = start;
  const take = (bytes: number): number => {
    const at = end;
    end += Math.ceil(bytes / 8) * 8;
    return at;
  };
  const words = new Int32Array(memory, take(4 * wordCount), wordCount);
  const prefix = new Uint8Array(memory, take(prefixBytes), prefixBytes);
  const joined = take(pathBytes);
  const kept = new Uint8Array(memory, take(keptBytes), keptBytes);
  kept.set(keptFilter());
  const columns = columnsAt(memory, take);
  const { names, linkTexts, slots, ...ofNodes } = columns;
  const arrays = [...Object.values(ofNodes), names.bytes, linkTexts.bytes, slots];
  const places = [prefix.byteOffset, joined, kept.byteOffset];
  words.set([0, 0, 0, arenaEntries, 0, nameBytes, 0, 0, linkBytes, slotCount - 1, 0, 0]);
  words.set([...places, ...arrays.map(({ byteOffset }) => byteOffset)], 12);
  const contentBytes = new Float64Array(memory, words.byteOffset, 1);
  return { memory, takeEntries, words, contentBytes, prefix, columns, lent: undefined };
}

/** In the order in which the layer names them. */
function columnsAt(memory: ArrayBuffer, take: (bytes: number) => number): EntryArena["columns"] {
  const uint8 = (length: number): Uint8Array<ArrayBuffer> =>
    new Uint8Array(memory, take(length), length);
  const uint32 = (): Uint32Array => new Uint32Array(memory, take(4 * arenaEntries), arenaEntries);
  const int32 = (length = arenaEntries): Int32Array =>
    new Int32Array(memory, take(4 * length), length);
  const float64 = (): Float64Array =>
    new Float64Array(memory, take(8 * arenaEntries), arenaEntries);
  return {
    parent: int32(),
    nameStart: uint32(),
    nameLength: new Uint16Array(memory, take(2 * arenaEntries), arenaEntries),
    nameHash: int32(),
    kind: uint8(arenaEntries),
    flags: uint8(arenaEntries),
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
    names: { bytes: uint8(nameBytes), length: 0 },
    linkTexts: { bytes: uint8(linkBytes), length: 0 },
    slots: int32(slotCount),
  };
}

/** Columns without any node that lie in the arena; whoever had them before must be done with them. */
export function lendColumns(arena: EntryArena): NodeColumns {
  const { columns, lent } = arena;
  const { kind, flags, bytes, mode, uid, gid, contentHash, slots, names, linkTexts } = columns;
  const used = Math.min(lent?.count ?? 0, arenaEntries);
  for (const column of [kind, flags, bytes, mode, uid, gid, contentHash]) column.fill(0, 0, used);
  if (lent !== undefined) slots.fill(0);
  const fresh = {
    ...columns,
    count: 0,
    linkCount: 0,
    sharing: [],
    names: { ...names },
    linkTexts: { ...linkTexts },
  };
  arena.lent = fresh;
  return fresh;
}

/** Whether columns that were lent have not outgrown the arena. */
export function isWithin(
  { columns }: EntryArena,
  { parent, names, linkTexts }: NodeColumns,
): boolean {
  return (
    parent.length === columns.parent.length &&
    names.bytes.length === columns.names.bytes.length &&
    linkTexts.bytes.length === columns.linkTexts.bytes.length
  );
}
