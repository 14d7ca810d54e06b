import type { FileTree } from "../image/fileTree.ts";
import { findNode, nameOf, nodeKind } from "../image/fileTree.ts";
import type { ReadImage } from "../image/image.ts";
import type { ContentKind } from "./contentKind.ts";
import { heaviestChildren } from "./heaviest.ts";
import { addSubtree, addTally, createTally, mostOf, type Tally } from "./treemapTally.ts";
import { type Hidden, type LayerWaste, layerWaste } from "./treemapTrees.ts";

/** What a treemap shows. */
export type TreemapScope =
  /** What a container sees; at its root all waste stands beside it, so that the whole weighs what all layers together do. */
  | { readonly kind: "image" }
  /** What one layer brings. */
  | { readonly kind: "layer"; readonly layer: number }
  /** What the final file system does not show: of one layer, or of each. */
  | { readonly kind: "waste"; readonly layer: number | undefined };

/** One rectangle; its area is `bytes`. */
export interface TreemapNode {
  /** Without directories; of the root of the map its path; "" for all but files and directories. */
  readonly name: string;
  /** `image`: all of it · `waste`: all that is wasted · `layer`: what of it is wasted · `rest`: entries too light to be drawn. */
  readonly kind: "image" | "waste" | "layer" | "directory" | "file" | "rest";
  /** Of all below it; the sum of its children's where it has any. */
  readonly bytes: number;
  /** How many of them the final file system does not show. */
  readonly wastedBytes: number;
  /** The layer that most of its bytes come from. */
  readonly layer: number;
  /** What most of its bytes are. */
  readonly content: ContentKind;
  /** Entries that a `rest` stands for; 0 for all others. */
  readonly count: number;
  /** Of wasted files. */
  readonly hidden: Hidden | undefined;
  /** Heaviest first, a `rest` and `waste` last; undefined for files and for what is drawn as a whole. */
  readonly children: readonly TreemapNode[] | undefined;
}

/** What is asked for. */
export interface TreemapQuestion {
  readonly scope: TreemapScope;
  /** The directory that fills the map, "" for all. Of no meaning for the waste of all layers. */
  readonly path: string;
  /** Nodes at most, the root and each `rest` counted; the waste of many layers is never fewer than a handful. */
  readonly limit: number;
}

/** A map of an image that never has more rectangles than can be drawn; undefined when there is no such path or layer. O(nodes below the path, and of layers with waste). */
export function treemapOf(
  read: ReadImage,
  { scope, path, limit }: TreemapQuestion,
): TreemapNode | undefined {
  switch (scope.kind) {
    case "image":
      return path === "" && read.wastedBytes > 0
        ? wholeImage(read, limit)
        : drawTree({ tree: read.finalTree, waste: undefined }, path, limit)?.node;
    case "layer":
      return layerMap(read, scope.layer, path, limit);
    case "waste":
      return scope.layer === undefined
        ? wasteOfAll(read, limit).node
        : wasteMap(read, scope.layer, path, limit);
  }
}

function layerMap(
  read: ReadImage,
  layer: number,
  path: string,
  limit: number,
): TreemapNode | undefined {
  const tree = read.layers[layer]?.tree;
  return tree && drawTree({ tree, waste: layerWaste(read, layer) }, path, limit)?.node;
}

function wasteMap(
  read: ReadImage,
  layer: number,
  path: string,
  limit: number,
): TreemapNode | undefined {
  const waste = layerWaste(read, layer);
  const drawn = waste && drawTree({ tree: waste.tree, waste }, path, limit)?.node;
  return drawn !== undefined && path === "" ? { ...drawn, kind: "layer" } : drawn;
}

/** A tree to draw. */
interface Source {
  readonly tree: FileTree;
  /** Undefined where nothing is wasted. */
  readonly waste: LayerWaste | undefined;
}

interface Drawing extends Source {
  /** Directories that are drawn with what they hold. */
  readonly opened: ReadonlyMap<number, Opened>;
}

interface Opened {
  readonly nodes: readonly number[];
  readonly restCount: number;
}

interface Drawn {
  readonly node: TreemapNode;
  readonly tally: Tally;
}

/** Of the rectangles: however little waste there is, its files are to be seen. */
const mostForFinal = 0.9;

/** The final file system with all waste beside it; each gets its share of the rectangles. */
function wholeImage(read: ReadImage, limit: number): TreemapNode | undefined {
  const share = read.finalContentBytes / read.layerContentBytes;
  const forFinal = Math.max(1, Math.round((limit - 1) * Math.min(share, mostForFinal)));
  const final = drawTree({ tree: read.finalTree, waste: undefined }, "", forFinal);
  if (final === undefined) return undefined;
  const waste = wasteOfAll(read, limit - forFinal);
  const shown = final.node.children ?? (final.node.bytes > 0 ? [final.node] : []);
  return {
    ...groupOf("image", addTally(final.tally, waste.tally)),
    bytes: read.layerContentBytes,
    wastedBytes: read.wastedBytes,
    children: [...shown, waste.node],
  };
}

/** Layers whose waste is drawn by itself, at most. */
const mostWasteLayers = 40;

