import type { Analysis } from "../analysis.ts";
import type { ReadImage } from "../image/image.ts";
import type { InstructionWeight } from "../join/attribution.ts";
import { formatSize } from "../text/size.ts";
import { createdByOf } from "./layerLines.ts";
import { instructionText } from "./instructionText.ts";
import { columnsOf, escapeSteering, fitEnd, padLeft, padRight } from "./reportCells.ts";
import type { Paint, TextOptions } from "./reportPaint.ts";
import { bar, formatShare, paintFor } from "./reportPaint.ts";

/** One line of the table: a Dockerfile line or a layer with its bytes. */
interface WeightRow {
  readonly label: string;
  readonly bytes: number;
  /** Undefined prints as `?`. */
  readonly wastedBytes: number | undefined;
  readonly text: string;
  /** What keeps the number from being plainly measured and certain, and what the line hides; "" for nothing. */
  readonly note: string;
}

/** What each Dockerfile line weighs, or each layer where there is no Dockerfile; then one sentence on the lines left out. */
export function weightSection(
  read: ReadImage,
  analysis: Analysis,
  options: TextOptions,
): readonly string[] {
  const hasLines = analysis.dockerfile.instructions.length > 0;
  const paint = paintFor(options);
  const rows = hasLines ? lineRows(read, analysis) : layerRows(read, analysis);
  const remarks = hasLines ? lineRemarks(read, analysis) : [];
  if (rows.length === 0 && remarks.length === 0) return [];
  const scale = {
    wholeBytes: read.layerContentBytes,
    largestBytes: rows.reduce((most, { bytes }) => Math.max(most, bytes), 0),
  };
  return [
    tableHead(hasLines, options, paint),
    ...rows.map((row) => tableRow(row, scale, options, paint)),
    ...remarks.map((remark) => paint("dim", fitEnd(`  ${remark}`, options.columns))),
  ];
}

function lineRows(read: ReadImage, analysis: Analysis): readonly WeightRow[] {
  const weights = analysis.attribution?.instructions ?? [];
  const rows = weights.flatMap((weight) => {
    const instruction = analysis.dockerfile.instructions[weight.instruction];
    if (instruction === undefined || isSilent(weight, read)) return [];
    return {
      label: String(instruction.startLine + 1),
      bytes: weight.contentBytes ?? 0,
      wastedBytes: weight.wastedBytes,
      text: escapeSteering(instructionText(instruction).replaceAll(/\s+/g, " ")),
      note: noteOf(weight, read),
    };
  });
  const unnamedBytes = rows.reduce((left, row) => left - row.bytes, read.layerContentBytes);
  return unnamedBytes > 0 ? [...rows, unnamedRow(read, rows, unnamedBytes)] : rows;
}

/** Whether the line is left to the remarks below the table: unknown, or without bytes and without hiding any to speak of. */
function isSilent(weight: InstructionWeight, read: ReadImage): boolean {
  return !weight.contentBytes && !isWorthANote(weight.hidesBytes, read);
}

function isWorthANote(hidesBytes: number | undefined, read: ReadImage): hidesBytes is number {
  return hidesBytes !== undefined && hidesBytes > 0 && hidesBytes >= read.layerContentBytes / 100;
}

/** What no line could be named for, so that the column adds up to the whole image. */
function unnamedRow(read: ReadImage, rows: readonly WeightRow[], bytes: number): WeightRow {
  const isKnown = rows.every((row) => row.wastedBytes !== undefined);
  const wastedBytes = rows.reduce((left, row) => left - (row.wastedBytes ?? 0), read.wastedBytes);
  return {
    label: "",
    bytes,
    wastedBytes: isKnown ? wastedBytes : undefined,
    text: "layers that no line can be named for",
    note: "",
  };
}

function noteOf(weight: InstructionWeight, read: ReadImage): string {
  const notes = [
    weight.basis === "measured" ? "" : weight.basis,
    weight.confidence === "likely" ? "likely" : "",
    weight.layers.length > 1 ? `${weight.layers.length} layers` : "",
    isWorthANote(weight.hidesBytes, read) ? `hides ${formatSize(weight.hidesBytes)}` : "",
  ];
  return notes.filter((note) => note !== "").join(", ");
}

