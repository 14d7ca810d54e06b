import type { Instruction, Keyword } from "../dockerfile/syntax.ts";
import type { RuleContext } from "./context.ts";
import { joined } from "./layers/joinFix.ts";
import type { Fix, Rule } from "./rule.ts";

/** Docker Engine refuses to put more on top of each other: `max depth exceeded`, moby daemon/internal/layer/layer.go. */
const mostLayers = 125;
/** Where it is time to say so: an image built on this one needs layers too. */
const manyFrom = 100;

/** An image that nears the number of layers engines accept. */
export const manyLayers: Rule = {
  code: "many-layers",
  title: "The image nears the most layers engines accept",
  severity: "warning",
  *check(context) {
    const makers = context.shipped.filter(({ keyword }) => makesLayer.has(keyword));
    const measured = measuredCount(context);
    const count = measured ?? makers.length;
    const place = makers.at(-1) ?? context.chain.at(-1)?.from;
    if (count < manyFrom || place === undefined) return;
    const atLeast = measured === undefined ? "at least " : "";
    const outcome = count > mostLayers ? "Docker Engine refuses" : "Docker Engine accepts at most";
    const limit = count > mostLayers ? `more than ${mostLayers}` : `${mostLayers}`;
    yield {
      severity: count > mostLayers ? "error" : "warning",
      span: place.keywordSpan,
      instruction: place.index,
      message: `The image has ${atLeast}${count} layers; ${outcome} ${limit}.`,
      saving: undefined,
      fixes: () => fixesOf(context),
      related: [],
    };
  },
};

/** What writes a layer with every builder. */
const makesLayer: ReadonlySet<Keyword> = new Set<Keyword>(["ADD", "COPY", "RUN"]);

/** Layers of the built image, where it is one of this file. */
function measuredCount({ image, attribution }: RuleContext): number | undefined {
  const isThisFile = attribution !== undefined && attribution.reason === undefined;
  return isThisFile ? image?.description.layers.length : undefined;
}

/** Most RUNs that are joined at once: more make no line that a person reads. */
const longestRow = 20;

/** Joins the longest row of neighbouring RUNs that can be joined. Which lines are better off as one is the user's choice, so never safe. */
function fixesOf(context: RuleContext): readonly Fix[] {
  const rows = runRows(context.shipped).toSorted((a, b) => b.length - a.length);
  for (const row of rows) {
    const fix = joined(context, row.slice(0, longestRow));
    if (fix !== undefined) return [{ ...fix, isSafe: false }];
  }
  return [];
}

function runRows(shipped: readonly Instruction[]): readonly (readonly Instruction[])[] {
  const rows: Instruction[][] = [];
  for (const [at, instruction] of shipped.entries()) {
    if (instruction.keyword !== "RUN") continue;
    const before = shipped[at - 1];
    const isNext = before?.keyword === "RUN" && before.index === instruction.index - 1;
    if (isNext) rows.at(-1)?.push(instruction);
    else rows.push([instruction]);
  }
  return rows.filter(({ length }) => length > 1);
}
