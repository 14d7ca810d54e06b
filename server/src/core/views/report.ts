import type { Analysis } from "../analysis.ts";
import type { BudgetVerdict } from "../budget/budget.ts";
import type { Keyword } from "../dockerfile/syntax.ts";
import { pathOf } from "../image/fileTree.ts";
import type { ReadImage, SourceKind, WasteKind, WasteTable } from "../image/image.ts";
import { wasteKinds } from "../image/image.ts";
import { formatPlatform } from "../image/imageConfig.ts";
import type { LineForecast } from "../forecast/forecast.ts";
import type { Basis, Confidence, InstructionWeight, LayerOrigin } from "../join/attribution.ts";
import { findingRows } from "./findings.ts";
import { instructionText } from "./instructionText.ts";
import { createdByOf, lineNumberOfLayer } from "./layerLines.ts";

/*
 * What `tare analyze --json` prints: one object whose fields, nulls and orders are a contract (DESIGN §5, server/schema/report.schema.json).
 * `null` stands here, and only here in core, because JSON has no undefined.
 */

/** The image that was read. */
export interface ReportImage {
  readonly reference: string;
  /** Digest of the config. */
  readonly imageId: string;
  /** `linux/arm64/v8`. */
  readonly platform: string;
  readonly source: SourceKind;
}

/** Sums over the whole image; `layerContentBytes = finalContentBytes + wastedBytes`, exactly. */
export interface ReportTotals {
  readonly layerContentBytes: number;
  readonly finalContentBytes: number;
  readonly wastedBytes: number;
  readonly tarBytes: number;
  /** Null as soon as one layer's is unknown. */
  readonly transferBytes: number | null;
  /** Regular files of the final file system, hard links counted by name. */
  readonly fileCount: number;
}

/** One real layer. */
export interface ReportLayer {
  /** 0 is the base layer. */
  readonly index: number;
  readonly diffId: string;
  readonly contentBytes: number;
  readonly tarBytes: number;
  readonly transferBytes: number | null;
  /** As the builder wrote it; null when the image has no row for this layer. */
  readonly createdBy: string | null;
  readonly origin: LayerOrigin["origin"];
  /** One-based; null for layers of the base image and where no line can be named. */
  readonly lineNumber: number | null;
}

/** One inode group that the final file system does not show, named by its first path. */
export interface ReportWaste {
  readonly path: string;
  readonly bytes: number;
  readonly kind: WasteKind;
  readonly writtenByLayer: number;
  readonly hiddenByLayer: number | null;
}

/** One instruction of the Dockerfile. */
export interface ReportInstruction {
  /** One-based line of the keyword. */
  readonly lineNumber: number;
  /** Index of the stage, from 0; null before the first FROM. */
  readonly stage: number | null;
  readonly keyword: Keyword;
  /** `instructionText`. */
  readonly text: string;
  readonly contentBytes: number | null;
  readonly wastedBytes: number | null;
  readonly basis: Basis;
  readonly confidence: Confidence | null;
}

/** What a rule reports. */
export interface ReportFinding {
  readonly code: string;
  readonly severity: "error" | "warning" | "information" | "hint";
  readonly message: string;
  readonly lineNumber: number;
  readonly endLineNumber: number;
  readonly savingBytes: number | null;
  readonly fixable: boolean;
}

/** One limit held against one total. */
export interface ReportBudget {
  readonly name: BudgetVerdict["name"];
  /** Only where a target states the limit. */
  readonly target?: string;
  /** Index of the stage, from 0, only where the limit holds for one that is not the final one. */
  readonly stage?: number;
  /** As written, only where the limit holds for this platform alone. */
  readonly platform?: string;
  readonly limitBytes: number;
  /** Null when it cannot be known, which is never over the limit. */
  readonly actualBytes: number | null;
  readonly basis: Basis;
  readonly ok: boolean;
}

/** The limit on layers, held against the image. No row of the budgets, for those are in bytes. */
export interface ReportLayerBudget {
  readonly platform?: string;
  readonly mostLayers: number;
  readonly actualLayers: number;
  readonly ok: boolean;
}

/** The whole report; fields in the order in which they are printed. */
export interface Report {
  readonly schemaVersion: 1;
  readonly image: ReportImage;
  readonly totals: ReportTotals;
  /** Base first. */
  readonly layers: readonly ReportLayer[];
  /** Largest first, equal sizes by path (UTF-16 order), equal paths by layer. Made row by row: an image can have a million. */
  readonly waste: Iterable<ReportWaste>;
  /** All instructions of the file, in order; empty without a Dockerfile. */
  readonly instructions: readonly ReportInstruction[];
  readonly findings: readonly ReportFinding[];
  readonly budgets: readonly ReportBudget[];
  /** Only where the layers are limited. */
  readonly layerBudget?: ReportLayerBudget;
}

