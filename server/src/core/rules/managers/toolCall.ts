import type { ShellCommand, ShellWord } from "../../dockerfile/shellScript.ts";
import { programs } from "./programs.ts";

/** A call of a package manager in a script. */
export interface ToolCall {
  readonly command: ShellCommand;
  /** Position among the script's commands, from 0. */
  readonly place: number;
  /** One name for all spellings of a program: `pip` for `pip3.11` and `python3 -m pip`, `apt` for `apt-get`. */
  readonly tool: string;
  /** Words that are neither options nor their values, the verb first: `install`, `curl`. Empty for a bare `yarn`. */
  readonly operands: readonly ShellWord[];
  /** Options as written, with `=value` where it stands in the same word. */
  readonly options: readonly ShellWord[];
  /** Values that stand in a word of their own, by the option before them. */
  readonly values: ReadonlyMap<string, string>;
}

/** The call that a command makes; undefined for a program that is no package manager. */
export function toolCallOf(command: ShellCommand, place: number): ToolCall | undefined {
  const called = calledProgram(command.name, command.args);
  if (called === undefined) return undefined;
  const { tool, valued, args } = called;
  const operands: ShellWord[] = [];
  const options: ShellWord[] = [];
  let values: Map<string, string> | undefined;
  for (let at = 0; at < args.length; at += 1) {
    const word = args[at];
    if (word === undefined) break;
    if (word.text === "--") {
      operands.push(...args.slice(at + 1));
      break;
    }
    if (!word.text.startsWith("-")) {
      operands.push(word);
      continue;
    }
    options.push(word);
    const value = args[at + 1];
    if (!valued.has(word.text) || value === undefined) continue;
    values ??= new Map();
    values.set(word.text, value.text);
    at += 1;
  }
  // `cargo +nightly build` names a toolchain first.
  const verbs = operands[0]?.text.startsWith("+") === true ? operands.slice(1) : operands;
  return { command, place, tool, operands: verbs, options, values: values ?? noValues };
}

const noValues: ReadonlyMap<string, string> = new Map();

/** Whether the call's first operands are these verbs; each may name alternatives: `isCall(call, "npm", "install|i", …)`. */
export function isCall(
  { tool, operands }: ToolCall,
  name: string,
  ...verbs: readonly string[]
): boolean {
  if (tool !== name) return false;
  return verbs.every((verb, at) => isAlternative(verb, operands[at]?.text ?? ""));
}

/** Whether a word is one of `a|b|c`. */
function isAlternative(alternatives: string, word: string): boolean {
  if (word === alternatives) return true;
  if (word === "" || word.includes("|")) return false;
  for (let at = alternatives.indexOf(word); at >= 0; at = alternatives.indexOf(word, at + 1)) {
    const end = at + word.length;
    const isStart = at === 0 || alternatives[at - 1] === "|";
    if (isStart && (end === alternatives.length || alternatives[end] === "|")) return true;
  }
  return false;
}

/** Whether one of these options is given, alone, with `=value` or with a value behind it. One-letter options are also found in a cluster: `-qy`. */
export function hasOption({ options }: ToolCall, ...names: readonly string[]): boolean {
  return options.some(({ text }) => names.some((name) => isOption(text, name)));
}

/** The value of an option, in the same word or in the next; undefined when it is not given or has none. */
export function optionValue(
  { options, values }: ToolCall,
  ...names: readonly string[]
): string | undefined {
  for (const name of names) {
    const separate = values.get(name);
    if (separate !== undefined) return separate;
    const joined = options.find(({ text }) => text.startsWith(`${name}=`));
    if (joined !== undefined) return joined.text.slice(name.length + 1);
  }
  return undefined;
}

function isOption(text: string, name: string): boolean {
  if (text.startsWith(name) && (text.length === name.length || text[name.length] === "=")) {
    return true;
  }
  return name.length === 2 && /^-[A-Za-z]{2,}$/.test(text) && text.includes(name.slice(1));
}

function calledProgram(
  name: string | undefined,
  args: readonly ShellWord[],
):
  | {
      readonly tool: string;
      readonly valued: ReadonlySet<string>;
      readonly args: readonly ShellWord[];
    }
  | undefined {
  if (name === undefined) return undefined;
  const plain = programs.get(name);
  if (plain !== undefined) return { tool: plain.tool, valued: plain.valued, args };
  const [first, second] = args;
  if (/^python[\d.]*$/.test(name)) {
    return first?.text === "-m" ? calledProgram(second?.text, args.slice(2)) : undefined;
  }
  if (carriers.has(name) && first !== undefined) {
    return calledProgram(first.text.slice(first.text.lastIndexOf("/") + 1), args.slice(1));
  }
  const pip = /^pip[\d.]+$/.test(name) ? programs.get("pip") : undefined;
  return pip === undefined ? undefined : { ...pip, args };
}

/** Programs that only hand on to the one they name first. */
const carriers: ReadonlySet<string> = new Set(["corepack", "php", "xvfb-run", "chronic"]);
