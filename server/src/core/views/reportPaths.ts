import type { Analysis } from "../analysis.ts";
import type { FileTree } from "../image/fileTree.ts";
import { nodeKind, pathOf } from "../image/fileTree.ts";
import type { ReadImage, WasteKind } from "../image/image.ts";
import { wasteKinds } from "../image/image.ts";
import { formatExactBytes, formatSize } from "../text/size.ts";
import { lineNumberOfLayer } from "./report.ts";
import { columnsOf, escapeSteering, fitPath, padLeft, padRight } from "./reportCells.ts";
import type { TextOptions } from "./reportPaint.ts";
import { paintFor } from "./reportPaint.ts";
import type { Spot, WeighedTree } from "./reportSpots.ts";
import { heavySpots, spotOfNodes, sumUpwards } from "./reportSpots.ts";

/** What one spot gathers over the rows or nodes that it counts. */
interface Gathered {
  fileCount: number;
  readonly kinds: Set<WasteKind>;
  readonly writtenBy: Set<number>;
  readonly hiddenBy: Set<number>;
}

/** Where the wasted bytes lie: sums by kind, then the heaviest places with the lines that wrote and hid them. Empty without waste. */
export function wasteSection(
  read: ReadImage,
  analysis: Analysis,
  options: TextOptions,
): readonly string[] {
  if (read.wastedBytes === 0) return [];
  const paint = paintFor(options);
  const spots = heavySpots(weighWaste(read), options.top);
  const gathered = gatherWaste(read, spots);
  const kindColumns = 14;
  const layerColumns = 10;
  const pathColumns = options.columns - (2 + 8 + 2 + kindColumns + 2 * (2 + layerColumns) + 2);
  const rows = spots.map((spot, index) => {
    const facts = gathered[index] ?? emptyGathered();
    const tree = read.layers[spot.tree]?.tree;
    return [
      `  ${padLeft(formatSize(spot.bytes), 8)}`,
      paint("yellow", padRight(kindNames(facts.kinds), kindColumns)),
      padRight(layerNames(facts.writtenBy, analysis), layerColumns),
      padRight(layerNames(facts.hiddenBy, analysis), layerColumns),
      tree === undefined ? "" : spotName(tree, spot, facts.fileCount, pathColumns),
    ].join("  ");
  });
  const head = `  ${padLeft("WASTED", 8)}  ${padRight("KIND", kindColumns)}  ${padRight("WRITTEN BY", layerColumns)}  ${padRight("HIDDEN BY", layerColumns)}  PATH`;
  return [
    `${paint("bold", "Waste")} ${paint("dim", sumsByKind(read, options))}`,
    paint("dim", head),
    ...rows,
    ...elsewhere(read.wastedBytes, spots, options),
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
  const tree = read.finalTree;
  const spots = heavySpots([{ tree, subtreeBytes: tree.subtreeBytes }], options.top);
  const gathered = gatherFiles(tree, spots);
  const layerColumns = 10;
  const pathColumns = options.columns - (2 + 8 + 2 + layerColumns + 2);
  const rows = spots.map((spot, index) => {
    const facts = gathered[index] ?? emptyGathered();
    return [
      `  ${padLeft(formatSize(spot.bytes), 8)}`,
      padRight(layerNames(facts.writtenBy, analysis), layerColumns),
      spotName(tree, spot, facts.fileCount, pathColumns),
    ].join("  ");
  });
  return [
    paint("bold", "Largest in the final file system"),
    paint("dim", `  ${padLeft("SIZE", 8)}  ${padRight("BROUGHT BY", layerColumns)}  PATH`),
    ...rows,
    ...elsewhere(read.finalContentBytes, spots, options),
  ];
}

/** The layers' trees with their wasted bytes alone, by node with all below it. */
function weighWaste({ layers, waste }: ReadImage): readonly WeighedTree[] {
  const weighed = layers.map(({ tree }) => ({
    tree,
    subtreeBytes: new Float64Array(tree.nodeCount),
  }));
  for (let row = 0; row < waste.count; row += 1) {
    const subtreeBytes = weighed[waste.writtenByLayer[row] ?? 0]?.subtreeBytes;
    const node = waste.node[row] ?? 0;
    if (subtreeBytes !== undefined) {
      subtreeBytes[node] = (subtreeBytes[node] ?? 0) + (waste.bytes[row] ?? 0);
    }
  }
  for (const { tree, subtreeBytes } of weighed) sumUpwards(tree, subtreeBytes);
  return weighed;
}

function gatherWaste(read: ReadImage, spots: readonly Spot[]): readonly Gathered[] {
  const { waste } = read;
  const gathered = spots.map(emptyGathered);
  const spotOf = read.layers.map((layer, index) => spotOfNodes(layer.tree, spots, index));
  for (let row = 0; row < waste.count; row += 1) {
    const layer = waste.writtenByLayer[row] ?? 0;
    const facts = gathered[spotOf[layer]?.[waste.node[row] ?? 0] ?? -1];
    if (facts === undefined) continue;
    facts.fileCount += 1;
    facts.kinds.add(wasteKinds[waste.kind[row] ?? 0] ?? "deleted");
    facts.writtenBy.add(layer);
    facts.hiddenBy.add(waste.hiddenByLayer[row] ?? 0);
  }
  return gathered;
}

function gatherFiles(tree: FileTree, spots: readonly Spot[]): readonly Gathered[] {
  const gathered = spots.map(emptyGathered);
  const spotOf = spotOfNodes(tree, spots, 0);
  for (let node = 1; node < tree.nodeCount; node += 1) {
    const facts = gathered[spotOf[node] ?? -1];
    if (facts === undefined || tree.kind[node] !== nodeKind.file) continue;
    facts.fileCount += 1;
    facts.writtenBy.add(tree.layer[node] ?? 0);
  }
  return gathered;
}

function emptyGathered(): Gathered {
  return { fileCount: 0, kinds: new Set(), writtenBy: new Set(), hiddenBy: new Set() };
}

function sumsByKind({ waste }: ReadImage, options: TextOptions): string {
  const sums = wasteKinds.map(() => 0);
  for (let row = 0; row < waste.count; row += 1) {
    const kind = waste.kind[row] ?? 0;
    sums[kind] = (sums[kind] ?? 0) + (waste.bytes[row] ?? 0);
  }
  return wasteKinds
    .map((kind, index) => ({ kind, bytes: sums[index] ?? 0 }))
    .filter(({ bytes }) => bytes > 0)
    .toSorted((a, b) => b.bytes - a.bytes)
    .map(({ kind, bytes }) => `${kind} ${formatSize(bytes)}`)
    .join(options.unicode ? " · " : ", ");
}

/** `line 7`, `base` for layers of the base image, `layer 2` where no line can be named; a few joined, many counted. */
function layerNames(layers: ReadonlySet<number>, analysis: Analysis): string {
  const names = new Set(
    [...layers].toSorted((a, b) => a - b).map((layer) => layerName(layer, analysis)),
  );
  const [first = "", ...others] = names;
  if (others.length === 0) return first;
  if (others.length === 1 && first.startsWith("line ") && others[0]?.startsWith("line ")) {
    const joined = `${first}, ${others[0].slice("line ".length)}`;
    if (joined.length <= 10) return joined;
  }
  return `${names.size} places`;
}

function layerName(layer: number, analysis: Analysis): string {
  const lineNumber = lineNumberOfLayer(analysis, layer);
  if (lineNumber !== undefined) return `line ${lineNumber}`;
  const isBase = analysis.attribution?.layers[layer]?.origin === "base";
  return isBase ? "base" : `layer ${layer}`;
}

function kindNames(kinds: ReadonlySet<WasteKind>): string {
  if (kinds.size > 1) return `${kinds.size} kinds`;
  return [...kinds].join("");
}

/** The path, a directory with how many files it stands for: `var/lib/apt/lists/ (34 files)`. */
function spotName(tree: FileTree, spot: Spot, fileCount: number, columns: number): string {
  const path = escapeSteering(pathOf(tree, spot.node));
  if (tree.kind[spot.node] !== nodeKind.directory) return fitPath(path, columns);
  const amount = formatExactBytes(fileCount).replace(/ B$/, "");
  const files = `${amount} ${spot.isRest ? "more " : ""}file${fileCount === 1 ? "" : "s"}`;
  const suffix = ` (${files})`;
  return fitPath(`${path}/`, Math.max(8, columns - columnsOf(suffix))) + suffix;
}

function elsewhere(
  wholeBytes: number,
  spots: readonly Spot[],
  options: TextOptions,
): readonly string[] {
  const restBytes = spots.reduce((rest, spot) => rest - spot.bytes, wholeBytes);
  if (restBytes === 0) return [];
  return [paintFor(options)("dim", `  ${padLeft(formatSize(restBytes), 8)}  elsewhere`)];
}
