import { stageAt } from "../../dockerfile/stages.ts";
import type { Instruction } from "../../dockerfile/syntax.ts";
import type { RuleContext } from "../context.ts";
import { type ToolCall, toolCallOf } from "./toolCall.ts";

/** The calls of some package managers in a file. */
export interface FileCalls {
  /** In text order. */
  of(run: Instruction): readonly ToolCall[];
  /**
   * The first call behind a RUN that is decisive, for each stage that the RUN is part of, stages that start from its own included; each once, in text
   * order. Stages without one are left out.
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
      const stage = stages[stageAt(context.dockerfile, index)?.index ?? -1];
      if (stage === undefined) return [];
      const own = firstBehind(stage.rows, index);
      return own === undefined ? stage.later.map(({ call }) => call) : [own.call];
    },
  };
}

/** The first decisive call of an instruction. */
interface DecisiveCall {
  readonly index: number;
  readonly call: ToolCall;
}

/** Decisive calls of a stage and of those that start from it. */
interface StageCalls {
  /** Of each of its own instructions that has one, ascending. */
  readonly rows: readonly DecisiveCall[];
  /** The first ones behind its end, one for each way on, ascending. */
  readonly later: readonly DecisiveCall[];
}

/** By index of the stage. */
function stageCalls(
  context: RuleContext,
  tools: readonly string[],
  isDecisive: (call: ToolCall) => boolean,
): readonly StageCalls[] {
  const { stages } = context.dockerfile;
  const found = stages.map(() => ({ rows: [] as DecisiveCall[], later: [] as DecisiveCall[] }));
  for (const run of runsByTool(context, "all", tools)) {
    const call = allCallsIn(context, run).find(
      (one) => tools.includes(one.tool) && isDecisive(one),
    );
    const stage = stageAt(context.dockerfile, run.index);
    if (call && stage) found[stage.index]?.rows.push({ index: run.index, call });
  }
  // A stage starts from an earlier one, so what follows it is known before itself.
  for (const [index, { rows, later }] of [...found.entries()].toReversed()) {
    const base = stages[index]?.base;
    later.sort((a, b) => a.index - b.index);
    if (base?.kind !== "stage" || base.stage >= index) continue;
    found[base.stage]?.later.push(...(rows.length === 0 ? later : rows.slice(0, 1)));
  }
  return found;
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
  context.shellOf(run)?.commands.forEach((command, place) => {
    const call = toolCallOf(command, place);
    if (call !== undefined) calls.push(call);
  });
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
  const found = tools.map((tool) => byTool.get(tool)).filter((runs) => runs !== undefined);
  const [only] = found;
  if (only === undefined || found.length === 1) return only ?? [];
  return [...new Set(found.flat())].sort((a, b) => a.index - b.index);
}
