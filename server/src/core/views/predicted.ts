import type { Analysis } from "../analysis.ts";
import { describeSizeSource } from "../bases/sizeText.ts";
import { rootFacts } from "../bases/describeBase.ts";
import { stageChain } from "../dockerfile/stages.ts";
import type { Instruction } from "../dockerfile/syntax.ts";
import type { LineForecast } from "../forecast/forecast.ts";
import { counted } from "../text/counted.ts";
import { formatSize } from "../text/size.ts";
import type { CardPart, CardRow } from "./hoverCard.ts";
import { instructionText } from "./instructionText.ts";
import { imageBytes, sizeWithExact } from "./totals.ts";

/** What the next build is expected to weigh, for people. */
export interface Prediction {
  /** contentBytes of all layers as far as they are known. */
  readonly knownBytes: number;
  /** Instructions whose bytes are not known; empty when the sum is whole. */
  readonly unknown: readonly Instruction[];
  /** `85 MB`, `85 MB + line 4 unknown`, `85 MB + 3 lines unknown`, `85 MB + base and line 4 unknown`. */
  readonly text: string;
}

/**
 * What the next build will weigh, where that is more than the image tells: there is none, or lines, base or build context are others now.
 * Undefined where nothing is known, and where the change is too small to be seen.
 */
export function predictionOf(analysis: Analysis): Prediction | undefined {
  const { total } = analysis.forecast;
  if (total === undefined || !total.isPrediction || total.knownBytes === 0) return undefined;
  const size = formatSize(total.knownBytes);
  const measured = imageBytes(analysis.image);
  const isSame = measured !== undefined && formatSize(measured) === size;
  if (isSame && total.unknown.length === 0) return undefined;
  const { instructions } = analysis.dockerfile;
  const unknown = total.unknown.flatMap((index) => instructions[index] ?? []);
  return { knownBytes: total.knownBytes, unknown, text: `${size}${unknownText(unknown)}` };
}

function unknownText(unknown: readonly Instruction[]): string {
  const lines = unknown.filter(({ keyword }) => keyword !== "FROM");
  const [first, ...more] = lines;
  const named = [
    ...(lines.length < unknown.length ? ["base"] : []),
    ...(first === undefined
      ? []
      : [more.length === 0 ? `line ${first.startLine + 1}` : `${lines.length} lines`]),
  ];
  return named.length === 0 ? "" : ` + ${named.join(" and ")} unknown`;
}

/** What a prediction says, in one sentence. */
export function predictionSentence({ knownBytes, unknown }: Prediction): string {
  const size = formatSize(knownBytes);
  if (unknown.length === 0) return `The next build is predicted to weigh ${size}.`;
  const isBuildAsked = unknown.every(isBuilt);
  const why = isBuildAsked ? "which only a build tells" : "which is not known";
  return `The next build is predicted to weigh ${size} and what ${nameLines(unknown)} will bring, ${why}.`;
}

/** Whether only a build tells what a line brings; bases can be looked up, and the build context counted. */
function isBuilt({ keyword, flags }: Instruction): boolean {
  if (keyword === "COPY") return flags.some(({ name }) => name === "from");
  return keyword !== "FROM" && keyword !== "ADD";
}

/** `line 4`, `lines 4, 6`; of more than eight the first, and how many more. */
export function nameLines(instructions: readonly Instruction[]): string {
  const lines = instructions.map(({ startLine }) => startLine + 1);
  const named = lines.length === 1 ? `line ${lines[0]}` : `lines ${lines.slice(0, 8).join(", ")}`;
  const more = lines.length > 8 ? ` and ${lines.length - 8} more` : "";
  return `${named}${more}`;
}

/** Lines named one by one. */
const mostUnknown = 4;

/** What a prediction is made of, for the FROM of the last stage. */
export function predictionPart(analysis: Analysis): CardPart | undefined {
  const prediction = predictionOf(analysis);
  if (prediction === undefined) return undefined;
  const { knownBytes, unknown, text } = prediction;
  return {
    title: `predicted ${text}`,
    facts: [
      {
        label: unknown.length === 0 ? "Next build" : "Next build, at least",
        value: isExact(analysis) ? sizeWithExact(knownBytes) : formatSize(knownBytes),
      },
    ],
    lists: [{ heading: "Predicted from", rows: [...knownRows(analysis), ...unknownRows(unknown)] }],
    notes: [],
    isInTree: false,
  };
}

function chainLines({ dockerfile, forecast }: Analysis): readonly LineForecast[] {
  const last = dockerfile.stages.at(-1);
  const chain = last === undefined ? [] : stageChain(dockerfile, last);
  return chain
    .flatMap(({ instructions }) => instructions)
    .flatMap(({ index }) => forecast.lines[index] ?? []);
}

/** False as soon as a looked-up figure was written down rounded. */
function isExact(analysis: Analysis): boolean {
  const { bases } = analysis.forecast;
  const usesBase = chainLines(analysis).some(({ basis }) => basis === "base");
  const facts = bases.at(-1);
  const root = facts === undefined ? undefined : rootFacts(facts);
  const size = root === undefined || root.kind === "unknown" ? undefined : root.sizes.content;
  return !usesBase || size?.roundedToBytes === 1;
}

const words = {
  base: "base image",
  context: "counted in the build context",
  measured: "measured in the image",
  stale: "as last built, in lines that changed since",
} as const;

function knownRows(analysis: Analysis): readonly CardRow[] {
  const lines = chainLines(analysis);
  return (Object.keys(words) as (keyof typeof words)[]).flatMap((basis) => {
    const own = lines.filter((line) => line.basis === basis && line.contentBytes !== undefined);
    const bytes = own.reduce((sum, { contentBytes = 0 }) => sum + contentBytes, 0);
    if (bytes === 0) return [];
    const source = basis === "base" ? baseSource(analysis) : "";
    return [{ text: `${formatSize(bytes)} ${words[basis]}${source}`, path: undefined }];
  });
}

function baseSource({ forecast }: Analysis): string {
  const facts = forecast.bases.at(-1);
  const root = facts === undefined ? undefined : rootFacts(facts);
  const size = root === undefined || root.kind === "unknown" ? undefined : root.sizes.content;
  return size === undefined ? "" : `, ${describeSizeSource(size)}`;
}

function unknownRows(unknown: readonly Instruction[]): readonly CardRow[] {
  const rows = unknown.slice(0, mostUnknown).map((instruction) => ({
    text: `? line ${instruction.startLine + 1}, ${isBuilt(instruction) ? "only a build tells" : "not known"}:`,
    path: instructionText(instruction).replaceAll(/\s+/g, " "),
  }));
  const rest = unknown.length - rows.length;
  if (rest === 0) return rows;
  const lines = counted(rest, "more line");
  return [...rows, { text: `? ${lines}`, path: undefined }];
}
