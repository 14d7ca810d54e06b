import type { FileTree } from "../image/fileTree.ts";
import { findNode, nameOf, nodeKind } from "../image/fileTree.ts";
import type { ReadImage } from "../image/image.ts";
import { type ContentKind, contentKindOf } from "./contentKind.ts";
import { heaviestChildren } from "./heaviest.ts";

/** What a treemap shows: what a container sees, or what one layer brings. */
export type TreemapScope = "final" | { readonly layer: number };

/** One rectangle; its area is `bytes`. */
export interface TreemapNode {
  /** Without directories; for the root of the map its path, "" for all. */
  readonly name: string;
  readonly kind: "directory" | "file" | "rest";
  /** Of all below it; the sum of its children's where it has any. */
  readonly bytes: number;
  /** How many of them the final file system does not show; 0 in the scope "final". */
  readonly wastedBytes: number;
  /** The layer that most of its bytes come from. */
  readonly layer: number;
  /** What most of its bytes are. */
  readonly content: ContentKind;
  /** Entries that a `rest` stands for; 0 for all others. */
  readonly count: number;
  /** Heaviest first, a `rest` last; undefined for files and for directories that are drawn as a whole. */
  readonly children: readonly TreemapNode[] | undefined;
}

/** What is asked for. */
export interface TreemapQuestion {
  readonly scope: TreemapScope;
  /** The directory that fills the map, "" for all. */
  readonly path: string;
  /** Rectangles at most; a `rest` counts as one. */
  readonly limit: number;
}

/** A map of an image that never has more rectangles than can be drawn; undefined when there is no such path or layer. O(nodes below the path). */
export function treemapOf(
  read: ReadImage,
  { scope, path, limit }: TreemapQuestion,
): TreemapNode | undefined {
  const tree = scope === "final" ? read.finalTree : read.layers[scope.layer]?.tree;
  const root = tree && findNode(tree, path);
  if (tree === undefined || root === undefined) return undefined;
  const wasted = scope === "final" ? undefined : wastedBelow(read, scope.layer, tree);
  const opened = openHeaviest(tree, root, limit);
  return drawNode({ tree, wasted, opened }, root, path).node;
}

interface Drawing {
  readonly tree: FileTree;
  /** By node; undefined where nothing is wasted. */
  readonly wasted: Float64Array | undefined;
  /** Directories that are drawn with what they hold. */
  readonly opened: ReadonlyMap<number, Opened>;
}

interface Opened {
  readonly nodes: readonly number[];
  readonly restCount: number;
}

/** Shares of its directory below which an entry is not drawn by itself. */
const leastShare = 1 / 400;
/** Entries of one directory that are drawn by themselves. */
const mostEntries = 120;

/** Opens the heaviest directory again and again, until there are rectangles enough. */
function openHeaviest(tree: FileTree, root: number, limit: number): ReadonlyMap<number, Opened> {
  const opened = new Map<number, Opened>();
  const waiting: number[] = [root];
  const weight = (node: number): number => tree.subtreeBytes[node] ?? 0;
  for (let count = 1; count < limit && waiting.length > 0;) {
    const at = waiting.reduce(
      (best, node, index) => (weight(node) > weight(waiting[best] ?? 0) ? index : best),
      0,
    );
    const [directory = root] = waiting.splice(at, 1);
    const least = weight(directory) * leastShare;
    const page = heaviestChildren(tree, directory, Math.min(mostEntries, limit - count));
    const nodes = page.nodes.filter((node) => weight(node) > 0 && weight(node) >= least);
    opened.set(directory, { nodes, restCount: page.nodes.length - nodes.length + page.restCount });
    count += nodes.length + 1;
    waiting.push(...nodes.filter((node) => tree.kind[node] === nodeKind.directory));
  }
  return opened;
}

/** A rectangle, and what its bytes are. Every node below it is looked at once. */
function drawNode(drawing: Drawing, node: number, name: string): Drawn {
  const { tree, wasted, opened } = drawing;
  const page = opened.get(node);
  const inside = page === undefined ? undefined : drawChildren(drawing, node, page);
  const tally = inside?.tally ?? tallyOf(tree, node, createTally());
  return {
    tally,
    node: {
      name,
      kind: tree.kind[node] === nodeKind.directory ? "directory" : "file",
      bytes: tree.subtreeBytes[node] ?? 0,
      wastedBytes: wasted?.[node] ?? 0,
      ...mostOf(tally),
      count: 0,
      children: inside?.children,
    },
  };
}

