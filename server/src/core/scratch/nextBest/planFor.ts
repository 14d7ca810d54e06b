import type { BaseVariant } from "../../bases/baseVariants.ts";
import { javaPlan } from "./javaPlan.ts";
import type { NextBest } from "./nextBest.ts";
import { nodePlan } from "./nodePlan.ts";
import { compiledProgram } from "./programBase.ts";
import { programPlan } from "./programPlan.ts";
import { pythonPlan } from "./pythonPlan.ts";
import type { Hindrance, StagePlan } from "./stagePlan.ts";

/** What a new stage would hold, by what the program is made with. */
export function planFor(context: NextBest, variant: BaseVariant): StagePlan | Hindrance {
  const program = compiledProgram(context);
  if (program !== undefined) return programPlan(context, program, variant);
  return plans[context.traits?.runtime ?? ""]?.(context, variant) ?? { reason: "" };
}

/**
 * Whether another base can be put under the same lines: not where they make a program that the base has no part in, not for the same base, and not for one that
 * starts its runtime otherwise than the lines do.
 */
export function canBeSwitched(context: NextBest, { name, traits }: BaseVariant): boolean {
  const { base, runtimeBase } = context;
  if (traits.entrypoint !== undefined) return false;
  const isOther = base === runtimeBase && name !== base?.text;
  return isOther && compiledProgram(context) === undefined;
}

const plans: Readonly<
  Record<string, (context: NextBest, variant: BaseVariant) => StagePlan | Hindrance>
> = {
  "Node.js": nodePlan,
  Python: pythonPlan,
  Java: javaPlan,
};
