import type { FileActs } from "./fileActs.ts";
import type { PathPattern } from "./imagePath.ts";
import type { FileWrite } from "./shellActs.ts";

/** A write, and the place of its line in the list of acts. */
export interface PlacedWrite {
  readonly at: number;
  readonly write: FileWrite;
}

/** What the lines of a text write, found by path without going through all lines. */
export interface WriteIndex {
  /** Writes at or below a path, in text order. */
  below(path: string): readonly PlacedWrite[];
  /**
   * The last line before a place that writes what is wanted among what a pattern can match, with its first such write; undefined where none
   * does.
   */
  lastBefore(
    place: number,
    pattern: PathPattern,
    isWanted: (write: FileWrite) => boolean,
  ): PlacedWrite | undefined;
}

/** O(writes · depth of their paths). */
export function createWriteIndex(acts: readonly FileActs[]): WriteIndex {
  const byFolder = new Map<string, PlacedWrite[]>();
  for (const [at, { writes }] of acts.entries()) {
    for (const write of writes) addBelow(byFolder, write.path, { at, write });
  }
  const below = (path: string): readonly PlacedWrite[] => byFolder.get(path) ?? nothing;
  return {
    below,
    lastBefore(place, pattern, isWanted) {
      const rows = below(pattern.steady);
      let found: PlacedWrite | undefined;
      for (let row = firstAtOrBehind(rows, place) - 1; row >= 0; row -= 1) {
        const one = rows[row];
        if (one === undefined || (found !== undefined && one.at < found.at)) break;
        if (isWanted(one.write)) found = one;
      }
      return found;
    },
  };
}

const nothing: readonly never[] = [];

/** A row stands at its path and at every folder above it. */
function addBelow<Row>(byFolder: Map<string, Row[]>, path: string, row: Row): void {
  for (const folder of selfAndAbove(path)) {
    const rows = byFolder.get(folder);
    if (rows === undefined) byFolder.set(folder, [row]);
    else rows.push(row);
  }
}

/** A path and all folders above it, the root ("") last. */
function selfAndAbove(path: string): readonly string[] {
  const found = [path];
  for (let at = path.lastIndexOf("/"); at > 0; at = path.lastIndexOf("/", at - 1)) {
    found.push(path.slice(0, at));
  }
  if (path !== "") found.push("");
  return found;
}

/** A pattern of paths, and the place of its line in the list of acts. */
export interface PlacedPattern {
  readonly at: number;
  readonly pattern: PathPattern;
}

/** Patterns found by a path that they match. */
export interface PatternIndex<Row> {
  /** The first in text order, from a place on, that matches the path and is wanted. */
  firstFrom(place: number, path: string, isWanted?: (row: Row) => boolean): Row | undefined;
}

/** Of rows in text order. */
export function createPatternIndex<Row extends PlacedPattern>(
  rows: readonly Row[],
): PatternIndex<Row> {
  const bySteady = new Map<string, { readonly at: number; readonly order: number; row: Row }[]>();
  for (const [order, row] of rows.entries()) {
    const own = bySteady.get(row.pattern.steady) ?? [];
    bySteady.set(row.pattern.steady, own);
    own.push({ at: row.at, order, row });
  }
  return {
    firstFrom(place, path, isWanted = () => true) {
      if (bySteady.size === 0) return undefined;
      let first: { readonly order: number; readonly row: Row } | undefined;
      for (const folder of selfAndAbove(path)) {
        const own = bySteady.get(folder) ?? nothing;
        for (let at = firstAtOrBehind(own, place); at < own.length; at += 1) {
          const one = own[at];
          if (one === undefined || (first !== undefined && one.order > first.order)) break;
          if (!one.row.pattern.matches(path) || !isWanted(one.row)) continue;
          first = one;
          break;
        }
      }
      return first?.row;
    },
  };
}

/** Of rows ascending by place. O(log rows). */
function firstAtOrBehind(rows: readonly { readonly at: number }[], place: number): number {
  let low = 0;
  let high = rows.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((rows[middle]?.at ?? 0) < place) low = middle + 1;
    else high = middle;
  }
  return low;
}
