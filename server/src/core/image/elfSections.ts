import type { ElfFacts } from "./elf.ts";
import type { ElfHeader } from "./elfHeader.ts";
import { type ElfSource, type ElfView, bytesOf, viewOf } from "./elfView.ts";

/** A row of the section header table. System V gABI § Sections. */
export interface ElfSection {
  /** "" where the name cannot be read. */
  readonly name: string;
  readonly type: number;
  /** SHF_ALLOC: part of what is loaded. */
  readonly isLoaded: boolean;
  /** SHF_WRITE and SHF_EXECINSTR. */
  readonly isWritable: boolean;
  readonly isExecutable: boolean;
  /** SHF_COMPRESSED. */
  readonly isCompressed: boolean;
  readonly address: number;
  readonly offset: number;
  /** In the file; 0 for SHT_NOBITS. */
  readonly bytes: number;
  /** Index of another section, by type. */
  readonly link: number;
}

/** All sections and which of them holds their names. */
export interface ElfSections {
  /** In the order of the table. */
  readonly rows: readonly ElfSection[];
  readonly nameSection: number;
}

/** Undefined without a section table, or when it or the names in it cannot be read whole. */
export function readSections(source: ElfSource, header: ElfHeader): ElfSections | undefined {
  const { offset, entryBytes } = header.sections;
  const width = source.bits === 64 ? 64 : 40;
  if (offset === 0 || entryBytes < width) return undefined;
  const { count, nameSection } = readCounts(source, header, width);
  const isSane = count > 0 && count <= mostSections;
  const view = isSane ? viewOf(source, offset, count * entryBytes) : undefined;
  if (view === undefined) return undefined;
  const rows: UnnamedSection[] = [];
  for (let at = 0; at < view.length; at += entryBytes) rows.push(readRow(source, view, at));
  const names = rows[nameSection];
  if (names === undefined || names.bytes > mostNameBytes) return undefined;
  const nameBytes = bytesOf(source, names.offset, names.bytes);
  if (nameBytes === undefined) return undefined;
  return {
    nameSection,
    rows: rows.map(({ nameAt, ...row }) => ({ ...row, name: nameIn(nameBytes, nameAt) })),
  };
}

type UnnamedSection = Omit<ElfSection, "name"> & { readonly nameAt: number };

function readRow({ bits }: ElfSource, view: ElfView, at: number): UnnamedSection {
  const wordBytes = bits / 8;
  const type = view.u32(at + 4);
  const hasBytes = type !== sectionType.noBits && type !== 0;
  return {
    nameAt: view.u32(at),
    type,
    isWritable: (view.word(at + 8) & 1) !== 0,
    isLoaded: (view.word(at + 8) & 2) !== 0,
    isExecutable: (view.word(at + 8) & 4) !== 0,
    isCompressed: (view.word(at + 8) & 0x800) !== 0,
    address: view.word(at + 8 + wordBytes),
    offset: view.word(at + 8 + 2 * wordBytes),
    bytes: hasBytes ? view.word(at + 8 + 3 * wordBytes) : 0,
    link: view.u32(at + 8 + 4 * wordBytes),
  };
}

/**
 * What `strip` would take away, as BFD tells debug sections: by name, and only where they are not loaded (binutils 2.40, bfd/elf.c). A
 * relocatable file needs its symbols. Undefined where a section lies outside the file, or sections overlap so much that their sum does.
 */
export function strippableOf(
  source: ElfSource,
  type: ElfFacts["type"],
  sections: ElfSections,
): Pick<ElfFacts, "debugBytes" | "removableBytes"> {
  const stripped = strippedSections(source, type, sections);
  if (stripped === undefined) return notKnown;
  const sumOf = (indexes: readonly number[]): number =>
    indexes.reduce((sum, index) => sum + (sections.rows[index]?.bytes ?? 0), 0);
  const indexes = [...stripped.keys()];
  return {
    debugBytes: sumOf(indexes.filter((index) => stripped.get(index) === "debug")),
    removableBytes: sumOf(indexes),
  };
}

/** As `strippableOf`: which sections, by their index, and as what. */
export function strippedSections(
  source: ElfSource,
  type: ElfFacts["type"],
  { rows, nameSection }: ElfSections,
): ReadonlyMap<number, "debug" | "symbols"> | undefined {
  const found = new Map<number, "debug" | "symbols">();
  let removableBytes = 0;
  const symbols = type === "relocatable" ? new Set<number>() : symbolSections(rows, nameSection);
  for (const [at, row] of rows.entries()) {
    if (row.offset + row.bytes > source.fileBytes && row.bytes > 0) return undefined;
    const isDebug = isDebugSection(row);
    if (!isDebug && !symbols.has(at)) continue;
    found.set(at, isDebug ? "debug" : "symbols");
    removableBytes += row.bytes;
  }
  return removableBytes > source.fileBytes ? undefined : found;
}

/** Whether a section is debug information, which no program needs to run. */
export function isDebugSection({ isLoaded, name }: ElfSection): boolean {
  return !isLoaded && debugPrefixes.some((prefix) => name.startsWith(prefix));
}

/** Values of `ElfSection.type`. */
export const sectionType = { symbols: 2, texts: 3, noBits: 8, symbolIndexes: 18 } as const;

const debugPrefixes = [
  ".debug",
  ".zdebug",
  ".gnu.debuglto_.debug_",
  ".gnu.linkonce.wi.",
  ".line",
  ".stab",
  ".gdb_index",
];

/** What a strip would take off where that cannot be said. */
export const notKnown = { debugBytes: undefined, removableBytes: undefined };

/** The symbol tables that are not loaded and their texts, unless the names of the sections are among those. */
function symbolSections(rows: readonly ElfSection[], nameSection: number): ReadonlySet<number> {
  const found = new Set<number>();
  for (const [at, { type, isLoaded, link }] of rows.entries()) {
    if (isLoaded) continue;
    if (type === sectionType.symbolIndexes) found.add(at);
    if (type !== sectionType.symbols) continue;
    found.add(at);
    const texts = rows[link];
    if (texts?.type === sectionType.texts && !texts.isLoaded) found.add(link);
  }
  found.delete(nameSection);
  return found;
}

/** Numbers that do not fit their fields stand in the first section. */
function readCounts(
  source: ElfSource,
  { sections: { offset, count }, nameSection }: ElfHeader,
  width: number,
): { readonly count: number; readonly nameSection: number } {
  if (count !== 0 && nameSection !== 0xffff) return { count, nameSection };
  const first = viewOf(source, offset, width);
  if (first === undefined) return { count: 0, nameSection };
  const at64 = source.bits === 64;
  return {
    count: count === 0 ? first.word(at64 ? 32 : 20) : count,
    nameSection: nameSection === 0xffff ? first.u32(at64 ? 40 : 24) : nameSection,
  };
}

function nameIn(bytes: Uint8Array, at: number): string {
  const end = bytes.indexOf(0, at);
  if (at >= bytes.length || end < 0) return "";
  return decoder.decode(bytes.subarray(at, Math.min(end, at + mostNameLength)));
}

const decoder = new TextDecoder("utf-8");

/** Objects of C++ with a section for each function have some hundred thousand. */
const mostSections = 2 ** 17;
const mostNameBytes = 16 * 2 ** 20;
const mostNameLength = 256;