/** The report of an image that was read to its last layer. An analysis of an empty text stands for no Dockerfile. */
export function reportOf(read: ReadImage, analysis: Analysis): Report {
  return {
    schemaVersion: 1,
    image: imageRow(read),
    totals: totalsRow(read),
    layers: layerRows(read, analysis),
    waste: { [Symbol.iterator]: () => wasteRows(read) },
    instructions: instructionRows(analysis),
    findings: findingRows(analysis),
    budgets: analysis.budgets.map((verdict) => ({
      name: verdict.name,
      ...(verdict.target === undefined ? {} : { target: verdict.target }),
      ...(verdict.stage === undefined ? {} : { stage: verdict.stage }),
      ...(verdict.platform === undefined ? {} : { platform: verdict.platform }),
      limitBytes: verdict.limitBytes,
      actualBytes: verdict.actualBytes ?? null,
      basis: verdict.basis,
      ok: verdict.isWithin,
    })),
    ...layerBudgetRow(read, analysis),
  };
}

/** What names an image in a report. */
export function imageRow({ description }: ReadImage): ReportImage {
  return {
    reference: description.reference,
    imageId: description.imageId,
    platform: formatPlatform(description.config.platform),
    source: description.source,
  };
}

function layerBudgetRow(
  { layers }: ReadImage,
  { layerBudget }: Analysis,
): Pick<Report, "layerBudget"> {
  if (layerBudget === undefined) return {};
  const { platform, mostLayers, isWithin } = layerBudget;
  return {
    layerBudget: {
      ...(platform === undefined ? {} : { platform }),
      mostLayers,
      actualLayers: layers.length,
      ok: isWithin,
    },
  };
}

/** The sums of an image. */
export function totalsRow(read: ReadImage): ReportTotals {
  return {
    layerContentBytes: read.layerContentBytes,
    finalContentBytes: read.finalContentBytes,
    wastedBytes: read.wastedBytes,
    tarBytes: read.tarBytes,
    transferBytes: read.transferBytes ?? null,
    fileCount: read.fileCount,
  };
}

function layerRows(read: ReadImage, analysis: Analysis): readonly ReportLayer[] {
  return read.layers.map((layer) => ({
    index: layer.index,
    diffId: layer.diffId,
    contentBytes: layer.contentBytes,
    tarBytes: layer.tarBytes,
    transferBytes: layer.transferBytes ?? null,
    createdBy: createdByOf(read, analysis, layer.index) ?? null,
    origin: analysis.attribution?.layers[layer.index]?.origin ?? "unknown",
    lineNumber: lineNumberOfLayer(analysis, layer.index) ?? null,
  }));
}

function instructionRows(analysis: Analysis): readonly ReportInstruction[] {
  const { dockerfile, attribution, forecast } = analysis;
  const stageOf = new Map(
    dockerfile.stages.flatMap((stage) =>
      stage.instructions.map((instruction) => [instruction.index, stage.index] as const),
    ),
  );
  return dockerfile.instructions.map((instruction) => {
    const weight = attribution?.instructions[instruction.index];
    const { contentBytes, basis } = bytesOf(weight, forecast.lines[instruction.index]);
    return {
      lineNumber: instruction.startLine + 1,
      stage: stageOf.get(instruction.index) ?? null,
      keyword: instruction.keyword,
      text: instructionText(instruction),
      contentBytes,
      wastedBytes: weight?.wastedBytes ?? null,
      basis,
      confidence: weight?.confidence ?? null,
    };
  });
}

/** As measured; for a line that the image does not hold, from the build context or of the base that was looked up. */
function bytesOf(
  weight: InstructionWeight | undefined,
  line: LineForecast | undefined,
): Pick<ReportInstruction, "contentBytes" | "basis"> {
  const isForeseen = line?.basis === "context" || line?.basis === "base";
  return weight?.contentBytes === undefined && isForeseen
    ? { contentBytes: line.contentBytes ?? null, basis: line.basis }
    : { contentBytes: weight?.contentBytes ?? null, basis: weight?.basis ?? "unknown" };
}

function* wasteRows({ waste, layers }: ReadImage): Generator<ReportWaste> {
  for (const rows of equalSizes(waste)) {
    const named = Array.from(rows, (row) => wasteRow(waste, layers, row));
    if (named.length > 1) named.sort(byPathThenLayer);
    yield* named;
  }
}

/** Rows of the table in runs of the same size, largest size first. */
function* equalSizes(waste: WasteTable): Generator<Uint32Array> {
  const { bytes } = waste;
  const order = Uint32Array.from({ length: waste.count }, (_, row) => row).sort(
    (a, b) => (bytes[b] ?? 0) - (bytes[a] ?? 0),
  );
  for (let start = 0; start < order.length;) {
    let end = start + 1;
    while (end < order.length && bytes[order[end] ?? 0] === bytes[order[start] ?? 0]) end += 1;
    yield order.subarray(start, end);
    start = end;
  }
}

function wasteRow(waste: WasteTable, layers: ReadImage["layers"], row: number): ReportWaste {
  const writtenByLayer = waste.writtenByLayer[row] ?? 0;
  const tree = layers[writtenByLayer]?.tree;
  return {
    path: tree === undefined ? "" : pathOf(tree, waste.node[row] ?? 0),
    bytes: waste.bytes[row] ?? 0,
    kind: wasteKinds[waste.kind[row] ?? 0] ?? "deleted",
    writtenByLayer,
    hiddenByLayer: waste.hiddenByLayer[row] ?? null,
  };
}

function byPathThenLayer(a: ReportWaste, b: ReportWaste): number {
  if (a.path !== b.path) return a.path < b.path ? -1 : 1;
  return a.writtenByLayer - b.writtenByLayer;
}
