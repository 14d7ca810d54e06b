import type { Variables } from "./expand.ts";
import { stageAt, stageChain } from "./stages.ts";
import type { Dockerfile, Instruction, Stage } from "./syntax.ts";
import { type VariableScope, createVariableScope, globalArguments } from "./variables.ts";

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
  const byStage = new Map<number, StageEnvironment>();
  const read = (asked: Stage): StageEnvironment => {
    const chain = stageChain(dockerfile, asked);
    const known = chain.findLastIndex(({ index }) => byStage.has(index));
    let start =
      byStage.get(chain[known]?.index ?? -1)?.end ??
      createVariableScope(globalArguments(dockerfile.instructions));
    let last = byStage.get(asked.index);
    for (const stage of chain.slice(known + 1)) {
      const isFinal = stage.index === dockerfile.stages.length - 1;
      last = readStage(stage, start, isFinal ? baseEnvironment(imageEnv, chain) : nothing);
      byStage.set(stage.index, last);
      start = last.end;
    }
    return last ?? { at: () => nothing, end: start };
  };
  return {
    at({ index }) {
      const stage = stageAt(dockerfile, index);
      return stage === undefined ? nothing : (byStage.get(stage.index) ?? read(stage)).at(index);
    },
  };
}

const nothing: Variables = new Map();

interface StageEnvironment {
  at(index: number): Variables;
  /** Behind its last instruction. */
  readonly end: VariableScope;
}

/** Instructions between two settings share one map; none is made between settings that follow each other until it is asked for. */
function readStage(
  { instructions }: Stage,
  start: VariableScope,
  base: Variables,
): StageEnvironment {
  const snapshots = new Map<number, Variables>();
  const end = start.copy();
  const now = (scope: VariableScope): Variables => new Map([...base, ...scope.variables]);
  let current: Variables | undefined;
  for (const instruction of instructions) {
    if (!changesScope(instruction)) snapshots.set(instruction.index, (current ??= now(end)));
    else current = undefined;
    end.read(instruction);
  }
  const readUpTo = (index: number): Variables => {
    const scope = start.copy();
    for (const one of instructions) if (one.index < index) scope.read(one);
    return now(scope);
  };
  return { at: (index) => snapshots.get(index) ?? readUpTo(index), end };
}

function baseEnvironment(imageEnv: readonly string[], chain: readonly Stage[]): Variables {
  if (imageEnv.length === 0) return nothing;
  const set = new Set(
    chain
      .flatMap(({ instructions }) => instructions)
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
