import type { Analysis } from "../analysis.ts";
import { shortDigest } from "../image/digest.ts";
import type { Image, Layer } from "../image/image.ts";
import { formatExactBytes, formatSize } from "../text/size.ts";
import { type Forest, groveOf, isBaseLayer, isNodeShown, shownBytes } from "./layerTreeGrove.ts";
import type { TreeView } from "./layerTreeOptions.ts";
import type { LayerTreeRow } from "./layerTreeRow.ts";
import { partOfWhole, rowId } from "./layerTreeRow.ts";
import { instructionText } from "./instructionText.ts";
import { lineNumberOfLayer } from "./layerLines.ts";
import { escapeSteering, fitEnd } from "./reportCells.ts";
import { layerBytes, writerOf } from "./totals.ts";

/**
 * One row for each layer, heaviest first, equal ones base first, or all in the order of the build. Those whose bytes are not known stand last. A layer
 * of which nothing is shown has no row.
 */
export function layerRows(
  analysis: Analysis,
  image: Image,
  view: TreeView,
): readonly LayerTreeRow[] {
  const { ownOnly, sortBy } = view.options;
  const shown = image.description.layers
    .map((_, index) => shownLayer(analysis, image, view, index))
    .filter(({ index, isEmpty }) => {
      const isLeftOut = ownOnly === true && isBaseLayer(analysis, index);
      return !isLeftOut && !isEmpty;
    });
  const ordered =
    sortBy === "name" ? shown : shown.toSorted((a, b) => (b.bytes ?? -1) - (a.bytes ?? -1));
  return ordered.map((each) => layerRow(analysis, image, each));
}

/** A layer as far as it is shown. */
interface ShownLayer {
  readonly index: number;
  readonly layer: Layer | undefined;
  /** Of what is shown; undefined while not known. */
  readonly bytes: number | undefined;
  readonly totalBytes: number | undefined;
  readonly isEmpty: boolean;
}

function shownLayer(analysis: Analysis, image: Image, view: TreeView, index: number): ShownLayer {
  const totalBytes = layerBytes(image, index);
  const layer = image.state === "read" ? image.read.layers[index] : undefined;
  const grove =
    image.state === "read"
      ? groveOf({ analysis, read: image.read, view }, { kind: "layer", index })
      : undefined;
  if (grove?.pick === undefined)
    return { index, layer, bytes: totalBytes, totalBytes, isEmpty: false };
  const isEmpty = !isNodeShown(grove, 0);
  return { index, layer, bytes: shownBytes(grove, 0), totalBytes, isEmpty };
}

function layerRow(analysis: Analysis, image: Image, shown: ShownLayer): LayerTreeRow {
  const { index, layer, bytes } = shown;
  const text = textOfLayer(analysis, image, index);
  const size = sizeOf(shown);
  const lineNumber = lineNumberOfLayer(analysis, index);
  const { imageId } = image.description;
  const forest: Forest = { kind: "layer", index };
  return {
    id: rowId(imageId, { kind: "node", forest, node: 0, after: undefined }),
    kind: "layer",
    label: fitEnd(text, 60),
    description: [size, ...wasteText(layer), shortWriter(analysis, index)].join(" · "),
    tooltip: [text, ...measures(layer, shown.totalBytes), placeOf(image, index)].join("\n"),
    accessibilityLabel: `Layer ${index + 1}, ${size}, written by ${writerOf(analysis, index)}: ${fitEnd(text, 120)}.`,
    icon: isBaseLayer(analysis, index) ? "lock" : "layers",
    hasChildren: layer !== undefined && layer.tree.nodeCount > 1,
    layer: index,
    ...(bytes === undefined ? {} : { bytes }),
    ...(lineNumber === undefined ? {} : { line: lineNumber - 1 }),
  };
}

function sizeOf({ bytes, totalBytes }: ShownLayer): string {
  if (bytes === undefined || totalBytes === undefined) return "size not known yet";
  return partOfWhole(bytes, totalBytes);
}

function wasteText(layer: Layer | undefined): readonly string[] {
  if (layer === undefined || layer.wastedBytes === 0) return [];
  if (layer.wastedBytes === layer.contentBytes) return ["all wasted"];
  return [`${formatSize(layer.wastedBytes)} wasted`];
}

function measures(layer: Layer | undefined, bytes: number | undefined): readonly string[] {
  return [
    ...(bytes === undefined ? [] : [`${formatExactBytes(bytes)} of files`]),
    ...(layer === undefined ? [] : [`${formatExactBytes(layer.tarBytes)} as tar`]),
    ...(layer?.transferBytes === undefined
      ? []
      : [`${formatExactBytes(layer.transferBytes)} compressed`]),
  ];
}

function placeOf({ description }: Image, index: number): string {
  const diffId = description.layers[index]?.diffId ?? "";
  return `Layer ${index + 1} of ${description.layers.length}, diffId ${shortDigest(diffId)}`;
}

/** `line 7`, `base`, or `line unknown`. */
function shortWriter(analysis: Analysis, layer: number): string {
  const lineNumber = lineNumberOfLayer(analysis, layer);
  if (lineNumber !== undefined) return `line ${lineNumber}`;
  return analysis.attribution?.layers[layer]?.origin === "base" ? "base" : "line unknown";
}

/** The instruction as it stands in the file, else the history row, else the layer's number. One line, safe to print. */
export function textOfLayer(
  { attribution, dockerfile }: Analysis,
  { description }: Image,
  layer: number,
): string {
  const origin = attribution?.layers[layer];
  const instruction =
    origin?.instruction === undefined ? undefined : dockerfile.instructions[origin.instruction];
  const row =
    origin?.historyIndex === undefined
      ? undefined
      : description.config.history[origin.historyIndex]?.createdBy;
  const text = instruction === undefined ? plainRow(row ?? "") : instructionText(instruction);
  const line = escapeSteering(text.slice(0, 2000).replaceAll(/\s+/g, " ").trim());
  return line === "" ? `Layer ${layer + 1}` : line;
}

/** A history row without what builders write around the instruction; long digests are shortened. FACTS §3 2. */
function plainRow(createdBy: string): string {
  return createdBy
    .slice(0, 2000)
    .replace(/^\/bin\/sh -c #\(nop\)\s+/, "")
    .replace(/^(?:RUN )?\/bin\/sh -c /, "RUN ")
    .replace(/\s*# buildkit\s*$/, "")
    .replaceAll(/\b((?:file|dir|multi|sha256):[0-9a-f]{12})[0-9a-f]{20,}/g, "$1");
}
