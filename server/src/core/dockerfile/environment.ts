import type { Variables } from "./expand.ts";
import { parentOf, stageAt, stageChain } from "./stages.ts";
import type { Dockerfile, Instruction, Stage } from "./syntax.ts";
import { createVariableHistory } from "./variableHistory.ts";
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
  const readUpTo = (asked: Stage): void => {
    const unread: Stage[] = [];
    let below: Stage | undefined = asked;
    for (; below !== undefined && !byStage.has(below.index); below = parentOf(dockerfile, below)) {
      unread.push(below);
    }
    let start =
      byStage.get(below?.index ?? -1)?.end ??
      createVariableScope(globalArguments(dockerfile.instructions));
    for (const stage of unread.toReversed()) {
      const isFinal = stage.index === dockerfile.stages.length - 1;
      const base = isFinal ? baseEnvironment(imageEnv, stageChain(dockerfile, stage)) : nothing;
      const environment = readStage(stage, start, base);
      byStage.set(stage.index, environment);
      start = environment.end;
    }
  };
  return {
    at({ index }) {
      const stage = stageAt(dockerfile, index);
      if (stage === undefined) return nothing;
      readUpTo(stage);
      return byStage.get(stage.index)?.at(index) ?? nothing;
    },
  };
}

const nothing: ReadonlyMap<string, string | undefined> = new Map();

interface StageEnvironment {
  at(index: number): Variables;
  /** Behind its last instruction. */
  readonly end: VariableScope;
}

/** Instructions between two settings share one answer. */
function readStage(
  { from, instructions }: Stage,
  start: VariableScope,
  base: ReadonlyMap<string, string | undefined>,
): StageEnvironment {
  const end = start.copy();
  end.read(from);
  const history = createVariableHistory(new Map([...base, ...end.variables]));
  const answers = new Map<number, Variables>();
  let current = history.before(from.index);
  for (const instruction of instructions) {
    const { index } = instruction;
    answers.set(index, current);
    const names = end.read(instruction);
    if (names.length === 0) continue;
    for (const name of names) history.set(index, name, end.variables.get(name));
    current = history.before(index + 1);
  }
  return { at: (index) => answers.get(index) ?? nothing, end };
}

function baseEnvironment(
  imageEnv: readonly string[],
  chain: readonly Stage[],
): ReadonlyMap<string, string | undefined> {
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
