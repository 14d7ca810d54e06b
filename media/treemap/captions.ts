import type { Box, Frame, Layout, Leaf } from "./layout.ts";

/** A text on the map that stands in its box. */
export interface Caption<T> extends Box {
  readonly of: T;
  readonly text: string;
  /** A second line, smaller; undefined where there is no room. */
  readonly second: string | undefined;
}

/** Names of directories and files as far as there is room for them. */
export interface Captions {
  /** In the upper left corner of what they name; those of one corner stand side by side, the outer one first. */
  readonly frames: readonly Caption<Frame>[];
  /** At the lower edge of their rectangle, where no other name stands. */
  readonly leaves: readonly Caption<Leaf>[];
}

/** Height of a line, pixels. */
export const lineHeight = 16;

const margin = 4;
const leastWidth = 24;

/** Finds room for names. `widthOf` gives the width of a text in pixels. */
export function captionsOf(layout: Layout, widthOf: (text: string) => number): Captions {
  const frames = frameCaptions(layout.frames, widthOf);
  return {
    frames,
    leaves: layout.leaves.flatMap((leaf) => leafCaption(leaf, frames, widthOf)),
  };
}

/** The text's beginning with `…` so that it takes at most that width; "" where hardly a letter would be left. */
export function fit(text: string, width: number, widthOf: (text: string) => number): string {
  if (widthOf(text) <= width) return text;
  let low = 0;
  let high = text.length;
  while (low < high) {
    const middle = Math.ceil((low + high) / 2);
    if (widthOf(`${text.slice(0, middle)}…`) <= width) low = middle;
    else high = middle - 1;
  }
  // Half of a pair of surrogates shows as a box.
  const cut = /[\ud800-\udbff]$/.test(text.slice(0, low)) ? low - 1 : low;
  return cut < 2 ? "" : `${text.slice(0, cut)}…`;
}

function frameCaptions(
  frames: readonly Frame[],
  widthOf: (text: string) => number,
): readonly Caption<Frame>[] {
  const placed: Caption<Frame>[] = [];
  for (const frame of frames) {
    if (frame.height < lineHeight * 1.5) continue;
    const beside = placed.findLast(
      ({ of, y }) => y === frame.y && of.x === frame.x && contains(of, frame),
    );
    const x = beside === undefined ? frame.x : beside.x + beside.width;
    const room = frame.x + frame.width - x - 2 * margin;
    const text = room < leastWidth ? "" : fit(frame.place.name, room, widthOf);
    if (text === "") continue;
    const width = Math.min(room, widthOf(text)) + 2 * margin;
    const caption = {
      of: frame,
      text,
      second: undefined,
      x,
      y: frame.y,
      width,
      height: lineHeight,
    };
    if (!placed.some((other) => overlaps(other, caption))) placed.push(caption);
  }
  return placed;
}

function leafCaption(
  leaf: Leaf,
  taken: readonly Caption<Frame>[],
  widthOf: (text: string) => number,
): readonly Caption<Leaf>[] {
  const room = leaf.width - 2 * margin;
  if (room < leastWidth || leaf.height < lineHeight + 2) return [];
  const text = fit(leaf.place.name, room, widthOf);
  if (text === "") return [];
  const size = sizeOf(leaf);
  const seconds = size === "" || widthOf(size) > room ? [undefined] : [size, undefined];
  const found = seconds
    .map((second) => ({ ...lowerBox(leaf, second === undefined ? 1 : 2), of: leaf, text, second }))
    .find((box) => box.y >= leaf.y && !taken.some((other) => overlaps(other, box)));
  return found === undefined ? [] : [found];
}

/** Room for lines at the lower edge. */
function lowerBox({ x, y, width, height }: Leaf, lines: number): Box {
  return { x, y: y + height - lines * lineHeight - 2, width, height: lines * lineHeight };
}

/** What is kept of a place has no text of its own. */
function sizeOf({ part, place: { node } }: Leaf): string {
  switch (part) {
    case "all":
      return node.sizeText;
    case "wasted":
      return node.wastedText ?? "";
    case "kept":
      return "";
  }
}

function overlaps(a: Box, b: Box): boolean {
  return (
    a.x < b.x + b.width - 0.5 &&
    b.x < a.x + a.width - 0.5 &&
    a.y < b.y + b.height - 0.5 &&
    b.y < a.y + a.height - 0.5
  );
}

function contains(outer: Box, inner: Box): boolean {
  return (
    inner.x + inner.width <= outer.x + outer.width + 0.5 &&
    inner.y + inner.height <= outer.y + outer.height + 0.5
  );
}
