import type { Problem } from "../result.ts";
import { type CommentLine, readTareDirectives } from "./tareDirectives.ts";
import { execItemsOf } from "./execForm.ts";
import { readHeredocs } from "./heredocs.ts";
import {
  type LogicalLine,
  isBlank,
  isComment,
  lineAt,
  readLogicalLine,
  toSource,
  toSourceEnd,
  trimmedEnd,
} from "./logicalLines.ts";
import { escapeOf } from "./parserDirectives.ts";
import { toStages } from "./stages.ts";
import type { Dockerfile, Flag, Instruction, Keyword, Word } from "./syntax.ts";
import { readWord, skipBlanks, splitWords } from "./words.ts";

const keywords: ReadonlySet<string> = new Set<Keyword>([
  "ADD",
  "ARG",
  "CMD",
  "COPY",
  "ENTRYPOINT",
  "ENV",
  "EXPOSE",
  "FROM",
  "HEALTHCHECK",
  "LABEL",
  "MAINTAINER",
  "ONBUILD",
  "RUN",
  "SHELL",
  "STOPSIGNAL",
  "USER",
  "VOLUME",
  "WORKDIR",
]);

/**
 * Reads a Dockerfile as Docker's own parser does (buildkit frontend/dockerfile/parser); never fails, for half-typed text is normal: what is
 * no instruction has the keyword `unknown`. Offsets are those of the text given, a byte order mark and `\r\n` included. Linear in the text.
 */
export function parseDockerfile(text: string): Dockerfile {
  const from = text.startsWith("\ufeff") ? 1 : 0;
  const escape = escapeOf(text, from);
  const instructions: Instruction[] = [];
  const comments: CommentLine[] = [];
  const lineOf = createLineCounter(text);
  for (let at = from; at < text.length;) {
    const line = lineAt(text, at);
    at = line.next;
    if (isBlank(text, line)) continue;
    if (isComment(text, line)) {
      comments.push({ ...line, line: lineOf(line.start), within: undefined });
      continue;
    }
    const logical = readLogicalLine(text, line, escape);
    const start = skipBlanks(logical.text, 0);
    at = logical.next;
    // Nothing but escape characters at the ends of lines.
    if (start === logical.text.length) continue;
    const { instruction, next } = readInstruction({ text, escape, lineOf }, logical, {
      index: instructions.length,
      from: start,
      isDeferred: false,
    });
    for (const inside of logical.comments) {
      comments.push({ ...inside, line: lineOf(inside.start), within: instruction.index });
    }
    instructions.push(instruction);
    at = next;
  }
  const stages = toStages(instructions);
  const { directives, problems } = readTareDirectives(text, comments, { instructions, stages });
  return {
    text,
    escape,
    instructions,
    stages,
    directives,
    problems: problems.toSorted(bySpan),
  };
}

function bySpan(a: Problem, b: Problem): number {
  return a.span.start - b.span.start;
}

interface Source {
  readonly text: string;
  readonly escape: string;
  readonly lineOf: (offset: number) => number;
}

/** Zero-based line of an offset, for offsets asked in ascending order mostly. */
function createLineCounter(text: string): (offset: number) => number {
  const starts = [0];
  for (let at = text.indexOf("\n"); at >= 0; at = text.indexOf("\n", at + 1)) starts.push(at + 1);
  return (offset) => {
    let low = 0;
    let high = starts.length - 1;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if ((starts[middle] ?? 0) <= offset) low = middle;
      else high = middle - 1;
    }
    return low;
  };
}

const takesHeredocs: ReadonlySet<Keyword> = new Set<Keyword>(["RUN", "COPY", "ADD"]);

/** Where an instruction begins: its position in the file, and its logical offset. */
interface Place {
  readonly index: number;
  readonly from: number;
  /** Whether it stands behind an ONBUILD. */
  readonly isDeferred: boolean;
}

