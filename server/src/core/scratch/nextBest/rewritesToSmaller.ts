import type { BaseVariant } from "../../bases/baseVariants.ts";
import type { BaseWorld } from "../../bases/describeBase.ts";
import { parseDockerfile } from "../../dockerfile/parse.ts";
import type { Dockerfile } from "../../dockerfile/syntax.ts";
import { applyEdits } from "../../text/edit.ts";
import type { Readiness } from "../readiness.ts";
import type { PredictedSize, Refusal, Rewrite, Rewrites } from "../rewrite.ts";
import type { ScratchInput } from "../scratchInput.ts";
import { draftSwitch } from "./baseSwitches.ts";
import { type NextBest, toNextBest } from "./nextBest.ts";
import { canBeSwitched, planFor, unplanned } from "./planFor.ts";
import { predictedSize } from "./predictedSize.ts";
import { type Draft, draftBelow } from "./stageBelow.ts";
import { draftInPlace, isOnlyCopying } from "./stageInPlace.ts";
import { type Hindrance, type StagePlan, isHindrance } from "./stagePlan.ts";
import { systemPackagesOf } from "./systemPackages.ts";
import { type SmallerTarget, variantFor } from "./variants.ts";

/** Smallest first. */
const targets: readonly SmallerTarget[] = ["distroless", "alpine", "slim"];

/**
 * The final stage on a smaller base: as a new stage that copies what the program needs, else with another base under the same lines. Smallest kind
 * first, at most one for each target, each of which else has a reason. `world` says what engines and registries know of images; without it figures
 * are those of the table, shown and never counted with.
 */
export function rewritesToSmaller(
  input: ScratchInput,
  readiness: Readiness,
  target?: SmallerTarget,
  world: BaseWorld = unaskedWorld(input),
): Rewrites {
  const context = toNextBest(input, readiness, world);
  if (context === undefined) return { offers: [], refusals: [] };
  const outcomes = targets
    .filter((one) => target === undefined || one === target)
    .map((one) => rewriteTo(context, one));
  return {
    offers: outcomes.filter((one) => "edits" in one),
    refusals: outcomes.filter((one) => "reason" in one),
  };
}

/** The platform of the image, else the usual one; nobody was asked. */
function unaskedWorld({ image }: ScratchInput): BaseWorld {
  const platform = image?.description.config.platform ?? { os: "linux", architecture: "amd64" };
  return {
    platforms: { target: platform, build: platform },
    findingsOf: () => undefined,
    isRegistryOn: false,
  };
}

interface Candidate {
  readonly title: string;
  readonly draft: Draft;
  /** Undefined where only the base is another one. */
  readonly plan: StagePlan | undefined;
}

function rewriteTo(context: NextBest, target: SmallerTarget): Rewrite | Refusal {
  const variant = variantFor(context, target);
  if (isHindrance(variant)) return { target, ...variant };
  const plan = planFor(context, variant);
  const drafted = isHindrance(plan) ? plan : draftPlan(context, variant, plan);
  const candidate = isHindrance(drafted) ? switchInstead(context, variant, drafted) : drafted;
  if (isHindrance(candidate)) return { target, ...candidate };
  const size = predictedSize(context, variant, candidate.plan);
  const vain = vainness(context, variant, candidate, size);
  if (vain !== undefined) return { target, ...vain };
  const caveats = [...new Set(caveatsOf(context, variant, candidate))];
  return {
    target,
    title: candidate.title,
    edits: candidate.draft.edits,
    size,
    caveats,
    isProven: caveats.length === 0 && candidate.plan?.isExact === true,
    base: { name: variant.name, sizes: variant.sizes, nearby: variant.nearby },
  };
}

/** Why it is not worth while: nothing gets smaller, or nothing is known to. */
function vainness(
  context: NextBest,
  { name }: BaseVariant,
  { plan }: Candidate,
  size: PredictedSize | undefined,
): Hindrance | undefined {
  if (size !== undefined) {
    return size.afterBytes < size.beforeBytes
      ? undefined
      : { reason: `On ${name} it would weigh no less than today.` };
  }
  const isSame = name === context.base?.text;
  const leaves = plan?.tail.length !== 0 || systemPackagesOf(context).forBuilding.length > 0;
  return isSame && !leaves
    ? { reason: `It stands on ${name} already, and nothing is known to be left behind.` }
    : undefined;
}

function* caveatsOf(
  { root, base }: NextBest,
  { name, isSeen }: BaseVariant,
  { draft, plan }: Candidate,
): Generator<string> {
  yield* draft.caveats;
  const isByVariable = root.from.words[0]?.text.includes("$") === true;
  if (isByVariable && plan !== undefined) yield `The new FROM names ${name}: no ARG decides it.`;
  const isPinned = base?.digest !== undefined && plan !== undefined && name !== base.text;
  if (isPinned) yield `The digest pinned one image; ${name} is whatever the tag names at the time.`;
  if (!isSeen) yield `That there is a ${name} was not checked.`;
}

function draftPlan(
  context: NextBest,
  variant: BaseVariant,
  plan: StagePlan,
): Candidate | Hindrance {
  const isAdding = plan.tail.length + plan.inserted.length > 0 || plan.takesFromBase;
  const isInPlace = isOnlyCopying(context) && !isAdding;
  const draft = isInPlace
    ? draftInPlace(context, plan, variant.traits)
    : draftBelow(context, plan, variant.traits);
  if (isHindrance(draft)) return draft;
  if (!isSound(context.input.dockerfile, draft, variant.name, isInPlace ? 0 : 1)) {
    return { reason: "The new stage cannot be written without changing what other lines mean." };
  }
  const note = plan.note === undefined ? "" : ` with ${plan.note}`;
  return { draft, plan, title: `FROM ${variant.name}${note}` };
}

/** Whether the text comes out as meant: it parses as well as before, and ends with a stage on the new base. */
function isSound(
  before: Dockerfile,
  { edits }: Draft,
  baseName: string,
  addedStages: number,
): boolean {
  const after = parseDockerfile(applyEdits(before.text, edits));
  const base = after.stages.at(-1)?.base;
  return (
    base?.kind === "image" &&
    base.name === baseName &&
    after.stages.length === before.stages.length + addedStages &&
    after.problems.length <= before.problems.length &&
    after.instructions.every(({ keyword }) => keyword !== "unknown")
  );
}

/** The base alone is switched where no new stage can be written; where that is no way either, the first reason stands. */
function switchInstead(
  context: NextBest,
  variant: BaseVariant,
  hindrance: Hindrance,
): Candidate | Hindrance {
  if (!canBeSwitched(context, variant)) return hindrance;
  const draft = draftSwitch(context, variant);
  if (isHindrance(draft)) return hindrance === unplanned ? draft : hindrance;
  return { draft, plan: undefined, title: `FROM ${variant.name}` };
}
