import { linkTargetOf, nameOf, nodeKind, pathOf } from "../image/fileTree.ts";
import { layerMark } from "../image/layerMarks.ts";
import { formatExactBytes, formatSize } from "../text/size.ts";
import {
  type Asked,
  type Forest,
  type Grove,
  groveOf,
  markAt,
  shownBytes,
} from "./layerTreeGrove.ts";
import { marksIn } from "./layerTreeMemory.ts";
import { childPage, hasShownChildren } from "./layerTreePage.ts";
import type { LayerTreeRow } from "./layerTreeRow.ts";
import { moreRow, partOfWhole, rowId } from "./layerTreeRow.ts";
import { lineNumberOfLayer } from "./layerLines.ts";
import { escapeSteering, fitEnd } from "./reportCells.ts";
import { writerOf } from "./totals.ts";

/** One page of what is shown of a directory, then a row for the rest. Empty when there is no such directory. */
export function directoryPage(
  asked: Asked,
  forest: Forest,
  directory: number,
  after: number | undefined,
): readonly LayerTreeRow[] {
  const grove = groveOf(asked, forest);
  if (grove === undefined || directory >= grove.tree.nodeCount) return [];
  const { imageId } = asked.read.description;
  const page = childPage(grove, directory, asked.view.options.sortBy, after);
  const last = page.members.at(-1);
  return [
    ...page.members.map((node) => ({
      ...nodeRow(asked, grove, node),
      id: rowId(imageId, { kind: "node", forest, node, after: undefined }),
    })),
    ...moreRow(imageId, { kind: "node", forest, node: directory, after: last }, page.restCount),
  ];
}

type Row = Omit<LayerTreeRow, "id">;

/** A row with its mark, its place in the image and the line that brought it. */
function nodeRow(asked: Asked, grove: Grove, node: number): Row {
  const { tree, forest } = grove;
  const row = plainRow(asked, grove, node);
  const said = markSaid(asked, grove, node);
  const description = [row.description, said?.text].filter((text) => text !== undefined);
  const path = pathOf(tree, node);
  const place = { path, ...placeIn(asked, grove, node) };
  const kind = forest.kind === "gone" && row.kind !== "directory" ? "gone" : row.kind;
  return {
    ...row,
    kind,
    ...(description.length === 0 ? {} : { description: description.join(" · ") }),
    ...(said === undefined
      ? {}
      : {
          mark: said.mark,
          icon: row.kind === "directory" ? row.icon : (said.icon ?? row.icon),
          tooltip: `${row.tooltip ?? ""}\n${said.sentence}`,
          accessibilityLabel: `${row.accessibilityLabel.slice(0, -1)}, ${said.text}.`,
        }),
    ...place,
  };
}

/** What the other image has is of no layer of this one, and a directory of the final file system is of many. */
function placeIn(
  { analysis }: Asked,
  { tree, forest }: Grove,
  node: number,
): Pick<LayerTreeRow, "layer" | "line"> {
  const isOfMany = forest.kind !== "layer" && tree.kind[node] === nodeKind.directory;
  if (forest.kind === "gone" || isOfMany) return {};
  const layer = tree.layer[node] ?? 0;
  const line = lineNumberOfLayer(analysis, layer);
  return { layer, ...(line === undefined ? {} : { line: line - 1 }) };
}

interface SaidMark {
  readonly mark: NonNullable<LayerTreeRow["mark"]>;
  readonly text: string;
  readonly sentence: string;
  readonly icon?: string;
}

/** Undefined where nothing is to be said. */
function markSaid(asked: Asked, grove: Grove, node: number): SaidMark | undefined {
  const than =
    asked.view.compared?.state === "read"
      ? escapeSteering(asked.view.compared.reference)
      : "the layers below";
  switch (markAt(grove, node)) {
    case layerMark.added:
      return { mark: "added", text: "added", sentence: `Not in ${than}`, icon: "diff-added" };
    case layerMark.changed:
      return {
        mark: "changed",
        text: "changed",
        sentence: `Another one than in ${than}`,
        icon: "diff-modified",
      };
    case layerMark.rewritten:
      return {
        mark: "rewritten",
        text: "written again",
        sentence: `As large as in ${than}; the contents were not compared`,
        icon: "diff-modified",
      };
    case layerMark.metadata:
      return {
        mark: "metadata",
        text: "metadata only",
        sentence: `The same as in ${than} but for its owner, mode or time`,
        icon: "diff-ignored",
      };
    case layerMark.removed:
      return { mark: "removed", ...removedSaid(asked, grove, node) };
    default:
      return undefined;
  }
}

