import type { BaseFacts } from "../bases/baseFacts.ts";
import { describeBases, rootFacts } from "../bases/describeBase.ts";
import type { ContextBytes } from "../context/contextBytes.ts";
import { stageChain } from "../dockerfile/stages.ts";
import type { Dockerfile, Instruction, Keyword, Stage } from "../dockerfile/syntax.ts";
import type { Image } from "../image/image.ts";
import type { Attribution, Basis } from "../join/attribution.ts";
import { contentOf } from "../image/layerContent.ts";
import { isBaseChanged, rootStage } from "./builtBase.ts";
import { contextLines, type ContextLines } from "./contextLines.ts";
import type { BaseKnowledge, ContextKnowledge } from "./knowledge.ts";

/** What the next build of a file will weigh, as far as that can be told before it. */
export interface Forecast {
  /** One for each instruction of the file, in order. */
  readonly lines: readonly LineForecast[];
  /** Undefined without a stage, and where the lines of an image cannot be told apart. */
  readonly total: TotalForecast | undefined;
  /** By stage; empty where nobody looked at bases. */
  readonly bases: readonly BaseFacts[];
  /** `ContextLines.isElsewhere`. */
  readonly isContextElsewhere: boolean;
}

/** What one instruction will bring. */
export interface LineForecast {
  /** Index into `dockerfile.instructions`. */
  readonly instruction: number;
  /** contentBytes of the layer it will write; undefined is unknown. */
  readonly contentBytes: number | undefined;
  /** `measured` and `stale`: as in the image · `context`, `base`: counted or looked up · `predicted`: it writes no bytes, whoever builds it. */
  readonly basis: Basis;
  /** What it takes from the build context; undefined for a line that takes nothing from it, and where nobody has read it. */
  readonly context: ContextBytes | undefined;
}

/** The sum over the layers of the final image, as the next build will make it. */
export interface TotalForecast {
  /** Of all lines with a figure. */
  readonly knownBytes: number;
  /** Instructions whose bytes are not known: only a build can tell them, or nobody looked; in text order, empty when the sum is whole. */
  readonly unknown: readonly number[];
  /** False when it is nothing but what was measured in the image. */
  readonly isPrediction: boolean;
}

/** What there is to tell from. */
export interface ForecastInput {
  readonly dockerfile: Dockerfile;
  readonly image: Image | undefined;
  readonly attribution: Attribution | undefined;
  readonly bases: BaseKnowledge | undefined;
  readonly context: ContextKnowledge | undefined;
}

/** Tells what the next build will weigh: measured lines as they are, changed and new ones from the build context, other bases as looked up. */
export function forecastOf(input: ForecastInput): Forecast {
  const { dockerfile, bases, context } = input;
  const copied = contextLines(dockerfile, context);
  const facts = bases === undefined ? [] : describeBases(dockerfile, bases.world);
  const stageOf = new Map(dockerfile.stages.map((stage) => [stage.from.index, stage]));
  const lines = dockerfile.instructions.map((instruction) => {
    if (instruction.keyword !== "FROM") return lineOf(input, instruction, copied);
    const stage = stageOf.get(instruction.index);
    const [contentBytes, basis] = fromOf(input, stage, stage && facts[stage.index]);
    return told(instruction, contentBytes, basis);
  });
  return {
    lines,
    total: totalOf(input, lines),
    bases: facts,
    isContextElsewhere: copied.isElsewhere,
  };
}

/** Instructions that write no file content, whatever they say. */
const weightless: ReadonlySet<Keyword> = new Set<Keyword>([
  "ARG",
  "CMD",
  "ENTRYPOINT",
  "ENV",
  "EXPOSE",
  "HEALTHCHECK",
  "LABEL",
  "MAINTAINER",
  "ONBUILD",
  "SHELL",
  "STOPSIGNAL",
  "USER",
  "VOLUME",
  "WORKDIR",
]);

function told(
  { index }: Instruction,
  contentBytes: number | undefined,
  basis: Basis,
  context?: ContextBytes,
): LineForecast {
  return {
    instruction: index,
    contentBytes,
    basis: contentBytes === undefined ? "unknown" : basis,
    context,
  };
}

