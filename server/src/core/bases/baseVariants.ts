import type { Dockerfile, Stage } from "../dockerfile/syntax.ts";
import type { BaseFacts, NearbyTag } from "./baseFacts.ts";
import { parseBaseName, type BaseName } from "./baseName.ts";
import type { BaseSize, BaseSizes, SizeMeasure } from "./baseSize.ts";
import { debianSuites, parseBaseTag, type BaseTag } from "./baseTag.ts";
import type { BaseTraits } from "./baseTraits.ts";
import { describeBase, describeImage, rootFacts, type BaseWorld } from "./describeBase.ts";
import type { ImageFamily, TagForm } from "./imageFamily.ts";
import { recordedTags } from "./recordedSizes.ts";
import { kindFit, stageRole, type KindFit, type StageRole } from "./stageRole.ts";
import { familyOf, traitsOf } from "./traitsOf.ts";
import { smallerUbis } from "./ubi.ts";

/** A difference of two figures of the same measure. */
export interface SizeDifference {
  readonly measure: SizeMeasure;
  /** Variant minus base: negative where the variant is smaller. */
  readonly bytes: number;
  readonly from: BaseSize;
  readonly to: BaseSize;
}

/** A smaller image of the same language or system. */
export interface BaseVariant {
  /** In the spelling of the file where it is the same repository. */
  readonly name: string;
  readonly traits: BaseTraits;
  readonly sizes: BaseSizes;
  /** A tag like it, where the figures of this very tag are not known. */
  readonly nearby: NearbyTag | undefined;
  /** Undefined unless one measure is known for both. */
  readonly difference: SizeDifference | undefined;
  /** Whether the tag was seen; else it is what its maker's convention calls it, and may not exist for this version. */
  readonly isSeen: boolean;
  readonly fit: KindFit;
}

/** What a stage stands on and could stand on. */
export interface VariantTable {
  readonly role: StageRole;
  /** How right the present base is for the role; undefined where its kind is not known. */
  readonly fit: KindFit | undefined;
  /** Larger kinds first, as the maker lists them; without those known to be no smaller. Empty when nothing smaller is known. */
  readonly variants: readonly BaseVariant[];
}

/** The smaller variants of a stage's base. What is only a name with a tag of its own is never given another tag's figures. */
export function baseVariants(dockerfile: Dockerfile, stage: Stage, world: BaseWorld): VariantTable {
  const role = stageRole(dockerfile, stage);
  const facts = rootFacts(describeBase(dockerfile, stage, world));
  const traits = facts.kind === "unknown" ? undefined : facts.traits;
  const fit = traits && kindFit(role, traits);
  const none: VariantTable = { role, fit, variants: [] };
  if (facts.kind !== "image") return none;
  const names = variantNames(facts.name);
  const variants = names.flatMap((name) => {
    const variant = toVariant(name, facts, role, world);
    return variant === undefined ? [] : [variant];
  });
  return { ...none, variants: variants.filter(isSmaller) };
}

function toVariant(
  text: string,
  base: BaseFacts & { readonly kind: "image" },
  role: StageRole,
  world: BaseWorld,
): BaseVariant | undefined {
  const facts = describeImage(text, base.platform, world);
  if (facts.kind !== "image" || facts.traits === undefined) return undefined;
  const { sizes, nearby, traits, name } = facts;
  return {
    name: text,
    traits,
    sizes,
    nearby,
    difference: differenceOf(base.sizes, sizes),
    isSeen:
      recordedTags(name.familiar).includes(name.tag ?? "") ||
      sizes.content !== undefined ||
      sizes.transfer !== undefined,
    fit: kindFit(role, traits),
  };
}

/** Content before transfer bytes; measures are never mixed. */
function differenceOf(base: BaseSizes, variant: BaseSizes): SizeDifference | undefined {
  for (const measure of ["content", "transfer"] as const) {
    const from = base[measure];
    const to = variant[measure];
    if (from !== undefined && to !== undefined) {
      return { measure, bytes: to.bytes - from.bytes, from, to };
    }
  }
  return undefined;
}

function isSmaller({ difference }: BaseVariant): boolean {
  return difference === undefined || difference.bytes < 0;
}

