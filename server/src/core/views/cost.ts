import type { Analysis } from "../analysis.ts";
import type { Cost, MovedBytes } from "../cost/cost.ts";
import { costsOf } from "../cost/cost.ts";
import type { ReadImage } from "../image/image.ts";
import type { Fact } from "./hoverCard.ts";

/** What the weight of the image costs, as facts for the final FROM, each with how it was reckoned. */
export function costFacts(read: ReadImage, { cost }: Pick<Analysis, "cost">): readonly Fact[] {
  const costs = costsOf(movedBytesOf(read), cost);
  return [
    ...factOf("Time to pull", costs, "time"),
    ...factOf("Storage", costs, "storage"),
    ...factOf("Transfer", costs, "transfer"),
  ];
}

/** Compressed bytes, or where those are not known all bytes of the layers. */
export function movedBytesOf({ transferBytes, tarBytes }: ReadImage): MovedBytes {
  return transferBytes === undefined
    ? { bytes: tarBytes, isCompressed: false }
    : { bytes: transferBytes, isCompressed: true };
}

function factOf(label: string, costs: readonly Cost[], kind: Cost["kind"]): readonly Fact[] {
  const [first, ...others] = costs.filter((cost) => cost.kind === kind);
  return first === undefined ? [] : [{ label, value: withFormula([first, ...others]) }];
}

/** What was reckoned alike, at several speeds maybe, with the formula once. */
export function withFormula(costs: readonly [CostText, ...CostText[]]): string {
  const [{ formula }] = costs;
  const shared = costs.length === 1 ? formula : formula.replace(/÷ .*$/, "÷ speed");
  return `${costs.map(({ text }) => text).join(" · ")} (${shared})`;
}

type CostText = Pick<Cost, "text" | "formula">;

/** The same as a section of the text report: a line for each cost with its formula, heading first. */
export function costSection(read: ReadImage, { cost }: Pick<Analysis, "cost">): readonly string[] {
  const costs = costsOf(movedBytesOf(read), cost);
  const width = Math.max(...costs.map(({ text }) => text.length));
  return [
    "What the weight costs, when nothing of the image is there yet",
    ...costs.map(({ text, formula }) => `  ${text.padEnd(width)}   ${formula}`),
  ];
}
