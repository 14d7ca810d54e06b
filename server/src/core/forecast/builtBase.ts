import { isForPlatform } from "../bases/baseSize.ts";
import { stageChain } from "../dockerfile/stages.ts";
import type { Dockerfile, Stage } from "../dockerfile/syntax.ts";
import type { DiffId } from "../image/digest.ts";
import type { Image } from "../image/image.ts";
import { attribute } from "../join/attribute.ts";
import type { Attribution } from "../join/attribution.ts";
import type { BaseKnowledge, BuiltBase } from "./knowledge.ts";

/** What the last stage of a file stands on, as one text to compare: name and platform as written. "" without a stage. */
export function baseKeyOf(dockerfile: Dockerfile): string {
  const root = rootStage(dockerfile);
  if (root === undefined) return "";
  const { base, platform = "" } = root;
  const name = base.kind === "image" ? base.name : base.kind === "unknown" ? base.text : "";
  return `${base.kind} ${name} ${platform}`;
}

/** The stage that the chain of the last one starts with. */
export function rootStage(dockerfile: Dockerfile): Stage | undefined {
  const last = dockerfile.stages.at(-1);
  return last === undefined ? undefined : stageChain(dockerfile, last)[0];
}

/**
 * Pairs a file with its image, knowing more of the base than the image tells: its layers where an engine holds it, or where they were seen
 * while file and image still agreed. A base that was exchanged since then keeps its bytes, as stale ones.
 */
export function attributeKnowingBase(
  dockerfile: Dockerfile,
  image: Image,
  bases: BaseKnowledge | undefined,
): Attribution {
  const built = builtOf(image, bases);
  const isExchanged = built !== undefined && built.baseKey !== baseKeyOf(dockerfile);
  const held = isExchanged ? undefined : heldDiffIds(dockerfile, image, bases);
  if (held !== undefined) return attribute(dockerfile, image, { baseDiffIds: held });
  if (built === undefined) return attribute(dockerfile, image);
  const attribution = attribute(dockerfile, image, {
    baseDiffIds: built.diffIds,
    isBaseInferred: true,
  });
  return isExchanged ? withStaleBase(dockerfile, attribution) : attribution;
}

/** What is to be remembered of a file and an image that agree in every line; undefined when they do not, or when nothing lies below the lines. */
export function builtBaseOf(
  dockerfile: Dockerfile,
  image: Image,
  attribution: Attribution,
): BuiltBase | undefined {
  const last = dockerfile.stages.at(-1);
  const chain = last === undefined ? [] : stageChain(dockerfile, last);
  const isWhole = chain
    .flatMap(({ instructions }) => instructions)
    .every(({ index }) => attribution.instructions[index]?.basis === "measured");
  const { reason, unattributedBytes } = attribution;
  if (!isWhole || chain.length === 0) return undefined;
  if (reason !== undefined || unattributedBytes !== undefined) return undefined;
  const { imageId, layers } = image.description;
  const diffIds = layers.flatMap(({ diffId }, index) =>
    attribution.layers[index]?.origin === "base" ? [diffId] : [],
  );
  return { imageId, baseKey: baseKeyOf(dockerfile), diffIds };
}

/** Whether the next build starts from another base than the image did: another name in the file, or another image under its name. */
export function isBaseChanged(
  dockerfile: Dockerfile,
  image: Image,
  bases: BaseKnowledge | undefined,
): boolean {
  const built = builtOf(image, bases);
  if (built !== undefined && built.baseKey !== baseKeyOf(dockerfile)) return true;
  const held = heldBase(dockerfile, bases);
  const { platform } = image.description.config;
  if (held === undefined || !isForPlatform(held.platform, platform)) return false;
  return !isPrefix(held.diffIds, image);
}

function builtOf(image: Image, bases: BaseKnowledge | undefined): BuiltBase | undefined {
  const built = bases?.built;
  return built?.imageId === image.description.imageId ? built : undefined;
}

function heldBase(dockerfile: Dockerfile, bases: BaseKnowledge | undefined) {
  const base = rootStage(dockerfile)?.base;
  return base?.kind === "image" ? bases?.heldOf(base.name) : undefined;
}

function heldDiffIds(
  dockerfile: Dockerfile,
  image: Image,
  bases: BaseKnowledge | undefined,
): readonly DiffId[] | undefined {
  const diffIds = heldBase(dockerfile, bases)?.diffIds;
  return diffIds !== undefined && isPrefix(diffIds, image) ? diffIds : undefined;
}

/** Whether the image begins with just these layers. */
export function isPrefix(diffIds: readonly DiffId[], { description }: Image): boolean {
  return diffIds.every((diffId, index) => description.layers[index]?.diffId === diffId);
}

function withStaleBase(dockerfile: Dockerfile, attribution: Attribution): Attribution {
  const from = rootStage(dockerfile)?.from.index;
  return {
    ...attribution,
    instructions: attribution.instructions.map((weight) =>
      weight.instruction === from && weight.basis === "measured"
        ? { ...weight, basis: "stale" }
        : weight,
    ),
  };
}
