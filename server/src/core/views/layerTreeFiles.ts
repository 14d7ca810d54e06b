import type { Analysis } from "../analysis.ts";
import type { FileTree } from "../image/fileTree.ts";
import { linkTargetOf, nameOf, nodeKind, pathOf } from "../image/fileTree.ts";
import type { ReadImage } from "../image/image.ts";
import { formatExactBytes, formatSize } from "../text/size.ts";
import { heaviestChildren } from "./heaviest.ts";
import type { LayerTreeRow } from "./layerTreeRow.ts";
import { moreRow, pageRows, rowId } from "./layerTreeRow.ts";
import { lineNumberOfLayer } from "./report.ts";
import { escapeSteering, fitEnd } from "./reportCells.ts";

/** One page of a directory of a layer, heaviest first, then a row for the rest. Empty when there is no such directory. */
export function directoryPage(
  analysis: Analysis,
  read: ReadImage,
  layer: number,
  directory: number,
  after: number | undefined,
): readonly LayerTreeRow[] {
  const tree = read.layers[layer]?.tree;
  if (tree === undefined || directory >= tree.nodeCount) return [];
  const { imageId } = read.description;
  const page = heaviestChildren(tree, directory, pageRows, after);
  const last = page.nodes.at(-1);
  const line = lineNumberOfLayer(analysis, layer);
  return [
    ...page.nodes.map((node) => ({
      ...nodeRow(tree, node),
      id: rowId(imageId, { kind: "node", layer, node, after: undefined }),
      ...(line === undefined ? {} : { line: line - 1 }),
    })),
    ...(page.restCount === 0
      ? []
      : [moreRow(imageId, { kind: "node", layer, node: directory, after: last }, page.restCount)]),
  ];
}

function nodeRow(tree: FileTree, node: number): Omit<LayerTreeRow, "id" | "line"> {
  const name = escapeSteering(nameOf(tree, node));
  const path = escapeSteering(pathOf(tree, node));
  const bytes = tree.subtreeBytes[node] ?? 0;
  const label = fitEnd(name, 120);
  const exact = `${path}\n${formatExactBytes(bytes)}`;
  switch (tree.kind[node] ?? nodeKind.file) {
    case nodeKind.directory:
      return {
        kind: "directory",
        label,
        description: formatSize(bytes),
        tooltip: exact,
        accessibilityLabel: `Directory ${label}, ${formatSize(bytes)}.`,
        icon: "folder",
        hasChildren: (tree.subtreeEnd[node] ?? 0) > node + 1,
      };
    case nodeKind.whiteout:
      return {
        ...leaf(label, "trash", `${path}\nDeleted here: lower layers still carry it`),
        description: "deleted here",
        accessibilityLabel: `${label}, deleted by this layer.`,
      };
    case nodeKind.symlink:
      return linkRow(label, path, escapeSteering(linkTargetOf(tree, node)));
    case nodeKind.device:
      return {
        ...leaf(label, "circuit-board", `${path}\nDevice or pipe`),
        accessibilityLabel: `Device ${label}.`,
      };
    default:
      return fileRow(tree, node, label, exact);
  }
}

function leaf(
  label: string,
  icon: string,
  tooltip: string,
): Omit<LayerTreeRow, "id" | "line" | "accessibilityLabel"> {
  return { kind: "file", label, icon, tooltip, hasChildren: false };
}

function linkRow(label: string, path: string, target: string): Omit<LayerTreeRow, "id" | "line"> {
  return {
    ...leaf(label, "file-symlink-file", `${path}\nLink to ${target}`),
    description: `→ ${fitEnd(target, 60)}`,
    accessibilityLabel: `Link ${label} to ${fitEnd(target, 60)}.`,
  };
}

/** A later name of an inode group has no bytes of its own: they are charged to the first name. */
function fileRow(
  tree: FileTree,
  node: number,
  label: string,
  exact: string,
): Omit<LayerTreeRow, "id" | "line"> {
  const firstName = escapeSteering(linkTargetOf(tree, node));
  if (firstName !== "") {
    return {
      ...leaf(label, "file-symlink-file", `${exact}\nHard link, its bytes count at ${firstName}`),
      description: `= ${fitEnd(firstName, 60)}`,
      accessibilityLabel: `File ${label}, another name of ${fitEnd(firstName, 60)}.`,
    };
  }
  const size = formatSize(tree.bytes[node] ?? 0);
  return {
    ...leaf(label, "file", exact),
    description: size,
    accessibilityLabel: `File ${label}, ${size}.`,
  };
}
