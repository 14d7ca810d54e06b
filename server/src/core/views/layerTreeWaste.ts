import type { Analysis } from "../analysis.ts";
import { wasteKinds } from "../image/image.ts";
import { formatExactBytes, formatSize } from "../text/size.ts";
import { type Asked, groveOf, isBaseLayer, isNodeShown } from "./layerTreeGrove.ts";
import { pageOf } from "./layerTreePage.ts";
import type { LayerTreeRow } from "./layerTreeRow.ts";
import { moreRow, rowId } from "./layerTreeRow.ts";
import { lineNumberOfLayer } from "./layerLines.ts";
import { escapeSteering, fitPath } from "./reportCells.ts";
import { writerOf } from "./totals.ts";
import { hiddenHow, wastePath } from "./wasteGroups.ts";

/** One page of wasted files, heaviest first, or by path; equal ones by layer and path; then a row for the rest. A click goes to the line that hid the file. */
export function wastePage(asked: Asked, after: number | undefined): readonly LayerTreeRow[] {
  const { read, view } = asked;
  const { bytes } = read.waste;
  const byWeight = (a: number, b: number): boolean => {
    const difference = (bytes[a] ?? 0) - (bytes[b] ?? 0);
    return difference > 0 || (difference === 0 && a < b);
  };
  // Rows of the table stand by layer, then by path.
  const byPlace = (a: number, b: number): boolean => a < b;
  const comesBefore = view.options.sortBy === "name" ? byPlace : byWeight;
  const page = pageOf(shownWaste(asked), comesBefore, after);
  const last = page.members.at(-1);
  const { imageId } = read.description;
  return [
    ...page.members.map((row) => wasteRow(asked.analysis, read, row)),
    ...moreRow(imageId, { kind: "waste", after: last }, page.restCount),
  ];
}

/** Rows of the waste table that are shown, and their bytes. Against another image only the final file system counts, so that no waste is. */
export function shownWaste(asked: Asked): readonly number[] {
  const { analysis, read, view } = asked;
  const { waste } = read;
  const { filter = "", ownOnly, comparedWith } = view.options;
  if (comparedWith !== undefined || waste.count === 0) return [];
  const isFiltered = filter.trim() !== "";
  const groves = read.layers.map((_, index) =>
    isFiltered ? groveOf(asked, { kind: "layer", index }) : undefined,
  );
  const isLeftOut = read.layers.map((_, layer) => ownOnly === true && isBaseLayer(analysis, layer));
  const rows: number[] = [];
  for (let row = 0; row < waste.count; row += 1) {
    const layer = waste.writtenByLayer[row] ?? 0;
    const grove = groves[layer];
    const isFine = grove === undefined || isNodeShown(grove, waste.node[row] ?? 0);
    if (isFine && isLeftOut[layer] !== true) rows.push(row);
  }
  return rows;
}

function wasteRow(analysis: Analysis, read: Asked["read"], row: number): LayerTreeRow {
  const { waste, description } = read;
  const ownPath = wastePath(read, row);
  const path = escapeSteering(ownPath);
  const bytes = waste.bytes[row] ?? 0;
  const hiddenBy = waste.hiddenByLayer[row] ?? 0;
  const writer = writerOf(analysis, waste.writtenByLayer[row] ?? 0);
  const kind = wasteKinds[waste.kind[row] ?? 0] ?? "deleted";
  const how = hiddenHow(kind, writerOf(analysis, hiddenBy));
  const lineNumber = lineNumberOfLayer(analysis, hiddenBy);
  return {
    id: rowId(description.imageId, { kind: "wasteRow", row }),
    kind: "waste",
    label: fitPath(path, 60),
    description: `${formatSize(bytes)} · ${how}`,
    tooltip: `${path}\n${formatExactBytes(bytes)}\nWritten by ${writer}, ${how}`,
    accessibilityLabel: `Wasted file ${fitPath(path, 100)}, ${formatSize(bytes)}, written by ${writer}, ${how}.`,
    icon: "trash",
    hasChildren: false,
    path: ownPath,
    layer: waste.writtenByLayer[row] ?? 0,
    bytes,
    ...(lineNumber === undefined ? {} : { line: lineNumber - 1 }),
  };
}
