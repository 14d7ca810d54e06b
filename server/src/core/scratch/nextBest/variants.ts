import type { BaseTraits } from "../../bases/baseTraits.ts";
import { type BaseVariant, baseVariants, variantNames } from "../../bases/baseVariants.ts";
import { describeImage } from "../../bases/describeBase.ts";
import { noSizes } from "../../bases/baseSize.ts";
import { basePlatform } from "../../bases/platforms.ts";
import { compiledLanguages, kindFit } from "../../bases/stageRole.ts";
import type { RewriteTarget } from "../rewrite.ts";
import type { NextBest } from "./nextBest.ts";
import { compiledProgram, programVariant } from "./programBase.ts";
import { type Hindrance, isHindrance } from "./stagePlan.ts";
import { isOnlyInstalling } from "./systemPackages.ts";

/** Where a final stage can be taken that cannot, or need not, start from nothing. */
export type SmallerTarget = Exclude<RewriteTarget, "scratch">;

/** The base of a kind that brings what the program runs on; a reason where none is known, and where the stage is there already. */
export function variantFor(context: NextBest, target: SmallerTarget): BaseVariant | Hindrance {
  const { base, traits } = context;
  if (base === undefined || traits === undefined) return unknownBase(context);
  const program = compiledProgram(context);
  if (program === undefined && compiledLanguages.has(traits.runtime ?? ""))
    return unfollowed(context);
  const wished =
    program === undefined
      ? runtimeVariant(context, target)
      : programVariant(context, program, target);
  const isThere = targetOf(traits) === target && !leavesSomethingBehind(context);
  return isThere && !isHindrance(wished)
    ? { reason: `It stands on ${base.text} already, with nothing to leave behind.` }
    : wished;
}

function unfollowed({ input }: NextBest): Hindrance {
  return input.read === undefined
    ? { reason: "Which files the program needs shows only a built image: build it once." }
    : { reason: "What the start line starts is no program that can be followed." };
}

function unknownBase({ root }: NextBest): Hindrance {
  const name = root.base.kind === "image" ? root.base.name : root.from.words[0]?.text;
  return { reason: `What ${name ?? "the base image"} holds is not known.` };
}

function runtimeVariant(context: NextBest, target: SmallerTarget): BaseVariant | Hindrance {
  const smaller = variantsOf(context).findLast(({ traits }) => targetOf(traits) === target);
  const found = smaller ?? sameBase(context, target);
  return found ?? { reason: missingVariant(context, target) };
}

/** Smaller images with the same runtime, larger kinds first. */
function variantsOf({ base, runtimeBase, input, root, world }: NextBest): readonly BaseVariant[] {
  if (runtimeBase === undefined || runtimeBase === base) {
    return baseVariants(input.dockerfile, root, world).variants;
  }
  return [runtimeBase.text, ...variantNames(runtimeBase)].flatMap((name) => {
    const facts = describeImage(name, basePlatform(root.platform, world.platforms), world);
    if (facts.kind !== "image" || facts.traits === undefined) return [];
    const { traits, sizes, nearby } = facts;
    const isSeen = sizes.content !== undefined || sizes.transfer !== undefined;
    const fit = kindFit("final", traits);
    return [{ name, traits, sizes, nearby, difference: undefined, isSeen, fit }];
  });
}

/** The base it stands on, which the new stage keeps while it leaves behind what was only for building. */
function sameBase(
  { base, runtimeBase, traits }: NextBest,
  target: SmallerTarget,
): BaseVariant | undefined {
  if (base === undefined || base !== runtimeBase || traits === undefined) return undefined;
  if (targetOf(traits) !== target || traits.shell === "none") return undefined;
  return {
    name: base.text,
    traits,
    sizes: noSizes,
    nearby: undefined,
    difference: undefined,
    isSeen: true,
    fit: kindFit("final", traits),
  };
}

function missingVariant({ base, traits }: NextBest, target: SmallerTarget): string {
  const name = base?.text ?? "this image";
  const runtime = traits?.runtime;
  if (target !== "distroless")
    return `No ${titles[target]} image is known that is smaller than ${name} and brings the same.`;
  if (traits?.libc === "musl") {
    return `${name} has musl, and distroless images have glibc: what was built for one does not run on the other.`;
  }
  const versions = distrolessVersions[runtime ?? ""];
  if (versions !== undefined)
    return `There are distroless images of ${runtime ?? ""} ${versions} only, and which ${name} brings is none of them or not stated.`;
  return `There is no distroless image with what ${name} brings.`;
}

const titles: Readonly<Record<SmallerTarget, string>> = {
  distroless: "distroless",
  alpine: "Alpine",
  slim: "slim",
};

/** What variantNames knows. */
const distrolessVersions: Readonly<Record<string, string>> = {
  "Node.js": "18, 20, 22, 24 and 26",
  Python: "3.11 and 3.13",
  Java: "17, 21 and 25",
};

/** Which target a base is; undefined for one that is none. A JRE is the slim one of its kind. */
function targetOf({ kind, isRuntimeOnly }: BaseTraits): SmallerTarget | undefined {
  switch (kind) {
    case "static":
    case "distroless":
      return "distroless";
    case "alpine":
    case "busybox":
      return "alpine";
    case "slim":
      return "slim";
    case "full":
      return isRuntimeOnly ? "slim" : undefined;
    case "scratch":
      return undefined;
  }
}

/** Whether the chain has a RUN that does more than install packages which are needed again. */
function leavesSomethingBehind(context: NextBest): boolean {
  return context.shipped.some((one) => one.keyword === "RUN" && !isOnlyInstalling(context, one));
}
