import type { Analysis } from "../analysis.ts";
import type { Instruction } from "../dockerfile/syntax.ts";
import { shortDigest } from "../image/digest.ts";
import type { ReadImage } from "../image/image.ts";
import type { InstructionWeight } from "../join/attribution.ts";
import { counted } from "../text/counted.ts";
import { formatExactBytes, formatSize } from "../text/size.ts";
import type { CardList, CardPart, CardRow, Fact, HoverMemory } from "./hoverCard.ts";
import { placesOf, rowLimit, wasteOf } from "./hoverCard.ts";
import { packageLists } from "./hoverPackages.ts";
import { basisSentence, pairingSentence } from "./sentences.ts";
import { formatShare, imageBytes, sizeWithExact, weightOf, writerOf } from "./totals.ts";
import type { WasteGroup } from "./wasteGroups.ts";
import { hiddenHow, wastePath } from "./wasteGroups.ts";

/** Groups of waste named in one list. */
const groupLimit = 4;

/** What the instruction weighs in the image and why; undefined when it can have no bytes or nothing is known of it. */
export function instructionFacts(
  analysis: Analysis,
  instruction: Instruction,
  memory: HoverMemory,
): CardPart | undefined {
  const weight = weightOf(analysis, instruction);
  if (weight === undefined) return undefined;
  if (weight.contentBytes === undefined) return unknownWeight(analysis, instruction, weight);
  if (weight.layers.length === 0 && weight.contentBytes === 0) return undefined;
  const read = analysis.image?.state === "read" ? analysis.image.read : undefined;
  const layers = new Set(weight.layers);
  return {
    title: titleOf(analysis, instruction, weight.contentBytes),
    facts: [
      exactFact(instruction, weight, weight.contentBytes),
      ...byteFact("Wasted", weight.wastedBytes),
      ...byteFact("Hides", weight.hidesBytes, " of earlier layers"),
      ...layerFact(analysis, weight),
    ],
    lists:
      read === undefined
        ? []
        : [
            largestIn(read, weight, memory),
            ...packageLists(read, instruction, weight, memory),
            wastedHere(analysis, read, layers, memory),
            hiddenFromOthers(analysis, read, layers, memory),
          ].filter((list) => list.rows.length > 0),
    notes: [basisSentence(analysis, weight.basis), ...pairingSentence(instruction, weight)],
    isInTree: weight.layers.length > 0,
  };
}

/** Says why a line of the built stage has no number, or none yet; silent for lines that never have one. */
function unknownWeight(
  { attribution, dockerfile, image }: Analysis,
  instruction: Instruction,
  { layers }: InstructionWeight,
): CardPart | undefined {
  if (layers.length > 0 && image?.state === "described") {
    return { title: "Size not known yet", facts: [], lists: [], notes: [], isInTree: true };
  }
  const reason = attribution?.reason;
  const isInFinalStage = dockerfile.stages.at(-1)?.instructions.includes(instruction) ?? false;
  const canWeigh = ["RUN", "COPY", "ADD", "WORKDIR"].includes(instruction.keyword);
  if (reason === undefined || !isInFinalStage || !canWeigh) return undefined;
  return { title: "Size not known", facts: [], lists: [], notes: [reason], isInTree: false };
}

function titleOf({ image }: Analysis, { keyword }: Instruction, bytes: number): string {
  const total = imageBytes(image);
  const share = total === undefined ? undefined : formatShare(bytes, total);
  const size = `${keyword === "FROM" ? "base " : ""}${formatSize(bytes)}`;
  return share === undefined ? size : `${size} · ${share} of the image`;
}

function exactFact(
  { keyword }: Instruction,
  { layers, basis }: InstructionWeight,
  bytes: number,
): Fact {
  const where = counted(layers.length, "layer");
  const past = basis === "stale" ? " as last built" : "";
  const label = keyword === "FROM" ? "Base" : "Exactly";
  return { label, value: `${formatExactBytes(bytes)} in ${where}${past}` };
}

/** Nothing for 0 and for what is not known. */
function byteFact(label: string, bytes: number | undefined, tail = ""): readonly Fact[] {
  if (bytes === undefined || bytes === 0) return [];
  return [{ label, value: `${sizeWithExact(bytes)}${tail}` }];
}

function layerFact({ image }: Analysis, { layers }: InstructionWeight): readonly Fact[] {
  const [first] = layers;
  const descriptors = image?.description.layers ?? [];
  const descriptor = first === undefined ? undefined : descriptors[first];
  if (first === undefined || descriptor === undefined || layers.length > 1) return [];
  return [
    { label: "Layer", value: `${first + 1} of ${descriptors.length}` },
    { label: "diffId", value: shortDigest(descriptor.diffId), isCode: true },
  ];
}

function largestIn(read: ReadImage, { layers }: InstructionWeight, memory: HoverMemory): CardList {
  const rows = layers
    .flatMap((index) => {
      const layer = read.layers[index];
      const places = layer === undefined ? [] : placesOf(memory, layer.tree);
      return places.map((place) => ({ ...place, layer: index }));
    })
    .toSorted((a, b) => b.bytes - a.bytes)
    .slice(0, rowLimit)
    .map(({ bytes, path, isDirectory, layer }) => ({
      text: formatSize(bytes),
      ...(isDirectory ? { path: `${path}/` } : { path, fileIn: layer }),
    }));
  return { heading: layers.length === 1 ? "Largest in this layer" : "Largest here", rows };
}

function wastedHere(
  analysis: Analysis,
  read: ReadImage,
  layers: ReadonlySet<number>,
  memory: HoverMemory,
): CardList {
  return {
    heading: "Wasted here",
    rows: groupRows(
      read,
      wasteOf(memory, read).filter((group) => layers.has(group.writtenByLayer)),
      ({ kind, hiddenByLayer }) => hiddenHow(kind, writerOf(analysis, hiddenByLayer)),
    ),
  };
}

function hiddenFromOthers(
  analysis: Analysis,
  read: ReadImage,
  layers: ReadonlySet<number>,
  memory: HoverMemory,
): CardList {
  return {
    heading: "Hidden by this line",
    rows: groupRows(
      read,
      wasteOf(memory, read).filter((group) => layers.has(group.hiddenByLayer)),
      ({ kind, writtenByLayer }) => `${kind}, written by ${writerOf(analysis, writtenByLayer)}`,
    ),
  };
}

function groupRows(
  read: ReadImage,
  groups: readonly WasteGroup[],
  say: (group: WasteGroup) => string,
): readonly CardRow[] {
  const rest = groups.slice(groupLimit);
  const rows = groups.slice(0, groupLimit).map((group) => ({
    text: `${formatSize(group.bytes)} ${say(group)}${group.count === 1 ? "" : `, ${group.count} files, most in`}`,
    path: wastePath(read, group.heaviestRow),
  }));
  if (rest.length === 0) return rows;
  const restBytes = rest.reduce((sum, { bytes }) => sum + bytes, 0);
  return [...rows, { text: `${formatSize(restBytes)} in other ways`, path: undefined }];
}
