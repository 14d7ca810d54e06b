import type { Analysis } from "../analysis.ts";
import { changesSince } from "../image/diff/nodeChanges.ts";
import type { FileTree } from "../image/fileTree.ts";
import { nodeKind } from "../image/fileTree.ts";
import type { ReadImage } from "../image/image.ts";
import { layerMark } from "../image/layerMarks.ts";
import { type Piecework, finish, pieceNodes } from "../image/piecework.ts";
import { matchPaths } from "../image/treeMatch.ts";
import { contentKindOf, contentKinds } from "./contentKind.ts";
import { matchedNodes } from "./layerTreeFilter.ts";
import { columnIn, marksIn, pickIn, rememberPackages } from "./layerTreeMemory.ts";
import type { TreeView } from "./layerTreeOptions.ts";
import { type TreePick, isLeaf, pickNodes } from "./layerTreePick.ts";

/** Which tree rows are of: a layer's, the final file system or what one package or kind of content has there, or what only the compared image has. */
export interface Forest {
  readonly kind: "layer" | "final" | "package" | "content" | "gone";
  /** Of the layer; of the package in its table, behind the last one what none owns; in `contentKinds`; else 0. */
  readonly index: number;
}

/** A tree with what is shown of it. */
export interface Grove {
  readonly forest: Forest;
  readonly tree: FileTree;
  /** Undefined where all is shown. */
  readonly pick: TreePick | undefined;
  /** By node, values of `layerMark`; undefined where there is nothing to hold the tree against. Found when it is first asked for. */
  readonly marks: () => ArrayLike<number> | undefined;
}

/** An image whose rows are asked for. */
export interface Asked {
  readonly analysis: Analysis;
  readonly read: ReadImage;
  readonly view: TreeView;
}

/** The tree of a forest; undefined when there is no such layer, package or compared image. What was looked for once for an image is remembered. */
export function groveOf(asked: Asked, forest: Forest): Grove | undefined {
  return finish(findGrove(asked, forest));
}

/** The same in pieces; none where all is remembered. */
export function* findGrove(asked: Asked, forest: Forest): Piecework<Grove | undefined> {
  const { read, view } = asked;
  switch (forest.kind) {
    case "layer":
      return yield* layerGrove(asked, forest);
    case "final":
      return yield* finalGrove(asked);
    case "gone":
      return yield* goneGrove(asked, forest);
    case "content": {
      const kinds = yield* columnIn(view.memory, read, "kinds of content", () =>
        contentColumn(read),
      );
      return yield* partOfFinal(asked, forest, (node) => kinds[node] === forest.index);
    }
    case "package": {
      const { owners, packages } = yield* rememberPackages(view.memory, read);
      const owner = forest.index === packages.length ? -1 : forest.index;
      return yield* partOfFinal(
        asked,
        forest,
        (node) => owners[node] === owner && !isDirectory(read, node),
      );
    }
  }
}

/** Bytes of a node and all below it, as far as they are shown. */
export function shownBytes({ tree, pick }: Grove, node: number): number {
  return (pick?.bytes ?? tree.subtreeBytes)[node] ?? 0;
}

export function isNodeShown({ pick }: Grove, node: number): boolean {
  return pick === undefined || pick.isShown[node] === 1;
}

/** What the node does, a value of `layerMark`. All in a new directory is new: only the directory says so. */
export function markAt(grove: Grove, node: number): number {
  const { tree } = grove;
  const marks = grove.marks();
  const mark = marks?.[node] ?? layerMark.none;
  const parent = tree.parent[node] ?? 0;
  const isSaid = mark === layerMark.added && parent > 0 && marks?.[parent] === layerMark.added;
  return isSaid ? layerMark.none : mark;
}

/** Whether a layer is one of the base image. */
export function isBaseLayer({ attribution }: Analysis, layer: number): boolean {
  return attribution?.layers[layer]?.origin === "base";
}

function* layerGrove(asked: Asked, forest: Forest): Piecework<Grove | undefined> {
  const { read, view } = asked;
  const layer = read.layers[forest.index];
  if (layer === undefined) return undefined;
  const { tree, index } = layer;
  const { filter = "", wasteOnly, comparedWith } = view.options;
  const changes = view.compared?.state === "read" ? yield* layerChanges(asked, index) : undefined;
  const marks = (): ArrayLike<number> | undefined =>
    changes ?? (index === 0 ? undefined : marksIn(view.memory, read, index).mark);
  const isWhole = filter.trim() === "" && wasteOnly !== true && comparedWith === undefined;
  if (isWhole) return { forest, tree, pick: undefined, marks };
  const pick = yield* pickIn(view.memory, read, nameOfPick(asked, forest), function* () {
    const matched = yield* matchedNodes(tree, filter);
    const wasted = wasteOnly === true ? wastedBytes(read, index) : undefined;
    return yield* pickNodes(tree, wasted ?? tree.bytes, (node) => {
      if (matched !== undefined && matched[node] === 0) return false;
      if (wasted !== undefined && wasted[node] === 0) return false;
      if (comparedWith !== undefined) return changes !== undefined && changes[node] !== 0;
      return isLeaf(tree, node);
    });
  });
  return { forest, tree, pick, marks };
}

