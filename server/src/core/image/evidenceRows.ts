import { type ByteColumn, emptyByteColumn } from "./byteColumn.ts";
import type { ElfFacts } from "./elf.ts";
import type { ElfFile, KeptContent, LayerEvidence } from "./evidence.ts";
import { type KeptKind, type KeptRule, mostKeptBytes } from "./keptPaths.ts";

/** What is kept while a layer is built, by the handles that `addEntry` gave. */
export interface EvidenceRows {
  readonly programs: { readonly handle: number; readonly facts: ElfFacts }[];
  readonly contents: {
    readonly handle: number;
    readonly start: number;
    readonly end: number;
    readonly isWhole: boolean;
  }[];
  /** All contents in one piece of memory: it moves between threads as one. */
  readonly bytes: ByteColumn;
  readonly bytesByKind: Map<KeptKind, number>;
  /** Characters in all facts. */
  factsLength: number;
  isCut: boolean;
}

/** No rows. */
export function emptyEvidenceRows(): EvidenceRows {
  return {
    programs: [],
    contents: [],
    bytes: emptyByteColumn(0),
    bytesByKind: new Map(),
    factsLength: 0,
    isCut: false,
  };
}

/** Keeps what facts an ELF file gives, up to a ceiling. */
export function addProgram(rows: EvidenceRows, handle: number, facts: ElfFacts): void {
  rows.factsLength += lengthOf(facts);
  const isRoom = rows.programs.length < mostPrograms && rows.factsLength <= mostFactsLength;
  if (isRoom) rows.programs.push({ handle, facts });
  else rows.isCut = true;
}

/** Keeps a content or the beginning of one, up to the ceiling of its kind. */
export function addContent(
  rows: EvidenceRows,
  handle: number,
  { kind }: KeptRule,
  bytes: Uint8Array,
  isWhole: boolean,
): void {
  const sum = (rows.bytesByKind.get(kind) ?? 0) + bytes.length;
  if (sum > mostKeptBytes[kind] || rows.contents.length === mostContents) {
    rows.isCut = true;
    return;
  }
  rows.bytesByKind.set(kind, sum);
  const start = rows.bytes.length;
  const end = start + bytes.length;
  reserve(rows.bytes, end);
  rows.bytes.bytes.set(bytes, start);
  rows.bytes.length = end;
  rows.contents.push({ handle, start, end, isWhole });
}

/** The rows by node; `nodeOf` gives the node that carries a handle's content, -1 where none is left. */
export function toEvidence(rows: EvidenceRows, nodeOf: (handle: number) => number): LayerEvidence {
  const bytes = rows.bytes.bytes.slice(0, rows.bytes.length);
  return {
    programs: byNode(
      rows.programs.map(({ handle, facts }): ElfFile => ({ node: nodeOf(handle), facts })),
    ),
    contents: byNode(
      rows.contents.map(({ handle, start, end, isWhole }): KeptContent => ({
        node: nodeOf(handle),
        bytes: bytes.subarray(start, end),
        isWhole,
      })),
    ),
    ...(rows.isCut ? { isCut: true } : {}),
  };
}

/** Far above any layer: whole distributions have some ten thousand programs and libraries. */
const mostPrograms = 100_000;
const mostContents = 200_000;
const mostFactsLength = 64 * 2 ** 20;

function lengthOf({ needed, runPath, go }: ElfFacts): number {
  const texts = [...needed, ...runPath, ...(go?.settings ?? []), go?.version ?? ""];
  return texts.reduce((sum, text) => sum + text.length, 0);
}

function byNode<Row extends { readonly node: number }>(rows: readonly Row[]): readonly Row[] {
  return rows.filter(({ node }) => node >= 0).sort((a, b) => a.node - b.node);
}

function reserve(column: ByteColumn, length: number): void {
  if (length <= column.bytes.length) return;
  const grown = new Uint8Array(Math.max(length, column.bytes.length * 2, 4096));
  grown.set(column.bytes.subarray(0, column.length));
  column.bytes = grown;
}
