import type { Instruction } from "../dockerfile/syntax.ts";
import type { ShellCommand, ShellScript } from "../dockerfile/shellScript.ts";
import { plainPath } from "../image/treePaths.ts";
import { textOf } from "../text/span.ts";
import { carryInstruction } from "./finalStageCarry.ts";
import type { FinalStageContext, StagePart } from "./finalStageContext.ts";
import { toExecForm } from "./finalStageText.ts";

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
  const words = execWords(instruction) ?? plainWords(input.shellOf(instruction));
  if (words !== undefined && isThere(context, words[0])) {
    const isExec = execWords(instruction) !== undefined;
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
  if (script === undefined || !script.isComplete) return undefined;
  const { commands, statements } = script;
  const [command] = commands;
  if (command === undefined || statements.length > 1) return undefined;
  const isGivingUp = commands[1]?.name === "exit" && statements[0]?.operators.join() === "||";
  if (commands.length > (isGivingUp ? 2 : 1) || !isPlain(command)) return undefined;
  return [command.path ?? "", ...command.args.map(({ text }) => text)];
}

function isPlain({ args, assignments, redirects, depth, wrappers }: ShellCommand): boolean {
  const isBare = assignments.size + redirects.length + depth + wrappers.length === 0;
  return isBare && args.every((word) => word.isLiteral && !word.isPattern);
}

function isThere({ program, hasPath }: FinalStageContext, name = ""): boolean {
  return name.startsWith("/") && (hasPath(plainPath(name)) || plainPath(name) === program.paths[0]);
}
