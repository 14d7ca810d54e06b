import type { ElfFacts } from "./elf.ts";
import { type ElfSegment, placeOf } from "./elfSegments.ts";
import { type ElfSource, type ElfView, textAt, viewOf } from "./elfView.ts";

/** What the dynamic section says. System V gABI § Dynamic Section. */
export type DynamicFacts = Pick<
  ElfFacts,
  "needed" | "soname" | "runPath" | "runPathKind" | "isPie"
>;

/** What is said without a dynamic section. */
export const noDynamicFacts: DynamicFacts = {
  needed: [],
  soname: undefined,
  runPath: [],
  runPathKind: undefined,
  isPie: false,
};

/** Undefined when there is a dynamic section that cannot be read whole. */
export function readDynamic(
  source: ElfSource,
  segments: readonly ElfSegment[],
): DynamicFacts | undefined {
  const dynamic = segments.find(({ kind }) => kind === "dynamic");
  if (dynamic === undefined || dynamic.bytes === 0) return noDynamicFacts;
  const view = viewOf(source, dynamic.offset, Math.min(dynamic.bytes, mostBytes));
  const entries = view && readEntries(view, source.bits / 8);
  if (entries === undefined) return undefined;
  const place = placeOf(segments, entries.single.get(tag.stringTable) ?? -1);
  const endOfTexts =
    place && Math.min(place.end, place.offset + (entries.single.get(tag.stringBytes) ?? Infinity));
  const text = (at: number | undefined): string | undefined =>
    at === undefined || place === undefined || endOfTexts === undefined
      ? undefined
      : textAt(source, place.offset + at, endOfTexts);
  return toFacts(entries, text);
}

function toFacts(
  { needed: neededAt, single }: DynamicEntries,
  text: (at: number | undefined) => string | undefined,
): DynamicFacts | undefined {
  const sonameAt = single.get(tag.soname);
  const pathAt = single.get(tag.runPath) ?? single.get(tag.rPath);
  const kind = single.has(tag.runPath) ? "runpath" : "rpath";
  const names = neededAt.map(text);
  const soname = text(sonameAt);
  const path = text(pathAt);
  const needed = names.filter((name) => name !== undefined);
  const isLost = needed.length < names.length || isMissing(sonameAt, soname);
  if (isLost || isMissing(pathAt, path)) return undefined;
  return {
    needed,
    soname,
    runPath: path?.split(":").filter((folder) => folder !== "") ?? [],
    runPathKind: pathAt === undefined ? undefined : kind,
    isPie: ((single.get(tag.flags1) ?? 0) & isPieFlag) !== 0,
  };
}

function isMissing(at: number | undefined, text: string | undefined): boolean {
  return at !== undefined && text === undefined;
}

interface DynamicEntries {
  /** Values of DT_NEEDED. */
  readonly needed: readonly number[];
  /** The first value of each tag that matters. */
  readonly single: ReadonlyMap<number, number>;
}

/** Undefined without the entry that ends the section. */
function readEntries(view: ElfView, wordBytes: number): DynamicEntries | undefined {
  const needed: number[] = [];
  const single = new Map<number, number>();
  for (let at = 0; at + 2 * wordBytes <= view.length; at += 2 * wordBytes) {
    const name = view.word(at);
    const value = view.word(at + wordBytes);
    if (name === tag.end) return { needed, single };
    if (name === tag.needed) needed.push(value);
    else if (!single.has(name) && tags.has(name)) single.set(name, value);
  }
  return undefined;
}

const tag = {
  end: 0,
  needed: 1,
  stringTable: 5,
  stringBytes: 10,
  soname: 14,
  rPath: 15,
  runPath: 29,
  flags1: 0x6ffffffb,
} as const;

const tags: ReadonlySet<number> = new Set(Object.values(tag));

/** DF_1_PIE. */
const isPieFlag = 0x08000000;

/** A thousand entries; programs have some thirty. */
const mostBytes = 16 * 1024;
