import type { TextEdit } from "../text/edit.ts";
import { type Span, textOf } from "../text/span.ts";
import { lineBreakOf } from "./runEdits.ts";
import { stageAt } from "./stages.ts";
import type { ShellCommand, ShellScript } from "./shellScript.ts";
import type { Dockerfile, Instruction } from "./syntax.ts";

/**
 * Makes one RUN of several that follow each other with nothing but comments between them, in the layout of a chain; comments are kept. A part whose
 * working directory or variables the next one would inherit stands in a subshell. Undefined where the joined RUN would not mean the same, or
 * that cannot be told: heredocs, exec form, other flags, `set` in only one of them, an end that leaves. What it takes to join a RUN with its
 * neighbours is worked out once for a file, whatever groups it is in.
 */
export function createRunJoiner(
  dockerfile: Dockerfile,
  scriptOf: (run: Instruction) => ShellScript | undefined,
): (runs: readonly Instruction[]) => readonly TextEdit[] | undefined {
  const rowOf = createRows(dockerfile, (run) => partOf(dockerfile, run, scriptOf));
  return (runs) => {
    const [first] = runs;
    if (first === undefined || runs.length < 2) return undefined;
    const row = rowOf(first);
    const start = first.index - (row?.first ?? 0);
    const isInside = row !== undefined && start + runs.length <= row.parts.length;
    if (!isInside || runs.some((run, at) => run.index !== first.index + at)) return undefined;
    const range = { start, end: start + runs.length };
    return row.parts[start]?.opening === ""
      ? joinChains(dockerfile, row, range)
      : joinScripts(row, range);
  };
}

/** RUNs of which any that follow each other can be joined, as far as that is a matter of two neighbours. */
interface Row {
  /** Index of its first instruction. */
  readonly first: number;
  readonly parts: readonly Part[];
  /** What is to be done to each part between others, and between it and the next one, part by part. */
  readonly edits: readonly TextEdit[];
  /** Where those of each part begin. */
  readonly editStarts: readonly number[];
}

/** The row that a RUN stands in, read once; undefined for one that cannot be joined. */
function createRows(
  dockerfile: Dockerfile,
  partAt: (run: Instruction) => Part | undefined,
): (run: Instruction) => Row | undefined {
  const { instructions } = dockerfile;
  const known = new Map<number, Row | undefined>();
  const read = (run: Instruction): Row | undefined => {
    const own = partAt(run);
    if (own === undefined) return undefined;
    const before: Part[] = [];
    for (let part = own; part.isNext;) {
      const earlier = instructions[part.run.index - 1];
      const found = earlier && partAt(earlier);
      if (found === undefined || !areAlike(found, part)) break;
      before.push(found);
      part = found;
    }
    const parts = [...before.toReversed(), own];
    for (let part = own; ;) {
      const later = instructions[part.run.index + 1];
      const found = later && partAt(later);
      if (found === undefined || !found.isNext || !areAlike(part, found)) break;
      parts.push(found);
      part = found;
    }
    return { first: run.index - before.length, parts, ...editsOf(dockerfile, parts) };
  };
  return (run) => {
    if (known.has(run.index)) return known.get(run.index);
    const row = read(run);
    known.set(run.index, row);
    row?.parts.forEach((part) => known.set(part.run.index, row));
    return row;
  };
}

function areAlike(a: Part, b: Part): boolean {
  return a.flags === b.flags && a.opening === b.opening;
}

function editsOf(
  dockerfile: Dockerfile,
  parts: readonly Part[],
): Pick<Row, "edits" | "editStarts"> {
  const edits: TextEdit[] = [];
  const editStarts = parts.map((part, at) => {
    const start = edits.length;
    const next = parts[at + 1];
    if (next === undefined) return start;
    if (part.opening === "") edits.push(...chainEdits(dockerfile, part, next));
    else edits.push(...scriptEdits(dockerfile, part, next));
    return start;
  });
  return { edits, editStarts };
}

