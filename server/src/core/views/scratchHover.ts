import type { Analysis } from "../analysis.ts";
import type { Instruction } from "../dockerfile/syntax.ts";
import type { Check, Readiness } from "../scratch/readiness.ts";
import { formatSize } from "../text/size.ts";
import type { CardList, CardRow } from "./hoverCard.ts";
import { isFromScratch, rewriteTitle, rewrittenFrom } from "./scratch.ts";

/**
 * How far the final stage is from scratch, for the hover on its FROM: what blocks, what has to go along, what only a run can tell, and the best
 * offer. Empty for other lines, for a stage that is there already, and until the image is read.
 */
export function scratchLists(analysis: Analysis, instruction: Instruction): readonly CardList[] {
  if (instruction !== rewrittenFrom(analysis) || isFromScratch(analysis)) return [];
  if (analysis.image?.state !== "read") return [];
  const { readiness, rewrites } = analysis;
  if (readiness === undefined) return [];
  const [best] = rewrites.offers;
  return [
    { heading: headings[readiness.verdict], rows: readinessRows(readiness) },
    ...(best === undefined
      ? []
      : [
          {
            heading: "Best offer, in the light bulb of this line",
            rows: [textRow(rewriteTitle(best))],
          },
        ]),
  ];
}

const headings: Readonly<Record<Readiness["verdict"], string>> = {
  ready: "To scratch: nothing stands in the way",
  open: "To scratch: nothing known stands in the way",
  blocked: "To scratch: blocked",
};

/** Sentences for what blocks, one row for each other state: a hover is no report. */
function readinessRows({ checks }: Readiness): readonly CardRow[] {
  const of = (state: Check["state"]): readonly Check[] =>
    checks.filter((check) => check.state === state);
  return [
    ...of("blocks").map(({ title, evidence }) => textRow(`${title}: ${evidence}`)),
    ...titlesRow("Goes along", of("needs").map(titleWithBytes)),
    ...titlesRow(
      "Only a run can tell",
      of("unknown").map(({ title }) => title),
    ),
    ...titlesRow(
      "Fine",
      of("ok").map(({ title }) => title),
    ),
  ];
}

function titleWithBytes({ title, bytes }: Check): string {
  return bytes === undefined ? title : `${title} (${formatSize(bytes)})`;
}

function titlesRow(label: string, titles: readonly string[]): readonly CardRow[] {
  return titles.length === 0 ? [] : [textRow(`${label}: ${[...new Set(titles)].join(", ")}`)];
}

function textRow(text: string): CardRow {
  return { text, path: undefined };
}
