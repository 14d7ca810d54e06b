import type { Analysis } from "../analysis.ts";
import type { Instruction } from "../dockerfile/syntax.ts";
import type { InstructionWeight } from "../join/attribution.ts";
import { formatExactBytes, formatSize } from "../text/size.ts";
import { basisSentence, pairingSentence } from "./sentences.ts";
import { finalFrom, imageBytes, weightOf } from "./totals.ts";

/** A size to be shown behind an instruction. */
export interface SizeNote {
  /** Index into `dockerfile.instructions`. */
  readonly instruction: number;
  /** Where the logical line ends, before any heredoc body. */
  readonly offset: number;
  /** `16.4 kB`, `189 MB · 40 MB wasted`, `7 kB · all wasted`, `was 16.4 kB`, `base 74.8 MB · image 189 MB`. */
  readonly text: string;
  /** Exact bytes and where they come from; plain text, a sentence a line. */
  readonly tooltip: string;
}

/** What notes are wanted. */
export interface SizeNoteOptions {
  /** Lines that weigh less get no note; those that weigh nothing never do. */
  readonly minimumBytes: number;
}

/** Sizes of the instructions that have bytes in the image, in text order. Empty without an image; what is unknown has no note. */
export function sizeNotes(analysis: Analysis, options: SizeNoteOptions): readonly SizeNote[] {
  if (analysis.image === undefined) return [];
  const last = finalFrom(analysis);
  return analysis.dockerfile.instructions.flatMap((instruction) => {
    const total = instruction === last ? totalPart(analysis) : undefined;
    const own = ownPart(analysis, instruction, options);
    // Beside the total the waste of the whole image stands alone: two such figures in a row read as one.
    const parts = [own && total ? { ...own, text: own.textWithoutWaste } : own, total].filter(
      (part) => part !== undefined,
    );
    if (parts.length === 0) return [];
    return [
      {
        instruction: instruction.index,
        offset: instruction.lineEnd,
        text: parts.map(({ text }) => text).join(" · "),
        tooltip: parts.flatMap(({ sentences }) => sentences).join("\n"),
      },
    ];
  });
}

interface NotePart {
  readonly text: string;
  readonly textWithoutWaste: string;
  readonly sentences: readonly string[];
}

function ownPart(
  analysis: Analysis,
  instruction: Instruction,
  { minimumBytes }: SizeNoteOptions,
): NotePart | undefined {
  const weight = weightOf(analysis, instruction);
  const bytes = weight?.contentBytes;
  if (weight === undefined || bytes === undefined || bytes < Math.max(1, minimumBytes)) {
    return undefined;
  }
  const text = weightText(instruction, weight, bytes);
  return {
    text: text + wasteText(weight.wastedBytes, bytes),
    textWithoutWaste: text,
    sentences: sentencesOf(analysis, instruction, weight),
  };
}

function weightText(instruction: Instruction, weight: InstructionWeight, bytes: number): string {
  const origin = instruction.keyword === "FROM" ? "base " : "";
  const past = weight.basis === "stale" ? "was " : "";
  return `${past}${origin}${formatSize(bytes)}`;
}

function wasteText(wastedBytes: number | undefined, bytes: number): string {
  if (wastedBytes === undefined || wastedBytes === 0) return "";
  return wastedBytes === bytes ? " · all wasted" : ` · ${formatSize(wastedBytes)} wasted`;
}

function sentencesOf(
  analysis: Analysis,
  instruction: Instruction,
  weight: InstructionWeight,
): readonly string[] {
  const { contentBytes, wastedBytes } = weight;
  return [
    ...(contentBytes === undefined ? [] : [`${formatExactBytes(contentBytes)} in the image.`]),
    ...(wastedBytes === undefined || wastedBytes === 0
      ? []
      : [`${formatExactBytes(wastedBytes)} of it wasted: later lines hide it.`]),
    basisSentence(analysis, weight.basis),
    ...pairingSentence(instruction, weight),
  ];
}

/** The whole image, at the FROM of its last stage. Nothing for an image of 0 bytes: there is nothing to weigh. */
function totalPart({ image }: Analysis): NotePart | undefined {
  const bytes = imageBytes(image);
  if (bytes === undefined || bytes === 0) return undefined;
  const wastedBytes = image?.state === "read" ? image.read.wastedBytes : undefined;
  const text = `image ${formatSize(bytes)}`;
  return {
    text: text + wasteText(wastedBytes, bytes),
    textWithoutWaste: text,
    sentences: [
      `The image holds ${formatExactBytes(bytes)} in its layers${
        wastedBytes === undefined ? "." : `, ${formatExactBytes(wastedBytes)} of it wasted.`
      }`,
    ],
  };
}
