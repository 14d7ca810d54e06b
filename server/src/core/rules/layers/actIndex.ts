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
   * The last line before a place that writes what a pattern matches, with its first such write; undefined where none does. Each pattern is looked
   * for once, wherever it is asked for.
   */
  lastBefore(place: number, pattern: PathPattern): PlacedWrite | undefined;
}

/** O(writes · depth of their paths). */
export function createWriteIndex(acts: readonly FileActs[]): WriteIndex {
  const root = emptyFolder<PlacedWrite>();
  for (const { place: at, writes } of acts) {
    for (const write of writes) {
      const row = { at, write };
      for (const { rows } of foldersTo(root, write.path)) rows.push(row);
    }
  }
  const below = (path: string): readonly PlacedWrite[] => findFolder(root, path)?.rows ?? nothing;
  const matched = new Map<string, readonly PlacedWrite[]>();
  return {
    below,
    lastBefore(place, pattern) {
      const rows =
        matched.get(pattern.text) ??
        below(pattern.steady).filter(({ write }) => pattern.matches(write.path));
      matched.set(pattern.text, rows);
      return lastLineBefore(rows, place);
    },
  };
}

/** The first row of the last line before a place, of rows in text order. */
export function lastLineBefore<Row extends { readonly at: number }>(
  rows: readonly Row[],
  place: number,
): Row | undefined {
  const last = rows[firstAtOrBehind(rows, place) - 1];
  return last && rows[firstAtOrBehind(rows, last.at)];
}

const nothing: readonly never[] = [];

/** A folder or file, with what stands at it or below it, in text order. */
interface Folder<Row> {
  readonly rows: Row[];
  readonly inside: Map<string, Folder<Row>>;
}

function emptyFolder<Row>(): Folder<Row> {
  return { rows: [], inside: new Map() };
}

/** The folders on the way to a path, the root first, itself last; made where they are missing. */
function foldersTo<Row>(root: Folder<Row>, path: string): readonly Folder<Row>[] {
  const found = [root];
  let folder = root;
  for (const name of namesIn(path)) {
    const next = folder.inside.get(name) ?? emptyFolder<Row>();
    folder.inside.set(name, next);
    folder = next;
    found.push(folder);
  }
  return found;
}

function findFolder<Row>(root: Folder<Row>, path: string): Folder<Row> | undefined {
  let folder: Folder<Row> | undefined = root;
  for (const name of namesIn(path)) folder = folder?.inside.get(name);
  return folder;
}

/** None of the root. */
function namesIn(path: string): readonly string[] {
  return path === "" ? nothing : path.split("/");
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
  const root = emptyFolder<PlacedRow<Row>>();
  for (const [order, row] of rows.entries()) {
    foldersTo(root, row.pattern.steady).at(-1)?.rows.push({ at: row.at, order, row });
  }
  return {
    firstFrom(place, path, isWanted = () => true) {
      if (rows.length === 0) return undefined;
      const isFound = ({ row }: PlacedRow<Row>): boolean =>
        row.pattern.matches(path) && isWanted(row);
      let folder: Folder<PlacedRow<Row>> | undefined = root;
      let first = firstOf(folder.rows, place, undefined, isFound);
      for (const name of namesIn(path)) {
        folder = folder.inside.get(name);
        if (folder === undefined) break;
        first = firstOf(folder.rows, place, first, isFound);
      }
      return first?.row;
    },
  };
}

interface PlacedRow<Row> {
  readonly at: number;
  readonly order: number;
  readonly row: Row;
}

/** The first from a place on that is found, or the one before where that comes earlier. */
function firstOf<Row>(
  rows: readonly PlacedRow<Row>[],
  place: number,
  before: PlacedRow<Row> | undefined,
  isFound: (row: PlacedRow<Row>) => boolean,
): PlacedRow<Row> | undefined {
  for (let at = firstAtOrBehind(rows, place); at < rows.length; at += 1) {
    const one = rows[at];
    if (one === undefined || (before !== undefined && one.order > before.order)) break;
    if (isFound(one)) return one;
  }
  return before;
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