/** The instruction at a logical offset; heredocs of an ONBUILD belong to what it defers as well. */
function readInstruction(
  source: Source,
  line: LogicalLine,
  { index, from, isDeferred }: Place,
): { readonly instruction: Instruction; readonly end: number; readonly next: number } {
  const { text, escape, lineOf } = source;
  const keywordEnd = keywordEndOf(line.text, from);
  const keywordText = line.text.slice(from, keywordEnd);
  const keyword = toKeyword(keywordText);
  const { flags, end: flagsEnd } = readFlags(line, skipBlanks(line.text, keywordEnd), escape);
  const isDeferring = keyword === "ONBUILD" && !isDeferred && flagsEnd < line.text.length;
  const trigger = isDeferring
    ? readInstruction(source, line, { index, from: flagsEnd, isDeferred: true })
    : undefined;
  const heredocs = takesHeredocs.has(keyword)
    ? readHeredocs(text, line, flagsEnd, escape)
    : { heredocs: [], end: line.end, next: line.next };
  const after = trigger === undefined ? heredocs : { ...heredocs, ...trigger };
  const start = toSource(line, from);
  const lineEnd = trimmedEnd(text, line.end, start);
  const end = Math.max(after.end === line.end ? lineEnd : after.end, start);
  return {
    end: after.end,
    next: after.next,
    instruction: {
      index,
      keyword,
      keywordText,
      keywordSpan: { start, end: toSourceEnd(line, from, keywordEnd) },
      span: { start, end },
      lineEnd,
      startLine: lineOf(start),
      endLine: lineOf(end),
      flags,
      ...readArguments(line, flagsEnd, { escape, lineEnd }),
      heredocs: after.heredocs,
      trigger: trigger?.instruction,
    },
  };
}

function readArguments(
  line: LogicalLine,
  from: number,
  { escape, lineEnd }: { readonly escape: string; readonly lineEnd: number },
): Pick<Instruction, "argumentText" | "argumentSpan" | "words" | "form"> {
  const argumentText = line.text.slice(from).trimEnd();
  const exec = toExecWords(line, from, argumentText);
  return {
    argumentText,
    argumentSpan:
      argumentText === ""
        ? { start: lineEnd, end: lineEnd }
        : { start: toSource(line, from), end: toSourceEnd(line, from, from + argumentText.length) },
    words: exec ?? splitWords(line.text, from, escape).map((word) => toWord(line, word)),
    form: exec === undefined ? "shell" : "exec",
  };
}

function keywordEndOf(line: string, from: number): number {
  let at = from;
  while (at < line.length && skipBlanks(line, at) === at) at += 1;
  return at;
}

function toKeyword(written: string): Keyword {
  const upper = keywords.has(written) ? written : written.toUpperCase();
  return keywords.has(upper) ? (upper as Keyword) : "unknown";
}

/** Words that start with `--` before the arguments; `--` alone ends them. Docker's parser/line_parsers.go. */
function readFlags(
  line: LogicalLine,
  from: number,
  escape: string,
): { readonly flags: readonly Flag[]; readonly end: number } {
  const flags: Flag[] = [];
  let at = from;
  while (line.text.startsWith("--", at)) {
    const word = readWord(line.text, at, escape);
    at = skipBlanks(line.text, word.end);
    if (word.raw === "--") break;
    const equals = word.text.indexOf("=");
    flags.push({
      name: word.text.slice(2, equals < 0 ? undefined : equals),
      value: equals < 0 ? undefined : word.text.slice(equals + 1),
      span: { start: toSource(line, word.start), end: toSourceEnd(line, word.start, word.end) },
    });
  }
  return { flags, end: at };
}

function toWord(
  line: LogicalLine,
  { start, end, text }: { readonly start: number; readonly end: number; readonly text: string },
): Word {
  return { text, span: { start: toSource(line, start), end: toSourceEnd(line, start, end) } };
}

/** HEALTHCHECK's `CMD` is a word of its own: its array is read with its commands. */
function toExecWords(
  line: LogicalLine,
  from: number,
  argumentText: string,
): readonly Word[] | undefined {
  return execItemsOf(argumentText)?.map(({ text, start, end }) =>
    toWord(line, { start: from + start, end: from + end, text }),
  );
}
