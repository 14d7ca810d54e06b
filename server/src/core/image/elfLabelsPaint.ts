import type { ElfPartKind, ElfRemovable } from "./elfLabels.ts";
import type { ElfUse } from "./elfUses.ts";

/** Who says what a run of bytes is for. */
export interface Claim {
  readonly kind: ElfPartKind;
  readonly name: string;
  readonly start: number;
  /** Not part of it; never beyond the file. */
  readonly end: number;
  readonly isCompressed: boolean;
  readonly removable: ElfRemovable | undefined;
  readonly use: ElfUse;
}

/** Bytes that one claim has, or none. */
export interface PaintedRun {
  readonly start: number;
  readonly end: number;
  readonly claim: Claim | undefined;
}

/** Gives every byte of the file to the first claim that names it; runs in the order of the file, none empty. O(n log n) for n claims, however they overlap. */
export function paintClaims(claims: readonly Claim[], fileBytes: number): readonly PaintedRun[] {
  const borders = bordersOf(claims, fileBytes);
  const owners = new Int32Array(Math.max(0, borders.length - 1)).fill(nobody);
  const free = Int32Array.from(borders, (_, place) => place);
  for (const [owner, { start, end }] of claims.entries()) {
    if (start >= end) continue;
    const last = placeOfBorder(borders, end);
    for (let at = nextFree(free, placeOfBorder(borders, start)); at < last;) {
      owners[at] = owner;
      free[at] = at + 1;
      at = nextFree(free, at + 1);
    }
  }
  return joinRuns(borders, owners, claims);
}

const nobody = -1;

function bordersOf(claims: readonly Claim[], fileBytes: number): Float64Array {
  const all = Float64Array.from([
    0,
    fileBytes,
    ...claims.flatMap(({ start, end }) => [start, end]),
  ]);
  all.sort();
  return all.filter((border, place) => place === 0 || border !== all[place - 1]);
}

/** Where a border stands among all, by halving. */
function placeOfBorder(borders: Float64Array, border: number): number {
  let low = 0;
  let high = borders.length - 1;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((borders[middle] ?? 0) < border) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** The first place from `at` on that nobody has; the way there is made shorter for the next who asks. */
function nextFree(free: Int32Array, at: number): number {
  let place = at;
  for (let next = free[place] ?? place; next !== place; next = free[place] ?? place) {
    free[place] = free[next] ?? next;
    place = next;
  }
  return place;
}

function joinRuns(
  borders: Float64Array,
  owners: Int32Array,
  claims: readonly Claim[],
): readonly PaintedRun[] {
  const runs: PaintedRun[] = [];
  for (let first = 0; first < owners.length;) {
    const owner = owners[first] ?? nobody;
    let after = first + 1;
    while (after < owners.length && owners[after] === owner) after += 1;
    runs.push({ start: borders[first] ?? 0, end: borders[after] ?? 0, claim: claims[owner] });
    first = after;
  }
  return runs;
}
