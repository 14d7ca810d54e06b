import type { Analysis, Stage } from "../analysis.ts";
import type { Instruction } from "../dockerfile/syntax.ts";
import { stageForecast } from "../forecast/stageForecast.ts";
import type { InstructionWeight } from "../join/attribution.ts";
import { copiedStage } from "../rules/copiedStage.ts";
import { counted } from "../text/counted.ts";
import { formatSize } from "../text/size.ts";
import type { CardPart, Fact } from "./hoverCard.ts";
import { nameLines } from "./predicted.ts";
import { weightOf } from "./totals.ts";

/**
 * What `COPY --from` took in the built image: how many files, from where, and what is known of all that the stage holds. Undefined for other
 * lines, and where the image does not tell what the line weighs.
 */
export function takenPart(analysis: Analysis, instruction: Instruction): CardPart | undefined {
  const from = instruction.flags.find(({ name }) => name === "from")?.value;
  if (instruction.keyword !== "COPY" || from === undefined || from === "") return undefined;
  const weight = weightOf(analysis, instruction);
  if (weight?.contentBytes === undefined || weight.layers.length === 0) return undefined;
  const stage = copiedStage(analysis.dockerfile, instruction);
  const { facts, notes } = stage === undefined ? unseen : stageSaid(analysis, stage);
  return {
    title: stage === undefined ? `from ${from}` : `from the stage ${from}`,
    facts: [...fileFact(analysis, weight), ...facts],
    lists: [],
    notes,
    isInTree: true,
  };
}

/** Nothing until the layers are read. */
function fileFact({ image }: Analysis, { layers, basis }: InstructionWeight): readonly Fact[] {
  if (image?.state !== "read") return [];
  const { read } = image;
  const count = layers.reduce((sum, layer) => sum + (read.layers[layer]?.fileCount ?? 0), 0);
  const files = counted(count, "file");
  return [{ label: "Brought", value: basis === "stale" ? `${files} as last built` : files }];
}

type Said = Pick<CardPart, "facts" | "notes">;

/** Of an image that was only copied from. */
const unseen: Said = { facts: [], notes: [] };

/** What the stage itself weighs: measured only where the image stands on it, else as far as its lines can be told without it. */
function stageSaid({ dockerfile, forecast }: Analysis, stage: Stage): Said {
  const total = stageForecast(dockerfile, forecast, stage.index);
  if (total === undefined) return unseen;
  const { knownBytes, unknown, basis } = total;
  const label = "The whole stage";
  const size = formatSize(knownBytes);
  if (unknown.length === 0) return { facts: [{ label, value: `${size}, ${basis}` }], notes: [] };
  const lines = nameLines(unknown.flatMap((index) => dockerfile.instructions[index] ?? []));
  return {
    facts: [{ label, value: knownBytes === 0 ? "not known" : `at least ${size}, ${basis}` }],
    notes: [
      `The image holds only what was copied of this stage: what ${lines} brought to it is not known.`,
    ],
  };
}
