import type { Analysis } from "../analysis.ts";
import type { Instruction } from "../dockerfile/syntax.ts";
import type { Span } from "../text/span.ts";
import { touches } from "../text/span.ts";
import { directiveHelpAt } from "./directiveHelp.ts";
import type { Fact, HoverCard, HoverMemory } from "./hoverCard.ts";
import { imageFacts } from "./hoverFrom.ts";
import { instructionFacts } from "./hoverInstruction.ts";
import type { ImageContext } from "./imageContext.ts";
import { scratchLists } from "./scratchHover.ts";
import { finalFrom } from "./totals.ts";

/** What is known of the instruction or `# tare:` key under the offset; undefined where there is nothing to say. */
export function hoverAt(
  analysis: Analysis,
  offset: number,
  context: ImageContext,
  memory: HoverMemory,
): HoverCard | undefined {
  const key = directiveHelpAt(analysis.dockerfile, offset);
  if (key !== undefined) {
    return {
      ...emptyCard(key.span, key.help.key),
      facts: [{ label: "Example", value: `# tare: ${key.help.example}`, isCode: true }],
      notes: [key.help.meaning],
    };
  }
  const instruction = instructionAt(analysis, offset);
  if (instruction === undefined) return undefined;
  if (analysis.image === undefined) return withoutImage(analysis, instruction, context);
  const own = instructionFacts(analysis, instruction, memory);
  const whole = instruction === finalFrom(analysis) ? imageFacts(analysis, context) : undefined;
  const parts = [own, whole].filter((part) => part !== undefined);
  if (parts.length === 0) return undefined;
  const reading = readingNote(analysis, context);
  return {
    span: instruction.span,
    title: parts.map(({ title }) => title).join(" · "),
    facts: distinct(parts.flatMap(({ facts }) => facts)),
    lists: [...parts.flatMap(({ lists }) => lists), ...scratchLists(analysis, instruction)],
    notes: [...parts.flatMap(({ notes }) => notes), ...reading],
    revealLine: parts.some(({ isInTree }) => isInTree) ? instruction.startLine : undefined,
  };
}

/** The base speaks for itself where it has a part of its own. */
function distinct(facts: readonly Fact[]): readonly Fact[] {
  return facts.filter(
    ({ label }, index) => facts.findIndex((fact) => fact.label === label) === index,
  );
}

function emptyCard(span: Span, title: string): HoverCard {
  return { span, title, facts: [], lists: [], notes: [], revealLine: undefined };
}

function instructionAt({ dockerfile }: Analysis, offset: number): Instruction | undefined {
  return dockerfile.instructions.find(({ span }) => touches(span, offset));
}

/** Only the last FROM speaks for the missing image; every other line stays silent. */
function withoutImage(
  analysis: Analysis,
  instruction: Instruction,
  { state, message }: ImageContext,
): HoverCard | undefined {
  if (instruction !== finalFrom(analysis)) return undefined;
  if (state === "looking") {
    return {
      ...emptyCard(instruction.span, "Tare"),
      notes: ["Looking for the image of this file."],
    };
  }
  if (message === undefined) return undefined;
  return { ...emptyCard(instruction.span, "No sizes yet"), notes: [message] };
}

function readingNote({ image }: Analysis, { state, message }: ImageContext): readonly string[] {
  if (image?.state !== "described") return [];
  if (state === "reading") return ["The files of the layers are being read."];
  return message === undefined ? [] : [message];
}
