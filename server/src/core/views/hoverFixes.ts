import type { Analysis } from "../analysis.ts";
import type { Instruction } from "../dockerfile/syntax.ts";
import { fixTitle } from "./findings.ts";
import type { CardList } from "./hoverCard.ts";
import { savingCost } from "./savingCost.ts";

/** Most fixes that a hover lists. */
const fixLimit = 3;

/**
 * What the best fixes of an instruction's findings take off, heaviest first, and what that spares. Only of findings that are there already: a
 * hover waits for no rule. Empty without any.
 */
export function fixLists(analysis: Analysis, { index }: Instruction): readonly CardList[] {
  const heaviest = (analysis.foundFindings() ?? [])
    .filter(({ instruction }) => instruction === index)
    .flatMap((finding) => finding.fixes.slice(0, 1).map((fix) => ({ finding, fix })))
    .filter(({ fix }) => (fix.saving?.bytes ?? 0) > 0)
    .toSorted((a, b) => (b.fix.saving?.bytes ?? 0) - (a.fix.saving?.bytes ?? 0))
    .slice(0, fixLimit);
  return heaviest.flatMap(({ finding, fix }) => {
    const cost = savingCost(analysis, finding, fix.saving);
    if (cost === undefined) return [];
    const texts = [...cost.changes, cost.assumption];
    return [{ heading: fixTitle(fix), rows: texts.map((text) => ({ text, path: undefined })) }];
  });
}
