import { parse } from "unbash";
import type { Span } from "../text/span.ts";
import { execItemsOf } from "./execForm.ts";
import { collectCommands } from "./shellCommands.ts";
import type { ShellCommand, ShellScript, ShellStatement } from "./shellScript.ts";
import { type ShellSource, heredocSource, lineSource, quotedSource } from "./shellSource.ts";
import type { Dockerfile, Instruction, Word } from "./syntax.ts";
import { skipBlanks } from "./words.ts";

/**
 * The commands of RUN, CMD, ENTRYPOINT and HEALTHCHECK; undefined for other instructions, where nothing is written yet, where the shell is no
 * POSIX shell (SHELL, a heredoc with another interpreter), and past a length that no person writes. Total.
 */
export function shellOf(dockerfile: Dockerfile, instruction: Instruction): ShellScript | undefined {
  return readShell(dockerfile, instruction, posixPlaces(dockerfile));
}

/** `shellOf` for all instructions of a file: each script is read once, when it is first asked for, and what SHELL says is looked for once. */
export function createShells(
  dockerfile: Dockerfile,
): (instruction: Instruction) => ShellScript | undefined {
  const known = new Map<number, ShellScript | undefined>();
  const hasPosixShell = posixPlaces(dockerfile);
  return (instruction) => {
    const { start } = instruction.span;
    if (!known.has(start)) known.set(start, readShell(dockerfile, instruction, hasPosixShell));
    return known.get(start);
  };
}

function readShell(
  dockerfile: Dockerfile,
  instruction: Instruction,
  hasPosixShell: (index: number) => boolean,
): ShellScript | undefined {
  if (!startsCommands.has(instruction.keyword)) return undefined;
  if (instruction.form === "exec") {
    return execScript(instruction.words, instruction.argumentSpan);
  }
  const health = healthWords(dockerfile, instruction);
  if (health !== undefined) return execScript(health.words, health.span);
  if (!hasPosixShell(instruction.index)) return undefined;
  const source = sourceOf(dockerfile, instruction);
  if (source === undefined || source.text.length > longest) return undefined;
  if (source.form === "exec") return scriptOf(source);
  return source.text.trim() === "" ? undefined : scriptOf(source);
}

const startsCommands: ReadonlySet<string> = new Set(["RUN", "CMD", "ENTRYPOINT", "HEALTHCHECK"]);
const longest = 256 * 1024;

function sourceOf(dockerfile: Dockerfile, instruction: Instruction): ShellSource | undefined {
  const { keyword, argumentText, heredocs } = instruction;
  if (keyword === "HEALTHCHECK") {
    const skip = healthSkip(argumentText);
    return skip === undefined ? undefined : lineSource(dockerfile, instruction, skip);
  }
  const [heredoc] = heredocs;
  if (heredoc === undefined || !onlyHeredoc.test(argumentText)) {
    return lineSource(dockerfile, instruction);
  }
  const source = heredocSource(dockerfile, heredoc);
  return isForPosixShell(source.text) ? source : undefined;
}

/** How long HEALTHCHECK's own `CMD` is; undefined without one. */
function healthSkip(argumentText: string): number | undefined {
  const before = /^CMD\b/i.exec(argumentText)?.[0].length;
  return before === undefined ? undefined : skipBlanks(argumentText, before);
}

/** The words of HEALTHCHECK's `CMD ["…"]`, and where the array stands. */
function healthWords(
  dockerfile: Dockerfile,
  instruction: Instruction,
): { readonly words: readonly Word[]; readonly span: Span } | undefined {
  const { keyword, argumentText } = instruction;
  const skip = keyword === "HEALTHCHECK" ? healthSkip(argumentText) : undefined;
  const items = skip === undefined ? undefined : execItemsOf(argumentText.slice(skip));
  if (items === undefined) return undefined;
  const source = lineSource(dockerfile, instruction, skip);
  return {
    words: items.map(({ text, start, end }) => ({ text, span: source.toSpan(start, end) })),
    span: source.span,
  };
}

