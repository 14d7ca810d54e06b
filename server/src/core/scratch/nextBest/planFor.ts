import type { BaseVariant } from "../../bases/baseVariants.ts";
import { javaPlan } from "./javaPlan.ts";
import type { NextBest } from "./nextBest.ts";
import { nodePlan } from "./nodePlan.ts";
import { compiledProgram, interpreted } from "./programBase.ts";
import { programPlan } from "./programPlan.ts";
import { pythonPlan } from "./pythonPlan.ts";
import type { Hindrance, StagePlan } from "./stagePlan.ts";

/** What a new stage would hold, by what the program is made with. */
export function planFor(context: NextBest, variant: BaseVariant): StagePlan | Hindrance {
  const program = compiledProgram(context);
  if (program !== undefined) return programPlan(context, program, variant);
  const runtime = context.traits?.runtime;
  if (runtime === undefined && variant.traits.shell === "none") return unfollowed(context, variant);
  return plans[runtime ?? ""]?.(context, variant) ?? unplanned;
}

/** Where no runtime says which files belong together: then only the base can be another one. */
export const unplanned: Hindrance = {
  reason:
    "What belongs to the program cannot be told from the rest of the system, and the base is the smallest known of its kind.",
};

/** Why it is not known what a plain system's program needs, where nothing but the program would go along. */
function unfollowed({ input, readiness }: NextBest, { name }: BaseVariant): Hindrance {
  if (readiness.toolchain !== undefined && interpreted.has(readiness.toolchain)) {
    return { reason: `The program is run by ${readiness.toolchain}, which ${name} does not have.` };
  }
  return input.read === undefined
    ? { reason: "Which files the program needs shows only a built image: build it once." }
    : { reason: "What the start line starts is no program that can be followed." };
}

/**
 * Whether another base can be put under the same lines: not where they make a program that the base has no part in, not for the same base, and not for one that
 * starts its runtime otherwise than the lines do.
 */
export function canBeSwitched(context: NextBest, { name, traits }: BaseVariant): boolean {
  const { base, runtimeBase } = context;
  const isForProgram = traits.shell === "none" && traits.runtime === undefined;
  if (traits.entrypoint !== undefined || isForProgram) return false;
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
