import { type Variables, expandVariables } from "./expand.ts";
import { countUpTo } from "../text/countUpTo.ts";
import type { Dockerfile, Instruction, Stage, StageBase } from "./syntax.ts";
import { globalArguments } from "./variables.ts";

/** The stages of a file: each FROM with what follows it. Names are compared without case, the last stage of a name counts. */
export function toStages(instructions: readonly Instruction[]): readonly Stage[] {
  const starts = instructions.flatMap(({ keyword }, index) => (keyword === "FROM" ? [index] : []));
  const globals = globalArguments(instructions);
  const stages: Stage[] = [];
  const named = new Map<string, number>();
  for (const [at, start] of starts.entries()) {
    const from = instructions[start];
    if (from === undefined) continue;
    const platform = from.flags.find((flag) => flag.name === "platform")?.value;
    const index = stages.length;
    const name = stageNameOf(from);
    stages.push({
      index,
      name,
      from,
      base: baseOf(from, globals, named),
      platform:
        platform === undefined ? undefined : (expandVariables(platform, globals) ?? platform),
      instructions: instructions.slice(start, starts[at + 1]),
    });
    if (name !== undefined) named.set(name, index);
  }
  return stages;
}

function stageNameOf({ words }: Instruction): string | undefined {
  const [, as, name] = words;
  return as?.text.toUpperCase() === "AS" ? name?.text.toLowerCase() : undefined;
}

function baseOf(
  { words }: Instruction,
  globals: Variables,
  named: ReadonlyMap<string, number>,
): StageBase {
  const written = words[0]?.text ?? "";
  const name = expandVariables(written, globals);
  if (name === undefined || name === "") return { kind: "unknown", text: written };
  if (name === "scratch") return { kind: "scratch" };
  const stage = named.get(name.toLowerCase());
  return stage === undefined ? { kind: "image", name } : { kind: "stage", stage };
}

/** The stage that the instruction at an index belongs to; undefined before the first FROM. O(log stages). */
export function stageAt({ stages }: Pick<Dockerfile, "stages">, index: number): Stage | undefined {
  return stages[countUpTo(stages, index, ({ from }) => from.index) - 1];
}

/** The stages that a stage is made of, its own last. A stage that names itself or a later one ends the chain. */
export function stageChain(dockerfile: Dockerfile, stage: Stage): readonly Stage[] {
  const chain: Stage[] = [];
  for (let at: Stage | undefined = stage; at !== undefined; at = parentOf(dockerfile, at)) {
    chain.push(at);
  }
  return chain.reverse();
}

/** The stage that another builds on; undefined where that is an image, and for a stage that names itself or a later one. */
export function parentOf({ stages }: Dockerfile, { base, index }: Stage): Stage | undefined {
  return base.kind === "stage" && base.stage < index ? stages[base.stage] : undefined;
}
