import type { Confidence } from "./attribution.ts";
import type { HistoryRow } from "./createdBy.ts";
import { type ExpectedRow, matchRow } from "./rowMatch.ts";

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
 * The chain of agreeing pairs with the highest score, in order. What agrees at the end is taken as it stands, the rest is compared each with
 * each. Rows before the first pair cost nothing unless they cannot be a base image's (`isWholeHistory`).
 */
export function findAnchors(
  expected: readonly ExpectedRow[],
  rows: readonly HistoryRow[],
  isWholeHistory: boolean,
): readonly Anchor[] {
  let i = expected.length;
  let j = rows.length;
  const tail: Anchor[] = [];
  for (; i > 0 && j > 0; i -= 1, j -= 1) {
    const [one, row] = [expected[i - 1], rows[j - 1]];
    if (one === undefined || row === undefined || matchRow(one, row) !== "certain") break;
    tail.push({ expected: i - 1, row: j - 1, confidence: "certain" });
  }
  const head =
    i * j > mostComparisons
      ? []
      : compareAll(expected.slice(0, i), rows.slice(0, j), isWholeHistory);
  return [...head, ...tail.reverse()];
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
