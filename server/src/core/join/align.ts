import type { Confidence } from "./attribution.ts";
import type { HistoryRow } from "./createdBy.ts";
import { type ExpectedRow, matchRow, similarity } from "./rowMatch.ts";

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

/** Least likeness of an edited line to the row of its old text where nothing but its neighbours speaks for it. */
const leastSimilarity = 0.5;

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
  const anchors = findAnchors(expected, rows, isWholeHistory);
  const pairs = fillGaps(expected, rows, anchors, isWholeHistory);
  const firstOwnRow = isWholeHistory ? 0 : (pairs[0]?.row ?? rows.length);
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

const matchScore = { certain: 100, likely: 90 } as const;
const skippedInstructionCost = 4;
/** High, so that a line that stands in the base image too does not drag the base's rows into the chain. */
const skippedRowCost = 30;

/** The best chain of agreeing pairs, by score; rows before the first pair cost nothing unless they cannot be a base image's. */
function findAnchors(
  expected: readonly ExpectedRow[],
  rows: readonly HistoryRow[],
  isWholeHistory: boolean,
): readonly Pair[] {
  const width = rows.length + 1;
  // best[i][j]: score of aligning the first i instructions with the first j rows.
  const best = new Float64Array((expected.length + 1) * width);
  const move = new Uint8Array(best.length);
  for (let j = 1; j < width; j += 1) {
    best[j] = isWholeHistory ? -skippedRowCost * j : 0;
    move[j] = moves.skipRow;
  }
  expected.forEach((one, index) => {
    const above = index * width;
    const at = above + width;
    const instructionCost = leavesRow(one) ? skippedInstructionCost : 0;
    best[at] = (best[above] ?? 0) - instructionCost;
    move[at] = moves.skipInstruction;
    rows.forEach((row, column) => {
      const j = column + 1;
      const found = matchRow(one, row);
      const paired =
        found === undefined ? -Infinity : (best[above + j - 1] ?? 0) + matchScore[found];
      const withoutInstruction = (best[above + j] ?? 0) - instructionCost;
      const withoutRow = (best[at + j - 1] ?? 0) - rowCost(row);
      const most = Math.max(paired, withoutInstruction, withoutRow);
      best[at + j] = most;
      move[at + j] =
        most === paired
          ? moves.pair
          : most === withoutInstruction
            ? moves.skipInstruction
            : moves.skipRow;
    });
  });
  return trace(expected, rows, move);
}

const moves = { skipRow: 0, skipInstruction: 1, pair: 2 } as const;

/** Rows without an instruction (repairs of an exporter) are expected to stay alone. */
function rowCost({ keyword }: HistoryRow): number {
  return keyword === undefined ? 0 : skippedRowCost;
}

function trace(
  expected: readonly ExpectedRow[],
  rows: readonly HistoryRow[],
  move: Uint8Array,
): readonly Pair[] {
  const width = rows.length + 1;
  const pairs: Pair[] = [];
  let i = expected.length;
  let j = rows.length;
  while (i > 0) {
    const step = move[i * width + j];
    if (step === moves.skipInstruction || j === 0) i -= 1;
    else if (step === moves.skipRow) j -= 1;
    else {
      i -= 1;
      j -= 1;
      const [one, row] = [expected[i], rows[j]];
      const confidence = one && row ? matchRow(one, row) : undefined;
      if (confidence !== undefined)
        pairs.push({ expected: i, row: j, isEdited: false, confidence });
    }
  }
  return pairs.reverse();
}

/** What stands between two pairs of neighbours: instructions and rows that agree with nothing. */
interface Gap {
  readonly expectedStart: number;
  readonly expectedEnd: number;
  readonly rowStart: number;
  readonly rowEnd: number;
  /** Whether the rows are the chain's own for sure: false before the first anchor of an image with a base. */
  readonly isOwn: boolean;
}

function fillGaps(
  expected: readonly ExpectedRow[],
  rows: readonly HistoryRow[],
  anchors: readonly Pair[],
  isWholeHistory: boolean,
): readonly Pair[] {
  const bounds = [...anchors, { expected: expected.length, row: rows.length }];
  return bounds.flatMap((bound, index) => {
    const before = bounds[index - 1];
    const gap: Gap = {
      expectedStart: before === undefined ? 0 : before.expected + 1,
      expectedEnd: bound.expected,
      rowStart: before === undefined ? 0 : before.row + 1,
      rowEnd: bound.row,
      isOwn: before !== undefined || isWholeHistory,
    };
    const edited = pairEdited(expected, rows, gap);
    const anchor = anchors[index];
    return anchor === undefined ? edited : [...edited, anchor];
  });
}

/** Edited lines: kind by kind where both sides count the same, else only where the old text is still alike. From the end, for a base comes first. */
function pairEdited(
  expected: readonly ExpectedRow[],
  rows: readonly HistoryRow[],
  gap: Gap,
): readonly Pair[] {
  const mine = range(gap.expectedStart, gap.expectedEnd);
  const theirs = range(gap.rowStart, gap.rowEnd).filter((row) => rows[row]?.keyword !== undefined);
  const kindOf = (index: number): string | undefined => expected[index]?.instruction.keyword;
  const isSameKinds =
    gap.isOwn &&
    mine.length === theirs.length &&
    mine.every((index, at) => kindOf(index) === rows[theirs[at] ?? -1]?.keyword);
  if (isSameKinds) {
    return mine.map((index, at) => edited(index, theirs[at] ?? 0));
  }
  const pairs: Pair[] = [];
  const first = gap.isOwn ? 0 : Math.max(theirs.length - mine.length - 1, 0);
  let last = theirs.length - 1;
  for (const index of mine.reverse()) {
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

function range(start: number, end: number): number[] {
  return Array.from({ length: Math.max(end - start, 0) }, (_, index) => start + index);
}
