import type { Instruction } from "../dockerfile/syntax.ts";
import { plainPath } from "../image/treePaths.ts";
import { textOf } from "../text/span.ts";
import { carryInstruction } from "./finalStageCarry.ts";
import type { FinalStageContext, StagePart } from "./finalStageContext.ts";
import { toExecForm } from "./finalStageText.ts";
import { healthExecWords, healthWords, isStaticProgram } from "./healthCommand.ts";

/** HEALTHCHECK stays where it runs something that the new image has, and goes where it runs a tool or needs a shell. */
export function* healthParts(context: FinalStageContext): Generator<StagePart> {
  const { input, settings } = context;
  const instruction = input.chain
    .flatMap(({ instructions }) => instructions)
    .findLast(({ keyword }) => keyword === "HEALTHCHECK");
  if (instruction === undefined) {
    const [kind] = settings.healthcheckTest ?? [];
    if (kind !== undefined && kind !== "NONE") yield { kind: "caveat", sentence: withoutCheck };
    return;
  }
  if (/^NONE$/i.test(instruction.argumentText))
    return yield* carryInstruction(context, instruction);
  const words = healthWords(instruction, input.shellOf(instruction));
  if (words !== undefined && isThere(context, words[0])) {
    const isExec = healthExecWords(instruction) !== undefined;
    return yield* carryInstruction(
      context,
      instruction,
      isExec ? undefined : inExecForm(context, instruction, words),
    );
  }
  if (context.stage.instructions.includes(instruction)) yield { kind: "removed", instruction };
  yield { kind: "caveat", sentence: withoutCheck };
}

/** Its options stay as they are written. */
function inExecForm(
  { input }: FinalStageContext,
  { keywordSpan, argumentSpan }: Instruction,
  words: readonly string[],
): string {
  const before = { start: keywordSpan.start, end: argumentSpan.start };
  return `${textOf(input.dockerfile.text, before)}CMD ${toExecForm(words)}`;
}

const withoutCheck =
  "HEALTHCHECK is left out, for it runs something that scratch does not have: whoever runs the container has to probe it from outside.";

/** The program itself, or another one that needs nothing besides. */
function isThere({ program, hasPath, read }: FinalStageContext, name = ""): boolean {
  const path = plainPath(name);
  if (!name.startsWith("/")) return false;
  return path === program.paths[0] || (hasPath(path) && isStaticProgram(read, path));
}
