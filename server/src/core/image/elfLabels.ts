import type { ElfUse } from "./elfUses.ts";
import { goOwners } from "./goOwners.ts";
import type { GoPackageBytes } from "./goSymbols.ts";
import { goPackageRanges } from "./goSymbols.ts";
import { claimsOf } from "./elfLabelsClaims.ts";
import { type PaintedRun, paintClaims } from "./elfLabelsPaint.ts";
import { sharePackages } from "./elfLabelsPackages.ts";
import { openElf, readElfHeader } from "./elfHeader.ts";
import { readSections } from "./elfSections.ts";
import { readSegments } from "./elfSegments.ts";
import { type ElfSource, type ReadBytes, bytesOf } from "./elfView.ts";

/**
 * What every byte of an ELF file is for. Invariant, whatever the file claims: `parts` stand in the order of the file, touch each other, none is
 * empty, and together they are exactly `fileBytes`.
 */
export interface ElfLabels {
  readonly fileBytes: number;
  readonly parts: readonly ElfPart[];
  /** False where there is no section table or it cannot be read: then the segments name what is loaded, and what strip takes away is not known. */
  readonly hasSections: boolean;
  /** Whether functions of a Go program could be named; undefined where it is no Go program. */
  readonly areGoPackagesNamed: boolean | undefined;
}

/** A run of bytes with one purpose. */
export interface ElfPart {
  readonly kind: ElfPartKind;
  /** Of a section its name, "" where it has none; of a segment what it is; "" for all others. */
  readonly name: string;
  readonly offset: number;
  readonly bytes: number;
  /** Of a section with SHF_COMPRESSED or a `.zdebug` name. */
  readonly isCompressed: boolean;
  /** What `strip` would take it away as; undefined for all that it keeps, and where that is not known. */
  readonly removable: ElfRemovable | undefined;
  readonly use: ElfUse;
  /** Of Go programs, heaviest first. Their sum is at most `bytes`; the rest is of no package, or of none that is named. */
  readonly packages: readonly GoPackageBytes[];
}

/**
 * `segment`: loaded, and in no section · `padding`: nothing but zeros that nothing names · `appended`: behind all that the headers name, as programs
 * that carry an archive have it · `unnamed`: between what is named.
 */
export type ElfPartKind =
  | "file-header"
  | "program-headers"
  | "section-headers"
  | "section"
  | "segment"
  | "padding"
  | "appended"
  | "unnamed";

/** Debug information, or symbols that are not loaded and their texts. */
export type ElfRemovable = "debug" | "symbols";

/**
 * Labels all bytes of a file; undefined when it is no ELF file. Where several claim a byte the first has it: the header of the file, the program headers, the
 * section headers, sections in the order of their table, the interpreter and the dynamic segment, loaded segments in the order of theirs. What lies
 * beyond the end of the file is left out.
 */
export function labelElf(read: ReadBytes, fileBytes: number): ElfLabels | undefined {
  const source = openElf(read, fileBytes);
  const header = source && readElfHeader(source);
  if (source === undefined || header === undefined) return undefined;
  const segments = readSegments(source, header) ?? [];
  const sections = readSections(source, header);
  const claims = claimsOf(source, header, segments, sections);
  const runs = paintClaims(claims, fileBytes);
  const lastNamed = claims.reduce(
    (last, { start, end }) => (start < end ? Math.max(last, end) : last),
    0,
  );
  const hasSections = sections !== undefined;
  const parts = runs.map((run) => partOf({ source, hasSections, lastNamed }, run));
  const named = goPackageRanges(source, segments, sections?.rows ?? []);
  return {
    fileBytes,
    parts:
      named === undefined
        ? parts
        : sharePackages(parts, named, goOwners(source, segments, sections?.rows ?? [])),
    hasSections,
    areGoPackagesNamed: named === undefined ? undefined : named.length > 0,
  };
}

const plain = {
  name: "",
  isCompressed: false,
  removable: undefined,
  use: "not-loaded",
  packages: [],
} as const;

interface Reading {
  readonly source: ElfSource;
  readonly hasSections: boolean;
  /** Where the last byte ends that anything names. */
  readonly lastNamed: number;
}

/** Zeros beside the sections are what linkers fill up with, in a segment or not; without sections they may be data. */
function partOf(
  { source, hasSections, lastNamed }: Reading,
  { start, end, claim }: PaintedRun,
): ElfPart {
  const place = { offset: start, bytes: end - start };
  const isFilling = claim === undefined || (claim.kind === "segment" && hasSections);
  if (isFilling && isZero(source, start, end)) {
    return { ...plain, ...place, kind: "padding", use: "padding" };
  }
  if (claim === undefined) {
    return start >= lastNamed
      ? { ...plain, ...place, kind: "appended", use: "appended" }
      : { ...plain, ...place, kind: "unnamed" };
  }
  const { kind, name, isCompressed, removable, use } = claim;
  return { kind, name, ...place, isCompressed, removable, use, packages: [] };
}

function isZero(source: ElfSource, start: number, end: number): boolean {
  for (let at = start; at < end; at += windowBytes) {
    const window = bytesOf(source, at, Math.min(windowBytes, end - at));
    if (window === undefined || window.some((byte) => byte !== 0)) return false;
  }
  return true;
}

const windowBytes = 64 * 1024;
