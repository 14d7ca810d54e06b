import { execItemsOf } from "../dockerfile/execForm.ts";
import type { Instruction } from "../dockerfile/syntax.ts";
import { elfAt } from "../image/evidence.ts";
import type { ReadImage } from "../image/image.ts";
import { linkPath } from "../image/linkPath.ts";
import { pathsOf } from "../image/treePaths.ts";
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
  const [cmd = ""] = /^CMD\s*/i.exec(argumentText) ?? [];
  return execItemsOf(argumentText.slice(cmd.length))?.map(({ text }) => text);
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

/** Whether a path of the image leads to a program that needs no library and no loader. */
export function isStaticProgram(read: ReadImage, path: string): boolean {
  const file = linkPath(pathsOf(read.finalTree), path).at(-1);
  const facts = file === undefined ? undefined : elfAt(read, file);
  return facts !== undefined && facts.interpreter === undefined && facts.needed.length === 0;
}
