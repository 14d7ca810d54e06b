import type { BaseTraits } from "../../bases/baseTraits.ts";
import { insertAbove, removeInstruction } from "../../dockerfile/instructionEdits.ts";
import { insertBehind } from "../../dockerfile/runEdits.ts";
import type { Dockerfile, Instruction, Stage } from "../../dockerfile/syntax.ts";
import { type TextEdit, applyEdits } from "../../text/edit.ts";
import { textOf } from "../../text/span.ts";
import { withCommentsAbove } from "../finalStageText.ts";
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
  const names = stageNames(context);
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
  const inserted = plan.inserted.map(({ above, line }) => {
    const span = withCommentsAbove(dockerfile, above);
    return insertAbove(dockerfile, { ...above, span }, line);
  });
  return {
    edits: [
      ...names.edits,
      ...inserted,
      ...removals,
      stageText(dockerfile, stage, removals, { tail, head, lineBreak: style.lineBreak }),
    ],
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

interface StageNames {
  /** By which COPY finds the old stage. */
  readonly build: string;
  /** Of the new stage; undefined for none. */
  readonly final: string | undefined;
  readonly edits: readonly TextEdit[];
}

/** The new stage takes the name over that `--target` may ask for, unless it says what the old stage does. */
function stageNames({ input, stage, style }: NextBest): StageNames {
  const [image, , written] = stage.from.words;
  const free = freeName(input.dockerfile);
  if (written === undefined || image === undefined) {
    const edits =
      image === undefined ? [] : [insertBehind(image.span, `${style.keyword("AS")} ${free}`)];
    return { build: free, final: undefined, edits };
  }
  if (buildNames.test(written.text)) return { build: written.text, final: undefined, edits: [] };
  return { build: free, final: written.text, edits: [{ span: written.span, newText: free }] };
}

const buildNames = /(?:^|[-_])(?:build|builder|building|compile|compiler|deps)(?:$|[-_\d])/i;

function freeName({ stages, instructions }: Dockerfile): string {
  const taken = new Set([
    ...stages.flatMap(({ name, from }) => [name ?? "", from.words[0]?.text.toLowerCase() ?? ""]),
    ...instructions.flatMap(({ flags }) =>
      flags.flatMap(({ value = "" }) => value.toLowerCase().split(/[,=]/)),
    ),
  ]);
  const more = Array.from({ length: taken.size + 1 }, (_, at) => `build${at + 2}`);
  return ["build", ...more].find((name) => !taken.has(name)) ?? "build";
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
  return !/^(?:root|0)?(?::.*)?$/.test(last?.words[0]?.text ?? configured ?? "");
}

/** An instruction with the comments right above it. */
export function removal(dockerfile: Dockerfile, instruction: Instruction): readonly TextEdit[] {
  const span = withCommentsAbove(dockerfile, instruction);
  return removeInstruction(dockerfile, { ...instruction, span });
}

/** What comes in behind the last line of the old stage: its last lines, a blank line, and the new stage. */
function stageText(
  { text }: Dockerfile,
  { instructions }: Stage,
  removals: readonly TextEdit[],
  what: {
    readonly tail: readonly string[];
    readonly head: readonly string[];
    readonly lineBreak: string;
  },
): TextEdit {
  const { tail, head, lineBreak } = what;
  const last = instructions.at(-1)?.span.end ?? text.length;
  const newline = text.indexOf("\n", last);
  const at = newline < 0 ? text.length : newline + 1;
  const cut = removals.map(({ span, newText }) => ({
    span: { start: span.start, end: Math.min(span.end, at) },
    newText,
  }));
  const kept = applyEdits(text.slice(0, at), cut);
  const isOpen = kept !== "" && !kept.endsWith("\n");
  const hasBlank = /\n[ \t]*\r?\n$/.test(kept) && tail.length === 0;
  const end = tail.map((line) => line + lineBreak).join("");
  const isLast = at === text.length && !text.endsWith("\n");
  const newText = [
    isOpen ? lineBreak : "",
    end,
    hasBlank ? "" : lineBreak,
    head.join(lineBreak),
    isLast ? "" : lineBreak,
  ].join("");
  return { span: { start: at, end: at }, newText };
}
