import type { Analysis } from "../analysis.ts";
import {
  childrenOf,
  type FileTree,
  linkRowOf,
  linkTargetOf,
  nameOf,
  nodeKind,
  pathOf,
} from "../image/fileTree.ts";
import type { Layer, ReadImage } from "../image/image.ts";
import { layerFlag } from "../image/layerIndex.ts";
import { type Piecework, pieceNodes } from "../image/piecework.ts";
import { directoryOf, lastNameOf, pathsOf, plainPath } from "../image/treePaths.ts";
import { formatSize } from "../text/size.ts";
import { lineNumberOfLayer } from "./layerLines.ts";
import { escapeSteering, fitEnd } from "./reportCells.ts";

/** What is at a path of an image that is read. */
export type ImageFile =
  | {
      readonly kind: "file";
      /** Where its content is: for a hard link into a lower layer that layer, and the path there. */
      readonly layer: number;
      readonly path: string;
      readonly contentBytes: number;
    }
  | {
      readonly kind: "link";
      readonly target: string;
      /** Where it leads in the final file system; undefined where nothing is, or the links go in a circle. */
      readonly path: string | undefined;
    }
  | { readonly kind: "directory" | "device" | "whiteout" | "absent" };

/**
 * The file at a path of one layer, or of the final file system without a layer, where directories that are links lead on as they do in a container.
 * Costs one scan of each directory on the way.
 */
export function findImageFile(read: ReadImage, path: string, layer: number | undefined): ImageFile {
  const found = findAsWritten(read, path, layer);
  if (found.kind !== "absent" || layer !== undefined) return found;
  const folder = pathsOf(read.finalTree).resolveDirectory(directoryOf(path));
  if (folder === undefined || folder === directoryOf(path)) return found;
  return findAsWritten(
    read,
    folder === "" ? lastNameOf(path) : `${folder}/${lastNameOf(path)}`,
    layer,
  );
}

/** The same, no link on the way followed. */
function findAsWritten(read: ReadImage, path: string, layer: number | undefined): ImageFile {
  const tree = layer === undefined ? read.finalTree : read.layers[layer]?.tree;
  const node = tree === undefined ? undefined : findExactly(tree, path);
  if (tree === undefined || node === undefined) return { kind: "absent" };
  const kind = kindNames[tree.kind[node] ?? nodeKind.file];
  if (kind === "link") return linkAt(read, path, linkTargetOf(tree, node));
  return kind === undefined
    ? fileIn(read, path, layer ?? tree.layer[node] ?? 0, mostLinks)
    : { kind };
}

/** By `nodeKind`; undefined for files. */
const kindNames = ["directory", undefined, "link", "device", "whiteout"] as const;

/** Hard links into lower layers may go through several. */
const mostLinks = 8;

function fileIn(read: ReadImage, path: string, layer: number, linksLeft: number): ImageFile {
  const tree = read.layers[layer]?.tree;
  const node = tree && findExactly(tree, path);
  if (tree === undefined || node === undefined || linksLeft === 0) return { kind: "absent" };
  const holder = contentHolder(tree, node);
  if (typeof holder === "number") {
    return { kind: "file", layer, path, contentBytes: tree.bytes[holder] ?? 0 };
  }
  const below = holder && layerBelow(read, holder.target, layer);
  return holder === undefined || below === undefined
    ? { kind: "absent" }
    : fileIn(read, holder.target, below, linksLeft - 1);
}

/** The node that is charged for a file's content, or the path in a lower layer that a hard link leads to; undefined for what is no file. */
function contentHolder(
  tree: FileTree,
  node: number,
): number | { readonly target: string } | undefined {
  if (tree.kind[node] !== nodeKind.file) return undefined;
  const row = linkRowOf(tree.links, node);
  if (row < 0) return node;
  const first = tree.links.first[row] ?? -1;
  return first >= 0 ? first : { target: plainPath(linkTargetOf(tree, node)) };
}

function linkAt({ finalTree }: ReadImage, path: string, target: string): ImageFile {
  const paths = pathsOf(finalTree);
  const folder = path.slice(0, path.lastIndexOf("/") + 1);
  let at: string | undefined = target.startsWith("/") ? target : `${folder}${target}`;
  for (let links = 0; links < mostHops && at !== undefined; links += 1) {
    const node = paths.find(at);
    if (node === undefined) break;
    const found = pathOf(finalTree, node);
    if (finalTree.kind[node] !== nodeKind.symlink) return { kind: "link", target, path: found };
    const next = linkTargetOf(finalTree, node);
    at = next.startsWith("/") ? next : `${found.slice(0, found.lastIndexOf("/") + 1)}${next}`;
  }
  return { kind: "link", target, path: undefined };
}

