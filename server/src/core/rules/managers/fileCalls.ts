import { stageChain } from "../../dockerfile/stages.ts";
import type { Instruction } from "../../dockerfile/syntax.ts";
import type { RuleContext } from "../context.ts";
import { type ToolCall, toolCallOf } from "./toolCall.ts";

/** The calls of some package managers in a file. */
export interface FileCalls {
  /** In text order. */
  of(run: Instruction): readonly ToolCall[];
  /**
   * The first call behind a RUN that is decisive, for each stage that the RUN is part of, stages that start from its own included. Stages without one are
   * left out.
   */
  decisiveBehind(run: Instruction): readonly ToolCall[];
}

/** Nothing is read before it is asked for. */
export function createFileCalls(
  context: RuleContext,
  tools: readonly string[],
  isDecisive: (call: ToolCall) => boolean,
): FileCalls {
  const of = (run: Instruction): readonly ToolCall[] => callsIn(context, run, tools);
  let stages: readonly StageCalls[] | undefined;
  return {
    of,
    decisiveBehind({ index }) {
      stages ??= stageCalls(context, of, isDecisive);
      const own = context.dockerfile.stages.findLast(({ from }) => from.index <= index)?.index;
      return stages
        .filter(({ members }) => members.has(own ?? -1))
        .flatMap(({ rows }) => rows.find((row) => row.index > index)?.call ?? []);
    },
  };
}

/** A stage in which decisive calls are. */
interface StageCalls {
  /** Indexes of the stages it is made of. */
  readonly members: ReadonlySet<number>;
  /** The first decisive call of each instruction that has one, ascending. */
  readonly rows: readonly { readonly index: number; readonly call: ToolCall }[];
}

function stageCalls(
  context: RuleContext,
  of: FileCalls["of"],
  isDecisive: (call: ToolCall) => boolean,
): readonly StageCalls[] {
  const { dockerfile } = context;
  const decisive = dockerfile.instructions
    .filter(({ keyword }) => keyword === "RUN")
    .flatMap((run) => {
      const call = of(run).find(isDecisive);
      return call === undefined ? [] : [{ index: run.index, call }];
    });
  if (decisive.length === 0) return [];
  const stageOf = new Map(
    dockerfile.stages.flatMap((stage) =>
      stage.instructions.map(({ index }) => [index, stage.index] as const),
    ),
  );
  return dockerfile.stages.map((stage) => {
    const members = new Set(stageChain(dockerfile, stage).map(({ index }) => index));
    return { members, rows: decisive.filter(({ index }) => members.has(stageOf.get(index) ?? -1)) };
  });
}

function callsIn(
  context: RuleContext,
  run: Instruction,
  tools: readonly string[],
): readonly ToolCall[] {
  return allCallsIn(context, run).filter(({ tool }) => tools.includes(tool));
}

/** Calls of all package managers in a RUN, in text order; rules share them. */
export function allCallsIn(context: RuleContext, run: Instruction): readonly ToolCall[] {
  const known = context.recall("calls", () => new Map<number, readonly ToolCall[]>());
  const calls =
    known.get(run.index) ??
    (context.shellOf(run)?.commands ?? []).flatMap((command, place) => {
      const call = toolCallOf(command, place);
      return call === undefined ? [] : [call];
    });
  known.set(run.index, calls);
  return calls;
}

/** The RUNs that reach the final image, in text order. */
export function shippedRuns(context: RuleContext): readonly Instruction[] {
  return context.recall("shipped runs", () =>
    context.shipped.filter(({ keyword }) => keyword === "RUN"),
  );
}

/** Those of them that call a package manager, in text order; each is looked at once for all of them. */
export function runsCalling(context: RuleContext, tool: string): readonly Instruction[] {
  const byTool = context.recall("runs by tool", () => {
    const found = new Map<string, Instruction[]>();
    for (const run of shippedRuns(context)) {
      for (const name of new Set(allCallsIn(context, run).map((call) => call.tool))) {
        const runs = found.get(name);
        if (runs === undefined) found.set(name, [run]);
        else runs.push(run);
      }
    }
    return found;
  });
  return byTool.get(tool) ?? [];
}
