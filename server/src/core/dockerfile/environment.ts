import type { Variables } from "./expand.ts";
import { stageChain } from "./stages.ts";
import type { Dockerfile, Instruction } from "./syntax.ts";
import { createVariableScope, globalArguments } from "./variables.ts";

/** ENV and ARG in effect at each instruction of a file. */
export interface Environment {
  /** Before the instruction itself; undefined for a name whose value is not known. */
  at(instruction: Instruction): Variables;
}

/**
 * The environment of all instructions, stage by stage as it is asked for. `imageEnv` is `Env` of the built image's config (`NAME=value`),
 * from which the final chain takes what its base set: names that the chain sets itself are left out, for their earlier value is not known.
 */
export function createEnvironment(
  dockerfile: Dockerfile,
  imageEnv: readonly string[],
): Environment {
  const byStage = new Map<number, ReadonlyMap<number, Variables>>();
  return {
    at({ index }) {
      const stage = dockerfile.stages.findLast(({ from }) => from.index <= index);
      if (stage === undefined) return nothing;
      const known = byStage.get(stage.index) ?? readStage(dockerfile, stage.index, imageEnv);
      byStage.set(stage.index, known);
      return known.get(index) ?? nothing;
    },
  };
}

const nothing: Variables = new Map();

/** By instruction index; instructions between two settings share one map. */
function readStage(
  dockerfile: Dockerfile,
  stageIndex: number,
  imageEnv: readonly string[],
): ReadonlyMap<number, Variables> {
  const stage = dockerfile.stages[stageIndex];
  if (stage === undefined) return new Map();
  const chain = stageChain(dockerfile, stage);
  const isFinal = stageIndex === dockerfile.stages.length - 1;
  const base = isFinal
    ? baseEnvironment(
        imageEnv,
        chain.flatMap((one) => one.instructions),
      )
    : nothing;
  const scope = createVariableScope(globalArguments(dockerfile.instructions));
  const snapshots = new Map<number, Variables>();
  let current: Variables = base;
  for (const instruction of chain.flatMap(({ instructions }) => instructions)) {
    snapshots.set(instruction.index, current);
    scope.read(instruction);
    if (changesScope(instruction)) current = new Map([...base, ...scope.variables]);
  }
  return snapshots;
}

function baseEnvironment(
  imageEnv: readonly string[],
  instructions: readonly Instruction[],
): Variables {
  const set = new Set(
    instructions
      .filter(({ keyword }) => keyword === "ENV")
      .flatMap(({ words }) => words.map(({ text }) => text.split("=")[0] ?? "")),
  );
  return new Map(
    imageEnv
      .map((entry) => [nameIn(entry), entry.slice(nameIn(entry).length + 1)] as const)
      .filter(([name]) => !set.has(name)),
  );
}

function nameIn(entry: string): string {
  return entry.split("=")[0] ?? "";
}

function changesScope({ keyword }: Instruction): boolean {
  return keyword === "ENV" || keyword === "ARG" || keyword === "FROM";
}
