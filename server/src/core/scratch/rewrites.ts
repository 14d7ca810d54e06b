import type { BaseWorld } from "../bases/describeBase.ts";
import { rewritesToSmaller } from "./nextBest/rewritesToSmaller.ts";
import type { Readiness } from "./readiness.ts";
import type { Rewrites } from "./rewrite.ts";
import type { ScratchInput } from "./scratchInput.ts";
import { rewritesToScratch } from "./toScratch.ts";

/**
 * Where the final stage can be taken: to scratch in all ways that the evidence allows, then to the next best bases, smallest kind first; with all reasons
 * why not. `world` says what engines and registries know of base images; without it only what the table has is shown.
 */
export function rewritesFor(
  input: ScratchInput,
  readiness: Readiness,
  world?: BaseWorld,
): Rewrites {
  const scratch = rewritesToScratch(input, readiness);
  const smaller = rewritesToSmaller(input, readiness, undefined, world);
  return {
    offers: [...scratch.offers, ...smaller.offers],
    refusals: [...scratch.refusals, ...smaller.refusals],
  };
}
