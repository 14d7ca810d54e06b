import type { Analysis } from "../analysis.ts";
import type { Instruction } from "../dockerfile/syntax.ts";
import type { Image } from "../image/image.ts";
import type { InstructionWeight } from "../join/attribution.ts";
import { builtStage } from "../join/builtStage.ts";
import { formatExactBytes, formatSize } from "../text/size.ts";
import { lineNumberOfLayer } from "./layerLines.ts";

/** contentBytes of one layer; undefined while not known. */
export function layerBytes(image: Image | undefined, layer: number): number | undefined {
  if (image?.state === "read") return image.read.layers[layer]?.contentBytes;
  return image?.description.historyBytes?.[layer];
}

/** contentBytes of all layers together; undefined while not known, 0 only for an image without bytes. */
export function imageBytes(image: Image | undefined): number | undefined {
  if (image?.state === "read") return image.read.layerContentBytes;
  return image?.description.historyBytes?.reduce((sum, bytes) => sum + bytes, 0);
}

/** Bytes of the layers with this origin; undefined while not known, or when the origin of some layer cannot be told. */
export function originBytes(
  { image, attribution }: Analysis,
  origin: "base" | "own",
): number | undefined {
  if (attribution === undefined) return undefined;
  let sum = 0;
  for (const [layer, row] of attribution.layers.entries()) {
    const bytes = layerBytes(image, layer);
    if (bytes === undefined || row.origin === "unknown") return undefined;
    if (row.origin === origin) sum += bytes;
  }
  return sum;
}

/** The FROM of the stage that the image was built from: the last one, unless its history fits another (`--target`); undefined without stages. */
export function finalFrom({ dockerfile, attribution }: Analysis): Instruction | undefined {
  const built = attribution && builtStage(dockerfile, attribution);
  return (built ?? dockerfile.stages.at(-1))?.from;
}

/** What one instruction weighs; undefined without an image. */
export function weightOf(
  { attribution }: Analysis,
  instruction: Instruction,
): InstructionWeight | undefined {
  return attribution?.instructions[instruction.index];
}

/** Who wrote a layer, for people: `line 7`, `the base image`, or `layer 3` (one-based) where no line can be named. */
export function writerOf(analysis: Analysis, layer: number): string {
  const lineNumber = lineNumberOfLayer(analysis, layer);
  if (lineNumber !== undefined) return `line ${lineNumber}`;
  return analysis.attribution?.layers[layer]?.origin === "base"
    ? "the base image"
    : `layer ${layer + 1}`;
}

/** Bytes for people with the exact count behind: `16.4 kB (16,384 B)`; the count alone where it says the same. */
export function sizeWithExact(bytes: number): string {
  return bytes < 1000 ? formatSize(bytes) : `${formatSize(bytes)} (${formatExactBytes(bytes)})`;
}

/** A share for people: `45%`, `4.5%`, `under 0.1%`; undefined when the whole is nothing. */
export function formatShare(part: number, whole: number): string | undefined {
  if (whole <= 0) return undefined;
  const percent = (part / whole) * 100;
  if (percent > 0 && percent < 0.1) return "under 0.1%";
  return `${Number(percent.toFixed(percent < 10 ? 1 : 0))}%`;
}
