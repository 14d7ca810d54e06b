import type { Analysis } from "../analysis.ts";
import { shortDigest } from "../image/digest.ts";
import type { Image, ReadImage } from "../image/image.ts";
import { formatExactBytes, formatSize } from "../text/size.ts";
import { directoryPage } from "./layerTreeFiles.ts";
import { layerRows } from "./layerTreeLayers.ts";
import type { LayerTreeRow, RowTarget } from "./layerTreeRow.ts";
import { parseRowId, rowId } from "./layerTreeRow.ts";
import { wastePage } from "./layerTreeWaste.ts";
import { escapeSteering, fitEnd } from "./reportCells.ts";
import { imageBytes } from "./totals.ts";

/**
 * Rows under `parent`, heaviest first; the top rows without one. Empty without an image, for rows that have no children, and for ids of
 * another image. Costs one scan of the directory's children, however many there are: at most `pageRows` rows are made.
 */
export function layerTreeRows(
  analysis: Analysis,
  parent: string | undefined,
): readonly LayerTreeRow[] {
  const { image } = analysis;
  if (image === undefined) return [];
  if (parent === undefined) return topRows(image);
  const target = parseRowId(parent, image.description.imageId);
  if (target === undefined) return [];
  if (target.kind === "image") return layerRows(analysis, image);
  return image.state === "read" ? rowsBelow(analysis, image.read, target) : [];
}

/** Another text as soon as some row may say something else; undefined without an image. Cost linear in the layers. */
export function layerTreeVersion({ image, attribution, dockerfile }: Analysis): string | undefined {
  if (image === undefined) return undefined;
  const lines = (attribution?.layers ?? []).map(({ origin, instruction }) =>
    instruction === undefined ? origin : dockerfile.instructions[instruction]?.startLine,
  );
  return [shortDigest(image.description.imageId), image.state, ...lines].join(" ");
}

function rowsBelow(
  analysis: Analysis,
  read: ReadImage,
  target: RowTarget,
): readonly LayerTreeRow[] {
  switch (target.kind) {
    case "image":
    case "wasteRow":
      return [];
    case "node":
      return directoryPage(analysis, read, target.layer, target.node, target.after);
    case "waste":
      return wastePage(analysis, read, target.after);
  }
}

function topRows(image: Image): readonly LayerTreeRow[] {
  const { description } = image;
  const bytes = imageBytes(image);
  const layerCount = countOf(description.layers.length, "layer");
  const name = escapeSteering(description.reference);
  const size = bytes === undefined ? "size not known yet" : formatSize(bytes);
  const imageRow: LayerTreeRow = {
    id: rowId(description.imageId, { kind: "image" }),
    kind: "image",
    label: fitEnd(name, 80),
    description: bytes === undefined ? layerCount : `${formatSize(bytes)} · ${layerCount}`,
    tooltip: [
      name,
      ...(bytes === undefined ? [] : [`${formatExactBytes(bytes)} in ${layerCount}`]),
      `Image id ${shortDigest(description.imageId)}`,
    ].join("\n"),
    accessibilityLabel: `Image ${name}, ${size}, ${layerCount}.`,
    icon: "package",
    hasChildren: description.layers.length > 0,
  };
  return [imageRow, ...(image.state === "read" ? wasteGroupRow(image.read) : [readingRow(image)])];
}

function wasteGroupRow({ description, wastedBytes, waste }: ReadImage): readonly LayerTreeRow[] {
  if (wastedBytes === 0) return [];
  const files = countOf(waste.count, "file");
  return [
    {
      id: rowId(description.imageId, { kind: "waste", after: undefined }),
      kind: "wasteGroup",
      label: "Waste",
      description: `${formatSize(wastedBytes)} · ${files}`,
      tooltip: `${formatExactBytes(wastedBytes)} in layers that the final file system does not show`,
      accessibilityLabel: `Waste, ${formatSize(wastedBytes)} in ${files} that the final file system does not show.`,
      icon: "trash",
      hasChildren: true,
    },
  ];
}

function readingRow({ description }: Image): LayerTreeRow {
  return {
    id: `${rowId(description.imageId, { kind: "image" })}/note`,
    kind: "note",
    label: "Files are not read yet",
    accessibilityLabel: "The files of the layers are not read yet.",
    icon: "loading~spin",
    hasChildren: false,
  };
}

function countOf(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? "" : "s"}`;
}
