import type { TextEdit } from "../text/edit.ts";
import type { Span } from "../text/span.ts";
import type { ShellScript, ShellStatement } from "./shellScript.ts";
import type { Dockerfile, Instruction } from "./syntax.ts";

/** A word or an option behind a span, with a blank between. */
export function insertBehind(span: Span, text: string): TextEdit {
  return { span: { start: span.end, end: span.end }, newText: ` ${text}` };
}

/** A `--flag` behind those the instruction has. */
export function addFlag({ keywordSpan, flags }: Instruction, flag: string): TextEdit {
  return insertBehind(flags.at(-1)?.span ?? keywordSpan, flag);
}

/**
 * Adds a command that runs after all others have succeeded, laid out as the RUN is. Undefined where that cannot be done without changing what the
 * RUN means: exec form, text that was not understood, an end that never comes back (`exec`, `exit`) or runs in the background.
 */
export function appendCommand(
  dockerfile: Dockerfile,
  run: Instruction,
  script: ShellScript,
  command: string,
): readonly TextEdit[] | undefined {
  const last = script.statements.at(-1);
  if (last === undefined || !isOpenEnded(script)) return undefined;
  const heredoc = run.heredocs[0];
  const isBody = script.form === "heredoc" && heredoc !== undefined;
  if (isBody && script.stopsAtFailure && script.statements.length > 1) {
    const indent = /^[ \t]*/.exec(lineOf(dockerfile.text, last.span.start))?.[0] ?? "";
    const end = heredoc.bodySpan.end;
    return [{ span: { start: end, end }, newText: `${indent}${command}\n` }];
  }
  if (isBody && lineOf(dockerfile.text, last.span.start).includes("<<")) return undefined;
  const joint = jointOf(dockerfile, run, script);
  return [{ span: { start: last.span.end, end: last.span.end }, newText: `${joint}${command}` }];
}

/**
 * Takes one part out of a `&&` chain of a statement, or a whole statement when it has only this part. Undefined where other parts would mean
 * something else (`||` beside it), where comments would go with it, and for the only part of a script: then the instruction goes.
 */
export function removePart(
  { text }: Dockerfile,
  script: ShellScript,
  statement: number,
  part: number,
): readonly TextEdit[] | undefined {
  const whole = script.statements[statement];
  if (whole === undefined || script.form === "exec" || !script.isComplete) return undefined;
  const span =
    whole.parts.length > 1 ? partSpan(whole, part) : statementSpan(script.statements, statement);
  if (span === undefined || /\n[ \t]*#/.test(text.slice(span.start, span.end))) return undefined;
  return [{ span, newText: "" }];
}

function partSpan({ parts, operators }: ShellStatement, part: number): Span | undefined {
  const [before, self, after] = [parts[part - 1], parts[part], parts[part + 1]];
  const isAlone = operators[part - 1] !== "||" && operators[part] !== "||";
  if (self === undefined || !isAlone) return undefined;
  if (before !== undefined) return { start: before.end, end: self.end };
  return after === undefined ? undefined : { start: self.start, end: after.start };
}

function statementSpan(statements: readonly ShellStatement[], at: number): Span | undefined {
  const [before, self, after] = [statements[at - 1], statements[at], statements[at + 1]];
  if (self === undefined) return undefined;
  if (after !== undefined) return { start: self.span.start, end: after.span.start };
  return before === undefined ? undefined : { start: before.span.end, end: self.span.end };
}

/** Whether a command behind the last one would run. */
function isOpenEnded({ form, isComplete, statements, commands }: ShellScript): boolean {
  const last = commands.findLast(({ depth, pipePlace }) => depth === 0 && pipePlace === 0);
  const isLeaving = last?.name === "exit" || last?.wrappers.includes("exec") === true;
  const isInBackground = statements.at(-1)?.isInBackground === true;
  return form !== "exec" && isComplete && !isInBackground && !isLeaving;
}

/** What stands between two commands of this RUN that must both succeed; made up in its style where it has only one. */
function jointOf({ text, escape }: Dockerfile, run: Instruction, script: ShellScript): string {
  const chain = script.statements.findLast(({ operators }) => operators.includes("&&"));
  if (chain !== undefined) {
    const last = chain.operators.lastIndexOf("&&");
    const [before, after] = chain.parts.slice(last, last + 2);
    return withoutComments(text.slice(before?.end ?? 0, after?.start ?? 0));
  }
  const [before, last] = script.statements.slice(-2);
  if (script.stopsAtFailure && before !== undefined && last !== undefined) {
    const gap = withoutComments(text.slice(before.span.end, last.span.start));
    if (/^[ \t]*;/.test(gap)) return gap;
  }
  const isLong = run.endLine > run.startLine && script.form === "line";
  return isLong ? ` ${escape}${lineBreakOf(text)} && ` : " && ";
}

function withoutComments(gap: string): string {
  return gap.replaceAll(/\n[ \t]*#[^\n]*(?=\n)/g, "");
}

/** The line break that a text uses. */
export function lineBreakOf(text: string): "\r\n" | "\n" {
  return text.includes("\r\n") ? "\r\n" : "\n";
}

function lineOf(text: string, offset: number): string {
  const start = text.lastIndexOf("\n", offset - 1) + 1;
  const end = text.indexOf("\n", offset);
  return text.slice(start, end < 0 ? undefined : end);
}
