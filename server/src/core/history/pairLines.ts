import type { BuildLine } from "./buildRecord.ts";

/** Which line of an earlier build a line was. */
export type LinePair =
  /** The base of the one and the base of the other, or two lines of the same text. */
  | { readonly kind: "same"; readonly before: number }
  /** One line between two that are the same, of the same keyword and with most of its words: edited. */
  | { readonly kind: "edited"; readonly before: number }
  /** Between two lines that stood next to each other, and none that it could have been is gone. */
  | { readonly kind: "new" }
  /** Cannot be told. */
  | { readonly kind: "unclear" };

type PairedLine = Omit<BuildLine, "bytes">;

/**
 * One pair for each line of `after`. Each line of `before` is the other half of at most one. Lines of one text that stand there more often, or less often,
 * than before are all unclear.
 */
export function pairLines(
  before: readonly PairedLine[],
  after: readonly PairedLine[],
): readonly LinePair[] {
  const pairs = pairSame(before, after);
  const taken = new Set(pairs.flatMap((pair) => (pair.kind === "same" ? [pair.before] : [])));
  const free = before.map((line, at) => ({ line, at })).filter(({ at }) => !taken.has(at));
  return pairs.map((pair, at) => {
    if (pair.kind === "same") return pair;
    const line = after[at];
    const gap = gapAround(pairs, at, before.length);
    if (line === undefined || line.keyword === "FROM" || gap === undefined) return unclear;
    const [only, ...others] = free.filter((one) => one.at > gap.from && one.at < gap.to);
    if (only === undefined) {
      const couldBe = free.some((one) => one.line.keyword === line.keyword);
      return gap.to === gap.from + 1 && !couldBe ? { kind: "new" } : unclear;
    }
    const isAlone = others.length === 0 && gap.lines === 1 && gap.to === gap.from + 2;
    return isAlone && isEdit(only.line, line) ? { kind: "edited", before: only.at } : unclear;
  });
}

const unclear: LinePair = { kind: "unclear" };

function pairSame(
  before: readonly PairedLine[],
  after: readonly PairedLine[],
): readonly LinePair[] {
  const [old, now] = [placesByKey(before), placesByKey(after)];
  return after.map(({ key, keyword }, at): LinePair => {
    // There is one base on each side, whatever its name.
    if (at === 0 && keyword === "FROM") {
      return before[0]?.keyword === "FROM" ? { kind: "same", before: 0 } : unclear;
    }
    const [places, own] = [old.get(key) ?? [], now.get(key) ?? []];
    const place = places[own.indexOf(at)];
    return place !== undefined && places.length === own.length
      ? { kind: "same", before: place }
      : unclear;
  });
}

/** The base apart. */
function placesByKey(lines: readonly PairedLine[]): ReadonlyMap<string, readonly number[]> {
  const places = new Map<string, number[]>();
  for (const [at, { key, keyword }] of lines.entries()) {
    if (keyword === "FROM") continue;
    const known = places.get(key);
    if (known === undefined) places.set(key, [at]);
    else known.push(at);
  }
  return places;
}

interface Gap {
  /** Places in `before` of the neighbours that are the same; −1 and the length stand for its ends. */
  readonly from: number;
  readonly to: number;
  /** Lines of `after` between these neighbours. */
  readonly lines: number;
}

/** Undefined where the neighbours stood in the other order. */
function gapAround(pairs: readonly LinePair[], at: number, end: number): Gap | undefined {
  let first = at;
  while (pairs[first - 1] !== undefined && pairs[first - 1]?.kind !== "same") first -= 1;
  let last = at;
  while (pairs[last + 1] !== undefined && pairs[last + 1]?.kind !== "same") last += 1;
  const [above, below] = [pairs[first - 1], pairs[last + 1]];
  const from = above?.kind === "same" ? above.before : -1;
  const to = below?.kind === "same" ? below.before : end;
  return from < to ? { from, to, lines: last - first + 1 } : undefined;
}

/** At least this share of the words stands on both sides. */
const leastCommon = 0.5;

function isEdit(old: PairedLine, now: PairedLine): boolean {
  if (old.keyword !== now.keyword) return false;
  const [left, right] = [wordsOf(old), wordsOf(now)];
  const common = [...left].filter((word) => right.has(word)).length;
  return (2 * common) / Math.max(1, left.size + right.size) >= leastCommon;
}

function wordsOf({ text }: PairedLine): ReadonlySet<string> {
  return new Set(text.split(" ").slice(1));
}