function* finalGrove(asked: Asked): Piecework<Grove> {
  const { analysis, read, view } = asked;
  const tree = read.finalTree;
  const forest: Forest = { kind: "final", index: 0 };
  const { filter = "", ownOnly, wasteOnly, comparedWith } = view.options;
  const changes =
    view.compared?.state === "read" ? yield* finalChanges(asked, view.compared.read) : undefined;
  const marks = (): Int32Array | undefined => changes;
  const isWhole =
    filter.trim() === "" && ownOnly !== true && wasteOnly !== true && comparedWith === undefined;
  if (isWhole) return { forest, tree, pick: undefined, marks };
  const pick = yield* pickIn(view.memory, read, nameOfPick(asked, forest), function* () {
    const matched = yield* matchedNodes(tree, filter);
    const isBase = read.layers.map((_, layer) => isBaseLayer(analysis, layer));
    return yield* pickNodes(tree, tree.bytes, (node) => {
      if (wasteOnly === true || (matched !== undefined && matched[node] === 0)) return false;
      if (ownOnly === true && isBase[tree.layer[node] ?? 0] === true) return false;
      if (comparedWith !== undefined) return changes !== undefined && changes[node] !== 0;
      return isLeaf(tree, node);
    });
  });
  return { forest, tree, pick, marks };
}

function* partOfFinal(
  asked: Asked,
  forest: Forest,
  accepts: (node: number) => boolean,
): Piecework<Grove> {
  const { read, view } = asked;
  const { tree, pick: whole, marks } = yield* finalGrove(asked);
  const pick = yield* pickIn(view.memory, read, nameOfPick(asked, forest), () =>
    pickNodes(
      tree,
      tree.bytes,
      (node) => (whole === undefined || whole.isShown[node] === 1) && accepts(node),
    ),
  );
  return { forest, tree, pick, marks };
}

function* goneGrove({ read, view }: Asked, forest: Forest): Piecework<Grove | undefined> {
  if (view.compared?.state !== "read") return undefined;
  const other = view.compared.read;
  const tree = other.finalTree;
  const name = `gone ${other.description.imageId}`;
  const matches = yield* columnIn(view.memory, read, name, () => matchPaths(tree, read.finalTree));
  const { filter = "" } = view.options;
  const pick = yield* pickIn(view.memory, read, `${name} ${filter}`, function* () {
    const matched = yield* matchedNodes(tree, filter);
    return yield* pickNodes(
      tree,
      tree.bytes,
      (node) => matches[node] === -1 && (matched === undefined || matched[node] === 1),
    );
  });
  return { forest, tree, pick, marks: () => undefined };
}

/** By node of the final tree, its place in `contentKinds`; -1 for directories. */
function* contentColumn(read: ReadImage): Piecework<Int32Array> {
  const tree = read.finalTree;
  const kinds = new Int32Array(tree.nodeCount).fill(-1);
  for (let node = 0; node < tree.nodeCount; node += 1) {
    if (!isDirectory(read, node)) kinds[node] = contentKinds.indexOf(contentKindOf(tree, node));
    if (node % pieceNodes === 0) yield;
  }
  return kinds;
}

/** All that a pick depends on beside the image. */
function nameOfPick({ analysis, view }: Asked, { kind, index }: Forest): string {
  const { filter, ownOnly, wasteOnly, comparedWith } = view.options;
  const other =
    view.compared?.state === "read" ? view.compared.read.description.imageId : comparedWith;
  const base =
    ownOnly === true ? (analysis.attribution?.layers.map(({ origin }) => origin) ?? []) : [];
  return JSON.stringify([kind, index, filter, wasteOnly, other, base]);
}

function isDirectory({ finalTree }: ReadImage, node: number): boolean {
  return finalTree.kind[node] === nodeKind.directory;
}

/** What became of each node of the final tree since another image, as values of `layerMark`. */
function finalChanges({ read, view }: Asked, other: ReadImage): Piecework<Int32Array> {
  return columnIn(view.memory, read, `changes ${other.description.imageId}`, () =>
    changesSince(other, read),
  );
}

/** The same for what the final file system shows of a layer. */
function* layerChanges(asked: Asked, index: number): Piecework<Int32Array | undefined> {
  const { read, view } = asked;
  const tree = read.layers[index]?.tree;
  if (tree === undefined || view.compared?.state !== "read") return undefined;
  const other = view.compared.read;
  const changes = yield* finalChanges(asked, other);
  const name = `changes ${other.description.imageId} ${index}`;
  return yield* columnIn(view.memory, read, name, function* () {
    const matches = yield* matchPaths(tree, read.finalTree);
    return matches.map((shown) =>
      shown > 0 && read.finalTree.layer[shown] === index ? (changes[shown] ?? 0) : layerMark.none,
    );
  });
}

/** By node of a layer's tree, what of it is in the waste table. */
function wastedBytes({ waste, layers }: ReadImage, layer: number): Float64Array {
  const bytes = new Float64Array(layers[layer]?.tree.nodeCount ?? 0);
  for (let row = 0; row < waste.count; row += 1) {
    if (waste.writtenByLayer[row] !== layer) continue;
    const node = waste.node[row] ?? 0;
    bytes[node] = (bytes[node] ?? 0) + (waste.bytes[row] ?? 0);
  }
  return bytes;
}
