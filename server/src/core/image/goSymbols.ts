import type { ElfSection } from "./elfSections.ts";
import { sectionType } from "./elfSections.ts";
import { type ElfSegment, placeOf } from "./elfSegments.ts";
import { type ElfSource, bytesOf, viewOf } from "./elfView.ts";
import { readGoBuildInfo } from "./goBuildInfo.ts";
import { type GoLineTable, findGoLineTable } from "./goPcln.ts";
import type { GoOwner } from "./goOwners.ts";
import { goPackageOf } from "./goPclnNames.ts";
import { findTextStart, placeOfText } from "./goPclnText.ts";

/** Bytes of a package of Go. What was inlined counts to the function that it was inlined into, and the room between two functions to the first. */
export interface GoPackageBytes {
  /** Import path, `main` for the program itself. */
  readonly name: string;
  readonly bytes: number;
  /** Whose it is. */
  readonly use: GoOwner;
}

/** A run of bytes of a file that is of one package; half-open offsets. */
export interface GoRange {
  readonly start: number;
  readonly end: number;
  readonly name: string;
}

/**
 * Which bytes of a Go program are of which package: code by the table of functions, which stripping leaves, constants and variables by the symbols where there
 * are any. In the order of the file, none overlaps another: of two that do, the one that begins later loses. Empty when nothing can be named for sure; undefined
 * when it is no Go program.
 */
export function goPackageRanges(
  source: ElfSource,
  segments: readonly ElfSegment[],
  sections: readonly ElfSection[],
): readonly GoRange[] | undefined {
  if (readGoBuildInfo(source, segments, sections) === undefined) return undefined;
  const table = findGoLineTable(source, segments, sections);
  const code = table === undefined ? [] : codeRanges(source, segments, sections, table);
  return withoutOverlap([...code, ...dataRanges(source, segments, sections)]);
}

function codeRanges(
  source: ElfSource,
  segments: readonly ElfSegment[],
  sections: readonly ElfSection[],
  table: GoLineTable,
): readonly GoRange[] {
  const { starts, packages } = table;
  const base = findTextStart(source, segments, sections, table);
  const first = starts[0] ?? 0;
  const offset =
    base === undefined
      ? undefined
      : placeOfText(segments, base + first, base + (starts.at(-1) ?? first));
  if (offset === undefined) return [];
  const at = (row: number): number => offset + (starts[row] ?? first) - first;
  return packages.flatMap((name, row) =>
    name === "" || at(row) === at(row + 1) ? [] : [{ start: at(row), end: at(row + 1), name }],
  );
}

/** Constants and variables. Only between the marks that Go's linker sets: C names its own in ways that look like Go's. */
function dataRanges(
  source: ElfSource,
  segments: readonly ElfSegment[],
  sections: readonly ElfSection[],
): readonly GoRange[] {
  const symbols = readSymbols(source, sections);
  const addresses = new Map(symbols.map(({ name, address }) => [name, address]));
  const marked = areas.map(([from, to]) => ({
    start: addresses.get(from) ?? 0,
    end: addresses.get(to) ?? 0,
  }));
  const loaded = segments.filter(({ kind }) => kind === "load").slice(0, mostLoaded);
  return symbols.flatMap(({ name, packageName, address, bytes }) => {
    const isGo = marked.some(({ start, end }) => address >= start && address + bytes <= end);
    if (!isGo || bytes === 0 || packageName === "" || isOfAllPackages(name)) return [];
    const place = placeOf(loaded, address);
    if (place === undefined || place.offset + bytes > place.end) return [];
    return [{ start: place.offset, end: place.offset + bytes, name: packageName }];
  });
}

/** Programs have some five; each symbol is looked for in all of them. */
const mostLoaded = 32;

const areas = [
  ["runtime.rodata", "runtime.erodata"],
  ["runtime.noptrdata", "runtime.enoptrdata"],
  ["runtime.data", "runtime.edata"],
] as const;

/** Tables that the linker makes of what all packages bring; only their names are of the runtime. */
function isOfAllPackages(name: string): boolean {
  return name.startsWith("runtime.gcbits.") || tables.has(name);
}

const tables: ReadonlySet<string> = new Set(
  "findfunctab gcdata gcbss typelink itablink pclntab types symtab modinfo.str textsectionmap"
    .split(" ")
    .map((name) => `runtime.${name}`),
);

interface GoSymbol {
  readonly name: string;
  /** "" of none. */
  readonly packageName: string;
  readonly address: number;
  readonly bytes: number;
}

/** Of the table that is not loaded, in its order; empty without one. System V gABI § Symbol Table. */
function readSymbols(source: ElfSource, sections: readonly ElfSection[]): readonly GoSymbol[] {
  const table = sections.find(({ type, isLoaded }) => type === sectionType.symbols && !isLoaded);
  const texts = table && sections[table.link];
  const names = texts && bytesOf(source, texts.offset, texts.bytes);
  const view = table && viewOf(source, table.offset, table.bytes);
  if (view === undefined || names === undefined) return [];
  const is64 = source.bits === 64;
  const rowBytes = is64 ? 24 : 16;
  const count = Math.min(Math.floor(view.length / rowBytes), mostSymbols);
  return Array.from({ length: count }, (_, row) => {
    const at = row * rowBytes;
    const nameAt = view.u32(at);
    return {
      name: textOf(names, nameAt),
      packageName: goPackageOf(names, nameAt),
      address: view.word(at + (is64 ? 8 : 4)),
      bytes: view.word(at + (is64 ? 16 : 8)),
    };
  });
}

/** The largest programs have some hundred thousand. */
const mostSymbols = 2 ** 20;

function textOf(names: Uint8Array, at: number): string {
  const end = names.indexOf(0, at);
  return end < 0 || end - at > mostNameBytes ? "" : decoder.decode(names.subarray(at, end));
}

/** Longer than all names that matter here. */
const mostNameBytes = 64;
const decoder = new TextDecoder("utf-8");

/** What began before has the bytes. */
function withoutOverlap(ranges: readonly GoRange[]): readonly GoRange[] {
  const sorted = ranges.toSorted((a, b) => a.start - b.start);
  let last = 0;
  return sorted.flatMap(({ start, end, name }) => {
    const from = Math.max(start, last);
    if (from >= end) return [];
    last = end;
    return [{ start: from, end, name }];
  });
}
