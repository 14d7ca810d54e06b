import type { Analysis } from "../analysis.ts";
import type { Instruction } from "../dockerfile/syntax.ts";
import { formatSize } from "../text/size.ts";
import { imageBytes, weightOf } from "./totals.ts";

/** Two builds side by side. */
export interface BuildComparison {
  /** `812 MB → 1.7 MB, as built`. */
  readonly title: string;
  /** The Dockerfile with the bytes of each instruction before its first line, as it is and as it would be. */
  readonly before: string;
  readonly after: string;
}

/** Compares a Dockerfile and its rewrite, both beside the image that was built of them. */
export function buildComparison(before: Analysis, after: Analysis): BuildComparison {
  return {
    title: `${totalOf(before)} → ${totalOf(after)}, as built`,
    before: weighedText(before),
    after: weighedText(after),
  };
}

function totalOf({ image }: Analysis): string {
  const bytes = imageBytes(image);
  return bytes === undefined ? "?" : formatSize(bytes);
}

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
