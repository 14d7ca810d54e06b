import type { Analysis } from "../analysis.ts";
import { nodeKind, pathOf } from "../image/fileTree.ts";
import type { ReadImage } from "../image/image.ts";
import { wasteKinds } from "../image/image.ts";
import { formatExactBytes, formatSize } from "../text/size.ts";
import { lineNumberOfLayer } from "./layerLines.ts";
import { columnsOf, escapeSteering, fitPath, padLeft, padRight } from "./reportCells.ts";
import type { TextOptions } from "./reportPaint.ts";
import { paintFor } from "./reportPaint.ts";
import type { Place, WeighedRows } from "./reportSpots.ts";
import { findPlaces } from "./reportSpots.ts";

const kindColumns = 13;
const layerColumns = 10;
const sizeColumns = 8;

/** Where the wasted bytes lie: sums by kind, then the heaviest places with the lines that wrote and hid them. Empty without waste. */
export function wasteSection(
  read: ReadImage,
  analysis: Analysis,
  options: TextOptions,
): readonly string[] {
  if (read.wastedBytes === 0) return [];
  const paint = paintFor(options);
  const places = findPlaces(wasteRows(read), options.top);
  const row = (place: Place): string => {
    const { kind, writtenByLayer, hiddenByLayer } = wasteGroup(place.group);
    return tableRow(place, options, [
      paint("yellow", padRight(wasteKinds[kind] ?? "", kindColumns)),
      padRight(layerName(writtenByLayer, analysis), layerColumns),
      padRight(layerName(hiddenByLayer, analysis), layerColumns),
    ]);
  };
  return [
    `${paint("bold", "Waste")}  ${formatSize(read.wastedBytes)} in layers, not in the final files`,
    ...wrapParts(sumsByKind(read), options).map((line) => paint("dim", line)),
    paint("dim", tableHead("WASTED", ["KIND".padEnd(kindColumns), "WRITTEN BY", "HIDDEN BY "])),
    ...places.map(row),
    ...elsewhere(read.wastedBytes, places, options),
  ];
}

/** The heaviest places of the final file system with the lines that brought them. Empty for an empty image. */
export function largestSection(
  read: ReadImage,
  analysis: Analysis,
  options: TextOptions,
): readonly string[] {
  if (read.finalContentBytes === 0) return [];
  const paint = paintFor(options);
  const places = findPlaces(fileRows(read), options.top);
  return [
    `${paint("bold", "Final files")}  ${formatSize(read.finalContentBytes)}, largest first`,
    paint("dim", tableHead("SIZE", ["BROUGHT BY"])),
    ...places.map((place) =>
      tableRow(place, options, [padRight(layerName(place.group, analysis), layerColumns)]),
    ),
    ...elsewhere(read.finalContentBytes, places, options),
  ];
}

/** Rows of one kind that one layer wrote and one layer hid belong together. */
function wasteRows({ waste, layers, finalTree }: ReadImage): WeighedRows {
  const layerOf = (row: number): number => waste.writtenByLayer[row] ?? 0;
  return {
    count: waste.count,
    treeOf: (row) => layers[layerOf(row)]?.tree ?? finalTree,
    nodeOf: (row) => waste.node[row] ?? 0,
    bytesOf: (row) => waste.bytes[row] ?? 0,
    groupOf: (row) =>
      (layerOf(row) * 0x1_0000 + (waste.hiddenByLayer[row] ?? 0)) * wasteKinds.length +
      (waste.kind[row] ?? 0),
  };
}

/** What `groupOf` of `wasteRows` put together. */
function wasteGroup(group: number): {
  readonly kind: number;
  readonly writtenByLayer: number;
  readonly hiddenByLayer: number;
} {
  const layers = Math.floor(group / wasteKinds.length);
  return {
    kind: group % wasteKinds.length,
    writtenByLayer: Math.floor(layers / 0x1_0000),
    hiddenByLayer: layers % 0x1_0000,
  };
}

/** Final files that one layer brought belong together. */
function fileRows({ finalTree: tree }: ReadImage): WeighedRows {
  return {
    count: tree.nodeCount,
    treeOf: () => tree,
    nodeOf: (node) => node,
    bytesOf: (node) => tree.bytes[node] ?? 0,
    groupOf: (node) => (tree.kind[node] === nodeKind.file ? tree.layer[node] : undefined),
  };
}

/** `deleted 15.5 MB`, largest first. */
function sumsByKind({ waste }: ReadImage): readonly string[] {
  const sums = wasteKinds.map(() => 0);
  for (let row = 0; row < waste.count; row += 1) {
    const kind = waste.kind[row] ?? 0;
    sums[kind] = (sums[kind] ?? 0) + (waste.bytes[row] ?? 0);
  }
  return wasteKinds
    .map((kind, index) => ({ kind, bytes: sums[index] ?? 0 }))
    .filter(({ bytes }) => bytes > 0)
    .toSorted((a, b) => b.bytes - a.bytes)
    .map(({ kind, bytes }) => `${kind} ${formatSize(bytes)}`);
}

/** The parts in indented lines, as many in a line as fit. */
function wrapParts(parts: readonly string[], options: TextOptions): readonly string[] {
  const separator = options.unicode ? " · " : ", ";
  return parts.reduce<readonly string[]>((lines, part) => {
    const last = lines.at(-1);
    const joined = `${last}${separator}${part}`;
    return last === undefined || joined.length > options.columns
      ? [...lines, `  ${part}`]
      : [...lines.slice(0, -1), joined];
  }, []);
}

/** `line 7`, `base` for layers of the base image, `layer 2` where no line can be named. */
function layerName(layer: number, analysis: Analysis): string {
  const lineNumber = lineNumberOfLayer(analysis, layer);
  if (lineNumber !== undefined) return `line ${lineNumber}`;
  const isBase = analysis.attribution?.layers[layer]?.origin === "base";
  return isBase ? "base" : `layer ${layer}`;
}

function tableHead(size: string, cells: readonly string[]): string {
  return [`  ${padLeft(size, sizeColumns)}`, ...cells, "PATH"].join("  ");
}

function tableRow(place: Place, options: TextOptions, cells: readonly string[]): string {
  const widths =
    cells.length === 1 ? layerColumns : kindColumns + 2 + layerColumns + 2 + layerColumns;
  const pathColumns = options.columns - (2 + sizeColumns + 2 + widths + 2);
  const size = `  ${padLeft(formatSize(place.bytes), sizeColumns)}`;
  return [size, ...cells, placeName(place, pathColumns)].join("  ");
}

/** The path, a directory with how many files it stands for where there is room: `var/lib/apt/lists/ (34 files)`. */
function placeName({ tree, node, rowCount, isRest }: Place, columns: number): string {
  const path = escapeSteering(pathOf(tree, node));
  if (tree.kind[node] !== nodeKind.directory) return fitPath(path, columns);
  const amount = formatExactBytes(rowCount).replace(/ B$/, "");
  const suffix = ` (${amount} ${isRest ? "more " : ""}file${rowCount === 1 ? "" : "s"})`;
  const left = columns - columnsOf(suffix);
  return left < 8 ? fitPath(`${path}/`, columns) : fitPath(`${path}/`, left) + suffix;
}

function elsewhere(
  wholeBytes: number,
  places: readonly Place[],
  options: TextOptions,
): readonly string[] {
  const restBytes = places.reduce((rest, place) => rest - place.bytes, wholeBytes);
  if (restBytes === 0) return [];
  const size = padLeft(formatSize(restBytes), sizeColumns);
  return [paintFor(options)("dim", `  ${size}  elsewhere`)];
}
