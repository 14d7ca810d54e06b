import { stageAt, stageChain } from "../../dockerfile/stages.ts";
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
  const byRun = callsByRun(context);
  const of = (run: Instruction): readonly ToolCall[] => ofTools(byRun(run), tools);
  let stages: readonly StageCalls[] | undefined;
  return {
    of,
    decisiveBehind({ index }) {
      stages ??= stageCalls(context, tools, isDecisive);
      const own = stageAt(context.dockerfile, index)?.index ?? -1;
      return stages
        .filter(({ members }) => members.has(own))
        .flatMap(({ rows }) => firstBehind(rows, index)?.call ?? []);
    },
  };
}

/** The first decisive call of an instruction. */
interface DecisiveCall {
  readonly index: number;
  readonly call: ToolCall;
}

/** A stage in which decisive calls are. */
interface StageCalls {
  /** Indexes of the stages it is made of. */
  readonly members: ReadonlySet<number>;
  /** Of each instruction that has one, ascending. */
  readonly rows: readonly DecisiveCall[];
}

function stageCalls(
  context: RuleContext,
  tools: readonly string[],
  isDecisive: (call: ToolCall) => boolean,
): readonly StageCalls[] {
  const { dockerfile } = context;
  const decisive = runsByTool(context, "all", tools).flatMap((run): readonly DecisiveCall[] => {
    const call = ofTools(allCallsIn(context, run), tools).find(isDecisive);
    return call === undefined ? [] : [{ index: run.index, call }];
  });
  if (decisive.length === 0) return [];
  const stageOf = decisive.map(({ index }) => stageAt(dockerfile, index)?.index ?? -1);
  return dockerfile.stages.map((stage) => {
    const members = new Set(stageChain(dockerfile, stage).map(({ index }) => index));
    return { members, rows: decisive.filter((_, at) => members.has(stageOf[at] ?? -1)) };
  });
}

/** O(log rows). */
function firstBehind(rows: readonly DecisiveCall[], index: number): DecisiveCall | undefined {
  let low = 0;
  let high = rows.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((rows[middle]?.index ?? 0) > index) high = middle;
    else low = middle + 1;
  }
  return rows[low];
}

function ofTools(calls: readonly ToolCall[], tools: readonly string[]): readonly ToolCall[] {
  return calls.every(({ tool }) => tools.includes(tool))
    ? calls
    : calls.filter(({ tool }) => tools.includes(tool));
}

/** Calls of all package managers in a RUN, in text order; rules share them. */
export function allCallsIn(context: RuleContext, run: Instruction): readonly ToolCall[] {
  return callsByRun(context)(run);
}

function callsByRun(context: RuleContext): (run: Instruction) => readonly ToolCall[] {
  return context.recall("calls", () => {
    const known = new Map<number, readonly ToolCall[]>();
    return (run: Instruction) => {
      const calls = known.get(run.index) ?? readCalls(context, run);
      known.set(run.index, calls);
      return calls;
    };
  });
}

function readCalls(context: RuleContext, run: Instruction): readonly ToolCall[] {
  const calls: ToolCall[] = [];
  for (const [place, command] of (context.shellOf(run)?.commands ?? []).entries()) {
    const call = toolCallOf(command, place);
    if (call !== undefined) calls.push(call);
  }
  return calls;
}

/** The RUNs that reach the final image, in text order. */
export function shippedRuns(context: RuleContext): readonly Instruction[] {
  return context.recall("shipped runs", () =>
    context.shipped.filter(({ keyword }) => keyword === "RUN"),
  );
}

/** Those of them that call one of these package managers, in text order; each RUN is looked at once for all of them. */
export function runsCalling(
  context: RuleContext,
  tools: readonly string[],
): readonly Instruction[] {
  return runsByTool(context, "shipped", tools);
}

/** The same of RUNs of all stages, or of those that reach the final image. */
function runsByTool(
  context: RuleContext,
  which: "all" | "shipped",
  tools: readonly string[],
): readonly Instruction[] {
  const byTool = context.recall(`${which} runs by tool`, () => {
    const runs =
      which === "shipped"
        ? shippedRuns(context)
        : context.dockerfile.instructions.filter(({ keyword }) => keyword === "RUN");
    const found = new Map<string, Instruction[]>();
    for (const run of runs) {
      for (const { tool } of allCallsIn(context, run)) {
        const own = found.get(tool);
        if (own === undefined) found.set(tool, [run]);
        else if (own.at(-1) !== run) own.push(run);
      }
    }
    return found;
  });
  const runs = tools.flatMap((tool) => byTool.get(tool) ?? []);
  return tools.length === 1 ? runs : [...new Set(runs)].sort((a, b) => a.index - b.index);
}
