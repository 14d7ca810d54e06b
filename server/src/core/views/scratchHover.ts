import type { Analysis } from "../analysis.ts";
import type { Instruction } from "../dockerfile/syntax.ts";
import type { Check, Readiness } from "../scratch/readiness.ts";
import { formatSize } from "../text/size.ts";
import { type CardPart, type CardRow, textRow } from "./hoverCard.ts";
import { isFromScratch, rewriteTitle, rewrittenFrom } from "./scratch.ts";

/**
 * How far the final stage is from scratch, for the hover on its FROM: in short, with the best offer, and then what blocks, what has to go along and
 * what only a run can tell. Nothing for other lines, for a stage that is there already, and until the image is read.
 */
export function scratchPart(
  analysis: Analysis,
  instruction: Instruction,
): Pick<CardPart, "facts" | "lists"> {
  if (instruction !== rewrittenFrom(analysis) || isFromScratch(analysis)) return nothing;
  if (analysis.image?.state !== "read") return nothing;
  const { readiness, rewrites } = analysis;
  if (readiness === undefined) return nothing;
  const [best] = rewrites.offers;
  const offer =
    best === undefined
      ? []
      : [{ label: "Best offer, in the light bulb", value: rewriteTitle(best) }];
  return {
    facts: [{ label: "To scratch", value: verdicts[readiness.verdict] }, ...offer],
    lists: [{ heading: "To scratch", rows: readinessRows(readiness) }],
  };
}

const nothing = { facts: [], lists: [] };

const verdicts: Readonly<Record<Readiness["verdict"], string>> = {
  ready: "nothing stands in the way",
  open: "nothing known stands in the way",
  blocked: "blocked",
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
