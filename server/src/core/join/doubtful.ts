import type { Anchor } from "./anchors.ts";
import type { HistoryRow } from "./createdBy.ts";
import type { ExpectedRow } from "./expectedRows.ts";
import { bringsFiles, matchRow } from "./rowMatch.ts";

/** Pairs that hold, and what must not be paired at all. */
export interface FirmAnchors {
  readonly anchors: readonly Anchor[];
  /** Instructions and rows that would fit more than one partner. */
  readonly doubtfulExpected: ReadonlySet<number>;
  readonly doubtfulRows: ReadonlySet<number>;
}

/**
 * Takes out pairs whose row would fit a neighbour without a partner just as well: of two equal lines one was added or deleted since the
 * build, and nothing says which. Only rows with layers matter, for the others weigh nothing.
 */
export function dropDoubtful(
  expected: readonly ExpectedRow[],
  rows: readonly HistoryRow[],
  anchors: readonly Anchor[],
  isWholeHistory: boolean,
): FirmAnchors {
  const doubtful = new Set<Anchor>();
  const sweep = (ordered: readonly Anchor[], gapBefore: (at: number) => Loose): void => {
    let loose = nothing;
    for (const [at, anchor] of ordered.entries()) {
      const gap = gapBefore(at);
      if (gap === nothing && loose === nothing) continue;
      loose = {
        expected: [...loose.expected, ...gap.expected].slice(-mostLoose),
        rows: [...loose.rows, ...gap.rows].slice(-mostLoose),
      };
      if (!doubtful.has(anchor) && !fitsAnother(expected, rows, anchor, loose)) {
        loose = nothing;
        continue;
      }
      doubtful.add(anchor);
      loose = {
        expected: [...loose.expected, anchor.expected],
        rows: [...loose.rows, anchor.row],
      };
    }
  };
  const start: Place = {
    expected: -1,
    row: isWholeHistory ? -1 : rowBeforeOwn(expected, rows, anchors),
  };
  const end: Place = { expected: expected.length, row: rows.length };
  sweep(anchors, (at) => between(anchors[at - 1] ?? start, anchors[at] ?? end));
  const backward = anchors.toReversed();
  sweep(backward, (at) => between(backward[at] ?? start, backward[at - 1] ?? end));
  return {
    anchors: anchors.filter((anchor) => !doubtful.has(anchor)),
    doubtfulExpected: new Set([...doubtful].map((anchor) => anchor.expected)),
    doubtfulRows: new Set([...doubtful].map((anchor) => anchor.row)),
  };
}

/** Last row that can only be the base's: above the first pair, and above the rows that lines left over may have written. */
function rowBeforeOwn(
  expected: readonly ExpectedRow[],
  rows: readonly HistoryRow[],
  anchors: readonly Anchor[],
): number {
  const first = anchors[0]?.row ?? 0;
  const lines = expected.filter(({ instruction }) => bringsFiles(instruction.keyword)).length;
  const own = rows.slice(first).filter(({ layer }) => layer !== undefined).length;
  const excess = Math.max(lines - own, 0);
  const above = rows.slice(0, first).filter(({ layer }) => layer !== undefined);
  return excess === 0 ? first - 1 : (above.at(-excess - 1)?.index ?? -1);
}

/** Instructions and rows near a pair that have no partner. */
interface Loose {
  readonly expected: readonly number[];
  readonly rows: readonly number[];
}

const nothing: Loose = { expected: [], rows: [] };

type Place = Pick<Anchor, "expected" | "row">;

/** Neighbours farther away than this are not asked. */
const mostLoose = 50;

function between(before: Place, after: Place): Loose {
  const isClose = before.expected + 1 === after.expected && before.row + 1 === after.row;
  if (isClose) return nothing;
  return {
    expected: range(before.expected + 1, after.expected),
    rows: range(before.row + 1, after.row),
  };
}

function fitsAnother(
  expected: readonly ExpectedRow[],
  rows: readonly HistoryRow[],
  anchor: Anchor,
  loose: Loose,
): boolean {
  const fits = (one: number, row: number): boolean => {
    const [instruction, candidate] = [expected[one], rows[row]];
    if (instruction === undefined || candidate?.layer === undefined) return false;
    const found = matchRow(instruction, candidate);
    return found !== undefined && (found === anchor.confidence || found === "certain");
  };
  if (rows[anchor.row]?.layer === undefined) return false;
  return (
    loose.expected.some((one) => fits(one, anchor.row)) ||
    loose.rows.some((row) => fits(anchor.expected, row))
  );
}

function range(start: number, end: number): number[] {
  return Array.from({ length: Math.max(end - start, 0) }, (_, index) => start + index);
}