function lineOf(
  { image, attribution }: ForecastInput,
  instruction: Instruction,
  { byInstruction }: ContextLines,
): LineForecast {
  const context = byInstruction.get(instruction.index);
  const weight = attribution?.instructions[instruction.index];
  if (context?.kind === "known" && isRecounted(image, weight, context.contentBytes)) {
    return told(instruction, context.contentBytes, "context", context);
  }
  if (weight?.contentBytes !== undefined) {
    return told(instruction, weight.contentBytes, weight.basis, context);
  }
  return weightless.has(instruction.keyword)
    ? told(instruction, 0, "predicted", context)
    : told(instruction, undefined, "unknown", context);
}

/**
 * Whether the context tells more of the next build than the image does. What an engine's history prints of a layer is not quite the sum of its
 * files: until they are read a line that did not change keeps it.
 */
function isRecounted(
  image: Image | undefined,
  weight: Pick<Attribution["instructions"][number], "contentBytes" | "basis"> | undefined,
  contextBytes: number,
): boolean {
  if (weight?.contentBytes === undefined || weight.basis === "stale") return true;
  return image?.state === "read" && weight.contentBytes !== contextBytes;
}

/** What a stage starts with: bytes, and where they come from. */
function fromOf(
  input: ForecastInput,
  stage: Stage | undefined,
  facts: BaseFacts | undefined,
): readonly [number | undefined, Basis] {
  if (stage === undefined) return [undefined, "unknown"];
  if (stage.base.kind === "stage" && stage.base.stage < stage.index) return [0, "predicted"];
  const weight = input.attribution?.instructions[stage.from.index];
  if (weight?.contentBytes !== undefined && !isExchanged(input, stage)) {
    return [weight.contentBytes, weight.basis];
  }
  return stage.base.kind === "scratch" ? [0, "predicted"] : [contentBytesOf(facts), "base"];
}

function contentBytesOf(facts: BaseFacts | undefined): number | undefined {
  const root = facts === undefined ? undefined : rootFacts(facts);
  return root === undefined || root.kind === "unknown" ? undefined : root.sizes.content?.bytes;
}

function isExchanged({ dockerfile, image, bases }: ForecastInput, stage: Stage): boolean {
  return (
    image !== undefined &&
    rootStage(dockerfile) === stage &&
    isBaseChanged(dockerfile, image, bases)
  );
}

function totalOf(input: ForecastInput, lines: readonly LineForecast[]): TotalForecast | undefined {
  const { dockerfile, image, attribution } = input;
  const last = dockerfile.stages.at(-1);
  if (last === undefined) return undefined;
  if (attribution?.reason !== undefined) return undefined;
  if (isOfEarlierStage(last, attribution)) return undefined;
  const chain = stageChain(dockerfile, last)
    .flatMap(({ instructions }) => instructions)
    .flatMap(({ index }) => lines[index] ?? []);
  const lost = image === undefined ? [] : lostLayers(attribution);
  const triggered = lost.filter((layer) => isTriggered(input, layer));
  const triggeredBytes = image === undefined ? 0 : contentOf(image, triggered);
  if (triggeredBytes === undefined) return undefined;
  const isMeasured = chain.every(
    ({ basis, instruction }) =>
      basis === "measured" ||
      (basis === "predicted" && attribution?.instructions[instruction]?.basis === "measured"),
  );
  return {
    knownBytes: chain.reduce((sum, { contentBytes = 0 }) => sum + contentBytes, triggeredBytes),
    unknown: chain.flatMap(({ contentBytes, instruction }) =>
      contentBytes === undefined ? [instruction] : [],
    ),
    isPrediction: image === undefined || !isMeasured || triggered.length < lost.length,
  };
}

/** Whether the image is one of an earlier stage (`--target`), which says nothing of the last one. */
function isOfEarlierStage({ from }: Stage, attribution: Attribution | undefined): boolean {
  const weight = attribution?.instructions[from.index];
  return weight?.basis === "unknown" && weight.layers.length === 0;
}

/** Layers above the base that no line of the file stands for: their lines are gone, or the base made the builder write them. */
function lostLayers(attribution: Attribution | undefined): readonly number[] {
  return (attribution?.layers ?? []).flatMap(({ origin, instruction }, layer) =>
    origin === "own" && instruction === undefined ? [layer] : [],
  );
}

/** Whether a layer was written by an ONBUILD of the base: those run before all lines of the file. */
function isTriggered({ dockerfile, attribution, bases }: ForecastInput, layer: number): boolean {
  const base = rootStage(dockerfile)?.base;
  const held = base?.kind === "image" ? bases?.heldOf(base.name) : undefined;
  const first = attribution?.layers.findIndex(({ instruction }) => instruction !== undefined) ?? -1;
  return held?.hasTriggers === true && (first < 0 || layer < first);
}
