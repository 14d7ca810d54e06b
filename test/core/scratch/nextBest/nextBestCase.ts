import assert from "node:assert/strict";
import { parseDockerfile } from "../../../../server/src/core/dockerfile/parse.ts";
import { findReadiness } from "../../../../server/src/core/scratch/findReadiness.ts";
import { rewritesToSmaller } from "../../../../server/src/core/scratch/nextBest/rewritesToSmaller.ts";
import type { SmallerTarget } from "../../../../server/src/core/scratch/nextBest/variants.ts";
import type { Rewrite, Rewrites } from "../../../../server/src/core/scratch/rewrite.ts";
import { applyEdits } from "../../../../server/src/core/text/edit.ts";
import type { ImageBuilder } from "../../../support/imageBuilder.ts";
import { scratchInputOf } from "../toScratchCase.ts";

/** The next best bases of a file beside its image, or on its text alone. */
export function smallerOf(text: string, image?: ImageBuilder, target?: SmallerTarget): Rewrites {
  const input = scratchInputOf(text, image);
  const readiness = findReadiness(input);
  assert.ok(readiness, "there is a stage");
  return rewritesToSmaller(input, readiness, target);
}

/** The offer for a target. */
export function offerOf(text: string, target: SmallerTarget, image?: ImageBuilder): Rewrite {
  const { offers, refusals } = smallerOf(text, image, target);
  const [offer] = offers;
  assert.ok(offer, `refused: ${refusals.map(({ reason }) => reason).join(" ")}`);
  return offer;
}

/** Compares the whole text of an offer, and checks that it parses as well as before and that the same is not offered again. */
export function checkSmaller(
  before: string,
  target: SmallerTarget,
  after: string,
  image?: ImageBuilder,
): Rewrite {
  const offer = offerOf(before, target, image);
  const text = applyEdits(before, offer.edits);
  assert.equal(text, after);
  const messages = (one: string): readonly string[] =>
    parseDockerfile(one).problems.map(({ message }) => message);
  assert.deepEqual(messages(text), messages(before));
  assert.deepEqual(smallerOf(text, undefined, target).offers, [], "it is there");
  const ordered = offer.edits.toSorted((a, b) => a.span.start - b.span.start);
  ordered.slice(1).forEach(({ span }, index) => {
    assert.ok(ordered[index]!.span.end <= span.start, "edits overlap");
  });
  return offer;
}

/** Why a target cannot be had. */
export function refusalOf(text: string, target: SmallerTarget, image?: ImageBuilder): string {
  const { offers, refusals } = smallerOf(text, image, target);
  assert.deepEqual(
    offers.map(({ title }) => title),
    [],
  );
  return refusals.map(({ reason }) => reason).join(" ");
}
