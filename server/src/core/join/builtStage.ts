import type { Dockerfile, Stage } from "../dockerfile/syntax.ts";
import type { Attribution } from "./attribution.ts";

/** The stage that the image was built from: the last one that its history fits; undefined where it fits none. */
export function builtStage(
  { stages }: Dockerfile,
  { instructions }: Attribution,
): Stage | undefined {
  return stages.findLast(({ from }) => {
    const weight = instructions[from.index];
    return weight !== undefined && (weight.basis !== "unknown" || weight.layers.length > 0);
  });
}
