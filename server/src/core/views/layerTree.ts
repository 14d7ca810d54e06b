import type { Analysis } from "../analysis.ts";
import { shortDigest } from "../image/digest.ts";
import type { Image } from "../image/image.ts";
import type { SharedBytes } from "../image/sharedBytes.ts";
import { counted } from "../text/counted.ts";
import { formatExactBytes, formatSize } from "../text/size.ts";
import { sharedText } from "./besideImage.ts";
import { directoryPage } from "./layerTreeFiles.ts";
import { contentRows, packagePage } from "./layerTreeGroups.ts";
import { type Asked, groveOf, isNodeShown, shownBytes } from "./layerTreeGrove.ts";
import { layerRows } from "./layerTreeLayers.ts";
import { emptyTreeMemory } from "./layerTreeMemory.ts";
import { type TreeView, isNarrowed } from "./layerTreeOptions.ts";
import type { LayerTreeRow, RowTarget } from "./layerTreeRow.ts";
import { parseRowId, partOfWhole, rowId } from "./layerTreeRow.ts";
import { shownWaste, wastePage } from "./layerTreeWaste.ts";
import { escapeSteering, fitEnd } from "./reportCells.ts";
import { imageBytes } from "./totals.ts";

/**
 * Rows under `parent`, heaviest first unless sorted otherwise; the top rows without one. Empty without an image, for rows that have no children, and for
 * ids of another image. Costs one scan of the directory's children, however many there are: at most `pageRows` rows are made. The first question with
 * other options than before goes over all nodes once.
 */
export function layerTreeRows(
  analysis: Analysis,
  parent: string | undefined,
  view: TreeView = { options: {}, memory: emptyTreeMemory() },
): readonly LayerTreeRow[] {
  const { image } = analysis;
  if (image === undefined) return [];
  if (parent === undefined) return topRows(analysis, image, view);
  const target = parseRowId(parent, image.description.imageId);
  if (target === undefined) return [];
  if (image.state !== "read") {
    return target.kind === "image" && isByLayer(view) ? layerRows(analysis, image, view) : [];
  }
  const asked: Asked = { analysis, read: image.read, view };
  return target.kind === "image" ? rowsOfImage(asked, image) : rowsBelow(asked, target);
}

/** Another text as soon as some row may say something else; undefined without an image. Cost linear in the layers. */
export function layerTreeVersion(
  { image, attribution, dockerfile }: Analysis,
  shared?: SharedBytes,
): string | undefined {
  if (image === undefined) return undefined;
  const lines = (attribution?.layers ?? []).map(({ origin, instruction }) =>
    instruction === undefined ? origin : dockerfile.instructions[instruction]?.startLine,
  );
  const sharing = sharedText(shared) ?? "";
  return [shortDigest(image.description.imageId), image.state, ...lines, sharing].join(" ");
}

function isByLayer({ options }: TreeView): boolean {
  return (options.groupBy ?? "layer") === "layer";
}

function rowsOfImage(asked: Asked, image: Image): readonly LayerTreeRow[] {
  switch (asked.view.options.groupBy ?? "layer") {
    case "layer":
      return layerRows(asked.analysis, image, asked.view);
    case "directory":
      return directoryPage(asked, { kind: "final", index: 0 }, 0, undefined);
    case "package":
      return packagePage(asked, undefined);
    case "kind":
      return contentRows(asked);
  }
}

function rowsBelow(asked: Asked, target: RowTarget): readonly LayerTreeRow[] {
  switch (target.kind) {
    case "image":
    case "wasteRow":
      return [];
    case "node":
      return directoryPage(asked, target.forest, target.node, target.after);
    case "packages":
      return packagePage(asked, target.after);
    case "waste":
      return wastePage(asked, target.after);
  }
}

function topRows(analysis: Analysis, image: Image, view: TreeView): readonly LayerTreeRow[] {
  if (image.state !== "read") return [imageRow(image, view, undefined), noteRow(image, reading)];
  const asked: Asked = { analysis, read: image.read, view };
  const { compared } = view;
  const isWaiting = compared !== undefined && compared.state !== "read";
  const rows = [
    ...(isWaiting ? [noteRow(image, comparing(compared.state, compared.message))] : []),
    ...wasteGroupRow(asked),
    ...goneGroupRow(asked),
  ];
  const shown = rowsOfImage(asked, image);
  const isEmpty = shown.length === 0 && rows.length === 0 && isNarrowed(view.options);
  return [
    imageRow(image, view, asked, shown.length > 0),
    ...rows,
    ...(isEmpty ? [noteRow(image, nothing)] : []),
  ];
}

