import type { Analysis } from "../analysis.ts";
import type { ReadImage } from "../image/image.ts";
import type { InstructionWeight } from "../join/attribution.ts";
import { formatSize } from "../text/size.ts";
import { createdByOf, instructionText } from "./report.ts";
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
  const remarks = hasLines ? lineRemarks(analysis) : [];
  if (rows.length === 0 && remarks.length === 0) return [];
  return [
    tableHead(hasLines, options, paint),
    ...rows.map((row) => tableRow(row, read, options, paint)),
    ...remarks.map((remark) => paint("dim", fitEnd(`  ${remark}`, options.columns))),
  ];
}

function lineRows(read: ReadImage, analysis: Analysis): readonly WeightRow[] {
  const weights = analysis.attribution?.instructions ?? [];
  const rows = weights.flatMap((weight) => {
    const instruction = analysis.dockerfile.instructions[weight.instruction];
    const isSilent = !weight.contentBytes && !weight.hidesBytes && weight.layers.length === 0;
    if (instruction === undefined || weight.contentBytes === undefined || isSilent) return [];
    return {
      label: String(instruction.startLine + 1),
      bytes: weight.contentBytes,
      wastedBytes: weight.wastedBytes,
      text: escapeSteering(instructionText(instruction)),
      note: noteOf(weight),
    };
  });
  const namedBytes = rows.reduce((sum, row) => sum + row.bytes, 0);
  const unnamedBytes = read.layerContentBytes - namedBytes;
  if (unnamedBytes <= 0) return rows;
  const wastedBytes = rows.reduce((sum, row) => sum - (row.wastedBytes ?? 0), read.wastedBytes);
  const isExact = rows.every((row) => row.wastedBytes !== undefined);
  const rest = {
    label: "",
    bytes: unnamedBytes,
    wastedBytes: isExact ? wastedBytes : undefined,
    text: "layers that no line can be named for",
    note: "",
  };
  return [...rows, rest];
}

function noteOf(weight: InstructionWeight): string {
  const notes = [
    weight.basis === "measured" ? "" : weight.basis,
    weight.confidence === "likely" ? "likely" : "",
    weight.layers.length > 1 ? `${weight.layers.length} layers` : "",
    weight.hidesBytes ? `hides ${formatSize(weight.hidesBytes)}` : "",
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
      note: layer.hidesBytes > 0 ? `hides ${formatSize(layer.hidesBytes)}` : "",
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

function lineRemarks(analysis: Analysis): readonly string[] {
  const { attribution } = analysis;
  if (attribution === undefined) return [];
  const weights = attribution.instructions;
  const zeroCount = weights.filter(
    (weight) => weight.contentBytes === 0 && weight.layers.length === 0 && !weight.hidesBytes,
  ).length;
  const unknownCount = weights.filter((weight) => weight.contentBytes === undefined).length;
  return [
    attribution.reason === undefined ? "" : escapeSteering(attribution.reason),
    sentence(zeroCount, "instruction adds no layer.", "instructions add no layer."),
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

/** Columns before the text: label, size, waste and share with two blanks after each. */
const fixedColumns = 2 + 5 + 2 + 8 + 2 + 8 + 2 + 2 + 4 + 2;

function barColumns(options: TextOptions): number {
  return Math.max(6, Math.min(24, Math.floor(options.columns / 7)));
}

function tableHead(hasLines: boolean, options: TextOptions, paint: Paint): string {
  const share = padRight("SHARE", barColumns(options) + 2 + 4);
  const [label, text] = hasLines ? ["LINE", "INSTRUCTION"] : ["LAYER", "CREATED BY"];
  const head = `  ${padLeft(label, 5)}  ${padLeft("SIZE", 8)}  ${padLeft("WASTED", 8)}  ${share}  ${text}`;
  return paint("dim", head);
}

function tableRow(row: WeightRow, read: ReadImage, options: TextOptions, paint: Paint): string {
  const width = barColumns(options);
  const wasted =
    row.wastedBytes === undefined ? padLeft("?", 8) : padLeft(formatSize(row.wastedBytes), 8);
  const share = {
    bytes: row.bytes,
    wastedBytes: row.wastedBytes ?? 0,
    wholeBytes: read.layerContentBytes,
  };
  const textColumns = Math.max(10, options.columns - fixedColumns - width);
  const cells = [
    `  ${padLeft(row.label, 5)}`,
    padLeft(formatSize(row.bytes), 8),
    paint(row.wastedBytes ? "yellow" : "dim", wasted),
    `${bar(share, width, options, paint)}  ${padLeft(formatShare(row.bytes, read.layerContentBytes), 4)}`,
    textWithNote(row, textColumns, paint),
  ];
  return cells.join("  ");
}

/** The note stands whole behind the text; the text gives way, but not below a third of the width. */
function textWithNote(row: WeightRow, columns: number, paint: Paint): string {
  if (row.note === "") return fitEnd(row.text, columns);
  const note = fitEnd(`(${row.note})`, columns - Math.ceil(columns / 3) - 1);
  return `${fitEnd(row.text, columns - columnsOf(note) - 1)} ${paint("dim", note)}`;
}
