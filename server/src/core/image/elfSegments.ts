import type { ElfHeader } from "./elfHeader.ts";
import { type ElfSource, viewOf } from "./elfView.ts";

/** A row of the program header table, for the kinds that matter here. System V gABI § Program Header. */
export interface ElfSegment {
  readonly kind: "load" | "dynamic" | "interpreter";
  readonly isWritable: boolean;
  readonly isExecutable: boolean;
  readonly offset: number;
  readonly address: number;
  /** In the file. */
  readonly bytes: number;
}

/** In the order of the table; empty without one, undefined when there is one that cannot be read. */
export function readSegments(
  source: ElfSource,
  { segments: { offset, entryBytes, count } }: ElfHeader,
): readonly ElfSegment[] | undefined {
  const is64 = source.bits === 64;
  if (count === 0) return [];
  if (count > mostSegments || entryBytes < (is64 ? 56 : 32)) return undefined;
  const view = viewOf(source, offset, count * entryBytes);
  if (view === undefined) return undefined;
  const rows: ElfSegment[] = [];
  for (let at = 0; at < view.length; at += entryBytes) {
    const kind = kinds[view.u32(at)];
    if (kind === undefined) continue;
    const flags = view.u32(at + (is64 ? 4 : 24));
    rows.push({
      kind,
      isWritable: (flags & 2) !== 0,
      isExecutable: (flags & 1) !== 0,
      offset: view.word(at + (is64 ? 8 : 4)),
      address: view.word(at + (is64 ? 16 : 8)),
      bytes: view.word(at + (is64 ? 32 : 16)),
    });
  }
  return rows;
}

/** Where in the file an address is loaded from, and where that segment ends; undefined when it is in none. */
export function placeOf(
  segments: readonly ElfSegment[],
  address: number,
): { readonly offset: number; readonly end: number } | undefined {
  const segment = segments.find(
    ({ kind, address: start, bytes }) =>
      kind === "load" && address >= start && address < start + bytes,
  );
  if (segment === undefined) return undefined;
  const { offset, address: start, bytes } = segment;
  return { offset: offset + address - start, end: offset + bytes };
}

const kinds: readonly (ElfSegment["kind"] | undefined)[] = [
  undefined,
  "load",
  "dynamic",
  "interpreter",
];

/** Programs have about ten. Only core files have thousands, and nobody loads those. */
const mostSegments = 1024;
