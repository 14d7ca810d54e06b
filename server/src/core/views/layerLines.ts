import type { Analysis } from "../analysis.ts";
import type { ReadImage } from "../image/image.ts";

/** One-based line of the instruction that wrote the layer; undefined for layers of the base image and where no line can be named. */
export function lineNumberOfLayer(
  { attribution, dockerfile }: Analysis,
  layer: number,
): number | undefined {
  const index = attribution?.layers[layer]?.instruction;
  const instruction = index === undefined ? undefined : dockerfile.instructions[index];
  return instruction === undefined ? undefined : instruction.startLine + 1;
}

/** The history row of a layer as the builder wrote it; undefined when the image has none for it. */
export function createdByOf(
  read: ReadImage,
  { attribution }: Analysis,
  layer: number,
): string | undefined {
  const index = attribution?.layers[layer]?.historyIndex;
  return index === undefined ? undefined : read.description.config.history[index]?.createdBy;
}
