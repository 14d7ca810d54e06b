import type { Confidence } from "./attribution.ts";
import type { HistoryRow } from "./createdBy.ts";
import type { ExpectedRow } from "./expectedRows.ts";
import { matchRow } from "./rowMatch.ts";

/** An instruction and a row that agree. */
export interface Anchor {
  /** Index into the expected rows. */
  readonly expected: number;
  /** Index into the history rows. */
  readonly row: number;
  readonly confidence: Confidence;
}

/** More comparisons than this are not made: what only they could find stays without a line. */
const mostComparisons = 1_000_000;

/**
 * The chain of agreeing pairs with the highest score, in order. From the end on, runs of lines that agree are taken as they stand and what
 * lies between two runs is compared each with each, so that a long file with a few edits costs little more than its length. Rows before
 * the first pair cost nothing unless they cannot be a base image's (`isWholeHistory`).
 */
export function findAnchors(
  expected: readonly ExpectedRow[],
  rows: readonly HistoryRow[],
  isWholeHistory: boolean,
): readonly Anchor[] {
  const isCertain = (i: number, j: number): boolean => {
    const [one, row] = [expected[i], rows[j]];
    return one !== undefined && row !== undefined && matchRow(one, row) === "certain";
  };
  const parts: (readonly Anchor[])[] = [];
  let i = expected.length;
  let j = rows.length;
  for (;;) {
    for (; i > 0 && j > 0 && isCertain(i - 1, j - 1); i -= 1, j -= 1) {
      parts.push([{ expected: i - 1, row: j - 1, confidence: "certain" }]);
    }
    const gap = findNextRun(i, j, isCertain);
    const from = gap ?? { expected: 0, row: 0 };
    const isBounded = gap !== undefined || isWholeHistory;
    const between = compareAll(
      expected.slice(from.expected, i),
      rows.slice(from.row, j),
      isBounded,
    );
    parts.push(
      between.map((anchor) => ({
        expected: anchor.expected + from.expected,
        row: anchor.row + from.row,
        confidence: anchor.confidence,
      })),
    );
    if (gap === undefined) return parts.reverse().flat();
    ({ expected: i, row: j } = gap);
  }
}

/** So many neighbours must agree for a run, and so many lines and rows may stand between two. */
const leastRun = 3;
const mostBetween = 40;

/** Where the next run of agreeing neighbours above ends, nearest first; undefined when none is near. */
function findNextRun(
  i: number,
  j: number,
  isCertain: (i: number, j: number) => boolean,
): { readonly expected: number; readonly row: number } | undefined {
  const isRun = (expected: number, row: number): boolean => {
    for (let at = 1; at <= leastRun; at += 1) {
      if (!isCertain(expected - at, row - at)) return false;
    }
    return true;
  };
  for (let distance = 1; distance <= mostBetween; distance += 1) {
    for (let lines = 0; lines <= distance; lines += 1) {
      const [expected, row] = [i - lines, j - (distance - lines)];
      if (expected >= leastRun && row >= leastRun && isRun(expected, row)) return { expected, row };
    }
  }
  return undefined;
}

/** Cost of a row that no line claims. Low, for lines get deleted; not zero, lest a line that the base image has too claims the base's. */
const skippedRowCost = 8;

/** What only sets a value stands in many a base image as well, so it proves less than what brings files. */
function scoreOf({ instruction }: ExpectedRow, confidence: Confidence): number {
  const { keyword } = instruction;
  const isFiles = keyword === "RUN" || keyword === "COPY" || keyword === "ADD";
  return (isFiles ? 100 : 40) * (confidence === "certain" ? 1 : 0.6);
}

/** Rows without an instruction (repairs of an exporter) are expected to stay alone. */
function rowCost({ keyword }: HistoryRow): number {
  return keyword === undefined ? 0 : skippedRowCost;
}

const moves = { skipRow: 0, skipInstruction: 1, pairLikely: 2, pairCertain: 3 } as const;

/** Longest common subsequence by score, over all pairs. */
function compareAll(
  expected: readonly ExpectedRow[],
  rows: readonly HistoryRow[],
  isWholeHistory: boolean,
): readonly Anchor[] {
  if (expected.length * rows.length > mostComparisons) return [];
  const width = rows.length + 1;
  const move = new Uint8Array((expected.length + 1) * width);
  // best[j]: score of aligning the instructions so far with the first j rows.
  let best = new Float64Array(width);
  if (isWholeHistory) {
    rows.forEach((row, column) => (best[column + 1] = (best[column] ?? 0) - rowCost(row)));
  }
  expected.forEach((one, index) => {
    const above = best;
    best = new Float64Array(width);
    move[(index + 1) * width] = moves.skipInstruction;
    rows.forEach((row, column) => {
      const found = matchRow(one, row);
      const paired = found === undefined ? -Infinity : (above[column] ?? 0) + scoreOf(one, found);
      const withoutInstruction = above[column + 1] ?? 0;
      const withoutRow = (best[column] ?? 0) - rowCost(row);
      const most = Math.max(paired, withoutInstruction, withoutRow);
      best[column + 1] = most;
      const pairing = found === "certain" ? moves.pairCertain : moves.pairLikely;
      const skipping = most === withoutInstruction ? moves.skipInstruction : moves.skipRow;
      move[(index + 1) * width + column + 1] = most === paired ? pairing : skipping;
    });
  });
  return trace(move, expected.length, rows.length);
}

function trace(move: Uint8Array, expectedCount: number, rowCount: number): readonly Anchor[] {
  const anchors: Anchor[] = [];
  let i = expectedCount;
  let j = rowCount;
  while (i > 0) {
    const step = move[i * (rowCount + 1) + j];
    if (step === moves.skipInstruction || j === 0) i -= 1;
    else if (step === moves.skipRow) j -= 1;
    else {
      i -= 1;
      j -= 1;
      const confidence = step === moves.pairCertain ? "certain" : "likely";
      anchors.push({ expected: i, row: j, confidence });
    }
  }
  return anchors.reverse();
}
