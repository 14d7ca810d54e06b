import type { TextEdit } from "../text/edit.ts";
import { type Span, textOf } from "../text/span.ts";
import { lineBreakOf } from "./runEdits.ts";
import { shellOf } from "./shell.ts";
import type { ShellCommand, ShellScript } from "./shellScript.ts";
import type { Dockerfile, Instruction } from "./syntax.ts";

/**
 * Makes one RUN of several that follow each other with nothing but comments between them, in the layout of a chain; comments are kept. A part whose
 * working directory or variables the next one would inherit stands in a subshell. Undefined where the joined RUN would not mean the same, or
 * that cannot be told: heredocs, exec form, other flags, `set` in only one of them, an end that leaves. `scriptOf` spares reading scripts that
 * the caller has read.
 */
export function joinRuns(
  dockerfile: Dockerfile,
  runs: readonly Instruction[],
  scriptOf: (run: Instruction) => ShellScript | undefined = (run) => shellOf(dockerfile, run),
): readonly TextEdit[] | undefined {
  const parts = runs.map((run) => partOf(dockerfile, run, scriptOf));
  if (runs.length < 2 || !areNeighbours(dockerfile, runs) || !haveSameFlags(runs)) return undefined;
  const [first, ...others] = parts;
  if (first === undefined || others.some((part) => part === undefined)) return undefined;
  const known = parts.filter((part) => part !== undefined);
  const settings = new Set(known.map(({ opening }) => opening));
  if (settings.size > 1) return undefined;
  return first.opening === "" ? joinChains(dockerfile, known) : joinScripts(dockerfile, known);
}

interface Part {
  readonly run: Instruction;
  readonly script: ShellScript;
  /** `set -eux` and the like that the script starts with; "" without. */
  readonly opening: string;
  /** Whether it changes what the commands behind it in the same shell would see. */
  readonly isStateful: boolean;
}

function partOf(
  dockerfile: Dockerfile,
  run: Instruction,
  scriptOf: (run: Instruction) => ShellScript | undefined,
): Part | undefined {
  const script = run.keyword === "RUN" ? scriptOf(run) : undefined;
  const { text } = dockerfile;
  if (script === undefined || !isJoinable(text, run, script)) return undefined;
  const settings = script.commands.filter(({ name }) => name === "set");
  const [opening] = settings;
  const isAtStart = opening === script.commands[0] && script.statements[0]?.parts.length === 1;
  if (settings.length > 1 || (opening !== undefined && !isAtStart)) return undefined;
  return {
    run,
    script,
    opening: opening === undefined ? "" : textOf(text, opening.span),
    isStateful: script.commands.some(isStateful),
  };
}

/** Whether something can follow what it runs: nothing leaves, nothing goes on in the background, no comment is at its end. */
function isJoinable(text: string, run: Instruction, script: ShellScript): boolean {
  const last = script.statements.at(-1);
  if (last === undefined || script.form !== "line" || run.heredocs.length > 0) return false;
  const tail = text.slice(last.span.end, run.argumentSpan.end);
  const isLeaving = script.commands.some(
    ({ name, wrappers }) => leaves.has(name ?? "") || wrappers.includes("exec"),
  );
  const isInBackground = script.statements.some((one) => one.isInBackground);
  return script.isComplete && /^[\s;\\]*$/.test(tail) && !isLeaving && !isInBackground;
}

const leaves: ReadonlySet<string> = new Set(["exit", "trap", "return"]);
const changesShell: ReadonlySet<string> = new Set([
  "cd",
  "pushd",
  "popd",
  "export",
  "unset",
  "alias",
  "umask",
  "ulimit",
  ".",
  "source",
  "shopt",
  "eval",
  "read",
  "hash",
]);

/** An assignment without a command stays; so does what these builtins do. A name that is not known may be a function's. */
function isStateful({ name, assignments, args, depth }: ShellCommand): boolean {
  if (depth > 0) return false;
  return (
    changesShell.has(name ?? "") ||
    (name === undefined && args.length === 0 && assignments.size > 0)
  );
}

/** `A && B`: what is more than a chain of `&&` is put into parentheses, so that it stays one thing. */
function joinChains({ text, escape }: Dockerfile, parts: readonly Part[]): readonly TextEdit[] {
  const lineBreak = lineBreakOf(text);
  return parts.flatMap((part, at) => {
    const { start, end } = bodyOf(part);
    const next = parts[at + 1];
    const isPlain = part.script.stopsAtFailure || (at === 0 && part.script.statements.length === 1);
    const isGrouped = !isPlain || (part.isStateful && next !== undefined);
    const group: readonly TextEdit[] = isGrouped
      ? [
          { span: { start, end: start }, newText: "(" },
          { span: { start: end, end }, newText: ")" },
        ]
      : [];
    if (next === undefined) return group;
    const gap: Span = { start: end, end: bodyOf(next).start };
    const comments = commentsIn(textOf(text, gap));
    return [...group, { span: gap, newText: ` ${escape}${lineBreak}${comments} && ` }];
  });
}

/** From the first statement to the last. */
function bodyOf({ run, script }: Part): Span {
  return {
    start: script.statements[0]?.span.start ?? run.argumentSpan.start,
    end: script.statements.at(-1)?.span.end ?? run.argumentSpan.end,
  };
}

/** `set -e; a; b`: with the same opening the statements of one follow those of the other. */
function joinScripts(
  { text, escape }: Dockerfile,
  parts: readonly Part[],
): readonly TextEdit[] | undefined {
  if (parts.slice(0, -1).some((part) => part.isStateful)) return undefined;
  if (parts.some(({ script }) => script.statements.length < 2)) return undefined;
  const lineBreak = lineBreakOf(text);
  return parts.slice(0, -1).flatMap(({ script, run }, at) => {
    const start = script.statements.at(-1)?.span.end ?? run.argumentSpan.end;
    const end = parts[at + 1]?.script.statements[1]?.span.start;
    if (end === undefined) return [];
    const comments = commentsIn(text.slice(start, end));
    return [{ span: { start, end }, newText: `; ${escape}${lineBreak}${comments}    ` }];
  });
}

/** Comment lines of a gap, each with its line break. */
function commentsIn(gap: string): string {
  return [...gap.matchAll(/\n([ \t]*#[^\n]*)(?=\n)/g)].map(([, line]) => `${line}\n`).join("");
}

function areNeighbours({ text, stages }: Dockerfile, runs: readonly Instruction[]): boolean {
  const stageOf = (run: Instruction): number =>
    stages.findLastIndex(({ from }) => from.index <= run.index);
  return runs.slice(1).every((run, at) => {
    const before = runs[at];
    if (before === undefined || run.index !== before.index + 1) return false;
    const between = text.slice(before.span.end, run.span.start);
    return stageOf(before) === stageOf(run) && /^(?:\s*(?:#[^\n]*)?\n)+[ \t]*$/.test(between);
  });
}

function haveSameFlags(runs: readonly Instruction[]): boolean {
  const flagsOf = ({ flags }: Instruction): string =>
    flags.map(({ name, value }) => `${name}=${value ?? ""}`).join(" ");
  return runs.every((run) => flagsOf(run) === flagsOf(runs[0] ?? run));
}
