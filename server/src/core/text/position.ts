import type { Span } from "./span.ts";

/** A place of a text as people and compilers name it: both from 1, columns in UTF-16 units. */
export interface TextPosition {
  readonly lineNumber: number;
  readonly column: number;
}

/** Turns spans into places; lines end at `\n`. O(text) once, then O(log lines) for each. */
export function positionsIn(
  text: string,
): (span: Span) => { readonly start: TextPosition; readonly end: TextPosition } {
  const starts = [0];
  for (let at = text.indexOf("\n"); at !== -1; at = text.indexOf("\n", at + 1)) starts.push(at + 1);
  const positionOf = (offset: number): TextPosition => {
    let low = 0;
    let high = starts.length;
    while (high - low > 1) {
      const middle = (low + high) >> 1;
      if ((starts[middle] ?? 0) > offset) high = middle;
      else low = middle;
    }
    return { lineNumber: low + 1, column: offset - (starts[low] ?? 0) + 1 };
  };
  return ({ start, end }) => ({ start: positionOf(start), end: positionOf(end) });
}
