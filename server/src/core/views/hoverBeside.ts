import type { Instruction } from "../dockerfile/syntax.ts";
import type { BesideImage } from "./besideImage.ts";
import { growthText, lineGrowthSentences } from "./besideImage.ts";
import type { CardPart } from "./hoverCard.ts";

/** What the line weighs more, or less, than in the build before; undefined where that is not known, or the same. */
export function growthPart({ growth }: BesideImage, { index }: Instruction): CardPart | undefined {
  const title = growthText(growth?.lines.get(index));
  if (title === undefined) return undefined;
  const notes = lineGrowthSentences(growth, index);
  return { title, facts: [], lists: [], notes, isInTree: false };
}
