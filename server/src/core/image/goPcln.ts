import type { ElfSection } from "./elfSections.ts";
import type { ElfSegment } from "./elfSegments.ts";
import { type ElfSource, bytesOf } from "./elfView.ts";
import { goPackageOf } from "./goPclnNames.ts";

/** Functions of a Go program, as the table says that its runtime needs for stack traces and that no stripping takes away. */
export interface GoLineTable {
  /** Where the program finds the table. */
  readonly address: number;
  readonly wordBytes: 4 | 8;
  /** Where each function begins, ascending, and at last where the last one ends; addresses, or offsets from the start of the text where `isRelative`. */
  readonly starts: Float64Array;
  /** Package of each function, "" of none; one shorter than `starts`. */
  readonly packages: readonly string[];
  /** Since Go 1.18. */
  readonly isRelative: boolean;
  /** As the table itself says it; 0 where it is filled in at loading or, since Go 1.26, not said. */
  readonly textStart: number;
}

/**
 * The table of functions, in the section for it or wherever its first bytes are found in what is loaded. Undefined when there is none that is whole: every row
 * must point to a record that names the same address. The layouts of Go 1.2, 1.16, 1.18 and 1.20 (Go, debug/gosym, runtime/symtab.go).
 */
export function findGoLineTable(
  source: ElfSource,
  segments: readonly ElfSegment[],
  sections: readonly ElfSection[],
): GoLineTable | undefined {
  const named = sections.find(({ name }) => name.endsWith(".gopclntab"));
  if (named !== undefined) {
    const bytes = bytesOf(source, named.offset, named.bytes);
    return bytes && parseTable(source, bytes, named.address);
  }
  for (const segment of segments.filter(({ kind }) => kind === "load")) {
    const length = Math.min(segment.bytes, source.fileBytes - segment.offset);
    const bytes = length > 0 ? bytesOf(source, segment.offset, length) : undefined;
    const found = bytes && searchTable(source, bytes, segment.address);
    if (found !== undefined) return found;
  }
  return undefined;
}

function searchTable(
  source: ElfSource,
  bytes: Uint8Array,
  address: number,
): GoLineTable | undefined {
  const view = viewOf(bytes);
  let left = mostCandidates;
  for (let at = -address & (tableAlignment - 1); at + headerBytes <= bytes.length;) {
    const magic = mayBegin(bytes, at) ? view.getUint32(at, source.isLittleEndian) : 0;
    if (layouts.has(magic) && isHeader(source, bytes, at)) {
      const found = parseTable(source, bytes.subarray(at), address + at);
      left -= 1;
      if (found !== undefined || left === 0) return found;
    }
    at += tableAlignment;
  }
  return undefined;
}

/** What all magic numbers have in the middle, in either byte order, and the zero behind: nearly all other places are told by these. */
function mayBegin(bytes: Uint8Array, at: number): boolean {
  return bytes[at + 1] === 0xff && bytes[at + 2] === 0xff && bytes[at + 4] === 0;
}

/** The linker aligns it to 32 bytes, since Go 1.26 to 16. */
const tableAlignment = 8;
const headerBytes = 16;
/** Programs that read such tables have the first four bytes in their constants, but hardly all eight. */
const mostCandidates = 64;

/** Two zeros, the least length of an instruction and the width of an address follow the magic number. */
function isHeader({ bits }: ElfSource, bytes: Uint8Array, at: number): boolean {
  const quantum = bytes[at + 6] ?? 0;
  const isQuiet = bytes[at + 4] === 0 && bytes[at + 5] === 0;
  return isQuiet && [1, 2, 4].includes(quantum) && bytes[at + 7] === bits / 8;
}

/** How the versions differ; numbers of words behind the first eight bytes. */
interface Layout {
  /** Undefined where the table of functions follows at once and all counts from the start. */
  readonly places?: {
    readonly names: number;
    readonly functions: number;
    readonly textStart?: number;
  };
}

