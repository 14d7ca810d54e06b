import type { BaseTraits } from "../../bases/baseTraits.ts";
import { insertAbove } from "../../dockerfile/instructionEdits.ts";
import type { Instruction } from "../../dockerfile/syntax.ts";
import type { TextEdit } from "../../text/edit.ts";
import { textOf } from "../../text/span.ts";
import { withCommentsAbove } from "../finalStageText.ts";
import { insertionPoint, isRootUser, removal, stageNames, stageText, upTo } from "../newStage.ts";
import type { NextBest } from "./nextBest.ts";
import { settingLines } from "./settings.ts";
import { type Hindrance, type StageCopy, type StagePlan, isHindrance } from "./stagePlan.ts";

/** A new text, with what has to be known of it. */
export interface Draft {
  readonly edits: readonly TextEdit[];
  readonly caveats: readonly string[];
}

/** Keeps the final stage as a build stage, and writes the planned one below it. */
export function draftBelow(
  context: NextBest,
  plan: StagePlan,
  target: BaseTraits,
): Draft | Hindrance {
  const { input, stage, style } = context;
  const { dockerfile } = input;
  const settings = settingLines(context, plan, target);
  if (isHindrance(settings)) return settings;
  const split = { dockerfile, stage, style };
  const names = stageNames(split, "build");
  const copies = plan.copies.map((copy) => copyLine(context, names.build, copy));
  const unspeakable = copies.find((copy) => typeof copy !== "string");
  if (typeof unspeakable === "object") return unspeakable;
  const repeated = plan.repeated.map(({ span }) => textOf(dockerfile.text, span));
  const variables = plan.variables.map((text) => `${style.keyword("ENV")} ${text}`);
  const head = [
    fromLine(context, plan.baseName, names.final),
    ...repeated,
    ...copies.filter((copy) => typeof copy === "string"),
    ...variables,
    ...settings.lines,
  ];
  const asRoot =
    plan.tail.length > 0 && mayRunAsUser(context, settings.moved)
      ? [`${style.keyword("USER")} 0`]
      : [];
  const tail = [...asRoot, ...plan.tail.map((command) => `${style.keyword("RUN")} ${command}`)];
  const removals = settings.moved.flatMap((instruction) => removal(dockerfile, instruction));
  const cut = upTo(insertionPoint(split), removals);
  const inserted = plan.inserted.map(({ above, line }) => {
    const span = withCommentsAbove(dockerfile, above);
    return insertAbove(dockerfile, { ...above, span }, line);
  });
  return {
    edits: [...names.edits, ...inserted, ...removals, stageText(split, cut, { tail, head })],
    caveats: [...plan.caveats, ...settings.caveats],
  };
}

function copyLine({ style }: NextBest, build: string, copy: StageCopy): string | Hindrance {
  const { from, to, isDirectory, owner } = copy;
  const end = isDirectory ? "/" : "";
  const words = [`${from}${end}`, `${to}${end}`];
  if (!words.every((word) => /^[\p{L}\p{N}_./@%+:,~-]+$/u.test(word))) {
    return { reason: `COPY cannot take ${from} as it is named.` };
  }
  const chown = owner === undefined ? "" : ` --chown=${owner}`;
  return `${style.keyword("COPY")} --from=${build}${chown} ${words.join(" ")}`;
}

/** Platform and name are those of the stage that shipped before. */
function fromLine(
  { root, style, input }: NextBest,
  baseName: string,
  name: string | undefined,
): string {
  const flags = root.from.flags
    .map(({ span }) => ` ${textOf(input.dockerfile.text, span)}`)
    .join("");
  const as = name === undefined ? "" : ` ${style.keyword("AS")} ${name}`;
  return `${style.keyword("FROM")}${flags} ${baseName}${as}`;
}

/** Whether a RUN at the end of the stage may not be root's, once some lines have left it. */
function mayRunAsUser(
  { shipped, input, traits }: NextBest,
  moved: readonly Instruction[],
): boolean {
  const users = shipped.filter(({ keyword }) => keyword === "USER");
  const last = users.findLast((one) => !moved.includes(one));
  const configured =
    users.length === 0 ? input.image?.description.config.settings.user : traits?.runsAs;
  return !isRootUser(last?.words[0]?.text ?? configured ?? "");
}
