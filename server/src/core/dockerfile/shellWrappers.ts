import type { ShellWord } from "./shellScript.ts";

/** Programs that run another one: options that take a word of their own, and how many words come before the program. */
const wrappers: ReadonlyMap<string, { readonly valued: readonly string[]; readonly skip: number }> =
  new Map([
    ["sudo", { valued: ["-u", "-g", "-h", "-p", "-C", "-r", "-t", "-T", "-U", "-D"], skip: 0 }],
    ["doas", { valued: ["-u", "-C"], skip: 0 }],
    ["env", { valued: ["-u", "-C", "-S", "--unset", "--chdir"], skip: 0 }],
    ["exec", { valued: ["-a"], skip: 0 }],
    ["command", { valued: [], skip: 0 }],
    ["builtin", { valued: [], skip: 0 }],
    ["time", { valued: ["-f", "-o"], skip: 0 }],
    ["nice", { valued: ["-n"], skip: 0 }],
    ["ionice", { valued: ["-c", "-n"], skip: 0 }],
    ["nohup", { valued: [], skip: 0 }],
    ["eatmydata", { valued: [], skip: 0 }],
    ["stdbuf", { valued: ["-i", "-o", "-e"], skip: 0 }],
    ["timeout", { valued: ["-k", "-s"], skip: 1 }],
    ["gosu", { valued: [], skip: 1 }],
    ["su-exec", { valued: [], skip: 1 }],
    ["setpriv", { valued: [], skip: 0 }],
  ]);

/** A command in front of which wrappers may stand: its words, and the variables set before it. */
export interface WrappedCommand {
  /** Undefined where it only sets variables. */
  readonly name: ShellWord | undefined;
  readonly args: readonly ShellWord[];
  readonly assignments: ReadonlyMap<string, string | undefined>;
}

/** What really runs, with the variables set on the way. */
export interface UnwrappedCommand extends WrappedCommand {
  /** Names of what was taken off, outermost first. */
  readonly wrappers: readonly string[];
}

/** What really runs behind wrappers. Words that are nothing but a wrapper stay as they are. */
export function unwrapCommand({ name, args, assignments }: WrappedCommand): UnwrappedCommand {
  if (!isWrapper(name)) return { name, args, assignments, wrappers: nothing };
  const assigned = new Map(assignments);
  const found: string[] = [];
  let rest: readonly ShellWord[] = [name, ...args];
  for (;;) {
    const inner = innerWords(rest, assigned);
    if (inner === undefined || inner.length === 0) {
      return { name: rest[0], args: rest.slice(1), assignments: assigned, wrappers: found };
    }
    found.push(rest[0]?.text ?? "");
    rest = inner;
  }
}

const nothing: readonly string[] = [];

function isWrapper(name: ShellWord | undefined): name is ShellWord {
  return name?.isLiteral === true && wrappers.has(lastName(name.text));
}

function lastName(path: string): string {
  return path.slice(path.lastIndexOf("/") + 1);
}

/** Undefined when the first word is no wrapper. */
function innerWords(
  [first, ...rest]: readonly ShellWord[],
  assignments: Map<string, string | undefined>,
): readonly ShellWord[] | undefined {
  if (first?.isLiteral !== true) return undefined;
  const name = lastName(first.text);
  const wrapper = wrappers.get(name);
  // `command -v` asks, it does not run.
  const isAsking = name === "command" && /^-[vV]$/.test(textAt(rest, 0));
  if (wrapper === undefined || isAsking) return undefined;
  let at = 0;
  while (textAt(rest, at).startsWith("-")) at += wrapper.valued.includes(textAt(rest, at)) ? 2 : 1;
  at += wrapper.skip;
  const takesVariables = name === "env" || name === "sudo";
  return takesVariables ? takeAssignments(rest.slice(at), assignments) : rest.slice(at);
}

/** The words behind those that set variables. */
function takeAssignments(
  words: readonly ShellWord[],
  assignments: Map<string, string | undefined>,
): readonly ShellWord[] {
  const first = words.findIndex(({ text }) => !/^\w+=/.test(text));
  const end = first < 0 ? words.length : first;
  for (const { text, isLiteral } of words.slice(0, end)) {
    const equals = text.indexOf("=");
    assignments.set(text.slice(0, equals), isLiteral ? text.slice(equals + 1) : undefined);
  }
  return words.slice(end);
}

function textAt(words: readonly ShellWord[], at: number): string {
  return words[at]?.text ?? "";
}
