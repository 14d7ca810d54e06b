import type { ElfSection } from "./elfSections.ts";
import { type ElfSegment, placeOf } from "./elfSegments.ts";
import { type ElfSource, viewOf } from "./elfView.ts";
import type { GoLineTable } from "./goPcln.ts";

/**
 * The address that the rows of a table count from; 0 where they are addresses themselves, undefined when it is not known for sure. The table itself says it
 * until Go 1.25, the record of the module (`runtime.firstmoduledata`) always; of position-independent programs both may stand only in the relocations.
 */
export function findTextStart(
  source: ElfSource,
  segments: readonly ElfSegment[],
  sections: readonly ElfSection[],
  table: GoLineTable,
): number | undefined {
  if (!table.isRelative) return 0;
  if (table.textStart !== 0) return table.textStart;
  const writable = segments.filter(({ kind, isWritable }) => kind === "load" && isWritable);
  return (
    findInFile(source, writable, table) ?? findInRelocations(relocationsOf(source, sections), table)
  );
}

/** Words of the record since Go 1.16, the first the address of the table. */
const word = { firstFunction: 20, lastFunction: 21, text: 22 } as const;

/** The record says where the first function begins and the last one ends; both must agree with the table. */
function textStartIn(
  wordAt: (place: number) => number,
  { starts }: GoLineTable,
): number | undefined {
  const text = wordAt(word.text);
  const isSame =
    wordAt(word.firstFunction) === text + (starts[0] ?? 0) &&
    wordAt(word.lastFunction) === text + (starts.at(-1) ?? 0);
  return isSame && text > 0 ? text : undefined;
}

function findInFile(
  source: ElfSource,
  segments: readonly ElfSegment[],
  table: GoLineTable,
): number | undefined {
  const { wordBytes } = table;
  const low = wordBytes === 8 && !source.isLittleEndian ? 4 : 0;
  const lowHalf = table.address % 2 ** 32;
  for (const { offset, bytes } of segments) {
    const length = Math.min(bytes, source.fileBytes - offset);
    const view = length > 0 ? viewOf(source, offset, length) : undefined;
    for (let at = 0; view !== undefined && at + 23 * wordBytes <= length; at += wordBytes) {
      if (view.u32(at + low) !== lowHalf || view.word(at) !== table.address) continue;
      const found = textStartIn((place) => view.word(at + place * wordBytes), table);
      if (found !== undefined) return found;
    }
  }
  return undefined;
}

/** Values that the loader adds the base address to, by the address that they are written to. */
type Relocations = ReadonlyMap<number, number>;

function findInRelocations(values: Relocations, table: GoLineTable): number | undefined {
  for (const [at, value] of values) {
    if (value !== table.address) continue;
    const wordAt = (place: number): number => values.get(at + place * table.wordBytes) ?? -1;
    const found = textStartIn(wordAt, table);
    if (found !== undefined) return found;
  }
  return undefined;
}

/** Rows of SHT_RELA without a symbol. System V gABI § Relocation. */
function relocationsOf(source: ElfSource, sections: readonly ElfSection[]): Relocations {
  const values = new Map<number, number>();
  const is64 = source.bits === 64;
  const rowBytes = is64 ? 24 : 12;
  for (const { type, isLoaded, offset, bytes } of sections) {
    if (type !== relocationsWithAddend || !isLoaded) continue;
    const view = viewOf(source, offset, bytes);
    for (let at = 0; view !== undefined && at + rowBytes <= bytes; at += rowBytes) {
      const symbol = is64
        ? symbolOf(source, view.u32(at + 8), view.u32(at + 12))
        : view.u32(at + 4) >>> 8;
      if (symbol !== 0) continue;
      values.set(view.word(at), view.word(at + (is64 ? 16 : 8)));
      if (values.size >= mostRelocations) return values;
    }
  }
  return values;
}

/** The upper half of `r_info`. */
function symbolOf({ isLittleEndian }: ElfSource, first: number, second: number): number {
  return isLittleEndian ? second : first;
}

const relocationsWithAddend = 4;
const mostRelocations = 2 ** 21;

/** Where the text lies in the file; undefined when it is not wholly in one segment that may be run. */
export function placeOfText(
  segments: readonly ElfSegment[],
  start: number,
  end: number,
): number | undefined {
  const runnable = segments.filter(({ kind, isExecutable }) => kind === "load" && isExecutable);
  const place = placeOf(runnable, start);
  return place !== undefined && place.offset + end - start <= place.end ? place.offset : undefined;
}
