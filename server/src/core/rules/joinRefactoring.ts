import type { Instruction } from "../dockerfile/syntax.ts";
import type { Span } from "../text/span.ts";
import type { RuleContext } from "./context.ts";
import { joined } from "./layers/joinFix.ts";
import type { Fix } from "./rule.ts";

/**
 * The refactoring that makes one RUN of those that a selection touches; with a cursor in one RUN, of that and the next, else of that and the one
 * before. Its saving is that of the layers it joins, 0 where nothing is hidden between them, undefined where they are not measured. Undefined
 * where there is nothing to join, or the outcome might mean something else. Any stage.
 */
export function joinRefactoring(context: RuleContext, span: Span): Fix | undefined {
  const { instructions } = context.dockerfile;
  const touched = instructions.filter(
    (one) => one.span.start <= span.end && span.start <= one.span.end,
  );
  if (touched.length === 0 || touched.some(({ keyword }) => keyword !== "RUN")) return undefined;
  const [only, ...others] = touched;
  const choices: readonly (readonly (Instruction | undefined)[])[] =
    only === undefined || others.length > 0
      ? [touched]
      : [
          [only, instructions[only.index + 1]],
          [instructions[only.index - 1], only],
        ];
  for (const choice of choices) {
    const runs = choice.filter((one) => one?.keyword === "RUN");
    const fix = runs.length === choice.length ? joinedRuns(context, runs) : undefined;
    if (fix !== undefined) return fix;
  }
  return undefined;
}

function joinedRuns(
  context: RuleContext,
  runs: readonly (Instruction | undefined)[],
): Fix | undefined {
  const fix = joined(
    context,
    runs.filter((run) => run !== undefined),
  );
  return fix && { ...fix, kind: "refactor" };
}
