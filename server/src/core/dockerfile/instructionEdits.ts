import type { TextEdit } from "../text/edit.ts";
import type { Span } from "../text/span.ts";
import { lineBreakOf } from "./runEdits.ts";
import type { Dockerfile, Instruction } from "./syntax.ts";

/** Takes an instruction out with its lines; of two blank lines that would meet one goes. Comments above it stay. */
export function removeInstruction(
  { text }: Dockerfile,
  { span }: Instruction,
): readonly TextEdit[] {
  const lines = linesOf(text, span);
  const isBlankBefore = lines.start === 0 || isBlankAbove(text, lines.start);
  const blankAfter = /^[ \t]*\r?\n/.exec(text.slice(lines.end))?.[0].length ?? 0;
  const end = lines.end + (isBlankBefore ? blankAfter : 0);
  return [{ span: { start: lines.start, end }, newText: "" }];
}

/** Whether the line before the one that starts at an offset is blank; it is not the first of the text. */
function isBlankAbove(text: string, start: number): boolean {
  const before = text.lastIndexOf("\n", start - 2);
  return before >= 0 && /^[ \t]*\r?\n$/.test(text.slice(before + 1, start));
}

/** A line of its own above an instruction and its comments' last line; the text has no line break at its end. */
export function insertAbove(
  { text }: Dockerfile,
  { span }: Instruction,
  inserted: string,
): TextEdit {
  const { start } = linesOf(text, span);
  return { span: { start, end: start }, newText: `${inserted}${lineBreakOf(text)}` };
}

/** A line of its own below an instruction; the text has no line break at its end. */
export function insertBelow(
  { text }: Dockerfile,
  { span }: Instruction,
  inserted: string,
): TextEdit {
  const { end } = linesOf(text, span);
  const isLast = !text.slice(0, end).endsWith("\n");
  const lineBreak = lineBreakOf(text);
  return {
    span: { start: end, end },
    newText: isLast ? `${lineBreak}${inserted}` : `${inserted}${lineBreak}`,
  };
}

/** Another text in place of the whole instruction. */
export function replaceInstruction({ span }: Instruction, newText: string): TextEdit {
  return { span, newText };
}

/** From the start of the first line to the start of the line behind the last. */
function linesOf(text: string, { start, end }: Span): Span {
  const newline = text.indexOf("\n", end);
  return {
    start: text.lastIndexOf("\n", start - 1) + 1,
    end: newline < 0 ? text.length : newline + 1,
  };
}