function layerRows(read: ReadImage, analysis: Analysis): readonly WeightRow[] {
  return read.layers.map((layer) => {
    const createdBy = createdByOf(read, analysis, layer.index);
    return {
      label: String(layer.index),
      bytes: layer.contentBytes,
      wastedBytes: layer.wastedBytes,
      text:
        createdBy === undefined
          ? "(the image does not say what made it)"
          : escapeSteering(readableCreatedBy(createdBy)),
      note: isWorthANote(layer.hidesBytes, read) ? `hides ${formatSize(layer.hidesBytes)}` : "",
    };
  });
}

/** A history row without what builders wrap around the instruction, blanks joined. Only for reading: the JSON report has it as it is. */
function readableCreatedBy(createdBy: string): string {
  return createdBy
    .replace(/^\/bin\/sh -c #\(nop\)\s+/, "")
    .replace(/^(RUN )?\/bin\/sh -c /, "RUN ")
    .replace(/ # buildkit$/, "")
    .replaceAll(/\s+/g, " ")
    .trim();
}

function lineRemarks(read: ReadImage, { attribution }: Analysis): readonly string[] {
  if (attribution === undefined) return [];
  const silent = attribution.instructions.filter((weight) => isSilent(weight, read));
  const unknownCount = silent.filter((weight) => weight.contentBytes === undefined).length;
  return [
    attribution.reason === undefined ? "" : escapeSteering(attribution.reason),
    sentence(
      silent.length - unknownCount,
      "instruction adds no bytes.",
      "instructions add no bytes.",
    ),
    sentence(
      unknownCount,
      "instruction has no bytes of its own in this image.",
      "instructions have no bytes of their own in this image.",
    ),
  ].filter((remark) => remark !== "");
}

function sentence(amount: number, one: string, many: string): string {
  return amount === 0 ? "" : `${amount} ${amount === 1 ? one : many}`;
}

const labelColumns = 5;
const sizeColumns = 7;
const shareColumns = 4;

/** Columns before the text: label, size, waste, bar and share with the blanks between them. */
function columnsBeforeText(barWidth: number): number {
  return labelColumns + 2 * (2 + sizeColumns) + 2 + barWidth + 1 + shareColumns + 2;
}

function barColumns(options: TextOptions): number {
  return Math.max(6, Math.min(24, Math.floor(options.columns / 9)));
}

function tableHead(hasLines: boolean, options: TextOptions, paint: Paint): string {
  const [label, text] = hasLines ? ["LINE", "INSTRUCTION"] : ["LAYER", "CREATED BY"];
  const cells = [
    padLeft(label, labelColumns),
    padLeft("SIZE", sizeColumns),
    padLeft("WASTED", sizeColumns),
    padRight("SHARE", barColumns(options) + 1 + shareColumns),
    text,
  ];
  return paint("dim", cells.join("  "));
}

/** What percentages and bars are drawn against: a share is of the image, the longest bar is the heaviest row. */
interface Scale {
  readonly wholeBytes: number;
  readonly largestBytes: number;
}

function tableRow(row: WeightRow, scale: Scale, options: TextOptions, paint: Paint): string {
  const { bytes, wastedBytes } = row;
  const width = barColumns(options);
  const wasted = padLeft(wastedBytes === undefined ? "?" : formatSize(wastedBytes), sizeColumns);
  const drawn = { bytes, wastedBytes: wastedBytes ?? 0, wholeBytes: scale.largestBytes };
  const share = padLeft(formatShare(bytes, scale.wholeBytes), shareColumns);
  const cells = [
    padLeft(row.label, labelColumns),
    padLeft(formatSize(bytes), sizeColumns),
    paint(wastedBytes ? "yellow" : "dim", wasted),
    `${bar(drawn, width, options, paint)} ${share}`,
    textWithNote(row, Math.max(10, options.columns - columnsBeforeText(width)), paint),
  ];
  return cells.join("  ");
}

/** The note stands whole behind the text where it can; the text gives way, but keeps its first word. */
function textWithNote(row: WeightRow, columns: number, paint: Paint): string {
  if (row.note === "") return fitEnd(row.text, columns);
  const note = fitEnd(`(${row.note})`, columns - 9);
  return `${fitEnd(row.text, columns - columnsOf(note) - 1)} ${paint("dim", note)}`;
}
