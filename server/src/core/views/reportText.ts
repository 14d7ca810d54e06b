import type { Analysis } from "../analysis.ts";
import type { BudgetVerdict } from "../budget/budget.ts";
import { shortDigest } from "../image/digest.ts";
import type { ReadImage, SourceKind } from "../image/image.ts";
import { formatPlatform } from "../image/imageConfig.ts";
import { formatExactBytes, formatSize } from "../text/size.ts";
import { escapeSteering, fitEnd, fitPath, padLeft, padRight } from "./reportCells.ts";
import { attackSurfaceSection } from "./attackSurface.ts";
import { findingsSection } from "./findingsSection.ts";
import type { Paint, TextOptions } from "./reportPaint.ts";
import { formatShare, paintFor } from "./reportPaint.ts";
import { largestSection, wasteSection } from "./reportPaths.ts";
import { weightSection } from "./reportWeights.ts";

/**
 * The report for people: totals, verdicts, what each line (or, without a Dockerfile, each layer) weighs, where waste lies, what is
 * largest. Lines without their newline. Sizes are rounded as Docker rounds them, the totals stand beside them exactly.
 */
export function reportText(
  read: ReadImage,
  analysis: Analysis,
  options: TextOptions,
): readonly string[] {
  const paint = paintFor(options);
  const sections = [
    header(read, options, paint),
    totals(read, options, paint),
    [
      ...analysis.budgets.map((verdict) => verdictLine(verdict, analysis, options, paint)),
      ...layerVerdictLine(analysis, options, paint),
    ],
    weightSection(read, analysis, options),
    findingsSection(analysis, options),
    wasteSection(read, analysis, options),
    largestSection(read, analysis, options),
    attackSurfaceSection(read, options),
  ].filter((section) => section.length > 0);
  return sections
    .flatMap((section, index) => (index === 0 ? section : ["", ...section]))
    .map((line) => (options.unicode ? line : line.replaceAll("…", "~")));
}

const sourceNames: Readonly<Record<SourceKind, string>> = {
  engine: "container engine",
  "docker-archive": "docker archive",
  oci: "OCI layout",
};

function header({ description }: ReadImage, options: TextOptions, paint: Paint): readonly string[] {
  const facts = [
    escapeSteering(formatPlatform(description.config.platform)),
    sourceNames[description.source],
    `id ${shortDigest(description.imageId)}`,
  ];
  const separator = options.unicode ? " · " : ", ";
  return [
    paint("bold", fitPath(escapeSteering(description.reference), options.columns)),
    paint("dim", fitEnd(facts.filter((fact) => fact !== "").join(separator), options.columns)),
  ];
}

function totals(read: ReadImage, options: TextOptions, paint: Paint): readonly string[] {
  const share = formatShare(read.wastedBytes, read.layerContentBytes);
  const rows: readonly (readonly [string, number | undefined, string])[] = [
    ["Layers", read.layerContentBytes, ` in ${count(read.layers.length, "layer")}`],
    ["Final files", read.finalContentBytes, ` in ${count(read.fileCount, "file")}`],
    ["Waste", read.wastedBytes, `, ${share} of the layers`],
    ["Tar", read.tarBytes, " as uncompressed layer tars"],
    ["Transfer", read.transferBytes, " as compressed layers"],
  ];
  return rows.map(([name, bytes, meaning]) => {
    const label = `  ${padRight(name, 11)}  `;
    const size = padLeft(bytes === undefined ? "?" : formatSize(bytes), 8);
    const facts =
      bytes === undefined
        ? "this source keeps no compressed layers"
        : `${formatExactBytes(bytes)}${meaning}`;
    const style = name === "Waste" && bytes !== 0 ? "yellow" : "bold";
    const fitted = fitEnd(facts, options.columns - (label.length + 8 + 3));
    return `${label}${paint(style, size)}   ${paint("dim", fitted)}`;
  });
}

function verdictLine(
  verdict: BudgetVerdict,
  analysis: Analysis,
  options: TextOptions,
  paint: Paint,
): string {
  const { limitBytes, actualBytes } = verdict;
  const limit = `${nameOf(verdict, analysis)} ${formatSize(limitBytes)}`;
  const line = (mark: string, text: string): string => fitEnd(`  ${mark} ${text}`, options.columns);
  if (actualBytes === undefined) {
    return paint("yellow", line("?", `${limit}: not checked, sizes are not known`));
  }
  const actual = `${limit}: ${formatSize(actualBytes)} is`;
  const difference = formatSize(Math.abs(limitBytes - actualBytes));
  if (verdict.isWithin) {
    const rest = actualBytes === limitBytes ? "exactly at it" : `${difference} under it`;
    return paint("green", line(options.unicode ? "✓" : "ok", `${actual} ${rest}`));
  }
  const crossedBy = analysis.dockerfile.instructions[verdict.crossedBy ?? -1];
  const where = crossedBy === undefined ? "" : `, crossed by line ${crossedBy.startLine + 1}`;
  return paint("red", line(options.unicode ? "✗" : "x", `${actual} ${difference} over it${where}`));
}

/** The limit on layers, in the same words. */
function layerVerdictLine(
  { layerBudget, dockerfile }: Analysis,
  options: TextOptions,
  paint: Paint,
): readonly string[] {
  if (layerBudget?.actualLayers === undefined) return [];
  const { mostLayers, actualLayers, isWithin, crossedBy, platform } = layerBudget;
  const crossing = dockerfile.instructions[crossedBy ?? -1];
  const where = crossing === undefined ? "" : `, crossed by line ${crossing.startLine + 1}`;
  const difference = Math.abs(mostLayers - actualLayers);
  const outcome = isWithin
    ? difference === 0
      ? "exactly at it"
      : `${difference} under it`
    : `${difference} over it${where}`;
  const mark = isWithin ? (options.unicode ? "✓" : "ok") : options.unicode ? "✗" : "x";
  const line = `  ${mark} max-layers${forPlatform(platform)} ${mostLayers}: ${actualLayers} is ${outcome}`;
  return [paint(isWithin ? "green" : "red", fitEnd(line, options.columns))];
}

/** `budget`, `budget of target micro`, `budget of stage build`, `budget for linux/arm64`. */
function nameOf(
  { name, target, stage, platform }: BudgetVerdict,
  { dockerfile }: Analysis,
): string {
  const byTarget = target === undefined ? "" : ` of target ${target}`;
  const forStage =
    stage === undefined ? "" : ` of stage ${dockerfile.stages[stage]?.name ?? stage}`;
  return `${name}${byTarget}${forStage}${forPlatform(platform)}`;
}

function forPlatform(platform: string | undefined): string {
  return platform === undefined ? "" : ` for ${platform}`;
}

function count(amount: number, noun: string): string {
  const digits = formatExactBytes(amount).replace(/ B$/, "");
  return `${digits} ${noun}${amount === 1 ? "" : "s"}`;
}