/** `<<EOF` alone: its body is what runs. */
const onlyHeredoc = /^<<-?\s*\S+$/;

function isForPosixShell(script: string): boolean {
  const interpreter = /^#!\s*(\S+)(?:\s+(\S+))?/.exec(script);
  if (interpreter === null) return true;
  const [, path = "", argument = ""] = interpreter;
  const name = baseName(path);
  return posixShells.has(name === "env" ? argument : name);
}

const posixShells: ReadonlySet<string> = new Set(["sh", "bash", "dash", "ash", "busybox"]);

/** Whether RUN and the like are read by a POSIX shell, by index of the instruction: no SHELL says otherwise, and no Windows escape character. */
function posixPlaces({ escape, instructions, stages }: Dockerfile): (index: number) => boolean {
  if (escape !== "\\") return () => false;
  if (!instructions.some(({ keyword }) => keyword === "SHELL")) return () => true;
  const others = new Set<number>();
  const isPosixAtEnd: boolean[] = [];
  for (const { index, base, instructions: own } of stages) {
    let isPosix = base.kind === "stage" ? (isPosixAtEnd[base.stage] ?? true) : true;
    for (const one of own) {
      if (!isPosix) others.add(one.index);
      if (one.keyword === "SHELL") isPosix = posixShells.has(baseName(one.words[0]?.text ?? ""));
    }
    isPosixAtEnd[index] = isPosix;
  }
  return (index) => !others.has(index);
}

/** Words that run without a shell, or a shell that is given its script with `-c`. */
function execScript(words: readonly Word[], span: Span): ShellScript | undefined {
  const [program, option, script] = words;
  if (program === undefined) return undefined;
  const isShell = posixShells.has(baseName(program.text));
  if (isShell && script !== undefined && /^-\w*c$/.test(option?.text ?? "")) {
    return scriptOf(quotedSource(script.text, script.span));
  }
  const command: ShellCommand = {
    name: baseName(program.text),
    path: program.text,
    nameSpan: program.span,
    args: words.slice(1).map((word) => ({ ...word, isLiteral: true, isPattern: false })),
    assignments: new Map(),
    wrappers: [],
    redirects: [],
    span,
    certainty: "always",
    pipePlace: 0,
    pipeLength: 1,
    depth: 0,
    statement: 0,
  };
  return {
    commands: [command],
    statements: [{ span, parts: [span], operators: [], isInBackground: false }],
    form: "exec",
    span,
    stopsAtFailure: true,
    isComplete: true,
  };
}

function scriptOf(source: ShellSource): ShellScript {
  const script = parse(source.text);
  const statements = script.commands.map(({ command, background, pos, end }): ShellStatement => {
    const span = source.toSpan(pos, end);
    const isInBackground = background === true;
    if (command.type !== "AndOr") {
      const part = source.toSpan(command.pos, command.end);
      return { span, parts: [part], operators: noOperators, isInBackground };
    }
    const parts = command.commands.map((part) => source.toSpan(part.pos, part.end));
    return { span, parts, operators: command.operators, isInBackground };
  });
  const commands = collectCommands(script, source);
  return {
    commands,
    statements,
    form: source.form,
    span: source.span,
    stopsAtFailure: isAllAnd(statements) || startsWithErrexit(commands),
    isComplete: (script.errors ?? []).length === 0,
  };
}

const noOperators: ShellStatement["operators"] = [];

function isAllAnd(statements: readonly ShellStatement[]): boolean {
  const [only, ...others] = statements;
  return others.length === 0 && only?.operators.every((operator) => operator === "&&") === true;
}

function startsWithErrexit([first]: readonly ShellCommand[]): boolean {
  if (first?.name !== "set") return false;
  return first.args.some(
    ({ text }, at) => /^-[a-df-z]*e/.test(text) || (text === "errexit" && at > 0),
  );
}

function baseName(path: string): string {
  return path.slice(path.lastIndexOf("/") + 1);
}
