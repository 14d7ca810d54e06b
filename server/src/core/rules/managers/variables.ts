import type { Variables } from "../../dockerfile/expand.ts";
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
  const environment = context.environmentAt(run);
  const exported = exportsIn(context, run, script)
    .filter(({ place }) => place < call.place)
    .flatMap(({ command }) => exportsOf(command));
  const { assignments } = call.command;
  if (exported.length === 0 && assignments.size === 0) return environment;
  return new Map([...environment, ...exported, ...assignments]);
}

interface Export {
  readonly command: ShellCommand;
  /** Among the script's commands. */
  readonly place: number;
}

function exportsIn(
  context: RuleContext,
  run: Instruction,
  { commands }: ShellScript,
): readonly Export[] {
  const byRun = context.recall("exports", () => new Map<number, readonly Export[]>());
  const known =
    byRun.get(run.index) ??
    commands.flatMap((command, place) => (command.name === "export" ? [{ command, place }] : []));
  byRun.set(run.index, known);
  return known;
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
