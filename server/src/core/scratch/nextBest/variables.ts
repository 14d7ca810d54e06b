import type { Instruction } from "../../dockerfile/syntax.ts";
import { namesOf, referencesOf } from "../finalStageVariables.ts";
import type { NextBest } from "./nextBest.ts";
import { type Hindrance, isHindrance } from "./stagePlan.ts";

/** ARG lines that a line needs above it in a new stage, in order, so that its variables have the values they have today. */
export function argumentsFor(
  context: NextBest,
  instruction: Instruction,
): readonly Instruction[] | Hindrance {
  const needed: Instruction[] = [];
  if (instruction.keyword === "SHELL") return needed;
  for (const name of referencesOf(context.input.dockerfile, instruction)) {
    const found = declarationsOf(context, instruction, name);
    if (isHindrance(found)) return found;
    needed.push(...found);
  }
  return needed;
}

function declarationsOf(
  context: NextBest,
  instruction: Instruction,
  name: string,
): readonly Instruction[] | Hindrance {
  const { shipped, input } = context;
  const sets = (keyword: string): Instruction | undefined =>
    shipped.findLast(
      (one) =>
        one.keyword === keyword && one.index < instruction.index && namesOf(one).includes(name),
    );
  if (sets("ENV") !== undefined || name === "PATH") return [];
  const argument = sets("ARG");
  if (argument !== undefined) {
    const above = argumentsFor(context, argument);
    return isHindrance(above) ? above : [...above, argument];
  }
  const env = input.read?.description.config.settings.env;
  if (env?.every((entry) => !entry.startsWith(`${name}=`)) === true) return [];
  const reason = `${instruction.keyword} in line ${instruction.startLine + 1} uses $${name}, which no line sets: another base may set it otherwise.`;
  return { reason };
}
