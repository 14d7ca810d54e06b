import { findAnchors } from "./anchors.ts";
import type { Confidence } from "./attribution.ts";
import type { HistoryRow } from "./createdBy.ts";
import { type FirmAnchors, dropDoubtful } from "./doubtful.ts";
import type { ExpectedRow } from "./expectedRows.ts";
import { preferEdited } from "./preferEdited.ts";
import { createSimilarity, leastSimilarity } from "./rowMatch.ts";

/** An instruction and the row that it wrote. */
export interface Pair {
  /** Index into the expected rows. */
  readonly expected: number;
  /** Index into the history rows. */
  readonly row: number;
  /** True when the text of the line is another one than at the build. */
  readonly isEdited: boolean;
  readonly confidence: Confidence;
}

/** How the instructions of a stage chain fit the end of a history. */
export interface Alignment {
  /** In order, each instruction and each row at most once. */
  readonly pairs: readonly Pair[];
  /** First row that the chain wrote; the rows before it came with the base image. Equal to the number of rows when it wrote none. */
  readonly firstOwnRow: number;
  /** Share of the instructions and rows that found each other, 0–1, edited lines counting half; 1 when there was nothing to match. */
  readonly matchRatio: number;
}

/**
 * Pairs instructions with rows, both in order, from the end: lines whose text agrees first, then edited lines between them. Rows left over
 * before the first pair are the base image's. With `isWholeHistory` (FROM scratch) there is no base, so all rows are the chain's own.
 * O(instructions · rows).
 */
export function alignRows(
  expected: readonly ExpectedRow[],
  rows: readonly HistoryRow[],
  { isWholeHistory }: { readonly isWholeHistory: boolean },
): Alignment {
  const anchors = preferEdited(expected, rows, findAnchors(expected, rows, isWholeHistory));
  const firm = dropDoubtful(expected, rows, anchors, isWholeHistory);
  const pairs = fillGaps(expected, rows, firm, isWholeHistory);
  const firstOwnRow = isWholeHistory
    ? 0
    : Math.min(pairs[0]?.row ?? rows.length, anchors[0]?.row ?? rows.length);
  return { pairs, firstOwnRow, matchRatio: matchRatioOf(expected, rows, pairs, firstOwnRow) };
}

function matchRatioOf(
  expected: readonly ExpectedRow[],
  rows: readonly HistoryRow[],
  pairs: readonly Pair[],
  firstOwnRow: number,
): number {
  const weight = pairs.reduce((sum, { isEdited }) => sum + (isEdited ? 0.5 : 1), 0);
  const ownRows = rows.slice(firstOwnRow).filter(({ keyword }) => keyword !== undefined).length;
  const wanted = Math.max(expected.filter(leavesRow).length, ownRows);
  return wanted === 0 ? 1 : Math.min(weight / wanted, 1);
}

/** Some builders write no row for these, so a missing one says nothing. */
function leavesRow({ instruction }: ExpectedRow): boolean {
  return instruction.keyword !== "ARG" && instruction.keyword !== "ONBUILD";
}

/** What stands between two pairs of neighbours: instructions and rows that agree with nothing. */
interface Gap {
  readonly mine: readonly number[];
  readonly theirs: readonly number[];
  /** Whether the rows are the chain's own for sure: false before the first anchor of an image with a base. */
  readonly isOwn: boolean;
}

function fillGaps(
  expected: readonly ExpectedRow[],
  rows: readonly HistoryRow[],
  { anchors, doubtfulExpected, doubtfulRows }: FirmAnchors,
  isWholeHistory: boolean,
): readonly Pair[] {
  const bounds = [...anchors, { expected: expected.length, row: rows.length }];
  return bounds.flatMap((bound, index) => {
    const before = bounds[index - 1];
    const mine = range(before?.expected ?? -1, bound.expected).filter(
      (at) => !doubtfulExpected.has(at),
    );
    const theirs = range(before?.row ?? -1, bound.row).filter(
      (at) => rows[at]?.keyword !== undefined && !doubtfulRows.has(at),
    );
    const isOwn = before !== undefined || isWholeHistory;
    const edited = pairEdited(expected, rows, { mine, theirs, isOwn });
    const anchor = anchors[index];
    return anchor === undefined ? edited : [...edited, { ...anchor, isEdited: false }];
  });
}

/** Edited lines: kind by kind where both sides count the same, else only where the old text is still alike. From the end, for a base comes first. */
function pairEdited(
  expected: readonly ExpectedRow[],
  rows: readonly HistoryRow[],
  { mine, theirs, isOwn }: Gap,
): readonly Pair[] {
  const kindOf = (index: number): string | undefined => expected[index]?.instruction.keyword;
  const isSameKinds =
    isOwn &&
    mine.length === theirs.length &&
    mine.every((index, at) => kindOf(index) === rows[theirs[at] ?? -1]?.keyword);
  if (isSameKinds) {
    return mine.map((index, at) => edited(index, theirs[at] ?? 0));
  }
  const pairs: Pair[] = [];
  const similarity = createSimilarity();
  const first = isOwn ? 0 : Math.max(theirs.length - mine.length - 1, 0);
  let last = theirs.length - 1;
  for (const index of mine.toReversed()) {
    const one = expected[index];
    for (let at = last; one !== undefined && at >= first; at -= 1) {
      const row = rows[theirs[at] ?? -1];
      if (row === undefined || similarity(one, row) < leastSimilarity) continue;
      pairs.push(edited(index, theirs[at] ?? 0));
      last = at - 1;
      break;
    }
  }
  return pairs.reverse();
}

function edited(expected: number, row: number): Pair {
  return { expected, row, isEdited: true, confidence: "likely" };
}

/** The numbers between two others. */
function range(before: number, end: number): readonly number[] {
  return Array.from({ length: Math.max(end - before - 1, 0) }, (_, index) => before + 1 + index);
}
