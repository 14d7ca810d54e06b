import type { Box } from "./layout.ts";

/** A way to go on a map. */
export type Direction = "left" | "right" | "up" | "down";

/** The box that one comes to from another: the nearest one that begins where this one ends, among those beside it the one nearest to its middle. Undefined at the edge. */
export function neighbour<T extends Box>(
  boxes: readonly T[],
  from: Box,
  direction: Direction,
): T | undefined {
  const here = towards(from, direction);
  let best: T | undefined;
  let least = Number.POSITIVE_INFINITY;
  for (const box of boxes) {
    const there = towards(box, direction);
    const gap = there.start - here.end;
    if (gap < -tolerance || there.end <= here.end + tolerance) continue;
    const aside = distance(there.low, there.high, (here.low + here.high) / 2);
    const isBeside = there.low < here.high - tolerance && there.high > here.low + tolerance;
    const cost = gap * 1000 + aside + (isBeside ? 0 : 1e9);
    if (cost < least) [best, least] = [box, cost];
  }
  return best;
}

/** Pixels by which edges that touch may be apart. */
const tolerance = 1e-6;

/** A box as seen by one who goes that way: where it starts and ends, and from where to where it reaches across. */
function towards(
  { x, y, width, height }: Box,
  direction: Direction,
): { readonly start: number; readonly end: number; readonly low: number; readonly high: number } {
  switch (direction) {
    case "right":
      return { start: x, end: x + width, low: y, high: y + height };
    case "left":
      return { start: -x - width, end: -x, low: y, high: y + height };
    case "down":
      return { start: y, end: y + height, low: x, high: x + width };
    case "up":
      return { start: -y - height, end: -y, low: x, high: x + width };
  }
}

function distance(low: number, high: number, at: number): number {
  return at < low ? low - at : at > high ? at - high : 0;
}
