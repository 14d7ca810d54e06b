import type { Span } from "../text/span.ts";
import { lineAt, readLogicalLine, toSource, toSourceEnd } from "./logicalLines.ts";
import type { Dockerfile, Heredoc, Instruction } from "./syntax.ts";

/** Text that a shell reads, and where it stands in the Dockerfile. */
export interface ShellSource {
  readonly text: string;
  readonly form: "line" | "heredoc" | "exec";
  readonly span: Span;
  /** The place in the Dockerfile of a range of `text`. */
  toSpan(start: number, end: number): Span;
}

/** The arguments of an instruction in shell form behind the first `skip` characters, heredocs that its commands read included. */
export function lineSource(
  dockerfile: Dockerfile,
  instruction: Instruction,
  skip = 0,
): ShellSource {
  const isPlain = instruction.heredocs.length === 0 && isOnePiece(dockerfile, instruction);
  if (!isPlain) return joinedSource(dockerfile, instruction, skip);
  const { argumentText, argumentSpan } = instruction;
  const from = argumentSpan.start + skip;
  return {
    text: skip === 0 ? argumentText : argumentText.slice(skip),
    form: "line",
    span: { start: from, end: argumentSpan.end },
    toSpan: (start, end) => ({
      start: from + start,
      end: Math.min(from + Math.max(start, end), argumentSpan.end),
    }),
  };
}

/** Whether the arguments stand in the text as the builder reads them, up to the end of their line: most are on one line. */
function isOnePiece(
  { text }: Dockerfile,
  { argumentText, argumentSpan, lineEnd }: Instruction,
): boolean {
  const { start, end } = argumentSpan;
  return (
    end === lineEnd && end - start === argumentText.length && text.startsWith(argumentText, start)
  );
}

function joinedSource(
  { text, escape }: Dockerfile,
  instruction: Instruction,
  skip: number,
): ShellSource {
  const { keywordSpan, argumentSpan, heredocs } = instruction;
  const lineStart = text.lastIndexOf("\n", keywordSpan.start - 1) + 1;
  const line = readLogicalLine(text, lineAt(text, lineStart), escape);
  const from = toLogical(line.pieces, argumentSpan.start) + skip;
  const written = line.text.slice(from);
  const bodyStart = heredocs[0]?.bodySpan.start;
  const bodies = bodyStart === undefined ? "" : text.slice(bodyStart, instruction.span.end);
  const bodiesAt = written.length + 1;
  const inLine = (start: number, end: number): Span => ({
    start: toSource(line, from + start),
    end: toSourceEnd(line, from + start, from + Math.min(end, written.length)),
  });
  return {
    text: bodies === "" ? written : `${written}\n${bodies}`,
    form: "line",
    span: { start: toSource(line, from), end: argumentSpan.end },
    toSpan(start, end) {
      if (bodyStart === undefined || start < bodiesAt) return inLine(start, end);
      return { start: bodyStart + start - bodiesAt, end: bodyStart + end - bodiesAt };
    },
  };
}

/** The body of a heredoc that is a script by itself. Leading tabs that `<<-` takes away are blanks to a shell, so they may stay. */
export function heredocSource({ text }: Dockerfile, { bodySpan }: Heredoc): ShellSource {
  return {
    text: text.slice(bodySpan.start, bodySpan.end),
    form: "heredoc",
    span: bodySpan,
    toSpan: (start, end) => ({ start: bodySpan.start + start, end: bodySpan.start + end }),
  };
}

/** Text whose parts cannot be found in the Dockerfile, such as a word of a JSON array: all of it stands at one place. */
export function quotedSource(text: string, span: Span): ShellSource {
  return { text, form: "exec", span, toSpan: () => span };
}

function toLogical(
  pieces: readonly { readonly at: number; readonly source: number }[],
  source: number,
): number {
  const piece = pieces.findLast((one) => one.source <= source) ?? { at: 0, source: 0 };
  return piece.at + source - piece.source;
}
