import type { BaseTraits } from "../../bases/baseTraits.ts";
import { insertAbove, replaceInstruction } from "../../dockerfile/instructionEdits.ts";
import type { Instruction } from "../../dockerfile/syntax.ts";
import type { TextEdit } from "../../text/edit.ts";
import { toExecForm } from "../finalStageText.ts";
import { finalHealth } from "./health.ts";
import type { NextBest } from "./nextBest.ts";
import { removal } from "../newStage.ts";
import type { Draft } from "./stageBelow.ts";
import { type Hindrance, type StagePlan, isHindrance } from "./stagePlan.ts";
import { type SingleLine, finalUser, ownerOf } from "./user.ts";
import { argumentsFor } from "./variables.ts";

/** Whether a stage only copies and sets, so that another base can be put under it with nothing left behind. */
export function isOnlyCopying({ stage, root, shipped }: NextBest): boolean {
  return stage === root && shipped.every(({ keyword }) => !doing.has(keyword));
}

const doing: ReadonlySet<string> = new Set(["RUN", "ONBUILD"]);

/** Puts another base under a stage that only copies and sets; what speaks of users and programs by name is made to fit. */
export function draftInPlace(
  context: NextBest,
  plan: StagePlan,
  target: BaseTraits,
): Draft | Hindrance {
  const { root, shipped } = context;
  const [word] = root.from.words;
  if (word === undefined) return { reason: "FROM names no image." };
  const foreign = shipped.map((one) => environmentOf(context, one)).find(isHindrance);
  if (foreign !== undefined) return foreign;
  const user = finalUser(context, target);
  if (user !== undefined && isHindrance(user)) return user;
  const health = finalHealth(context, target, plan);
  const owners = shipped.map((one) => ownerEdit(context, one, target));
  const lost = owners.find((one) => one !== undefined && isHindrance(one));
  if (lost !== undefined && isHindrance(lost)) return lost;
  const named = { span: word.span, newText: plan.baseName };
  return {
    edits: [
      named,
      ...owners.flatMap((one) => (one === undefined || isHindrance(one) ? [] : [one])),
      ...[user, health].flatMap((line) => lineEdits(context, line)),
      ...startEdits(context, plan),
    ],
    caveats: [...plan.caveats, ...[user, health].flatMap((line) => line?.caveats ?? [])],
  };
}

function environmentOf(context: NextBest, instruction: Instruction): object | Hindrance {
  const isSetting = ["ENV", "LABEL", "EXPOSE", "VOLUME", "WORKDIR"].includes(instruction.keyword);
  return isSetting ? argumentsFor(context, instruction) : [];
}

/** `--chown` by name, in numbers where the new base does not have the name. */
function ownerEdit(
  context: NextBest,
  { flags }: Instruction,
  target: BaseTraits,
): TextEdit | Hindrance | undefined {
  const flag = flags.find(({ name }) => name === "chown");
  if (flag?.value === undefined) return undefined;
  const owner = ownerOf(context, flag.value, target);
  if (owner === undefined) {
    return { reason: `--chown=${flag.value}: the new base does not have that name.` };
  }
  return owner === flag.value ? undefined : { span: flag.span, newText: `--chown=${owner}` };
}

function lineEdits({ input }: NextBest, line: SingleLine | undefined): readonly TextEdit[] {
  if (line === undefined) return [];
  const dropped = (line.dropped ?? []).flatMap((one) => removal(input.dockerfile, one));
  const { instruction, text } = line;
  return instruction === undefined || text === undefined
    ? dropped
    : [...dropped, replaceInstruction(instruction, text)];
}

function startEdits({ input, stage, style }: NextBest, { start }: StagePlan): readonly TextEdit[] {
  const cmd = start.find(({ instruction }) => instruction !== undefined)?.instruction;
  const replaced = start.flatMap(({ instruction, words }) =>
    instruction === undefined || words === undefined
      ? []
      : [replaceInstruction(instruction, `${instruction.keywordText} ${toExecForm(words)}`)],
  );
  const added = start
    .filter(({ instruction }) => instruction === undefined)
    .map(({ keyword, words = [] }) => `${style.keyword(keyword)} ${toExecForm(words)}`);
  const useless = stage.instructions.filter(
    (one) =>
      (one.keyword === "CMD" || one.keyword === "ENTRYPOINT") &&
      !start.some(({ instruction }) => instruction === one),
  );
  return [
    ...replaced,
    ...useless.flatMap((one) => removal(input.dockerfile, one)),
    ...(added.length === 0 || cmd === undefined
      ? []
      : [insertAbove(input.dockerfile, cmd, added.join(style.lineBreak))]),
  ];
}
