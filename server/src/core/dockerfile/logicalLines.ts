/** A run of source text in a logical line: logical offset `at` stands at source offset `source`. */
export interface Piece {
  readonly at: number;
  readonly source: number;
}

/** One instruction's line as the builder reads it: continuations joined, comment and blank lines inside and blanks at the end taken out. */
export interface LogicalLine {
  readonly text: string;
  /** Ascending, the first at 0; never empty. */
  readonly pieces: readonly Piece[];
  /** Where the last physical line ends, its line break left out. */
  readonly end: number;
  /** Start of the physical line behind it; the length of the text at its end. */
  readonly next: number;
  /** Comment lines inside, by their source offsets. */
  readonly comments: readonly PhysicalLine[];
}

/** One line of the file without its line break. */
export interface PhysicalLine {
  readonly start: number;
  readonly end: number;
  /** Start of the line behind it. */
  readonly next: number;
}

/** The physical line that starts at an offset; `\n` and `\r\n` end it. */
export function lineAt(text: string, start: number): PhysicalLine {
  const newline = text.indexOf("\n", start);
  const next = newline < 0 ? text.length : newline + 1;
  const stop = newline < 0 ? text.length : newline;
  return { start, end: text[stop - 1] === "\r" && stop > start ? stop - 1 : stop, next };
}

export function isBlank(text: string, line: PhysicalLine): boolean {
  return firstVisible(text, line) === line.end;
}

export function isComment(text: string, line: PhysicalLine): boolean {
  const at = firstVisible(text, line);
  return at < line.end && text[at] === "#";
}

/** The first character that is no white space, of Unicode's too; the end where there is none. */
function firstVisible(text: string, { start, end }: PhysicalLine): number {
  let at = start;
  while (at < end && isWhite(text[at] ?? "")) at += 1;
  return at;
}

function isWhite(char: string): boolean {
  return char === " " || char === "\t" || (!(char > " " && char < "\u007f") && /\s/.test(char));
}

/**
 * The logical line that starts with a physical one that is neither blank nor a comment. A line goes on when it ends with one escape character
 * and blanks; a doubled one at the end is text. Blanks before a continued line stay. Docker's parser.go.
 */
export function readLogicalLine(text: string, first: PhysicalLine, escape: string): LogicalLine {
  const { start, end, next } = first;
  if (continuationAt(text, first, escape) !== undefined) return joinLines(text, first, escape);
  const source = start + blanksAt(text, start, end);
  return {
    text: text.slice(source, trimmedEnd(text, end, source)),
    pieces: [{ at: 0, source }],
    end,
    next,
    comments: noComments,
  };
}

const noComments: readonly PhysicalLine[] = [];

function joinLines(text: string, first: PhysicalLine, escape: string): LogicalLine {
  const pieces: Piece[] = [];
  const comments: PhysicalLine[] = [];
  const parts: string[] = [];
  let length = 0;
  let line = first;
  let end = first.end;
  for (let isFirst = true; ; isFirst = false, line = lineAt(text, line.next)) {
    if (!isFirst && isComment(text, line)) comments.push(line);
    else if (isFirst || !isBlank(text, line)) {
      const indent = isFirst ? blanksAt(text, line.start, line.end) : 0;
      const stop = continuationAt(text, line, escape);
      const part = text.slice(line.start + indent, stop ?? line.end);
      pieces.push({ at: length, source: line.start + indent });
      parts.push(part);
      length += part.length;
      end = line.end;
      if (stop === undefined) break;
    }
    if (line.next >= text.length) break;
  }
  const joined = parts.join("");
  const trimmed = joined.slice(0, trimmedEnd(joined, joined.length, 0));
  return { text: trimmed, pieces, end, next: line.next, comments };
}

/** Offset of the escape character that continues a line; undefined when it does not go on. */
function continuationAt(
  text: string,
  { start, end }: PhysicalLine,
  escape: string,
): number | undefined {
  let at = end - 1;
  while (at >= start && (text[at] === " " || text[at] === "\t")) at -= 1;
  if (at < start || text[at] !== escape) return undefined;
  return at > start && text[at - 1] === escape ? undefined : at;
}

function blanksAt(text: string, start: number, end: number): number {
  let at = start;
  while (at < end && (text[at] === " " || text[at] === "\t")) at += 1;
  return at - start;
}

/** Source offset of a logical offset. O(log pieces). */
export function toSource(line: LogicalLine, at: number): number {
  let low = 0;
  let high = line.pieces.length - 1;
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if ((line.pieces[middle]?.at ?? 0) <= at) low = middle;
    else high = middle - 1;
  }
  const piece = line.pieces[low] ?? { at: 0, source: 0 };
  return piece.source + at - piece.at;
}

/** Source offset behind the logical character before `end`: the end of a half-open range never falls into the next piece. */
export function toSourceEnd(line: LogicalLine, start: number, end: number): number {
  return end > start ? toSource(line, end - 1) + 1 : toSource(line, start);
}

/** The offset behind the last character that is no blank, `start` when there is none. */
export function trimmedEnd(text: string, end: number, start: number): number {
  let at = end;
  while (at > start && (text[at - 1] === " " || text[at - 1] === "\t")) at -= 1;
  return at;
}