/** Names of images that bring the same with less around it, larger kinds first; to be looked up, too. Empty for images that are not known here. */
export function variantNames(base: BaseName): readonly string[] {
  const ubis = smallerUbis(base);
  if (ubis.length > 0) return ubis;
  const family = familyOf(base);
  const kind = traitsOf(base)?.kind;
  if (family === undefined || base.tag === undefined) return [];
  if (kind === undefined || kind === "distroless") return [];
  const tag = parseBaseTag(base.tag);
  const tags = isBound(family, tag) ? [] : smallerTags(family, tag, base.tag);
  const distroless = distrolessFor(family, tag);
  return [
    ...tags.map((smaller) => `${base.written}:${smaller}`),
    ...(distroless === undefined ? [] : [distroless]),
  ].filter((name) => parseBaseName(name) !== undefined);
}

function isBound(family: ImageFamily, tag: BaseTag): boolean {
  const { boundFlavors, needsVersion, sinceVersion } = family;
  if (Number.parseInt(tag.version ?? "", 10) < sinceVersion) return true;
  const words = [tag.version ?? "", ...tag.flavors];
  const hasRelease = tag.version !== undefined || tag.suite !== undefined;
  return (needsVersion && !hasRelease) || boundFlavors.some((word) => words.includes(word));
}

function smallerTags(family: ImageFamily, tag: BaseTag, text: string): readonly string[] {
  const own = rankOf(tag);
  const made = family.variants
    .map((form) => makeTag(form, tag))
    .filter((smaller) => smaller !== text && rankOf(parseBaseTag(smaller)) <= own)
    .filter((smaller) => !isSameOtherwise(tag, parseBaseTag(smaller)));
  return [...new Set(made)];
}

/** Alpine is below slim, slim below full; whatever else a tag says. */
function rankOf({ isAlpine, isSlim }: BaseTag): number {
  return (isAlpine ? 0 : 2) + (isSlim ? 0 : 1);
}

/** `20-alpine` is no smaller variant of `20-alpine3.22`, nor `21-jre` of `21-jre-noble`. */
function isSameOtherwise(one: BaseTag, other: BaseTag): boolean {
  return (
    rankOf(one) === rankOf(other) &&
    one.flavors.toSorted().join() === other.flavors.toSorted().join()
  );
}

function makeTag(form: TagForm, tag: BaseTag): string {
  return form
    .flatMap((word): readonly (string | undefined)[] => {
      switch (word) {
        case "version":
          return [tag.version];
        case "suite":
          return [tag.suite];
        case "flavor":
          return tag.flavors;
        default:
          return word.includes(">") ? replaced(tag.flavors, word) : [word];
      }
    })
    .filter((word) => word !== undefined)
    .join("-");
}

/** The words with one in place of another: `devel>runtime`. */
function replaced(words: readonly string[], rule: string): readonly string[] {
  const [old = "", other = ""] = rule.split(">");
  return words.map((word) => (word === old ? other : word));
}

/** What the distroless project builds, or built last; its nodejs/config.bzl and java/config.bzl. Runtimes by the leading number of their version. */
const distrolessRuntimes: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  nodejs: {
    "18": "nodejs18-debian12",
    "20": "nodejs20-debian12",
    "22": "nodejs22-debian13",
    "24": "nodejs24-debian13",
    "26": "nodejs26-debian13",
  },
  java: { "17": "java17-debian13", "21": "java21-debian13", "25": "java25-debian13" },
};

/** Python is Debian's own there, so only its versions are the same. */
const distrolessPythons: Readonly<Record<string, string>> = {
  "3.11": "python3-debian12",
  "3.13": "python3-debian13",
};

/** The distroless image with the same C library and the same runtime; undefined where there is none, and beside Alpine, which is not glibc and often smaller. */
function distrolessFor(family: ImageFamily, tag: BaseTag): string | undefined {
  if (family.distroless === undefined || tag.isAlpine) return undefined;
  const image = distrolessImage(family.distroless, tag);
  return image === undefined ? undefined : `gcr.io/distroless/${image}`;
}

function distrolessImage(
  kind: NonNullable<ImageFamily["distroless"]>,
  { version, suite }: BaseTag,
): string | undefined {
  const numbers = version?.split(".") ?? [];
  switch (kind) {
    case "base": {
      const releases = Object.entries(debianSuites);
      const release = releases.find(([number, name]) => number === numbers[0] || name === suite);
      return release !== undefined && ["12", "13"].includes(release[0])
        ? `base-debian${release[0]}`
        : undefined;
    }
    case "python3":
      return distrolessPythons[numbers.slice(0, 2).join(".")];
    case "nodejs":
    case "java":
      return distrolessRuntimes[kind]?.[numbers[0] ?? ""];
  }
}
