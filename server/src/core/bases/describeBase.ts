import { parentOf, stageChain } from "../dockerfile/stages.ts";
import type { Dockerfile, Stage } from "../dockerfile/syntax.ts";
import { formatPlatform, type Platform } from "../image/imageConfig.ts";
import { parsePlatform } from "../image/manifest.ts";
import type { BaseFacts, BaseFindings } from "./baseFacts.ts";
import { parseBaseName, type BaseName } from "./baseName.ts";
import { bestSizes, isForPlatform, noSizes, scratchSizes, type BaseSizes } from "./baseSize.ts";
import { debianSuites, ubuntuSuites } from "./baseTag.ts";
import { scratchTraits } from "./baseTraits.ts";
import { findNearbyTag } from "./nearbyTag.ts";
import { basePlatform, type BuildPlatforms } from "./platforms.ts";
import { recordedSizes } from "./recordedSizes.ts";
import { traitsOf } from "./traitsOf.ts";

/** What a look-up of bases is given beside the file. */
export interface BaseWorld {
  readonly platforms: BuildPlatforms;
  /** What engine and registry say of an image; undefined for one that nobody asked for. Named as `BaseName.text`. */
  findingsOf(name: string): BaseFindings | undefined;
  /** Whether registries may be asked (setting `tare.registry`); only decides which advice is given. */
  readonly isRegistryOn: boolean;
}

/** What is known of the image that a stage starts from; always an answer. Figures are of just this image and platform: engine before registry before table. */
export function describeBase(dockerfile: Dockerfile, stage: Stage, world: BaseWorld): BaseFacts {
  const root = stageChain(dockerfile, stage)[0] ?? stage;
  return standingOn(stage, root, describeRoot(root, world));
}

/** The same for every stage of a file, in order; stages of one image and platform look once. */
export function describeBases(dockerfile: Dockerfile, world: BaseWorld): readonly BaseFacts[] {
  const found = new Map<string, RootFacts>();
  const roots: Stage[] = [];
  return dockerfile.stages.map((stage) => {
    const root = roots[parentOf(dockerfile, stage)?.index ?? -1] ?? stage;
    roots.push(root);
    const key = JSON.stringify([root.base, root.platform]);
    const facts = found.get(key) ?? describeRoot(root, world);
    if (root.base.kind === "image") found.set(key, facts);
    return standingOn(stage, root, facts);
  });
}

/** The image that a stage's chain starts from, whatever stages lie between. */
export function rootFacts(facts: BaseFacts): RootFacts {
  return facts.kind === "stage" ? facts.root : facts;
}

type RootFacts = Exclude<BaseFacts, { readonly kind: "stage" }>;

function standingOn(stage: Stage, root: Stage, facts: RootFacts): BaseFacts {
  return stage.base.kind === "stage" && root !== stage
    ? { kind: "stage", stage: stage.base.stage, root: facts }
    : facts;
}

function describeRoot(stage: Stage, world: BaseWorld): RootFacts {
  switch (stage.base.kind) {
    case "scratch":
      return { kind: "scratch", sizes: scratchSizes, traits: scratchTraits };
    case "image":
      return describeImage(stage.base.name, basePlatform(stage.platform, world.platforms), world);
    case "unknown":
      return unknownName(stage.base.text);
    case "stage":
      // Only a stage that names itself is left here.
      return unknownName(stage.from.words[0]?.text ?? "");
  }
}

function unknownName(text: string): BaseFacts & { readonly kind: "unknown" } {
  return { kind: "unknown", text, howToKnow: howToName(text) };
}

function howToName(text: string): string {
  if (text === "") return "Name an image, a stage above, or scratch.";
  if (!text.includes("$")) {
    return `No image can be called ${text}: names are in lower case, with one tag behind a colon.`;
  }
  // `${X#prefix}` and the like change a value that may well be known.
  return /\$\{\w+(?!\}|\w|:?[-+])/.test(text)
    ? `${text} is filled in by the build, in a way that is not followed here: name the image without it.`
    : `${text} is filled in by the build: give its ARG a default above the first FROM.`;
}

/** What is known of an image by name; `platform` undefined when it cannot be told. */
export function describeImage(
  text: string,
  platform: Platform | undefined,
  world: BaseWorld,
): BaseFacts & { readonly kind: "image" | "unknown" } {
  const name = parseBaseName(text);
  if (name === undefined) return unknownName(text);
  const sizes = platform === undefined ? noSizes : sizesOf(name, platform, world);
  const isKnown = sizes.content !== undefined || sizes.transfer !== undefined;
  return {
    kind: "image",
    name,
    platform,
    traits: traitsOf(name),
    sizes,
    nearby: isKnown || platform === undefined ? undefined : findNearbyTag(name, platform),
    howToKnow: howToKnow(name, platform, sizes, world),
  };
}

function sizesOf(name: BaseName, platform: Platform, world: BaseWorld): BaseSizes {
  const findings = world.findingsOf(name.text);
  return bestSizes(
    forPlatform(findings?.engine ?? noSizes, platform),
    forPlatform(findings?.registry ?? noSizes, platform),
    tableSizes(name, platform),
  );
}

/** The figures that are of an image for the platform: an engine may hold the same name for another one. */
function forPlatform(sizes: BaseSizes, wished: Platform): BaseSizes {
  const fits = (stated: string | undefined): boolean => {
    const own = stated === undefined ? undefined : parsePlatform(stated);
    return own !== undefined && isForPlatform(own, wished);
  };
  return {
    content: fits(sizes.content?.platform) ? sizes.content : undefined,
    transfer: fits(sizes.transfer?.platform) ? sizes.transfer : undefined,
  };
}

/** A digest names one image for ever, of which the table, which has tags, knows nothing. */
function tableSizes({ familiar, tag, digest }: BaseName, platform: Platform): BaseSizes {
  if (tag === undefined || digest !== undefined) return noSizes;
  return bestSizes(
    ...spellingsOf(familiar, tag).map((spelling) => recordedSizes(familiar, spelling, platform)),
  );
}

/** The tags that always name the same image: Debian and Ubuntu have a number and a name for each release. */
function spellingsOf(familiar: string, tag: string): readonly string[] {
  const suites = familiar === "debian" ? debianSuites : familiar === "ubuntu" ? ubuntuSuites : {};
  const others = Object.entries(suites).flatMap(([number, name]) => {
    const rest = tag.endsWith("-slim") ? "-slim" : "";
    if (tag === number + rest) return [name + rest];
    return tag === name + rest ? [number + rest] : [];
  });
  return [tag, ...others];
}

function howToKnow(
  name: BaseName,
  platform: Platform | undefined,
  sizes: BaseSizes,
  world: BaseWorld,
): string | undefined {
  if (platform === undefined) return "The platform is filled in by the build: state one.";
  if (sizes.content?.source.kind === "engine") return undefined;
  const pull = `docker pull --platform=${formatPlatform(platform)} ${name.text}`;
  const local = `It is measured exactly once an engine here has it: ${pull}, or build it.`;
  const isAnswered = sizes.transfer?.source.kind === "registry";
  const trouble = isAnswered ? undefined : world.findingsOf(name.text)?.registryTrouble;
  if (trouble !== undefined) return `${local} ${trouble}`;
  return world.isRegistryOn || isAnswered
    ? local
    : `${local} With the setting tare.registry on, ${name.registry} is asked for its compressed size.`;
}
