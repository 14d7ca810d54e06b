import type { Instruction } from "../dockerfile/syntax.ts";
import { textOf } from "../text/span.ts";
import type { FinalStageContext, StagePart } from "./finalStageContext.ts";
import { withCommentsAbove } from "./finalStageText.ts";

/** An instruction goes into the new stage: it moves where nothing else needs it, else it is said again; in place it stays, or gets another text. */
export function* carryInstruction(
  { input, layout, stage }: FinalStageContext,
  instruction: Instruction,
  newText?: string,
): Generator<StagePart> {
  const { dockerfile } = input;
  const isOwn = stage.instructions.includes(instruction);
  const { index, span } = instruction;
  const text = newText ?? textOf(dockerfile.text, span);
  if (layout === "in-place") {
    if (newText !== undefined) yield { kind: "replaced", instruction, text };
    return;
  }
  const isMoving = isOwn && !isNeededLater(stage.instructions, instruction);
  const block = withCommentsAbove(dockerfile, instruction);
  const comments = isMoving ? dockerfile.text.slice(block.start, span.start) : "";
  yield { kind: "line", index, text: comments + text };
  if (isMoving) yield { kind: "removed", instruction };
}

/** Whether instructions that stay in the build stage depend on it. */
export function isNeededLater(instructions: readonly Instruction[], one: Instruction): boolean {
  const needing = dependents.get(one.keyword);
  return instructions.some(
    ({ index, keyword }) => index > one.index && needing?.has(keyword) === true,
  );
}

const dependents: ReadonlyMap<string, ReadonlySet<string>> = new Map([
  ["ENV", new Set(["RUN", "COPY", "ADD", "ARG"])],
  ["SHELL", new Set(["RUN"])],
  ["WORKDIR", new Set(["RUN", "COPY", "ADD"])],
  ["USER", new Set(["RUN"])],
  ["VOLUME", new Set(["RUN", "COPY", "ADD"])],
]);
