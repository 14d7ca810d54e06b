import type { BaseTraits } from "../../bases/baseTraits.ts";
import type { Instruction } from "../../dockerfile/syntax.ts";
import { lastNameOf } from "../../image/treePaths.ts";
import { textOf } from "../../text/span.ts";
import { toExecForm } from "../finalStageText.ts";
import { healthWords } from "../healthCommand.ts";
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
  const words = healthWords(instruction, input.shellOf(instruction));
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
