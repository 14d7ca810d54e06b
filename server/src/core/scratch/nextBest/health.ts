import type { BaseTraits } from "../../bases/baseTraits.ts";
import type { Instruction } from "../../dockerfile/syntax.ts";
import type { ShellCommand, ShellScript } from "../../dockerfile/shellScript.ts";
import { lastNameOf } from "../../image/treePaths.ts";
import { textOf } from "../../text/span.ts";
import { toExecForm } from "../finalStageText.ts";
import type { NextBest } from "./nextBest.ts";
import type { StagePlan } from "./stagePlan.ts";
import type { SingleLine } from "./user.ts";
import { runtimeOf } from "./runtimes.ts";

/** HEALTHCHECK for the new base: it goes where it runs a tool that is not there. Undefined where there is none. */
export function finalHealth(
  context: NextBest,
  target: BaseTraits,
  plan: StagePlan,
): SingleLine | undefined {
  const instruction = context.shipped.findLast(({ keyword }) => keyword === "HEALTHCHECK");
  if (instruction === undefined) return undefined;
  if (/^NONE$/i.test(instruction.argumentText)) {
    return { instruction, text: undefined, caveats: [] };
  }
  if (target.shell === "none") return withoutShell(context, instruction, target);
  const tool = missingTool(context, instruction, target, plan);
  return tool === undefined
    ? { instruction, text: undefined, caveats: [] }
    : leftOut(instruction, `it calls ${tool}, which is not in ${plan.baseName}`);
}

function leftOut(instruction: Instruction, reason: string): SingleLine {
  const sentence = `HEALTHCHECK is left out, for ${reason}: whoever runs the container has to probe it from outside.`;
  return { instruction: undefined, text: undefined, dropped: [instruction], caveats: [sentence] };
}

function withoutShell(
  { input }: NextBest,
  instruction: Instruction,
  target: BaseTraits,
): SingleLine {
  const words = execWords(instruction) ?? plainWords(input.shellOf(instruction));
  const runtime = runtimeOf(target);
  const [program = "", ...rest] = words ?? [];
  const isRuntime = runtime?.names.test(lastNameOf(program)) === true;
  if (runtime === undefined || !isRuntime) {
    return leftOut(instruction, "it runs something that a distroless image does not have");
  }
  const { keywordSpan, argumentSpan } = instruction;
  const before = textOf(input.dockerfile.text, {
    start: keywordSpan.start,
    end: argumentSpan.start,
  });
  return {
    instruction,
    text: `${before}CMD ${toExecForm([runtime.path, ...rest])}`,
    caveats: [],
  };
}

/** The words of `CMD ["…"]`; undefined for the shell form. */
function execWords({ argumentText }: Instruction): readonly string[] | undefined {
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

/** A tool that small images do not bring, and no repeated RUN installs. */
function missingTool(
  { input }: NextBest,
  instruction: Instruction,
  target: BaseTraits,
  { repeated }: StagePlan,
): string | undefined {
  const tool = /\b(curl|wget)\b/.exec(instruction.argumentText)?.[1];
  if (tool === undefined || (tool === "wget" && target.shell === "busybox")) return undefined;
  const isInstalled = repeated.some((run) =>
    input.shellOf(run)?.commands.some(({ args }) => args.some(({ text }) => text === tool)),
  );
  return isInstalled ? undefined : tool;
}
