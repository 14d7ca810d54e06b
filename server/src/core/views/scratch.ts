import type { Analysis } from "../analysis.ts";
import type { BaseSize } from "../bases/baseSize.ts";
import { describeSizeSource, formatBaseSize } from "../bases/sizeText.ts";
import type { Instruction } from "../dockerfile/syntax.ts";
import type { Check, Readiness } from "../scratch/readiness.ts";
import type { PredictedSize, Rewrite } from "../scratch/rewrite.ts";
import { counted } from "../text/counted.ts";
import { formatSize } from "../text/size.ts";

/** An offer with the name by which a client asks for it. */
export interface NamedOffer {
  /** Unique among the offers of one analysis, and the same in the next one that makes the same offer. */
  readonly id: string;
  readonly offer: Rewrite;
}

/** The offers of an analysis, best first, each with a name. */
export function namedOffers({ rewrites }: Analysis): readonly NamedOffer[] {
  const used = new Map<string, number>();
  return rewrites.offers.map((offer) => {
    const name = `${offer.target}: ${offer.title}`;
    const count = (used.get(name) ?? 0) + 1;
    used.set(name, count);
    return { id: count === 1 ? name : `${name} #${count}`, offer };
  });
}

/** What a rewrite does to the image: `FROM scratch: 812 MB → 1.7 MB`, `about` where only a build would tell; the title alone where no size is known. */
export function rewriteTitle({ title, size }: Rewrite): string {
  return size === undefined ? title : `${title}: ${sizeChange(size)}`;
}

/** `812 MB → 1.7 MB`. */
export function sizeChange({ beforeBytes, afterBytes, basis }: PredictedSize): string {
  const about = basis === "predicted" ? "about " : "";
  return `${formatSize(beforeBytes)} → ${about}${formatSize(afterBytes)}`;
}

/**
 * What to know before taking an offer, sentences: its caveats, that it is not proven where nothing else says so, and what its base weighs. Quotes the
 * image and the file as they are.
 */
export function thingsToKnow(offer: Rewrite): readonly string[] {
  const { caveats, isProven } = offer;
  const doubt =
    isProven || caveats.length > 0
      ? []
      : ["Whether the program runs there cannot be seen in the layers: build it and try."];
  return [...caveats, ...doubt, ...baseSentences(offer)];
}

/** How sure an offer is, in two or three words. */
export function proofWords({ caveats, isProven }: Rewrite): string {
  if (isProven) return "proven";
  return caveats.length === 0 ? "not proven" : `${counted(caveats.length, "thing")} to know`;
}

function baseSentences({ base }: Rewrite): readonly string[] {
  if (base === undefined) return [];
  const own = base.sizes.content ?? base.sizes.transfer;
  if (own !== undefined) return [weighsSentence(base.name, own)];
  const like = base.nearby?.sizes.content ?? base.nearby?.sizes.transfer;
  const unknown = `What ${base.name} weighs is not known`;
  return [
    base.nearby === undefined || like === undefined
      ? `${unknown}.`
      : `${unknown}; ${weighsSentence(base.nearby.name, like)}`,
  ];
}

function weighsSentence(name: string, size: BaseSize): string {
  return `${name} weighs ${formatBaseSize(size)} ${describeSizeSource(size)}.`;
}

/** Whether the final stage starts from nothing already. */
export function isFromScratch({ dockerfile }: Analysis): boolean {
  return dockerfile.stages.at(-1)?.base.kind === "scratch";
}

/** The FROM of the last stage: the one that a rewrite takes elsewhere; undefined without stages. */
export function rewrittenFrom({ dockerfile }: Analysis): Instruction | undefined {
  return dockerfile.stages.at(-1)?.from;
}

/** How it stands with scratch, one sentence. */
export function verdictSentence({ verdict, checks }: Readiness): string {
  const of = (state: Check["state"]): number =>
    checks.filter((check) => check.state === state).length;
  switch (verdict) {
    case "ready":
      return "The final stage can start from scratch.";
    case "open":
      return `Nothing that is known speaks against scratch; ${counted(of("unknown"), "question")} only a run can answer.`;
    case "blocked":
      return `The final stage cannot start from scratch: ${counted(of("blocks"), "reason")}.`;
  }
}

/** The words for a state, before what it is about: `needs CA certificates`. */
export const stateWords: Readonly<Record<Check["state"], string>> = {
  ok: "fine",
  needs: "needs",
  blocks: "blocks",
  unknown: "unknown",
};

/** What matters most first; within a state in the order of the checks. */
export const statesByWeight: readonly Check["state"][] = ["blocks", "needs", "unknown", "ok"];
