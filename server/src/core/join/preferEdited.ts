import type { Anchor } from "./anchors.ts";
import type { HistoryRow } from "./createdBy.ts";
import type { ExpectedRow } from "./expectedRows.ts";
import { leastSimilarity, matchRow, similarity } from "./rowMatch.ts";

/**
 * Moves pairs up to equal rows above where that leaves an edited line below them the row of its old text: of two equal lines the later one
 * was edited, rather than one deleted and another added. Pairs stay in order.
 */
export function preferEdited(
  expected: readonly ExpectedRow[],
  rows: readonly HistoryRow[],
  anchors: readonly Anchor[],
): readonly Anchor[] {
  const settled = [...anchors];
  for (const [at, anchor] of anchors.entries()) {
    const next = anchors[at + 1] ?? { expected: expected.length, row: rows.length };
    const [freed, below] = [rows[anchor.row], expected[anchor.expected + 1]];
    if (next.expected === anchor.expected + 1 || below === undefined || freed === undefined) {
      continue;
    }
    const isRowless = rows
      .slice(anchor.row + 1, next.row)
      .every(({ layer }) => layer === undefined);
    if (!isRowless || freed.layer === undefined) continue;
    if (similarity(below, freed) < leastSimilarity) continue;
    const moved = movedUp(expected, rows, settled.slice(0, at + 1));
    settled.splice(0, moved.length, ...moved);
  }
  return settled;
}

/** The pairs with the last of them, and as many as stand in its way, each at the equal row above it; as they are where there is none. */
function movedUp(
  expected: readonly ExpectedRow[],
  rows: readonly HistoryRow[],
  anchors: readonly Anchor[],
): readonly Anchor[] {
  const moved = [...anchors];
  for (let at = anchors.length - 1; at >= 0; at -= 1) {
    const anchor = anchors[at];
    const one = anchor && expected[anchor.expected];
    if (anchor === undefined || one === undefined) return anchors;
    const row = rows.findLastIndex(({ layer }, index) => index < anchor.row && layer !== undefined);
    const candidate = rows[row];
    if (candidate === undefined || matchRow(one, candidate) !== anchor.confidence) return anchors;
    moved[at] = { ...anchor, row };
    if ((anchors[at - 1]?.row ?? -1) < row) return moved;
  }
  return anchors;
}
