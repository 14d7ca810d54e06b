import type { Variables } from "../../dockerfile/expand.ts";
import { createVariableHistory } from "../../dockerfile/variableHistory.ts";
import type { ShellCommand, ShellScript } from "../../dockerfile/shellScript.ts";
import type { Instruction } from "../../dockerfile/syntax.ts";
import type { RuleContext } from "../context.ts";
import type { ToolCall } from "./toolCall.ts";

/** ENV and ARG at a RUN, and what its script exported or set before and for a call. Values that are not known are undefined. */
export function variablesOf(
  context: RuleContext,
  run: Instruction,
  script: ShellScript,
  call: ToolCall,
): Variables {
  const exported = exportedBefore(context, run, script, call.place);
  const { assignments } = call.command;
  if (assignments.size === 0) return exported;
  return {
    has: (name) => assignments.has(name) || exported.has(name),
    get: (name) => (assignments.has(name) ? assignments.get(name) : exported.get(name)),
  };
}

/** Made once for all calls between two exports. */
function exportedBefore(
  context: RuleContext,
  run: Instruction,
  { commands }: ShellScript,
  place: number,
): Variables {
  const byRun = context.recall("exports", () => new Map<number, readonly Variables[]>());
  const known = byRun.get(run.index) ?? variablesAtCommands(context.environmentAt(run), commands);
  byRun.set(run.index, known);
  return known[Math.min(place, known.length - 1)] ?? context.environmentAt(run);
}

/** Before each command up to the first behind the last export. */
function variablesAtCommands(
  environment: Variables,
  commands: readonly ShellCommand[],
): readonly Variables[] {
  const last = commands.findLastIndex(({ name }) => name === "export");
  const history = createVariableHistory(environment);
  let variables = environment;
  const found: Variables[] = [environment];
  for (const [place, command] of commands.slice(0, last + 1).entries()) {
    const added = command.name === "export" ? exportsOf(command) : [];
    for (const [name, value] of added) history.set(place, name, value);
    if (added.length > 0) variables = history.before(place + 1);
    found.push(variables);
  }
  return found;
}

function exportsOf({ args }: ShellCommand): readonly (readonly [string, string | undefined])[] {
  return args.flatMap(({ text, isLiteral }) => {
    const [variable = "", ...value] = text.split("=");
    return value.length > 0 ? [[variable, isLiteral ? value.join("=") : undefined] as const] : [];
  });
}

/** Whether one of these is set to something, or may be: a value that is not known counts. */
export function isSet(variables: Variables, ...names: readonly string[]): boolean {
  return names.some((name) => variables.has(name) && variables.get(name) !== "");
}

/** Whether one of these is switched on, or may be: neither empty nor `0`, `false`, `no` or `off`. */
export function isOn(variables: Variables, ...names: readonly string[]): boolean {
  return names.some(
    (name) =>
      isSet(variables, name) && !/^(?:0|false|no|off)$/i.test(variables.get(name) ?? "unknown"),
  );
}

/** The folder that a variable names, else the usual one. A value that is not known gives the usual one too. */
export function folderIn(variables: Variables, name: string, usual: string): string {
  const value = variables.get(name);
  return value === undefined || value === "" ? usual : value;
}

/** The same, for where nothing may be guessed: undefined for a value that is not known, and for a usual folder that is not. */
export function knownFolderIn(
  variables: Variables,
  name: string,
  usual: string | undefined,
): string | undefined {
  const value = variables.get(name);
  if (value === undefined && variables.has(name)) return undefined;
  return value === undefined || value === "" ? usual : value;
}
