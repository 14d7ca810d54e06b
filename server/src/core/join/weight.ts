import { contentOf } from "../image/layerContent.ts";
import type { Image } from "../image/image.ts";
import type { InstructionWeight } from "./attribution.ts";

/** What a line weighs that wrote these layers; unknown when one of them has no number yet. */
export function weightOf(
  image: Image,
  instruction: number,
  layers: readonly number[],
  basis: "measured" | "stale",
  confidence: "certain" | "likely",
): InstructionWeight {
  const contentBytes = contentOf(image, layers);
  if (contentBytes === undefined) return { ...unknownWeight(instruction), layers };
  const read = image.state === "read" ? image.read.layers : undefined;
  const sum = (bytesOf: "wastedBytes" | "hidesBytes"): number | undefined =>
    read === undefined
      ? undefined
      : layers.reduce((total, layer) => total + (read[layer]?.[bytesOf] ?? 0), 0);
  return {
    instruction,
    layers,
    contentBytes,
    wastedBytes: sum("wastedBytes"),
    hidesBytes: sum("hidesBytes"),
    basis,
    confidence,
  };
}

/** A line of which nothing is known. */
export function unknownWeight(instruction: number): InstructionWeight {
  return {
    instruction,
    layers: [],
    contentBytes: undefined,
    wastedBytes: undefined,
    hidesBytes: undefined,
    basis: "unknown",
    confidence: undefined,
  };
}