/** Linux, MAXSYMLINKS. */
const mostHops = 40;

/** The next layer below that has a file at the path, whatever layers between did to it; undefined when there is none. */
export function layerBelow(read: ReadImage, path: string, layer: number): number | undefined {
  for (let at = layer - 1; at >= 0; at -= 1) {
    const tree = read.layers[at]?.tree;
    const node = tree === undefined ? undefined : findExactly(tree, path);
    if (node !== undefined && tree?.kind[node] === nodeKind.file) return at;
  }
  return undefined;
}

/** The first layer between two that takes a file of the lower one away, whatever comes there later; undefined when none does. */
export function removedBetween(
  { layers }: ReadImage,
  path: string,
  { below, above }: { readonly below: number; readonly above: number },
): number | undefined {
  const removing = layers.slice(below + 1, above).findIndex((layer) => removes(layer, path));
  return removing < 0 ? undefined : below + 1 + removing;
}

/** Whether a layer hides what lower ones have at the path other than by a file: by a whiteout of it or of a parent, or by something else in its place. */
function removes({ tree, flags }: Layer, path: string): boolean {
  const names = path.split("/");
  for (let length = 0; length < names.length; length += 1) {
    const parent = findExactly(tree, names.slice(0, length).join("/"));
    if (parent === undefined) return false;
    const flag = flags[parent] ?? 0;
    if (tree.kind[parent] !== nodeKind.directory) return true;
    if ((flag & (layerFlag.opaque | layerFlag.whitedOut)) !== 0) return true;
  }
  const node = findExactly(tree, path);
  return node !== undefined && tree.kind[node] !== nodeKind.file;
}

/** Undefined where nothing, or several things of names that are no UTF-8, look like the path. */
function findExactly(tree: FileTree, path: string): number | undefined {
  if (path === "") return 0;
  let at = 0;
  for (const name of path.split("/")) {
    const fitting = childrenOf(tree, at).filter((child) => nameOf(tree, child) === name);
    const [first] = fitting;
    if (first === undefined || fitting.length > 1 || name === "") return undefined;
    at = first;
  }
  return at;
}

/** `passwd (layer 3, line 7)`, where a later layer took it away also that: `passwd (layer 3, line 7, removed by layer 4, line 8)`; layers count from 1. */
export function fileTitle(
  analysis: Analysis,
  path: string,
  layer: number,
  removedBy?: number,
): string {
  const name = fitEnd(escapeSteering(lastNameOf(path)), 60);
  const removed = removedBy === undefined ? "" : `, removed by ${layerTitle(analysis, removedBy)}`;
  return `${name} (${layerTitle(analysis, layer)}${removed})`;
}

/** `passwd (app:old)`: a file of an image that is not the Dockerfile's own. */
export function otherFileTitle(path: string, reference: string): string {
  const name = fitEnd(escapeSteering(lastNameOf(path)), 60);
  return `${name} (${fitEnd(escapeSteering(reference), 60)})`;
}

function layerTitle(analysis: Analysis, layer: number): string {
  const lineNumber = lineNumberOfLayer(analysis, layer);
  if (lineNumber !== undefined) return `layer ${layer + 1}, line ${lineNumber}`;
  const isBase = analysis.attribution?.layers[layer]?.origin === "base";
  return isBase ? `layer ${layer + 1}, base` : `layer ${layer + 1}`;
}

/** A file that fits a search. */
export interface FileHit {
  readonly path: string;
  readonly description: string;
}

/** Hits at most: nobody reads further. */
const mostHits = 200;

/**
 * Files of the final file system whose path holds the text, whatever its case: those whose name begins with it first, then by path.
 * Linear in the files, in pieces.
 */
export function* searchFiles(
  analysis: Analysis,
  read: ReadImage,
  text: string,
): Piecework<readonly FileHit[]> {
  const { finalTree } = read;
  const wanted = text.toLowerCase().replace(/^\/+/, "");
  const early: number[] = [];
  const late: number[] = [];
  for (let node = 1; node < finalTree.nodeCount; node += 1) {
    if (node % pieceNodes === 0) yield;
    if (finalTree.kind[node] !== nodeKind.file) continue;
    const name = nameOf(finalTree, node).toLowerCase();
    if (name.startsWith(wanted)) early.push(node);
    else if (late.length < mostHits && pathOf(finalTree, node).toLowerCase().includes(wanted)) {
      late.push(node);
    }
    if (early.length >= mostHits) break;
  }
  return [...early, ...late].slice(0, mostHits).map((node) => ({
    path: pathOf(finalTree, node),
    description: `${formatSize(finalTree.bytes[node] ?? 0)} · ${layerTitle(analysis, finalTree.layer[node] ?? 0)}`,
  }));
}
