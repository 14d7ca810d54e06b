import type { Analysis } from "../analysis.ts";
import type { Instruction } from "../dockerfile/syntax.ts";
import { formatSize } from "../text/size.ts";
import { attackSurfaceSection } from "./attackSurface.ts";
import { costSection } from "./cost.ts";
import { imageBytes, weightOf } from "./totals.ts";

/** Two builds side by side. */
export interface BuildComparison {
  /** `812 MB → 1.7 MB, as built`. */
  readonly title: string;
  /**
   * The Dockerfile with the bytes of each instruction before its first line, as it is and as it would be; below it what the weight costs and what
   * somebody would find inside, of an image that is read.
   */
  readonly before: string;
  readonly after: string;
}

/** Compares a Dockerfile and its rewrite, both beside the image that was built of them. */
export function buildComparison(before: Analysis, after: Analysis): BuildComparison {
  return {
    title: `${totalOf(before)} → ${totalOf(after)}, as built`,
    before: sideOf(before),
    after: sideOf(after),
  };
}

function totalOf({ image }: Analysis): string {
  const bytes = imageBytes(image);
  return bytes === undefined ? "?" : formatSize(bytes);
}

function sideOf(analysis: Analysis): string {
  const { image } = analysis;
  if (image?.state !== "read") return weighedText(analysis);
  const surface = attackSurfaceSection(image.read, plainText);
  const sections = [costSection(image.read, analysis), surface].filter(({ length }) => length > 0);
  return [weighedText(analysis), ...sections.map((lines) => lines.join("\n"))].join("\n\n");
}

/** For an editor, which breaks long lines itself. */
const plainText = { columns: 200, color: false, unicode: true, top: 10 };

/** Every line behind a column of sizes; empty where a line wrote nothing or its bytes are not known. */
function weighedText(analysis: Analysis): string {
  const { text, instructions } = analysis.dockerfile;
  const sizes = new Map(
    instructions.map((instruction) => [instruction.startLine, sizeOf(analysis, instruction)]),
  );
  const width = Math.max(0, ...[...sizes.values()].map((size) => size.length));
  return text
    .split(/\r?\n/)
    .map((line, at) => `${(sizes.get(at) ?? "").padStart(width)} │ ${line}`.trimEnd())
    .join("\n");
}

function sizeOf(analysis: Analysis, instruction: Instruction): string {
  const bytes = weightOf(analysis, instruction)?.contentBytes;
  return bytes === undefined || bytes === 0 ? "" : formatSize(bytes);
}
