import type { ElfFacts } from "./elf.ts";
import { readElfHeader, openElf } from "./elfHeader.ts";
import { parseElf } from "./elfParser.ts";
import { readSections } from "./elfSections.ts";
import { readSegments } from "./elfSegments.ts";
import type { ReadBytes } from "./elfView.ts";

/** Takes ELF files that pass by in portions and keeps of each what parsing needs; its memory is used again for the next. */
export interface ElfGatherer {
  /** A file of that many bytes begins. */
  begin(fileBytes: number): void;
  /** The next bytes, chunk[start … end). */
  take(chunk: Uint8Array, start: number, end: number): void;
  /** What the file says; undefined when it is no ELF file after all. */
  end(): ElfFacts | undefined;
}

/** Files up to `wholeBytes` are kept whole, of larger ones the first `headBytes` and what their headers point to. */
export function createElfGatherer({
  wholeBytes,
  headBytes,
}: GathererSizes = defaultSizes): ElfGatherer {
  let memory: Uint8Array = new Uint8Array(0);
  let fileBytes = 0;
  let position = 0;
  let pieces: readonly Piece[] = [];
  const read: ReadBytes = (offset, length) => {
    const piece = pieces.find(
      (one) => offset >= one.offset && offset + length <= one.offset + one.bytes.length,
    );
    return piece?.bytes.subarray(offset - piece.offset, offset - piece.offset + length);
  };
  return {
    begin(bytes) {
      const kept = bytes > wholeBytes ? headBytes : bytes;
      if (kept > memory.length) memory = new Uint8Array(kept);
      pieces = [{ offset: 0, bytes: memory.subarray(0, kept) }];
      fileBytes = bytes;
      position = 0;
    },
    take(chunk, start, end) {
      const before = position;
      position += end - start;
      for (const piece of pieces) copyInto(piece, chunk, start, end, before);
      if (fileBytes <= wholeBytes || before >= headBytes || position < headBytes) return;
      pieces = [...pieces, ...piecesBehind(read, headBytes, fileBytes)];
      for (const piece of pieces.slice(1)) copyInto(piece, chunk, start, end, before);
    },
    end() {
      const facts = parseElf(read, fileBytes);
      pieces = [];
      if (memory.length > mostIdleBytes) memory = new Uint8Array(0);
      return facts;
    },
  };
}

interface GathererSizes {
  readonly wholeBytes: number;
  readonly headBytes: number;
}

const defaultSizes: GathererSizes = { wholeBytes: 64 * 2 ** 20, headBytes: 4 * 2 ** 20 };

/** Memory that is kept from one file to the next. */
const mostIdleBytes = 8 * 2 ** 20;

/** A part of the file that is kept. */
interface Piece {
  readonly offset: number;
  readonly bytes: Uint8Array;
}

function copyInto(
  { offset, bytes }: Piece,
  chunk: Uint8Array,
  start: number,
  end: number,
  position: number,
): void {
  const from = Math.max(offset, position);
  const to = Math.min(offset + bytes.length, position + end - start);
  if (from >= to) return;
  bytes.set(chunk.subarray(start + from - position, start + to - position), from - offset);
}

interface Range {
  readonly start: number;
  readonly end: number;
}

/** What parsing will ask for behind the head. Linkers and patchelf put the dynamic texts at the start of a segment, the section names before their table. */
function piecesBehind(read: ReadBytes, headBytes: number, fileBytes: number): readonly Piece[] {
  const source = openElf(read, fileBytes);
  const header = source && readElfHeader(source);
  if (source === undefined || header === undefined) return [];
  const segments = readSegments(source, header) ?? [];
  const { offset, entryBytes, count } = header.sections;
  const names = readSections({ ...source, read: orZeros(read) }, header)?.rows[header.nameSection];
  const wanted = [
    ...segments.map((row) => rangeOf(row.offset, Math.min(row.bytes, mostSegmentBytes))),
    rangeOf(
      Math.max(0, offset - mostNameBytes),
      mostNameBytes + Math.min(entryBytes * count, mostTableBytes),
    ),
    rangeOf(names?.offset ?? 0, Math.min(names?.bytes ?? 0, mostNameBytes)),
  ];
  return joined(
    wanted.map(({ start, end }) => ({
      start: Math.max(start, headBytes),
      end: Math.min(end, fileBytes),
    })),
  );
}

const mostSegmentBytes = 2 ** 20;
const mostNameBytes = 2 ** 18;
const mostTableBytes = 2 ** 20;
/** All pieces of a file together: what is odd enough to ask for more goes without. */
const mostPieceBytes = 16 * 2 ** 20;

function rangeOf(start: number, length: number): Range {
  return { start, end: start + length };
}

/** The section table may be in the head while its names are not. */
function orZeros(read: ReadBytes): ReadBytes {
  return (offset, length) =>
    read(offset, length) ?? (length <= mostNameBytes ? new Uint8Array(length) : undefined);
}

/** Ranges as pieces that do not overlap. */
function joined(ranges: readonly Range[]): readonly Piece[] {
  const found: Range[] = [];
  const sorted = ranges.filter(({ start, end }) => start < end).sort((a, b) => a.start - b.start);
  for (const range of sorted) {
    const last = found.at(-1);
    if (last !== undefined && range.start <= last.end) {
      found[found.length - 1] = { start: last.start, end: Math.max(last.end, range.end) };
    } else found.push(range);
  }
  let room = mostPieceBytes;
  return found.flatMap(({ start, end }) => {
    room -= end - start;
    return room < 0 ? [] : [{ offset: start, bytes: new Uint8Array(end - start) }];
  });
}
