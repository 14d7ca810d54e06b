import type { BaseTraits } from "../../bases/baseTraits.ts";
import type { Instruction } from "../../dockerfile/syntax.ts";
import { textOf } from "../../text/span.ts";
import { isNeededLater } from "../finalStageCarry.ts";
import { toExecForm, withCommentsAbove } from "../finalStageText.ts";
import { finalHealth } from "./health.ts";
import type { NextBest } from "./nextBest.ts";
import { type Hindrance, type StagePlan, isHindrance } from "./stagePlan.ts";
import { finalUser } from "./user.ts";
import { argumentsFor } from "./variables.ts";

/** What a container is told besides its files, as lines of a new final stage. */
export interface SettingLines {
  /** In text order, with the comments above those that move. */
  readonly lines: readonly string[];
  /** They leave the stage they stand in, with the comments above them. */
  readonly moved: readonly Instruction[];
  readonly caveats: readonly string[];
}

interface Line {
  readonly index: number;
  readonly text: string;
  readonly moved: Instruction | undefined;
}

/** The settings of the chain, said again below; what nothing in the build stage needs moves there. */
export function settingLines(
  context: NextBest,
  plan: StagePlan,
  target: BaseTraits,
): SettingLines | Hindrance {
  const onBuild = context.shipped.find(({ keyword }) => keyword === "ONBUILD");
  if (onBuild !== undefined) {
    return { reason: "ONBUILD speaks to builds that start from this image: split it by hand." };
  }
  const plain = plainLines(context);
  const user = finalUser(context, target);
  const health = finalHealth(context, target, plan);
  const working = workingDirectory(context);
  for (const part of [plain, user, health, working]) {
    if (part !== undefined && isHindrance(part)) return part;
  }
  const lines = [
    ...(isHindrance(plain) ? [] : plain),
    ...[user, health].flatMap((part) =>
      part === undefined || isHindrance(part) || part.instruction === undefined
        ? []
        : [carried(context, part.instruction, part.text)],
    ),
    ...(working === undefined || isHindrance(working) ? [] : [working]),
    ...startLines(context, plan),
  ].toSorted((a, b) => a.index - b.index);
  const dropped = [user, health].flatMap((part) =>
    part === undefined || isHindrance(part) ? [] : (part.dropped ?? []),
  );
  const caveats = [user, health].flatMap((part) =>
    part === undefined || isHindrance(part) ? [] : part.caveats,
  );
  return {
    lines: lines.map(({ text }) => text),
    moved: [
      ...lines.flatMap(({ moved }) => (moved === undefined ? [] : [moved])),
      ...dropped.filter((one) => context.stage.instructions.includes(one)),
      ...uselessStarts(context, plan),
    ],
    caveats,
  };
}

const plainSettings: ReadonlySet<string> = new Set([
  "ENV",
  "EXPOSE",
  "LABEL",
  "MAINTAINER",
  "SHELL",
  "STOPSIGNAL",
  "VOLUME",
]);

function plainLines(context: NextBest): readonly Line[] | Hindrance {
  const { text } = context.input.dockerfile;
  const lines: Line[] = [];
  const declared = new Set<Instruction>();
  for (const instruction of context.shipped) {
    if (!plainSettings.has(instruction.keyword)) continue;
    if (instruction.keyword === "SHELL" && !hasShellForm(context)) continue;
    const needed = argumentsFor(context, instruction);
    if (isHindrance(needed)) return needed;
    for (const argument of needed.filter((one) => !declared.has(one))) {
      declared.add(argument);
      const index = instruction.index - 0.5;
      lines.push({ index, text: textOf(text, argument.span), moved: undefined });
    }
    lines.push(carried(context, instruction, undefined));
  }
  return lines;
}

/** Whether SHELL still means something: it does to shell forms of what is started. */
function hasShellForm({ shipped }: NextBest): boolean {
  return ["ENTRYPOINT", "CMD", "HEALTHCHECK"].some(
    (wished) => shipped.findLast(({ keyword }) => keyword === wished)?.form === "shell",
  );
}

function carried(
  { input, stage }: NextBest,
  instruction: Instruction,
  newText: string | undefined,
): Line {
  const { dockerfile } = input;
  const isMoving =
    stage.instructions.includes(instruction) &&
    !isNeededLater(stage.instructions, instruction) &&
    !feedsDirectory(stage.instructions, instruction);
  const { start } = withCommentsAbove(dockerfile, instruction);
  const comments = isMoving ? dockerfile.text.slice(start, instruction.span.start) : "";
  return {
    index: instruction.index,
    text: comments + (newText ?? textOf(dockerfile.text, instruction.span)),
    moved: isMoving ? instruction : undefined,
  };
}

/** WORKDIR stays where it is, and may read a variable. */
function feedsDirectory(instructions: readonly Instruction[], one: Instruction): boolean {
  return (
    one.keyword === "ENV" &&
    instructions.some(
      ({ index, keyword, argumentText }) =>
        index > one.index && keyword === "WORKDIR" && argumentText.includes("$"),
    )
  );
}

function workingDirectory(context: NextBest): Line | Hindrance | undefined {
  const { shipped, directory, style, input } = context;
  const last = shipped.findLast(({ keyword }) => keyword === "WORKDIR");
  if (last === undefined) {
    return directory === undefined || directory === "/"
      ? undefined
      : { index: -1, text: `${style.keyword("WORKDIR")} ${directory}`, moved: undefined };
  }
  if (directory === undefined || directory.includes("$")) {
    return { reason: "The working directory depends on what only a build knows." };
  }
  const isSame = last.words[0]?.text === directory;
  const text = isSame
    ? textOf(input.dockerfile.text, last.span)
    : `${last.keywordText} ${directory}`;
  return { index: last.index, text, moved: undefined };
}

function startLines(context: NextBest, { start }: StagePlan): readonly Line[] {
  // ENTRYPOINT stands above CMD.
  const index = Math.min(...start.flatMap((one) => one.instruction?.index ?? [])) - 0.5;
  return start.map(({ keyword, instruction, words }) => {
    const name = instruction?.keywordText ?? context.style.keyword(keyword);
    const text = words === undefined ? undefined : `${name} ${toExecForm(words)}`;
    return instruction === undefined
      ? { index, text: text ?? "", moved: undefined }
      : carried(context, instruction, text);
  });
}

/** Start lines of the stage that are not said again: they would only speak to the build stage. */
function uselessStarts({ stage }: NextBest, { start }: StagePlan): readonly Instruction[] {
  return stage.instructions.filter(
    (one) =>
      (one.keyword === "CMD" || one.keyword === "ENTRYPOINT") &&
      !start.some(({ instruction }) => instruction === one),
  );
}