/** One node for each layer that has waste, heaviest first; light ones beyond the limit become a `rest`. */
function wasteOfAll(read: ReadImage, limit: number): Drawn {
  const wasteful = read.layers
    .filter(({ wastedBytes }) => wastedBytes > 0)
    .toSorted((a, b) => b.wastedBytes - a.wastedBytes || a.index - b.index);
  const shown = wasteful.slice(0, Math.max(1, Math.min(mostWasteLayers, Math.floor(limit / 3))));
  const spare = Math.max(0, limit - 2 - shown.length);
  const tally = createTally();
  const children: TreemapNode[] = [];
  for (const { index, wastedBytes } of shown) {
    const waste = layerWaste(read, index);
    const forLayer = 1 + Math.floor((spare * wastedBytes) / read.wastedBytes);
    const drawn = waste && drawTree({ tree: waste.tree, waste }, "", forLayer);
    if (drawn === undefined) continue;
    addTally(tally, drawn.tally);
    children.push({ ...drawn.node, kind: "layer" });
  }
  const restBytes = read.wastedBytes - children.reduce((sum, { bytes }) => sum + bytes, 0);
  const count = wasteful.length - shown.length;
  const lightest = wasteful.at(-1)?.index ?? 0;
  const rest: readonly TreemapNode[] =
    restBytes > 0
      ? [
          {
            ...groupOf("rest", createTally()),
            bytes: restBytes,
            wastedBytes: restBytes,
            layer: lightest,
            count,
          },
        ]
      : [];
  return {
    tally,
    node: {
      ...groupOf("waste", tally),
      bytes: read.wastedBytes,
      wastedBytes: read.wastedBytes,
      children: [...children, ...rest],
    },
  };
}

function groupOf(
  kind: TreemapNode["kind"],
  tally: Tally,
): Omit<TreemapNode, "bytes" | "wastedBytes"> {
  return { name: "", kind, ...mostOf(tally), count: 0, hidden: undefined, children: undefined };
}

function drawTree(source: Source, path: string, limit: number): Drawn | undefined {
  const root = findNode(source.tree, path);
  if (root === undefined) return undefined;
  return drawNode({ ...source, opened: openHeaviest(source.tree, root, limit) }, root, path);
}

/** Entries of the root that are drawn however light they are. */
const leastEntries = 30;

/** Opens the heaviest directory again and again, until there are rectangles enough. What would take less than half of the average area is left to a `rest`. */
function openHeaviest(tree: FileTree, root: number, limit: number): ReadonlyMap<number, Opened> {
  const opened = new Map<number, Opened>();
  const waiting: number[] = tree.kind[root] === nodeKind.directory ? [root] : [];
  const weight = (node: number): number => tree.subtreeBytes[node] ?? 0;
  const least = weight(root) / (2 * limit);
  for (let count = 1; count + 1 < limit && waiting.length > 0;) {
    const at = waiting.reduce(
      (best, node, index) => (weight(node) > weight(waiting[best] ?? 0) ? index : best),
      0,
    );
    const [directory = root] = waiting.splice(at, 1);
    const page = heaviestChildren(tree, directory, limit - count - 1);
    const always = directory === root ? leastEntries : 0;
    const nodes = page.nodes.filter(
      (node, index) => weight(node) > 0 && (weight(node) >= least || index < always),
    );
    if (nodes.length === 0) continue;
    opened.set(directory, { nodes, restCount: page.nodes.length - nodes.length + page.restCount });
    count += nodes.length + 1;
    waiting.push(...nodes.filter((node) => tree.kind[node] === nodeKind.directory));
  }
  return opened;
}

/** A rectangle, and what its bytes are. Every node below it is looked at once. */
function drawNode(drawing: Drawing, node: number, name: string): Drawn {
  const { tree, waste, opened } = drawing;
  const page = opened.get(node);
  const inside = page === undefined ? undefined : drawChildren(drawing, node, page);
  const tally = inside?.tally ?? addSubtree(createTally(), tree, node);
  return {
    tally,
    node: {
      name,
      kind: tree.kind[node] === nodeKind.directory ? "directory" : "file",
      bytes: tree.subtreeBytes[node] ?? 0,
      wastedBytes: waste?.tree.subtreeBytes[node] ?? 0,
      ...mostOf(tally),
      count: 0,
      hidden: waste?.hiddenOf(node),
      children: inside?.children,
    },
  };
}

function drawChildren(
  drawing: Drawing,
  directory: number,
  { nodes, restCount }: Opened,
): { readonly children: readonly TreemapNode[]; readonly tally: Tally } {
  const { tree, waste } = drawing;
  const drawn = nodes.map((node) => drawNode(drawing, node, nameOf(tree, node)));
  const children = drawn.map(({ node }) => node);
  const sum = (bytesOf: (child: TreemapNode) => number): number =>
    children.reduce((total, child) => total + bytesOf(child), 0);
  const isDrawn = new Set(nodes);
  const rest = createTally();
  const end = tree.subtreeEnd[directory] ?? directory + 1;
  for (let child = directory + 1; child < end; child = tree.subtreeEnd[child] ?? end) {
    if (!isDrawn.has(child)) addSubtree(rest, tree, child);
  }
  const bytes = (tree.subtreeBytes[directory] ?? 0) - sum((child) => child.bytes);
  const restNode: TreemapNode = {
    ...groupOf("rest", rest),
    bytes,
    wastedBytes: (waste?.tree.subtreeBytes[directory] ?? 0) - sum(({ wastedBytes }) => wastedBytes),
    count: restCount,
  };
  return {
    children: bytes > 0 ? [...children, restNode] : children,
    tally: [...drawn.map(({ tally }) => tally), rest].reduce(addTally, createTally()),
  };
}
