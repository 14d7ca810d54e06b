import type { Instruction } from "../dockerfile/syntax.ts";
import { formatSize } from "../text/size.ts";
import type { RuleContext } from "./context.ts";
import { bytesOfKinds, layerPairs } from "./layers/hiddenPairs.ts";
import { joined } from "./layers/joinFix.ts";
import { isNoticeable } from "./layers/noticeable.ts";
import { namesOfLines } from "./layers/sentences.ts";
import type { Fix, Report, Rule } from "./rule.ts";

/**
 * RUNs that follow each other and write the same files with other content: in one layer only the last content would be there. Measured only, for
 * joining costs cache. Files that are deleted, moved or only change their owner between them are other rules' findings.
 */
export const joinableRuns: Rule = {
  code: "joinable-runs",
  title: "RUN instructions write the same files again",
  severity: "information",
  *check(context) {
    if (context.read === undefined) return;
    for (const runs of neighbours(context)) {
      const report = reportOf(context, runs);
      if (report !== undefined) yield report;
    }
  },
};

/** Measured RUNs of the chain with no other instruction between them, at least two at a time. */
function neighbours(context: RuleContext): readonly (readonly Instruction[])[] {
  const groups: Instruction[][] = [];
  let before: Instruction | undefined;
  for (const instruction of context.shipped) {
    const isRun =
      instruction.keyword === "RUN" && context.measuredLayers(instruction) !== undefined;
    if (isRun && before?.index === instruction.index - 1) groups.at(-1)?.push(instruction);
    else if (isRun) groups.push([instruction]);
    before = isRun ? instruction : undefined;
  }
  return groups.filter(({ length }) => length > 1);
}

function reportOf(context: RuleContext, runs: readonly Instruction[]): Report | undefined {
  const { read } = context;
  const span = read && writingSpan(context, runs);
  if (read === undefined || span === undefined) return undefined;
  const { joint, bytes } = span;
  const [first, ...others] = joint;
  const fix: Fix | undefined = joined(context, joint);
  if (first === undefined || fix === undefined || !isNoticeable(read, bytes)) return undefined;
  return {
    span: first.keywordSpan,
    instruction: first.index,
    message: `${formatSize(bytes)} of this layer are written again by ${namesOfLines(others)}: one RUN would hold them once.`,
    saving: fix.saving,
    fixes: [fix],
    related: others.map((run) => ({
      span: run.keywordSpan,
      message: `Can be joined with line ${first.startLine + 1}.`,
    })),
  };
}

/** From the first RUN whose files another one overwrites to the last that does, with the bytes; undefined where none is. */
function writingSpan(
  context: RuleContext,
  runs: readonly Instruction[],
): { readonly joint: readonly Instruction[]; readonly bytes: number } | undefined {
  const placeOf = new Map(
    runs.flatMap((run, place) =>
      (context.measuredLayers(run) ?? []).map((layer) => [layer, place] as const),
    ),
  );
  const found = layerPairs(context).flatMap((pair) => {
    const from = placeOf.get(pair.writtenByLayer);
    const to = placeOf.get(pair.hiddenByLayer);
    const bytes = bytesOfKinds([pair], ["overwritten"]);
    return from === undefined || to === undefined || bytes === 0 ? [] : [{ from, to, bytes }];
  });
  if (found.length === 0) return undefined;
  const first = Math.min(...found.map(({ from }) => from));
  const last = Math.max(...found.map(({ to }) => to));
  return {
    joint: runs.slice(first, last + 1),
    bytes: found.reduce((sum, { bytes }) => sum + bytes, 0),
  };
}
