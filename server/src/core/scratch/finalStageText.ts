import type { Dockerfile, Instruction, Stage } from "../dockerfile/syntax.ts";
import { lineBreakOf } from "../dockerfile/runEdits.ts";
import type { Span } from "../text/span.ts";

/** How new lines are written so that they look like the rest of the file. */
export interface LineStyle {
  readonly lineBreak: "\r\n" | "\n";
  readonly escape: string;
  /** A keyword in the case that the final FROM is written in. */
  keyword(name: string): string;
}

/** The style of the final stage. */
export function lineStyleOf({ text, escape }: Dockerfile, { from }: Stage): LineStyle {
  const isLower = from.keywordText === from.keywordText.toLowerCase();
  return {
    lineBreak: lineBreakOf(text),
    escape,
    keyword: (name) => (isLower ? name.toLowerCase() : name),
  };
}

/** Exec form: a JSON array of strings. */
export function toExecForm(words: readonly string[]): string {
  return `[${words.map((word) => JSON.stringify(word)).join(", ")}]`;
}

/**
 * `NAME=value` as ENV and LABEL read it back, nothing in it expanded. Undefined for a value that no line can hold, such as one with a line break.
 */
export function toAssignment(name: string, value: string, escape: string): string | undefined {
  if (!/^[^\s="'$\\`#]+$/.test(name) || /[\r\n]/.test(value)) return undefined;
  if (/^[\w./:,@%+-][\w./:,@%+=-]*$/.test(value)) return `${name}=${value}`;
  const special = escape === "\\" ? /["$\\]/g : /["$`]/g;
  const quoted = value.replaceAll(special, (char) => escape + char);
  return `${name}="${quoted}"`;
}

/** A path as a word of a POSIX shell. */
export function toShellWord(path: string): string {
  return /^[\w./@%+=:,-]+$/.test(path) ? path : `'${path.replaceAll("'", `'\\''`)}'`;
}

/** An instruction with the comment lines right above it, from the start of the first line; no line break at the end. */
export function withCommentsAbove(
  { text, instructions }: Dockerfile,
  { index, span }: Instruction,
): Span {
  const floor = instructions[index - 1]?.span.end ?? 0;
  let start = text.lastIndexOf("\n", span.start - 1) + 1;
  while (start > 0) {
    const above = text.lastIndexOf("\n", start - 2) + 1;
    if (above < floor || !/^[ \t]*#/.test(text.slice(above, start))) break;
    start = above;
  }
  return { start, end: span.end };
}
