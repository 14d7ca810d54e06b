import { stageChain } from "../dockerfile/stages.ts";
import type { Dockerfile, Instruction, Keyword } from "../dockerfile/syntax.ts";
import type { Digest } from "../image/digest.ts";
import type { ReadImage } from "../image/image.ts";
import { formatPlatform, type ImageConfig } from "../image/imageConfig.ts";
import type { Attribution } from "../join/attribution.ts";
import { builtStage } from "../join/builtStage.ts";
import { textKey } from "./textKey.ts";

/** What one build of a Dockerfile weighed; what is kept when the image itself is gone. */
export interface BuildRecord {
  /** Of the config, as `ImageDescription.imageId`. */
  readonly imageId: Digest;
  /** As the user named the image then. */
  readonly reference: string;
  readonly platform: string;
  /** The stage that the image was built from: its name, or its number from 0. */
  readonly stage: string;
  /** When it was built, as the image says; when it was first seen, where the image says nothing credible. Milliseconds since 1970. */
  readonly timeMs: number;
  /** contentBytes of all layers. */
  readonly totalBytes: number;
  /** What was checked out at `timeMs` and still when the build was first seen; absent outside of git, and where that is not one commit. */
  readonly commit?: string;
  /** The base first, then what can write layers, in the order in which they were built. */
  readonly lines: readonly BuildLine[];
}

/** A line as it was built. */
export interface BuildLine {
  readonly keyword: Keyword;
  /** For people, cut at `longestText`. */
  readonly text: string;
  /** The same for two lines of the same text, however long. */
  readonly key: string;
  /** contentBytes of its layers; undefined where the image did not tell them apart, or the text was another one already. */
  readonly bytes: number | undefined;
}

/** When and where a build is recorded. */
export interface RecordingMoment {
  readonly nowMs: number;
  readonly commit: string | undefined;
}

/** Characters of a line that are kept. */
export const longestText = 400;

/** Images older than any builder say `1970` or worse: reproducible builds do so on purpose. */
const earliestMs = Date.UTC(2013, 0, 1);

const weighing: ReadonlySet<Keyword> = new Set(["ADD", "COPY", "RUN", "WORKDIR"]);

/** The build that an image is, by line as far as the file still reads as it was built; undefined where no stage of the file is in the image. */
export function buildRecordOf(
  dockerfile: Dockerfile,
  read: ReadImage,
  attribution: Attribution,
  { nowMs, commit }: RecordingMoment,
): BuildRecord | undefined {
  const stage = builtStage(dockerfile, attribution);
  if (stage === undefined) return undefined;
  const { imageId, reference, config } = read.description;
  return {
    imageId,
    reference,
    platform: formatPlatform(config.platform),
    stage: stage.name ?? String(stage.index),
    timeMs: builtMs(config, nowMs),
    totalBytes: read.layerContentBytes,
    ...(commit === undefined ? {} : { commit }),
    lines: builtInstructions(dockerfile, attribution).map((instruction) => {
      const weight = attribution.instructions[instruction.index];
      return {
        ...lineOf(dockerfile, instruction),
        bytes: weight?.basis === "measured" ? weight.contentBytes : undefined,
      };
    }),
  };
}

/** When an image was built, as far as it says something credible; else now, when it is seen. Milliseconds since 1970. */
export function builtMs({ created }: Pick<ImageConfig, "created">, nowMs: number): number {
  const createdMs = Date.parse(created ?? "");
  return createdMs >= earliestMs && createdMs <= nowMs ? createdMs : nowMs;
}

/** The FROM that the built stage starts with, then all that can write layers on top of it; empty where no stage of the file is in the image. */
export function builtInstructions(
  dockerfile: Dockerfile,
  attribution: Attribution,
): readonly Instruction[] {
  const stage = builtStage(dockerfile, attribution);
  if (stage === undefined) return [];
  const chain = stageChain(dockerfile, stage);
  return chain.flatMap(({ from, instructions }, at) =>
    instructions.filter(
      (instruction) => (at === 0 && instruction === from) || weighing.has(instruction.keyword),
    ),
  );
}

/** A line of the file in the words of a record. */
export function lineOf(
  { text }: Dockerfile,
  { keyword, span }: Instruction,
): Omit<BuildLine, "bytes"> {
  const written = text.slice(span.start, span.end).replaceAll(/\s+/g, " ").trim();
  return { keyword, text: written.slice(0, longestText), key: textKey(written) };
}
