import type { Analysis } from "../analysis.ts";
import type { Instruction } from "../dockerfile/syntax.ts";
import type { Piecework } from "../image/piecework.ts";
import type { Span } from "../text/span.ts";
import { touches } from "../text/span.ts";
import type { BesideImage } from "./besideImage.ts";
import { growthPart } from "./hoverBeside.ts";
import { directiveHelpAt } from "./directiveHelp.ts";
import { basePart } from "./hoverBase.ts";
import { fixLists } from "./hoverFixes.ts";
import type { CardPart, Fact, HoverCard, HoverMemory } from "./hoverCard.ts";
import { contextPart } from "./hoverContext.ts";
import { imageFacts } from "./hoverFrom.ts";
import { instructionFacts } from "./hoverInstruction.ts";
import { hasPackages } from "./hoverPackages.ts";
import { takenPart } from "./hoverTaken.ts";
import type { ImageContext } from "./imageContext.ts";
import { rememberPackages } from "./layerTreeMemory.ts";
import { predictionPart } from "./predicted.ts";
import { scratchPart } from "./scratchHover.ts";
import { finalFrom } from "./totals.ts";

/** What a hover looks for once for an image and goes over all nodes for, put into the memory in pieces. */
export function* prepareHover(
  analysis: Analysis,
  offset: number,
  memory: HoverMemory,
): Piecework<void> {
  const { image, attribution } = analysis;
  const instruction = instructionAt(analysis, offset);
  if (image?.state !== "read" || instruction === undefined) return;
  const weight = attribution?.instructions[instruction.index];
  if (weight !== undefined && hasPackages(instruction, weight)) {
    yield* rememberPackages(memory.trees, image.read);
  }
}

/** What is known of the instruction or `# tare:` key under the offset; undefined where there is nothing to say. */
export function hoverAt(
  analysis: Analysis,
  offset: number,
  context: ImageContext & BesideImage,
  memory: HoverMemory,
): HoverCard | undefined {
  const key = directiveHelpAt(analysis, offset);
  if (key !== undefined) {
    return {
      ...emptyCard(key.span, key.help.key),
      facts: [{ label: "Example", value: `# tare: ${key.help.example}`, isCode: true }],
      notes: [key.help.meaning],
    };
  }
  const instruction = instructionAt(analysis, offset);
  if (instruction === undefined) return undefined;
  const parts = partsOf(analysis, instruction, context, memory);
  if (parts.length === 0) {
    return analysis.image === undefined ? silentCard(analysis, instruction, context) : undefined;
  }
  const notes =
    analysis.image === undefined
      ? missingNotes(analysis, instruction, context)
      : readingNote(analysis, context);
  const scratch = scratchPart(analysis, instruction);
  return {
    span: instruction.span,
    title: titleOf(parts),
    facts: distinct([...scratch.facts, ...parts.flatMap(({ facts }) => facts)]),
    lists: [
      ...scratch.lists,
      ...parts.flatMap(({ lists }) => lists),
      ...fixLists(analysis, instruction),
    ],
    tables: parts.flatMap(({ tables = [] }) => tables),
    notes: [...parts.flatMap((part) => part.notes), ...notes],
    revealLine: parts.some(({ isInTree }) => isInTree) ? instruction.startLine : undefined,
  };
}

/** What the instruction weighs in the image, then what is known of it without one; the last FROM speaks for the whole, too. */
function partsOf(
  analysis: Analysis,
  instruction: Instruction,
  context: ImageContext & BesideImage,
  memory: HoverMemory,
): readonly CardPart[] {
  const isFinal = instruction === finalFrom(analysis);
  const isFrom = instruction.keyword === "FROM";
  return [
    instructionFacts(analysis, instruction, memory),
    takenPart(analysis, instruction),
    growthPart(context, instruction),
    isFinal ? imageFacts(analysis, context, memory) : undefined,
    isFinal ? predictionPart(analysis) : undefined,
    isFrom ? basePart(analysis, instruction) : contextPart(analysis, instruction),
  ].filter((part) => part !== undefined);
}

/** Sizes first; that a part is not known is no title where another one is. */
function titleOf(parts: readonly CardPart[]): string {
  const titles = parts.map(({ title }) => title);
  const telling = titles.filter((title) => title !== "Size not known");
  return (telling.length === 0 ? titles.slice(0, 1) : telling).join(" · ");
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

/** Only the last FROM speaks for the missing image. */
function missingNotes(
  analysis: Analysis,
  instruction: Instruction,
  { state, message }: ImageContext,
): readonly string[] {
  if (instruction !== finalFrom(analysis)) return [];
  if (state === "looking") return ["Looking for the image of this file."];
  return message === undefined ? [] : [message];
}

/** A line of which nothing at all is known stays silent, but for the last FROM. */
function silentCard(
  analysis: Analysis,
  instruction: Instruction,
  context: ImageContext,
): HoverCard | undefined {
  const notes = missingNotes(analysis, instruction, context);
  if (notes.length === 0) return undefined;
  const title = context.state === "looking" ? "Tare" : "No sizes yet";
  return { ...emptyCard(instruction.span, title), notes };
}

function readingNote({ image }: Analysis, { state, message }: ImageContext): readonly string[] {
  if (image?.state !== "described") return [];
  if (state === "reading") return ["The files of the layers are being read."];
  return message === undefined ? [] : [message];
}
