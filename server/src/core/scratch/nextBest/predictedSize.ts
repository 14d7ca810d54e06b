import type { BaseSize } from "../../bases/baseSize.ts";
import type { BaseVariant } from "../../bases/baseVariants.ts";
import type { PredictedSize } from "../rewrite.ts";
import type { NextBest } from "./nextBest.ts";
import type { StagePlan } from "./stagePlan.ts";

/**
 * Content bytes before and after. Only with figures of images that an engine holds or that are in the built image: what a table recorded some day is
 * shown beside it and never counted with. Undefined where something is not known.
 */
export function predictedSize(
  context: NextBest,
  variant: BaseVariant,
  plan: StagePlan | undefined,
): PredictedSize | undefined {
  const { read } = context.input;
  if (read === undefined || plan === undefined || plan.repeated.length > 0) return undefined;
  const baseBytes = ownBaseBytes(context, variant) ?? exactBytes(variant.sizes.content);
  if (baseBytes === undefined || plan.copiedBytes === undefined) return undefined;
  return {
    beforeBytes: read.layerContentBytes,
    afterBytes: baseBytes + plan.copiedBytes,
    basis: plan.tail.length + plan.inserted.length > 0 ? "predicted" : "measured",
  };
}

/** Of today's base, where it stays. */
function ownBaseBytes({ input, root, base }: NextBest, { name }: BaseVariant): number | undefined {
  const weight = input.attribution?.instructions[root.from.index];
  return name === base?.text && weight?.basis === "measured" ? weight.contentBytes : undefined;
}

function exactBytes(size: BaseSize | undefined): number | undefined {
  const isExact = size?.source.kind === "engine" && size.source.countedIn === "layers";
  return isExact ? size.bytes : undefined;
}