interface Drawn {
  readonly node: TreemapNode;
  readonly tally: Tally;
}

function drawChildren(
  drawing: Drawing,
  directory: number,
  { nodes, restCount }: Opened,
): { readonly children: readonly TreemapNode[]; readonly tally: Tally } {
  const { tree, wasted } = drawing;
  const drawn = nodes.map((node) => drawNode(drawing, node, nameOf(tree, node)));
  const children = drawn.map(({ node }) => node);
  const sum = (bytesOf: (child: TreemapNode) => number): number =>
    children.reduce((total, child) => total + bytesOf(child), 0);
  const isDrawn = new Set(nodes);
  const rest = createTally();
  const end = tree.subtreeEnd[directory] ?? directory + 1;
  for (let child = directory + 1; child < end; child = tree.subtreeEnd[child] ?? end) {
    if (!isDrawn.has(child)) tallyOf(tree, child, rest);
  }
  const bytes = (tree.subtreeBytes[directory] ?? 0) - sum((child) => child.bytes);
  const restNode: TreemapNode = {
    name: "",
    kind: "rest",
    bytes,
    wastedBytes: (wasted?.[directory] ?? 0) - sum((child) => child.wastedBytes),
    ...mostOf(rest),
    count: restCount,
    children: undefined,
  };
  return {
    children: bytes > 0 ? [...children, restNode] : children,
    tally: [...drawn.map(({ tally }) => tally), rest].reduce(addTally, createTally()),
  };
}

/** Bytes by layer and by kind of content. */
interface Tally {
  readonly layers: Map<number, number>;
  readonly contents: Map<ContentKind, number>;
}

function createTally(): Tally {
  return { layers: new Map(), contents: new Map() };
}

/** Adds a node and all below it. */
function tallyOf(tree: FileTree, root: number, tally: Tally): Tally {
  const end = tree.subtreeEnd[root] ?? root + 1;
  for (let node = root; node < end; node += 1) {
    const bytes = tree.bytes[node] ?? 0;
    if (bytes === 0) continue;
    add(tally.layers, tree.layer[node] ?? 0, bytes);
    add(tally.contents, contentKindOf(tree, node), bytes);
  }
  return tally;
}

function addTally(sum: Tally, { layers, contents }: Tally): Tally {
  for (const [layer, bytes] of layers) add(sum.layers, layer, bytes);
  for (const [content, bytes] of contents) add(sum.contents, content, bytes);
  return sum;
}

function add<K>(weights: Map<K, number>, key: K, bytes: number): void {
  weights.set(key, (weights.get(key) ?? 0) + bytes);
}

function mostOf({ layers, contents }: Tally): Pick<TreemapNode, "layer" | "content"> {
  return { layer: heaviestKey(layers) ?? 0, content: heaviestKey(contents) ?? "other" };
}

function heaviestKey<K>(weights: ReadonlyMap<K, number>): K | undefined {
  let heaviest: K | undefined;
  let most = -1;
  for (const [key, bytes] of weights) {
    if (bytes > most) [heaviest, most] = [key, bytes];
  }
  return heaviest;
}

/** Wasted bytes of every subtree of a layer. */
function wastedBelow({ waste }: ReadImage, layer: number, tree: FileTree): Float64Array {
  const below = new Float64Array(tree.nodeCount);
  for (let row = 0; row < waste.count; row += 1) {
    if (waste.writtenByLayer[row] !== layer) continue;
    const node = waste.node[row] ?? 0;
    below[node] = (below[node] ?? 0) + (waste.bytes[row] ?? 0);
  }
  for (let node = tree.nodeCount - 1; node > 0; node -= 1) {
    const above = tree.parent[node] ?? 0;
    below[above] = (below[above] ?? 0) + (below[node] ?? 0);
  }
  return below;
}
