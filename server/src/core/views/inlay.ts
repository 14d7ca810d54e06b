import type { Analysis } from "../analysis.ts";
import { describeSizeSource, formatBaseSize } from "../bases/sizeText.ts";
import { stageAt, stageChain } from "../dockerfile/stages.ts";
import type { Instruction } from "../dockerfile/syntax.ts";
import type { Growth } from "../history/growth.ts";
import type { InstructionWeight } from "../join/attribution.ts";
import { counted } from "../text/counted.ts";
import { formatExactBytes, formatSize } from "../text/size.ts";
import { shortSource } from "./hoverBase.ts";
import { predictionOf, predictionSentence } from "./predicted.ts";
import { growthText, lineGrowthSentences, totalGrowthText } from "./besideImage.ts";
import { basisSentence, pairingSentence } from "./sentences.ts";
import { finalFrom, imageBytes, weightOf } from "./totals.ts";

/** A size to be shown behind an instruction. */
export interface SizeNote {
  /** Index into `dockerfile.instructions`. */
  readonly instruction: number;
  /** Where the logical line ends, before any heredoc body. */
  readonly offset: number;
  /** `16.4 kB`, `189 MB · 40 MB wasted`, `7 kB · all wasted`, `was 16.4 kB`, `base 74.8 MB · image 189 MB`, `9.2 MB (context)`, `base 74.8 MB (table 2026-05) · predicted 85 MB`. */
  readonly text: string;
  /** Exact bytes and where they come from; plain text, a sentence a line. */
  readonly tooltip: string;
}

/** What notes are wanted. */
export interface SizeNoteOptions {
  /** Lines that weigh less, and did so in the build before, get no note; nor do those that weigh nothing and did not then. */
  readonly minimumBytes: number;
  /** What lines weigh more than in the build before; absent where that is not known. */
  readonly growth?: Growth | undefined;
}

/**
 * Sizes of the instructions in text order: as measured in the image, of bases and from the build context where there is no image or a line
 * changed. What is unknown has no note.
 */
export function sizeNotes(analysis: Analysis, options: SizeNoteOptions): readonly SizeNote[] {
  const last = finalFrom(analysis);
  const shipped = lastChain(analysis);
  return analysis.dockerfile.instructions.flatMap((instruction) => {
    const isLast = instruction === last;
    const total = isLast ? totalPart(analysis, options) : undefined;
    const own = ownPart(analysis, instruction, options);
    const isForeseen = analysis.image === undefined || shipped.has(instruction.index);
    const parts = [
      isForeseen ? foreseenPart(analysis, instruction, options) : undefined,
      // Beside the total the waste of the whole image stands alone: two such figures in a row read as one.
      own && total ? { ...own, text: own.textWithoutWaste } : own,
      total,
      isLast ? predictedPart(analysis) : undefined,
    ].filter((part) => part !== undefined);
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
  { minimumBytes, growth }: SizeNoteOptions,
): NotePart | undefined {
  const weight = weightOf(analysis, instruction);
  const bytes = weight?.contentBytes;
  if (weight === undefined || bytes === undefined) return undefined;
  const line = growth?.lines.get(instruction.index);
  // A line that lost all that it weighed is what somebody who looks for it wants to see.
  const bytesThen = instruction.keyword === "FROM" ? 0 : (line?.beforeBytes ?? 0);
  if (Math.max(bytes, bytesThen) < Math.max(1, minimumBytes)) return undefined;
  const text = weightText(instruction, weight, bytes);
  return {
    text: text + wasteText(weight.wastedBytes, bytes) + sinceText(line),
    textWithoutWaste: text,
    sentences: [
      ...sentencesOf(analysis, instruction, weight),
      ...lineGrowthSentences(growth, instruction.index),
    ],
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

/** ` · +14 MB since the last build`; empty where nothing is known, or nothing changed. */
function sinceText(growth: Parameters<typeof growthText>[0]): string {
  const text = growthText(growth);
  return text === undefined ? "" : ` · ${text}`;
}

/** The whole image, at the FROM of its last stage. Nothing for an image of 0 bytes: there is nothing to weigh. */
function totalPart({ image }: Analysis, { growth }: SizeNoteOptions): NotePart | undefined {
  const bytes = imageBytes(image);
  if (bytes === undefined || bytes === 0) return undefined;
  const wastedBytes = image?.state === "read" ? image.read.wastedBytes : undefined;
  const text = `image ${formatSize(bytes)}`;
  const since = totalGrowthText(growth);
  return {
    text: text + wasteText(wastedBytes, bytes) + sinceText(growth),
    textWithoutWaste: text,
    sentences: [
      `The image holds ${formatExactBytes(bytes)} in its layers${
        wastedBytes === undefined ? "." : `, ${formatExactBytes(wastedBytes)} of it wasted.`
      }`,
      ...(since === undefined ? [] : [`The image: ${since}.`]),
    ],
  };
}

/** Instructions of the stages that the last one is made of. */
function lastChain({ dockerfile }: Analysis): ReadonlySet<number> {
  const last = dockerfile.stages.at(-1);
  const chain = last === undefined ? [] : stageChain(dockerfile, last);
  return new Set(chain.flatMap(({ instructions }) => instructions.map(({ index }) => index)));
}

/** What the next build will bring for a line that the image does not tell of, or no longer. */
function foreseenPart(
  analysis: Analysis,
  instruction: Instruction,
  { minimumBytes }: SizeNoteOptions,
): NotePart | undefined {
  const weight = weightOf(analysis, instruction);
  if (weight?.basis === "measured" && weight.contentBytes !== undefined) return undefined;
  const line = analysis.forecast.lines[instruction.index];
  if (instruction.keyword === "FROM") return foreseenBase(analysis, instruction, minimumBytes);
  if (line?.basis !== "context" || line.context?.kind !== "known") return undefined;
  const { contentBytes, fileCount } = line.context;
  if (contentBytes < Math.max(1, minimumBytes)) return undefined;
  const text = `${formatSize(contentBytes)} (context)`;
  const files = counted(fileCount, "file");
  return {
    text,
    textWithoutWaste: text,
    sentences: [
      `${formatExactBytes(contentBytes)} in ${files}, as they are now.`,
      basisSentence(analysis, "context"),
    ],
  };
}

function foreseenBase(
  { dockerfile, forecast }: Analysis,
  from: Instruction,
  minimumBytes: number,
): NotePart | undefined {
  const stage = stageAt(dockerfile, from.index);
  const facts = stage === undefined ? undefined : forecast.bases[stage.index];
  if (facts?.kind !== "image") return undefined;
  const size = facts.sizes.content ?? facts.sizes.transfer;
  if (size === undefined || size.bytes < Math.max(1, minimumBytes)) return undefined;
  const text = `base ${formatBaseSize(size)} (${shortSource(size)})`;
  return {
    text,
    textWithoutWaste: text,
    sentences: [
      `The base ${facts.name.text} weighs ${formatBaseSize(size)}, ${describeSizeSource(size)}.`,
    ],
  };
}

/** What the whole will weigh after the next build, where that is another figure than the image's. */
function predictedPart(analysis: Analysis): NotePart | undefined {
  const prediction = predictionOf(analysis);
  if (prediction === undefined) return undefined;
  const text = `predicted ${prediction.text}`;
  return { text, textWithoutWaste: text, sentences: [predictionSentence(prediction)] };
}
