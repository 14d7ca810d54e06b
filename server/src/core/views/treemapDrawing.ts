import type { FileTree } from "../image/fileTree.ts";
import { findNode, nameOf, nodeKind } from "../image/fileTree.ts";
import type { Piecework } from "../image/piecework.ts";
import { heaviestChildren } from "./heaviest.ts";
import { groupOf, type TreemapNode } from "./treemapNode.ts";
import { type CountedTree, mostOf, subtractTally, type Tally, tallyOf } from "./treemapTally.ts";
import type { LayerWaste } from "./treemapTrees.ts";

/** A tree to draw. */
export interface DrawingSource {
  readonly counted: CountedTree;
  /** Undefined where nothing is wasted. */
  readonly waste: LayerWaste | undefined;
}

/** What is drawn of it. */
export interface Drawn {
  readonly node: TreemapNode;
  /** What its bytes are. */
  readonly tally: Tally;
}

interface Drawing extends DrawingSource {
  /** Directories that are drawn with what they hold. */
  readonly opened: ReadonlyMap<number, Opened>;
}

interface Opened {
  readonly nodes: readonly number[];
  readonly restCount: number;
}

/** A path of a tree with at most so many rectangles; undefined when there is no such path. O(children of what is drawn), in steps of few milliseconds. */
export function* drawTree(
  source: DrawingSource,
  path: string,
  limit: number,
): Piecework<Drawn | undefined> {
  const { tree } = source.counted;
  const root = findNode(tree, path);
  if (root === undefined) return undefined;
  const opened = yield* openHeaviest(tree, root, limit);
  return yield* drawNode({ ...source, opened }, root, path);
}

/** Entries of the root that are drawn however light they are. */
const leastEntries = 30;

/** Opens the heaviest directory again and again, until there are rectangles enough. What would take less than half of the average area is left to a `rest`. */
function* openHeaviest(
  tree: FileTree,
  root: number,
  limit: number,
): Piecework<ReadonlyMap<number, Opened>> {
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
    const always = directory === root ? leastEntries : 0;
    const heavyAtMost = Math.max(always, Math.floor(weight(directory) / least));
    const page = heaviestChildren(tree, directory, Math.min(heavyAtMost, limit - count - 1));
    yield;
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

function* drawNode(drawing: Drawing, node: number, name: string): Piecework<Drawn> {
  const { counted, waste, opened } = drawing;
  const { tree } = counted;
  const tally = tallyOf(counted, node);
  const page = opened.get(node);
  const children = page && (yield* drawChildren(drawing, node, page));
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
      children,
    },
  };
}

function* drawChildren(
  drawing: Drawing,
  directory: number,
  { nodes, restCount }: Opened,
): Piecework<readonly TreemapNode[]> {
  const { counted, waste } = drawing;
  const { tree } = counted;
  const drawn: Drawn[] = [];
  for (const node of nodes) drawn.push(yield* drawNode(drawing, node, nameOf(tree, node)));
  yield;
  const children = drawn.map(({ node }) => node);
  const sum = (bytesOf: (child: TreemapNode) => number): number =>
    children.reduce((total, child) => total + bytesOf(child), 0);
  const bytes = (tree.subtreeBytes[directory] ?? 0) - sum((child) => child.bytes);
  if (bytes <= 0) return children;
  const rest = drawn.reduce(
    (left, { tally }) => subtractTally(left, tally),
    tallyOf(counted, directory),
  );
  const restNode: TreemapNode = {
    ...groupOf("rest", rest),
    bytes,
    wastedBytes: (waste?.tree.subtreeBytes[directory] ?? 0) - sum(({ wastedBytes }) => wastedBytes),
    count: restCount,
  };
  return [...children, restNode];
}