/** Places in a row, half open. */
interface Range {
  readonly start: number;
  readonly end: number;
}

interface Part {
  readonly run: Instruction;
  readonly script: ShellScript;
  /** `set -eux` and the like that the script starts with; "" without. */
  readonly opening: string;
  /** As text, to be compared. */
  readonly flags: string;
  /** Whether it changes what the commands behind it in the same shell would see. */
  readonly isStateful: boolean;
  /** Whether nothing but comments and blank lines stands between it and the instruction before it in its stage. */
  readonly isNext: boolean;
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
    flags: run.flags.map(({ name, value }) => `${name}=${value ?? ""}`).join(" "),
    isStateful: script.commands.some(isStateful),
    isNext: isNextInStage(dockerfile, run),
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
function joinChains(
  dockerfile: Dockerfile,
  { parts, edits, editStarts }: Row,
  { start, end }: Range,
): readonly TextEdit[] {
  const [first, second, last] = [parts[start], parts[start + 1], parts[end - 1]];
  if (first === undefined || second === undefined || last === undefined) return [];
  const { statements } = first.script;
  // What begins the chain can stay as it is where it is one statement.
  const isBare = statements.length === 1 && !first.isStateful;
  const head = isBare
    ? [chainGap(dockerfile, first, second)]
    : chainEdits(dockerfile, first, second);
  const between = edits.slice(editStarts[start + 1], editStarts[end - 1]);
  return head.concat(between, last.script.stopsAtFailure ? [] : parenthesesOf(last));
}

function chainEdits(dockerfile: Dockerfile, part: Part, next: Part): readonly TextEdit[] {
  const isGrouped = !part.script.stopsAtFailure || part.isStateful;
  const gap = chainGap(dockerfile, part, next);
  return isGrouped ? [...parenthesesOf(part), gap] : [gap];
}

function parenthesesOf(part: Part): readonly TextEdit[] {
  const { start, end } = bodyOf(part);
  return [
    { span: { start, end: start }, newText: "(" },
    { span: { start: end, end }, newText: ")" },
  ];
}

function chainGap({ text, escape }: Dockerfile, part: Part, next: Part): TextEdit {
  const span: Span = { start: bodyOf(part).end, end: bodyOf(next).start };
  const comments = commentsIn(textOf(text, span));
  return { span, newText: ` ${escape}${lineBreakOf(text)}${comments} && ` };
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
  { parts, edits, editStarts }: Row,
  { start, end }: Range,
): readonly TextEdit[] | undefined {
  for (let at = start; at < end; at += 1) {
    const part = parts[at];
    if (part?.isStateful === true && at < end - 1) return undefined;
    if ((part?.script.statements.length ?? 0) < 2) return undefined;
  }
  return edits.slice(editStarts[start], editStarts[end - 1]);
}

function scriptEdits(
  { text, escape }: Dockerfile,
  { script, run }: Part,
  next: Part,
): readonly TextEdit[] {
  const start = script.statements.at(-1)?.span.end ?? run.argumentSpan.end;
  const end = next.script.statements[1]?.span.start;
  if (end === undefined) return [];
  const comments = commentsIn(text.slice(start, end));
  return [{ span: { start, end }, newText: `; ${escape}${lineBreakOf(text)}${comments}    ` }];
}

/** Comment lines of a gap, each with its line break. */
function commentsIn(gap: string): string {
  return [...gap.matchAll(/\n([ \t]*#[^\n]*)(?=\n)/g)].map(([, line]) => `${line}\n`).join("");
}

function isNextInStage(dockerfile: Dockerfile, run: Instruction): boolean {
  const before = dockerfile.instructions[run.index - 1];
  const stage = stageAt(dockerfile, run.index);
  if (before === undefined || stageAt(dockerfile, before.index) !== stage) return false;
  const between = dockerfile.text.slice(before.span.end, run.span.start);
  return /^(?:[^\S\n]*(?:#[^\n]*)?\n)+[ \t]*$/.test(between);
}