function imageRow(
  image: Image,
  view: TreeView,
  asked: Asked | undefined,
  hasShown = image.description.layers.length > 0,
): LayerTreeRow {
  const { description } = image;
  const layerCount = counted(description.layers.length, "layer");
  const name = escapeSteering(description.reference);
  const { bytes, wholeBytes, what } = bytesShown(image, view, asked);
  const size = bytes === undefined ? "size not known yet" : partOfWhole(bytes, wholeBytes ?? bytes);
  const sharing = sharedText(view.shared);
  return {
    id: rowId(description.imageId, { kind: "image" }),
    kind: "image",
    label: fitEnd(name, 80),
    description:
      bytes === undefined ? layerCount : `${size}${what} · ${layerCount}${addedAlone(view)}`,
    tooltip: [
      name,
      ...(bytes === undefined ? [] : [`${formatExactBytes(bytes)}${what} in ${layerCount}`]),
      ...(sharing === undefined ? [] : [`Shares ${sharing}`]),
      `Image id ${shortDigest(description.imageId)}`,
    ].join("\n"),
    accessibilityLabel: `Image ${name}, ${size}${what}, ${layerCount}${addedAlone(view).replace(" · ", ", ")}.`,
    icon: "package",
    hasChildren: hasShown && (image.state === "read" || isByLayer(view)),
    ...(bytes === undefined ? {} : { bytes }),
  };
}

/** What the engine holds for this image alone, where it shares the rest; only beside the weight of all layers, of which it is a part. */
function addedAlone(view: TreeView): string {
  const { shared, options } = view;
  const isPart = shared?.ownBytes !== undefined && shared.layerCount > 0;
  if (!isPart || !isByLayer(view) || isNarrowed(options)) return "";
  return ` · ${formatSize(shared.ownBytes)} its own`;
}

/** What the rows below the image add up to: its layers, or the final file system. */
function bytesShown(
  image: Image,
  view: TreeView,
  asked: Asked | undefined,
): { readonly bytes: number | undefined; readonly wholeBytes?: number; readonly what: string } {
  // What is different is not known before the other image is: that is not 0.
  const isUnknown = view.compared !== undefined && view.compared.state !== "read";
  if (asked === undefined || isUnknown) return { bytes: imageBytes(image), what: "" };
  if (!isByLayer(view)) {
    const grove = groveOf(asked, { kind: "final", index: 0 });
    const bytes = grove === undefined ? undefined : shownBytes(grove, 0);
    return { bytes, wholeBytes: asked.read.finalContentBytes, what: " in the final files" };
  }
  const rows = layerRows(asked.analysis, image, view);
  const bytes = rows.reduce((sum, row) => sum + (row.bytes ?? 0), 0);
  return { bytes, wholeBytes: asked.read.layerContentBytes, what: "" };
}

function wasteGroupRow(asked: Asked): readonly LayerTreeRow[] {
  const { description, waste, wastedBytes } = asked.read;
  const shown = shownWaste(asked);
  if (wastedBytes === 0 || shown.length === 0) return [];
  const bytes = shown.reduce((sum, row) => sum + (waste.bytes[row] ?? 0), 0);
  const files = counted(shown.length, "file");
  const size = partOfWhole(bytes, wastedBytes);
  return [
    {
      id: rowId(description.imageId, { kind: "waste", after: undefined }),
      kind: "wasteGroup",
      label: "Waste",
      description: `${size} · ${files}`,
      tooltip: `${formatExactBytes(bytes)} in layers that the final file system does not show`,
      accessibilityLabel: `Waste, ${size} in ${files} that the final file system does not show.`,
      icon: "trash",
      hasChildren: true,
      bytes,
    },
  ];
}

/** What only the other image has: of no layer of this one, so that it stands beside it. */
function goneGroupRow(asked: Asked): readonly LayerTreeRow[] {
  const { read, view } = asked;
  const { compared, options } = view;
  const forest = { kind: "gone", index: 0 } as const;
  const grove = groveOf(asked, forest);
  const isLeftOut = options.wasteOnly === true || options.ownOnly === true;
  if (grove === undefined || compared === undefined || isLeftOut || !isNodeShown(grove, 0))
    return [];
  const other = fitEnd(escapeSteering(compared.reference), 80);
  const size = formatSize(shownBytes(grove, 0));
  return [
    {
      id: rowId(read.description.imageId, { kind: "node", forest, node: 0, after: undefined }),
      kind: "goneGroup",
      label: `Only in ${other}`,
      description: `${size} · removed`,
      tooltip: `${formatExactBytes(shownBytes(grove, 0))} in files of ${other} that this image does not have`,
      accessibilityLabel: `Removed, only in ${other}, ${size}.`,
      icon: "diff-removed",
      hasChildren: true,
      bytes: shownBytes(grove, 0),
      mark: "removed",
    },
  ];
}

type Note = Pick<LayerTreeRow, "label" | "accessibilityLabel" | "icon">;

const reading: Note = {
  label: "Files are not read yet",
  accessibilityLabel: "The files of the layers are not read yet.",
  icon: "loading~spin",
};

const nothing: Note = {
  label: "Nothing fits: show all again to see the rest",
  accessibilityLabel: "Nothing fits what is to be shown.",
  icon: "info",
};

function comparing(state: "reading" | "failed", message: string): Note {
  const said = escapeSteering(message);
  return {
    label: said,
    accessibilityLabel: said,
    icon: state === "reading" ? "loading~spin" : "warning",
  };
}

function noteRow({ description }: Image, note: Note): LayerTreeRow {
  return {
    id: `${rowId(description.imageId, { kind: "image" })}/note`,
    kind: "note",
    ...note,
    hasChildren: false,
  };
}
