import type { Analysis } from "../analysis.ts";
import type { Check } from "../scratch/readiness.ts";
import { formatSize } from "../text/size.ts";
import { stateWords, statesByWeight, verdictSentence } from "./scratch.ts";

/**
 * The readiness list for a terminal, one line each: the verdict, then what blocks, what has to go along, what only a run can tell and what is fine;
 * what holds for several instructions in the same words stands once. Empty without a FROM. Quotes paths of the image as they are: escape before printing.
 */
export function readinessLines({ readiness }: Analysis): readonly string[] {
  if (readiness === undefined) return [];
  const { checks } = readiness;
  const lines = statesByWeight.flatMap((state) =>
    checks.filter((check) => check.state === state).map(checkLine),
  );
  return [verdictSentence(readiness), ...new Set(lines)];
}

const stateWidth = Math.max(...Object.values(stateWords).map(({ length }) => length));

function checkLine({ state, title, evidence, bytes }: Check): string {
  const size = state === "needs" && bytes !== undefined ? ` (${formatSize(bytes)})` : "";
  return `  ${stateWords[state].padEnd(stateWidth)}  ${title}${size}: ${evidence}`;
}
