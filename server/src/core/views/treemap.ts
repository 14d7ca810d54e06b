import type { FileTree } from "../image/fileTree.ts";
import type { Layer, ReadImage } from "../image/image.ts";
import type { Piecework } from "../image/piecework.ts";
import { drawTree, type Drawn } from "./treemapDrawing.ts";
import { countedIn, type TreemapMemory, wasteIn } from "./treemapMemory.ts";
import { groupOf, type TreemapNode } from "./treemapNode.ts";
import { addTally, createTally } from "./treemapTally.ts";
import type { LayerWaste } from "./treemapTrees.ts";

/** What a treemap shows. */
export type TreemapScope =
  /** What a container sees; at its root all waste stands beside it, so that the whole weighs what all layers together do. */
  | { readonly kind: "image" }
  /** What one layer brings. */
  | { readonly kind: "layer"; readonly layer: number }
  /** What the final file system does not show: of one layer, or of each. */
  | { readonly kind: "waste"; readonly layer: number | undefined };

/** What is asked for. */
export interface TreemapQuestion {
  readonly scope: TreemapScope;
  /** The directory that fills the map, "" for all. Of no meaning for the waste of all layers. */
  readonly path: string;
  /** Nodes at most, the root and each `rest` counted; the waste of many layers is never fewer than a handful. */
  readonly limit: number;
}

/**
 * A map of an image that never has more rectangles than can be drawn; undefined when there is no such path or layer. In steps of few milliseconds:
 * O(nodes of the trees it shows) for the first one of them, O(children of what is drawn) for those that follow.
 */
export function* treemapInSteps(
  memory: TreemapMemory,
  read: ReadImage,
  { scope, path, limit }: TreemapQuestion,
): Piecework<TreemapNode | undefined> {
  const mapped = { memory, read };
  switch (scope.kind) {
    case "image":
      if (path === "" && read.wastedBytes > 0) return yield* wholeImage(mapped, limit);
      return (yield* treeMap(mapped, { tree: read.finalTree, path, limit }))?.node;
    case "layer": {
      const tree = read.layers[scope.layer]?.tree;
      const waste = wasteIn(memory, read, scope.layer);
      return tree && (yield* treeMap(mapped, { tree, waste, path, limit }))?.node;
    }
    case "waste":
      if (scope.layer === undefined) return (yield* wasteOfAll(mapped, limit)).node;
      return (yield* wasteMap(mapped, scope.layer, path, limit))?.node;
  }
}

/** An image, and what is remembered of it. */
interface Mapped {
  readonly memory: TreemapMemory;
  readonly read: ReadImage;
}

interface Wish {
  readonly tree: FileTree;
  readonly waste?: LayerWaste | undefined;
  readonly path: string;
  readonly limit: number;
}

function* treeMap(
  { memory, read }: Mapped,
  { tree, waste, path, limit }: Wish,
): Piecework<Drawn | undefined> {
  const counted = yield* countedIn(memory, tree, read.layers.length);
  return yield* drawTree({ counted, waste }, path, limit);
}

function* wasteMap(
  mapped: Mapped,
  layer: number,
  path: string,
  limit: number,
): Piecework<Drawn | undefined> {
  const waste = wasteIn(mapped.memory, mapped.read, layer);
  if (waste === undefined) return undefined;
  const drawn = yield* treeMap(mapped, { tree: waste.tree, waste, path, limit });
  if (drawn === undefined || path !== "") return drawn;
  return { ...drawn, node: { ...drawn.node, kind: "layer" } };
}

/** Of the rectangles: however little waste there is, its files are to be seen. */
const mostForFinal = 0.9;

/** The final file system with all waste beside it; each gets its share of the rectangles. */
function* wholeImage(mapped: Mapped, limit: number): Piecework<TreemapNode | undefined> {
  const { read } = mapped;
  const share = read.finalContentBytes / read.layerContentBytes;
  const forFinal = Math.max(1, Math.round((limit - 1) * Math.min(share, mostForFinal)));
  const wish = { tree: read.finalTree, path: "", limit: forFinal };
  const final = yield* treeMap(mapped, wish);
  if (final === undefined) return undefined;
  const waste = yield* wasteOfAll(mapped, limit - forFinal);
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
function* wasteOfAll(mapped: Mapped, limit: number): Piecework<Drawn> {
  const { read } = mapped;
  const wasteful = read.layers
    .filter(({ wastedBytes }) => wastedBytes > 0)
    .toSorted((a, b) => b.wastedBytes - a.wastedBytes || a.index - b.index);
  const shown = wasteful.slice(0, Math.max(1, Math.min(mostWasteLayers, Math.floor(limit / 3))));
  const spare = Math.max(0, limit - 2 - shown.length);
  const tally = createTally(read.layers.length);
  const children: TreemapNode[] = [];
  for (const { index, wastedBytes } of shown) {
    const forLayer = 1 + Math.floor((spare * wastedBytes) / read.wastedBytes);
    const drawn = yield* wasteMap(mapped, index, "", forLayer);
    if (drawn === undefined) continue;
    addTally(tally, drawn.tally);
    children.push(drawn.node);
  }
  const rest = wasteRest(read, children, wasteful.slice(shown.length));
  return {
    tally,
    node: {
      ...groupOf("waste", tally),
      bytes: read.wastedBytes,
      wastedBytes: read.wastedBytes,
      children: rest === undefined ? children : [...children, rest],
    },
  };
}

/** The waste of layers that are not drawn; undefined where all are. */
function wasteRest(
  read: ReadImage,
  shown: readonly TreemapNode[],
  left: readonly Layer[],
): TreemapNode | undefined {
  const bytes = read.wastedBytes - shown.reduce((sum, node) => sum + node.bytes, 0);
  if (bytes <= 0) return undefined;
  return {
    ...groupOf("rest", createTally(read.layers.length)),
    bytes,
    wastedBytes: bytes,
    layer: left[0]?.index ?? 0,
    count: left.length,
  };
}
