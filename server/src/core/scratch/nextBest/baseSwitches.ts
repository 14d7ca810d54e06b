import type { BaseVariant } from "../../bases/baseVariants.ts";
import { switchBase } from "../../bases/switchBase.ts";
import type { NextBest } from "./nextBest.ts";
import type { Draft } from "./stageBelow.ts";
import type { Hindrance } from "./stagePlan.ts";

/** Another base under the stage as it stands: everything in it is built and run there. */
export function draftSwitch({ input, root }: NextBest, variant: BaseVariant): Draft | Hindrance {
  const outcome = switchBase(input.dockerfile, root, variant);
  if (outcome.kind === "refused") {
    return { reason: outcome.reasons[0]?.message ?? `${variant.name} cannot take its place.` };
  }
  const failing = outcome.caveats.find(({ effect }) => effect === "run-fails");
  if (failing !== undefined) return { reason: failing.message };
  return { edits: [outcome.edit], caveats: outcome.caveats.map(({ message }) => message) };
}
