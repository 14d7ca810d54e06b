import { createRunJoiner } from "../../dockerfile/joinRuns.ts";
import type { Instruction } from "../../dockerfile/syntax.ts";
import type { RuleContext } from "../context.ts";
import type { Fix, Saving } from "../rule.ts";
import { bytesOfKinds, layerPairs } from "./hiddenPairs.ts";

/** Makes one RUN of those from one instruction to another; undefined where others stand between them, or the outcome might mean something else. */
export function joinFix(context: RuleContext, from: Instruction, to: Instruction): Fix | undefined {
  const { instructions } = context.dockerfile;
  for (let at = from.index; at <= to.index; at += 1) {
    if (instructions[at]?.keyword !== "RUN") return undefined;
  }
  return joined(context, instructions.slice(from.index, to.index + 1));
}

/** The fix that joins neighbouring RUNs, as a quick-fix. */
export function joined(context: RuleContext, runs: readonly Instruction[]): Fix | undefined {
  const joinRuns = context.recall("joined RUNs", () =>
    createRunJoiner(context.dockerfile, (run) => context.shellOf(run)),
  );
  const edits = joinRuns(runs);
  return (
    edits && {
      title: titleOf(runs),
      kind: "quickfix",
      isSafe: true,
      edits,
      saving: joinSaving(context, runs),
    }
  );
}

function titleOf(runs: readonly Instruction[]): string {
  return runs.length === 2
    ? "Join the two RUN instructions"
    : `Join these ${runs.length} RUN instructions`;
}

/**
 * What one layer in place of those of these instructions no longer holds: all that one of them wrote and another hid. Undefined as soon as one of
 * them is not measured.
 */
export function joinSaving(context: RuleContext, runs: readonly Instruction[]): Saving | undefined {
  const layers = runs.map((run) => context.measuredLayers(run));
  if (layers.includes(undefined)) return undefined;
  const joint = new Set(layers.flatMap((of) => of ?? []));
  const pairs = layerPairs(context).filter(
    ({ writtenByLayer, hiddenByLayer }) => joint.has(writtenByLayer) && joint.has(hiddenByLayer),
  );
  return { bytes: bytesOfKinds(pairs), basis: "measured" };
}
