import { stageChain } from "../dockerfile/stages.ts";
import type { Dockerfile, Stage, Word } from "../dockerfile/syntax.ts";
import type { TextEdit } from "../text/edit.ts";
import { formatSize } from "../text/size.ts";
import { parseBaseName } from "./baseName.ts";
import type { BaseVariant, SizeDifference } from "./baseVariants.ts";
import { planSwitch, type Caveat, type SwitchPlan } from "./caveats/caveat.ts";
import { compilerCaveats } from "./caveats/compilers.ts";
import { entrypointCaveats } from "./caveats/entrypoint.ts";
import { globalizationCaveats } from "./caveats/globalization.ts";
import { libcCaveats } from "./caveats/libc.ts";
import { shellCaveats } from "./caveats/needsShell.ts";
import { packageCaveats } from "./caveats/packages.ts";
import { userCaveats } from "./caveats/users.ts";
import { dateOf } from "./recordedSizes.ts";
import { traitsOf } from "./traitsOf.ts";

/** Another base for a stage: the edit with all that is to be thought of, or why there is none. */
export type BaseSwitch =
  | {
      readonly kind: "offered";
      /** `Switch base to node:20-slim: −291 MB compressed (2026-07-13)`; without bytes where they are not known or do not ship. */
      readonly title: string;
      readonly edit: TextEdit;
      /** What the switch takes off the final image; undefined where a figure is not known, and for a stage that does not ship. */
      readonly saving: SizeDifference | undefined;
      /** None of them makes the build fail. Gravest first, then in text order. */
      readonly caveats: readonly Caveat[];
    }
  /** The rest of the file could not run on it. */
  | { readonly kind: "refused"; readonly reasons: readonly Caveat[] };

/** Puts a variant in place of a stage's base image. What the file does afterwards decides whether that is offered, and with which caveats. */
export function switchBase(
  dockerfile: Dockerfile,
  stage: Stage,
  variant: Pick<BaseVariant, "name" | "traits" | "difference" | "isSeen">,
): BaseSwitch {
  const [word] = stage.from.words;
  if (stage.base.kind !== "image" || word === undefined) {
    return refused(stage, notAnImage(dockerfile, stage));
  }
  const name = parseBaseName(stage.base.name);
  const from = name && traitsOf(name);
  if (name === undefined || from === undefined) {
    return refused(stage, `What ${stage.base.name} holds is not known.`);
  }
  const newText = newWord(word, stage.base.name, variant.name);
  if (newText === undefined) {
    return refused(stage, `${word.text} would lose its ARG to ${variant.name}: change it by hand.`);
  }
  const plan = planSwitch(dockerfile, stage, { from, to: variant.traits, toName: variant.name });
  const caveats = withoutRepeats([...findCaveats(plan)]).toSorted(byGravity);
  const fatal = caveats.filter(({ effect }) => effect === "build-fails");
  if (fatal.length > 0) return { kind: "refused", reasons: fatal };
  const saving = isShipped(dockerfile, stage) ? variant.difference : undefined;
  const isPinned = name.digest !== undefined;
  return {
    kind: "offered",
    title: titleOf(variant.name, saving),
    edit: { span: word.span, newText },
    saving,
    caveats: [...caveats, ...nameCaveats(variant, isPinned)],
  };
}

function notAnImage({ stages }: Dockerfile, { base }: Stage): string {
  const parent = base.kind === "stage" ? stages[base.stage] : undefined;
  return parent === undefined
    ? "Only a stage that starts from a known image can get another one."
    : `It stands on the stage ${parent.name ?? parent.index}: give that one another base.`;
}

function refused(stage: Stage, message: string): BaseSwitch {
  return {
    kind: "refused",
    reasons: [{ effect: "build-fails", message, instruction: stage.from.index }],
  };
}

/**
 * What to write in place of a name. Variables stay where the new name differs only behind them: `node:${V}` becomes `node:${V}-slim`, and
 * `node:${V}-slim` becomes `node:${V}-alpine`. Undefined where they would be lost.
 */
function newWord(word: Word, filledIn: string, wished: string): string | undefined {
  if (!word.text.includes("$")) return wished;
  const tail = /[^$}]*$/.exec(word.text)?.[0].replace(/^\w+/, "") ?? "";
  if (!filledIn.endsWith(tail)) return undefined;
  const kept = filledIn.slice(0, filledIn.length - tail.length);
  const more = wished.slice(kept.length);
  return wished.startsWith(kept) && /^-[\w.-]+$/.test(more)
    ? word.text.slice(0, word.text.length - tail.length) + more
    : undefined;
}

function* findCaveats(plan: SwitchPlan): Generator<Caveat> {
  yield* shellCaveats(plan);
  yield* packageCaveats(plan);
  yield* compilerCaveats(plan);
  yield* libcCaveats(plan);
  yield* userCaveats(plan);
  yield* entrypointCaveats(plan);
  yield* globalizationCaveats(plan);
}

function* nameCaveats(
  { name, isSeen }: Pick<BaseVariant, "name" | "isSeen">,
  isPinned: boolean,
): Generator<Caveat> {
  const check = (message: string): Caveat => ({ effect: "check", message, instruction: undefined });
  if (isPinned)
    yield check(`The digest pinned one image; ${name} is whatever the tag names at the time.`);
  if (!isSeen) yield check(`That there is a ${name} was not checked.`);
}

function withoutRepeats(caveats: readonly Caveat[]): readonly Caveat[] {
  const keyOf = ({ instruction, message }: Caveat): string => `${instruction ?? ""} ${message}`;
  return [...new Map(caveats.map((caveat) => [keyOf(caveat), caveat])).values()];
}

const gravity: Readonly<Record<Caveat["effect"], number>> = {
  "build-fails": 0,
  "run-fails": 1,
  check: 2,
};

function byGravity(one: Caveat, other: Caveat): number {
  return (
    gravity[one.effect] - gravity[other.effect] || (one.instruction ?? 0) - (other.instruction ?? 0)
  );
}

/** Whether the last stage is made from it. */
function isShipped(dockerfile: Dockerfile, stage: Stage): boolean {
  const last = dockerfile.stages.at(-1);
  return last !== undefined && stageChain(dockerfile, last).includes(stage);
}

function titleOf(name: string, saving: SizeDifference | undefined): string {
  const title = `Switch base to ${name}`;
  if (saving === undefined) return title;
  const date = [saving.from, saving.to]
    .map(dateOf)
    .filter((one) => one !== "")
    .toSorted()[0];
  const sign = saving.bytes < 0 ? "−" : "+";
  const measure = saving.measure === "transfer" ? " compressed" : "";
  const asOf = date === undefined ? "" : ` (${date})`;
  return `${title}: ${sign}${formatSize(Math.abs(saving.bytes))}${measure}${asOf}`;
}