/** Nothing is said of bytes where the layer is not the first to hide any. */
function removedSaid(
  { read, view }: Asked,
  { forest }: Grove,
  node: number,
): Pick<SaidMark, "text" | "sentence"> {
  const sentence = "Removed here: lower layers still carry what they had";
  if (forest.kind !== "layer") return { text: "removed here", sentence };
  const hidden = marksIn(view.memory, read, forest.index).hiddenBytes[node] ?? 0;
  if (hidden === 0) return { text: "removed here", sentence: "Removed here" };
  return {
    text: `removed here, ${formatSize(hidden)} stay below`,
    sentence: `Removed here: lower layers still carry ${formatExactBytes(hidden)}`,
  };
}

function plainRow(asked: Asked, grove: Grove, node: number): Row {
  const { tree } = grove;
  const label = fitEnd(escapeSteering(nameOf(tree, node)), 120);
  const path = escapeSteering(pathOf(tree, node));
  switch (tree.kind[node] ?? nodeKind.file) {
    case nodeKind.directory:
      return directoryRow(grove, node, label, path);
    case nodeKind.whiteout:
      return {
        kind: "removed",
        label,
        tooltip: path,
        accessibilityLabel: `${label}.`,
        icon: "trash",
        hasChildren: false,
      };
    case nodeKind.symlink:
      return linkRow(label, path, escapeSteering(linkTargetOf(tree, node)));
    case nodeKind.device:
      return {
        ...leaf("special", label, "circuit-board", `${path}\nDevice or pipe`),
        accessibilityLabel: `Device ${label}.`,
      };
    default:
      return fileRow(asked, grove, node, { label, path });
  }
}

function directoryRow(grove: Grove, node: number, label: string, path: string): Row {
  const { tree, forest } = grove;
  const bytes = shownBytes(grove, node);
  const isShare = forest.kind === "package" || forest.kind === "content";
  const size = isShare ? formatSize(bytes) : partOfWhole(bytes, tree.subtreeBytes[node] ?? 0);
  return {
    kind: "directory",
    label,
    description: size,
    tooltip: `${path}\n${formatExactBytes(bytes)}`,
    accessibilityLabel: `Directory ${label}, ${size}.`,
    icon: "folder",
    hasChildren: hasShownChildren(grove, node),
    bytes,
  };
}

function leaf(
  kind: LayerTreeRow["kind"],
  label: string,
  icon: string,
  tooltip: string,
): Omit<Row, "accessibilityLabel"> {
  return { kind, label, icon, tooltip, hasChildren: false };
}

function linkRow(label: string, path: string, target: string): Row {
  return {
    ...leaf("special", label, "file-symlink-file", `${path}\nLink to ${target}`),
    description: `→ ${fitEnd(target, 60)}`,
    accessibilityLabel: `Link ${label} to ${fitEnd(target, 60)}.`,
  };
}

/** A later name of an inode group has no bytes of its own: they are charged to the first name. */
function fileRow(
  { analysis }: Asked,
  { tree, forest }: Grove,
  node: number,
  { label, path }: { readonly label: string; readonly path: string },
): Row {
  const bytes = tree.bytes[node] ?? 0;
  const exact = `${path}\n${formatExactBytes(bytes)}`;
  const firstName = escapeSteering(linkTargetOf(tree, node));
  if (firstName !== "") {
    return {
      ...leaf(
        "file",
        label,
        "file-symlink-file",
        `${exact}\nHard link, its bytes count at ${firstName}`,
      ),
      description: `= ${fitEnd(firstName, 60)}`,
      accessibilityLabel: `File ${label}, another name of ${fitEnd(firstName, 60)}.`,
      bytes,
    };
  }
  const size = formatSize(bytes);
  const isOfLayer = forest.kind === "layer" || forest.kind === "gone";
  const from = isOfLayer ? "" : `\nBrought by ${writerOf(analysis, tree.layer[node] ?? 0)}`;
  return {
    ...leaf("file", label, "file", `${exact}${from}`),
    description: size,
    accessibilityLabel: `File ${label}, ${size}.`,
    bytes,
  };
}
