import { stageChain } from "../dockerfile/stages.ts";
import type { Dockerfile, Instruction, Keyword } from "../dockerfile/syntax.ts";
import type { Image } from "../image/image.ts";
import type { Attribution } from "../join/attribution.ts";
import type { LayerLimit } from "./limits.ts";

/** How many layers the image has, held against how many it may have. */
export interface LayerVerdict extends LayerLimit {
  /** Undefined when it cannot be known: no verdict then. */
  readonly actualLayers: number | undefined;
  /** `measured`: layers of the image · `predicted`: one for each RUN, COPY and ADD, and those of the base where they are known. */
  readonly basis: "measured" | "predicted" | "unknown";
  /** True also when nothing is known: a guess never fails a build. */
  readonly isWithin: boolean;
  /** The instruction that writes the first layer too many; undefined when within or not known. */
  readonly crossedBy: number | undefined;
}

/** What writes a layer with every builder, as long as it changes anything. */
const makesLayer: ReadonlySet<Keyword> = new Set<Keyword>(["ADD", "COPY", "RUN"]);

/**
 * Holds the limit against the image or, without one, against the layers that its lines are going to write. BuildKit writes one for a WORKDIR,
 * too, so a file that is not built is never said to be within. `baseLayers` is undefined where the base is not known.
 */
export function judgeLayers(
  limit: LayerLimit,
  dockerfile: Dockerfile,
  built: { readonly image: Image; readonly attribution: Attribution | undefined } | undefined,
  baseLayers: number | undefined,
): LayerVerdict {
  const { mostLayers } = limit;
  if (built !== undefined) {
    const actualLayers = built.image.description.layers.length;
    const isWithin = actualLayers <= mostLayers;
    const crossedBy = built.attribution?.instructions.find(({ layers }) =>
      layers.includes(mostLayers),
    )?.instruction;
    return {
      ...limit,
      actualLayers,
      basis: "measured",
      isWithin,
      crossedBy: isWithin ? undefined : crossedBy,
    };
  }
  const makers = layerMakers(dockerfile);
  const fromBase = baseLayers ?? 0;
  const least = fromBase + makers.length;
  if (least <= mostLayers) {
    const unknown = { actualLayers: undefined, basis: "unknown" } as const;
    return { ...limit, ...unknown, isWithin: true, crossedBy: undefined };
  }
  return {
    ...limit,
    actualLayers: least,
    basis: "predicted",
    isWithin: false,
    crossedBy: makers[Math.max(mostLayers - fromBase, 0)]?.index,
  };
}

function layerMakers(dockerfile: Dockerfile): readonly Instruction[] {
  const last = dockerfile.stages.at(-1);
  const chain = last === undefined ? [] : stageChain(dockerfile, last);
  return chain
    .flatMap(({ instructions }) => instructions)
    .filter(({ keyword }) => makesLayer.has(keyword));
}
