import type { Analysis } from "../analysis.ts";
import type { Instruction } from "../dockerfile/syntax.ts";
import type { Basis, InstructionWeight } from "../join/attribution.ts";

/** Where a number comes from, in plain words. */
export function basisSentence({ image }: Pick<Analysis, "image">, basis: Basis): string {
  switch (basis) {
    case "measured":
      return image?.state === "described"
        ? "Measured by the engine when it built the layer; the files are not read yet."
        : "Measured in the layers of the built image.";
    case "stale":
      return "Measured in the last build; this line has changed since.";
    case "context":
      return "Counted from the files of the build context.";
    case "base":
      return "Looked up for the base image, not measured in a build.";
    case "predicted":
      return "Predicted, not measured.";
    case "unknown":
      return "Not known.";
  }
}

/** How sure the pairing of the line with its layers is; empty when there is no number to pair, and for a changed line, of which `basisSentence` says it. */
export function pairingSentence(
  { keyword }: Instruction,
  { basis, confidence }: Pick<InstructionWeight, "basis" | "confidence">,
): readonly string[] {
  if (basis === "stale") return [];
  switch (confidence) {
    case undefined:
      return [];
    case "certain":
      return keyword === "FROM" ? [] : ["The image's history names this line."];
    case "likely":
      if (keyword === "FROM") {
        return ["The base is what lies below the first layer that a line of this file wrote."];
      }
      return [
        "Paired by order and by what the image's history shows of this line, which may fit another one too.",
      ];
  }
}
