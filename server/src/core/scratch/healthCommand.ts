import type { Instruction } from "../dockerfile/syntax.ts";
import type { ShellCommand, ShellScript } from "../dockerfile/shellScript.ts";

/** What HEALTHCHECK runs where that is one program with its arguments, given how a shell reads it; undefined where it takes a shell. */
export function healthWords(
  instruction: Instruction,
  script: ShellScript | undefined,
): readonly string[] | undefined {
  return healthExecWords(instruction) ?? plainWords(script);
}

/** The words of `CMD ["…"]`; undefined for the shell form. */
export function healthExecWords({ argumentText }: Instruction): readonly string[] | undefined {
  const json = /^CMD\s*(\[.*\])$/is.exec(argumentText)?.[1];
  if (json === undefined) return undefined;
  try {
    const value: unknown = JSON.parse(json);
    const isStrings = Array.isArray(value) && value.every((word) => typeof word === "string");
    return isStrings ? value : undefined;
  } catch {
    return undefined;
  }
}

/** One command without anything that only a shell can do; `|| exit 1` behind it says what an engine does anyway. */
function plainWords(script: ShellScript | undefined): readonly string[] | undefined {
  if (script?.isComplete !== true || script.statements.length !== 1) return undefined;
  const [command, exit, ...others] = script.commands;
  const [statement] = script.statements;
  const isGivingUp = exit?.name === "exit" && statement?.operators.join() === "||";
  const isPlain = others.length === 0 && (exit === undefined || isGivingUp);
  return isPlain && command !== undefined ? bareWords(command) : undefined;
}

function bareWords(command: ShellCommand): readonly string[] | undefined {
  const { path, args, assignments, redirects, depth, wrappers } = command;
  const isBare = assignments.size + redirects.length + depth + wrappers.length === 0;
  const isLiteral = args.every((word) => word.isLiteral && !word.isPattern);
  return isBare && isLiteral && path !== undefined
    ? [path, ...args.map(({ text }) => text)]
    : undefined;
}