const layouts: ReadonlyMap<number, Layout> = new Map([
  [0xfffffffb, {}],
  [0xfffffffa, { places: { names: 2, functions: 6 } }],
  [0xfffffff0, { places: { names: 3, functions: 7, textStart: 2 } }],
  [0xfffffff1, { places: { names: 3, functions: 7, textStart: 2 } }],
]);

function parseTable(
  source: ElfSource,
  bytes: Uint8Array,
  address: number,
): GoLineTable | undefined {
  if (bytes.length < headerBytes || !isHeader(source, bytes, 0)) return undefined;
  const reader = readerOf(bytes, source.isLittleEndian, source.bits === 64 ? 8 : 4);
  const layout = layouts.get(reader.u32(0));
  return layout === undefined ? undefined : readFunctions(reader, layout, address);
}

function readFunctions(reader: Reader, layout: Layout, address: number): GoLineTable | undefined {
  const table = tableOf(reader, layout);
  const { count, functions, records, names, fieldBytes, field } = table;
  if (count < 1 || count > mostFunctions) return undefined;
  if (functions + (2 * count + 1) * fieldBytes > reader.length) return undefined;
  const starts = new Float64Array(count + 1);
  const packages: string[] = [];
  for (let row = 0; row <= count; row += 1) {
    const at = functions + 2 * row * fieldBytes;
    const start = field(at);
    if (start < (starts[row - 1] ?? 0)) return undefined;
    starts[row] = start;
    if (row === count) break;
    const record = records + field(at + fieldBytes);
    if (record + fieldBytes + 4 > reader.length || field(record) !== start) return undefined;
    packages.push(goPackageOf(reader.bytes, names + reader.u32(record + fieldBytes)));
  }
  const { wordBytes } = reader;
  const { isRelative, textStart } = table;
  return { address, wordBytes, starts, packages, isRelative, textStart };
}

interface Table {
  readonly count: number;
  /** Where the rows are: where a function begins, and where its record is from `records` on. */
  readonly functions: number;
  readonly records: number;
  readonly names: number;
  readonly isRelative: boolean;
  readonly textStart: number;
  readonly fieldBytes: number;
  readonly field: (at: number) => number;
}

function tableOf(reader: Reader, { places }: Layout): Table {
  const { wordBytes, u32, word } = reader;
  const header = (place: number): number => word(8 + place * wordBytes);
  const count = header(0);
  if (places === undefined) {
    const start = { functions: 8 + wordBytes, records: 0, names: 0, textStart: 0 };
    return { ...start, count, isRelative: false, fieldBytes: wordBytes, field: word };
  }
  const functions = header(places.functions);
  const isRelative = places.textStart !== undefined;
  return {
    count,
    functions,
    records: functions,
    names: header(places.names),
    isRelative,
    textStart: places.textStart === undefined ? 0 : header(places.textStart),
    fieldBytes: isRelative ? 4 : wordBytes,
    field: isRelative ? u32 : word,
  };
}

/** The largest programs have some hundred thousand. */
const mostFunctions = 2 ** 21;

interface Reader {
  readonly bytes: Uint8Array;
  readonly length: number;
  readonly wordBytes: 4 | 8;
  /** Offsets beyond the end give 0. */
  readonly u32: (at: number) => number;
  readonly word: (at: number) => number;
}

function readerOf(bytes: Uint8Array, isLittle: boolean, wordBytes: 4 | 8): Reader {
  const view = viewOf(bytes);
  const u32 = (at: number): number => (at + 4 <= bytes.length ? view.getUint32(at, isLittle) : 0);
  return {
    bytes,
    length: bytes.length,
    wordBytes,
    u32,
    word(at) {
      if (wordBytes === 4) return u32(at);
      return u32(isLittle ? at + 4 : at) * 2 ** 32 + u32(isLittle ? at : at + 4);
    },
  };
}

function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
}
