import { stageChain } from "../../dockerfile/stages.ts";
import type { Instruction } from "../../dockerfile/syntax.ts";
import type { RuleContext } from "../context.ts";
import { type ToolCall, toolCallOf } from "./toolCall.ts";

/** The calls of some package managers in a file, read once for each RUN that is asked for. */
export interface FileCalls {
  /** In text order. */
  of(run: Instruction): readonly ToolCall[];
  /**
   * RUNs behind an instruction that call them, in the order in which they run: one list for each stage that the instruction is part of,
   * stages that start from its own included.
   */
  behind(run: Instruction): readonly (readonly RunCalls[])[];
}

/** A RUN and the package managers it calls; at least one. */
export interface RunCalls {
  readonly run: Instruction;
  readonly calls: readonly ToolCall[];
}

/** Nothing is read before it is asked for. */
export function createFileCalls(context: RuleContext, tools: readonly string[]): FileCalls {
  const known = new Map<number, readonly ToolCall[]>();
  const of = (run: Instruction): readonly ToolCall[] => {
    const calls = known.get(run.index) ?? callsIn(context, run, tools);
    known.set(run.index, calls);
    return calls;
  };
  let stages: readonly StageCalls[] | undefined;
  return {
    of,
    behind({ index }) {
      stages ??= stageCalls(context, of);
      const own = context.dockerfile.stages.findLast(({ from }) => from.index <= index)?.index;
      return stages
        .filter(({ members }) => members.includes(own ?? -1))
        .map(({ rows }) => rows.slice(firstBehind(rows, index)));
    },
  };
}

interface StageCalls {
  /** Indexes of the stages it is made of. */
  readonly members: readonly number[];
  /** Ascending by instruction. */
  readonly rows: readonly RunCalls[];
}

function stageCalls(context: RuleContext, of: FileCalls["of"]): readonly StageCalls[] {
  const { dockerfile } = context;
  return dockerfile.stages.map((stage) => {
    const chain = stageChain(dockerfile, stage);
    const runs = chain
      .flatMap(({ instructions }) => instructions)
      .filter(({ keyword }) => keyword === "RUN");
    const rows = runs.map((run) => ({ run, calls: of(run) }));
    return {
      members: chain.map(({ index }) => index),
      rows: rows.filter(({ calls }) => calls.length > 0),
    };
  });
}

function firstBehind(rows: readonly RunCalls[], index: number): number {
  const at = rows.findIndex(({ run }) => run.index > index);
  return at < 0 ? rows.length : at;
}

function callsIn(
  context: RuleContext,
  run: Instruction,
  tools: readonly string[],
): readonly ToolCall[] {
  const commands = context.shellOf(run)?.commands ?? [];
  return commands.flatMap((command, place) => {
    const call = toolCallOf(command, place);
    return call !== undefined && tools.includes(call.tool) ? [call] : [];
  });
}
