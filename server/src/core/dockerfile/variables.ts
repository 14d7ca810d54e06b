import { type Variables, expandVariables } from "./expand.ts";
import type { Instruction } from "./syntax.ts";

/** Defaults of the ARGs before the first FROM; undefined for one without a default. */
export function globalArguments(instructions: readonly Instruction[]): Variables {
  const globals = new Map<string, string | undefined>();
  for (const { keyword, words } of instructions) {
    if (keyword === "FROM") break;
    if (keyword !== "ARG") continue;
    for (const { name, value } of words.map(({ text }) => toAssignment(text))) {
      globals.set(name, value === undefined ? undefined : expandVariables(value, globals));
    }
  }
  return globals;
}

/** The variables that instructions can use, while one reads a chain of stages from its first line on. */
export interface VariableScope {
  /** Values as of a build without arguments; undefined for one that cannot be known. What a base image sets is missing. */
  readonly variables: ReadonlyMap<string, string | undefined>;
  /** Takes in what an instruction sets: ENV for the rest of the chain, ARG up to the next FROM and only where no ENV hides it. Gives the names that it speaks of. */
  read(instruction: Instruction): readonly string[];
  /** Another scope in the same state, for a stage that goes on from here. O(variables). */
  copy(): VariableScope;
}

/** A scope in which nothing is set but the defaults of global ARGs, to be declared again in each stage. */
export function createVariableScope(globals: Variables): VariableScope {
  return scopeWith(globals, new Map(), new Set());
}

/** `ends`: names that are gone with the next FROM. */
function scopeWith(
  globals: Variables,
  variables: Map<string, string | undefined>,
  ends: Set<string>,
): VariableScope {
  const set = (keyword: "ENV" | "ARG", name: string, value: string | undefined): void => {
    if (keyword === "ARG" && variables.has(name) && !ends.has(name)) return;
    variables.set(name, value);
    if (keyword === "ARG") ends.add(name);
    else ends.delete(name);
  };
  return {
    variables,
    read(instruction) {
      const { keyword } = instruction;
      if (keyword === "FROM") {
        for (const name of ends) variables.delete(name);
        ends.clear();
      }
      if (keyword !== "ENV" && keyword !== "ARG") return [];
      const filled = assignmentsOf(instruction).map(({ name, value }) => ({
        name,
        value: value === undefined ? globals.get(name) : expandVariables(value, variables),
      }));
      for (const { name, value } of filled) set(keyword, name, value);
      return filled.map(({ name }) => name);
    },
    copy: () => scopeWith(globals, new Map(variables), new Set(ends)),
  };
}

function assignmentsOf({ keyword, words, argumentText }: Instruction): readonly Assignment[] {
  const [first] = words;
  if (first === undefined) return [];
  if (keyword === "ARG" || first.text.includes("=")) {
    return words.map(({ text }) => toAssignment(text));
  }
  return [{ name: first.text, value: argumentText.replace(/^\S+\s*/, "") }];
}

interface Assignment {
  readonly name: string;
  /** Undefined for an ARG without a default. */
  readonly value: string | undefined;
}

function toAssignment(word: string): Assignment {
  const equals = word.indexOf("=");
  return equals < 0
    ? { name: word, value: undefined }
    : { name: word.slice(0, equals), value: word.slice(equals + 1) };
}
