import { nodeKind } from "./fileTree.ts";
import { ghostsOf } from "./ghosts.ts";
import { type LayerIndex, layerFlag } from "./layerIndex.ts";
import { type Sibling, createSiblingMerge } from "./siblingMerge.ts";

/** How a node came to be hidden. Which waste kind that makes may depend on content. */
export const hiding = {
  /** An explicit whiteout of the path or a parent. */
  whiteout: 1,
  opaque: 2,
  /** The path or a parent became something of another type. */
  otherType: 3,
  /** A file over a file. */
  samePath: 4,
} as const;

/** What became of the nodes of one layer, by node. */
export interface LayerFate {
  /** The first layer that hides the node, plus one; 0 while it is visible. */
  readonly hiddenBy: Uint16Array;
  /** Values of `hiding`; 0 while visible. */
  readonly how: Uint8Array;
  /** For `hiding.samePath` the file of the hiding layer that took its place; undefined while there is none in this layer. */
  by: Int32Array | undefined;
}

/** Layers put on top of each other, content not yet looked at. */
export interface Overlay {
  /** The visible nodes in preorder: which node of which layer, and its parent among the visible ones. Longer than `visibleCount`. */
  readonly visibleCount: number;
  readonly visibleLayer: Uint16Array;
  readonly visibleNode: Int32Array;
  readonly visibleParent: Int32Array;
  /** One for each layer. */
  readonly fates: readonly LayerFate[];
}

/**
 * Puts layers on top of each other, base first: one walk over all trees at once, each node looked at once, O(nodes · log layers of its directory).
 * Whiteouts act on lower layers only and symlinks are never followed: image-spec layer.md § Whiteouts, FACTS §3B 13–15.
 * An entry at a path says more than a whiteout of the same layer there or above: a file written again is overwritten, not deleted.
 */
export function overlayLayers(layers: readonly LayerIndex[]): Overlay {
  const total = layers.reduce((sum, { tree }) => sum + tree.nodeCount, 1);
  const widest = layers.reduce((most, { tree }) => Math.max(most, tree.nodeCount), 0);
  const walk: Walk = {
    layers,
    trees: layers.map(({ tree }) => tree),
    ghosts: layers.map(ghostsOf),
    visibleAs: new Int32Array(widest),
    visibleCount: 0,
    visibleLayer: new Uint16Array(total),
    visibleNode: new Int32Array(total),
    visibleParent: new Int32Array(total),
    fates: layers.map(({ tree }) => ({
      hiddenBy: new Uint16Array(tree.nodeCount),
      how: new Uint8Array(tree.nodeCount),
      by: undefined,
    })),
  };
  place(
    walk,
    layers.map((_, layer) => ({ layer, node: 0, hiddenBy: 0, how: 0 })),
    0,
  );
  const { visibleCount, visibleLayer, visibleNode, visibleParent, fates } = walk;
  return { visibleCount, visibleLayer, visibleNode, visibleParent, fates };
}

interface Walk extends Overlay {
  readonly layers: readonly LayerIndex[];
  readonly trees: readonly LayerIndex["tree"][];
  /** One for each layer. */
  readonly ghosts: readonly Uint8Array[];
  /** Scratch: the visible node of a layer's node. */
  readonly visibleAs: Int32Array;
  visibleCount: number;
}

/** Decides what a path is. `stack` holds the nodes of all layers that name it, lowest layer first. */
function place(walk: Walk, stack: readonly Sibling[], parent: number): void {
  const visible = stack.length === 1 ? aloneVisible(walk, stack[0]) : settle(walk, stack);
  for (const sibling of stack) {
    if (sibling.hiddenBy !== 0) hide(walk, sibling, sibling.node + 1);
  }
  const at = visible === undefined ? -1 : show(walk, visible.layer, visible.node, parent);
  const [first] = stack;
  const isLeaf = stack.length === 1 && first !== undefined && !isDirectoryAt(walk, first);
  if (!isLeaf) descend(walk, stack, at);
}

/** Goes on with what is below a path; `at` is its visible node. */
function descend(walk: Walk, stack: readonly Sibling[], at: number): void {
  const directories = stack.filter((sibling) => isDirectoryAt(walk, sibling));
  const [only] = directories;
  if (only === undefined) return;
  if (directories.length === 1) {
    if (only.hiddenBy !== 0) hide(walk, only, walk.trees[only.layer]?.subtreeEnd[only.node] ?? 0);
    else showBelow(walk, only, at);
    return;
  }
  applyOpaque(walk, directories);
  const merge = createSiblingMerge(walk.trees, directories);
  for (let next = merge.next(); next.length > 0; next = merge.next()) place(walk, next, at);
}

function aloneVisible(walk: Walk, sibling: Sibling | undefined): Sibling | undefined {
  if (sibling === undefined || sibling.hiddenBy !== 0) return undefined;
  if (isGhost(walk, sibling)) return undefined;
  return kindOf(walk, sibling) === nodeKind.whiteout ? undefined : sibling;
}

/** Lets each node act on those below it, and finds the one that is seen in the end. */
function settle(walk: Walk, stack: readonly Sibling[]): Sibling | undefined {
  // Either directories only, or one node of another type.
  let alive: Sibling[] = [];
  for (const upper of stack) {
    const kind = kindOf(walk, upper);
    const isDirectory = kind === nodeKind.directory;
    const [lowest] = alive;
    const isOverDirectory = lowest === undefined || kindOf(walk, lowest) === nodeKind.directory;
    const isWhitedOut = (flagsOf(walk, upper) & layerFlag.whitedOut) !== 0;
    if (isGhost(walk, upper) && !isOverDirectory && !isWhitedOut) continue;
    if (!isDirectory || isWhitedOut || !isOverDirectory) {
      for (const lower of alive) hideBelow(walk, lower, upper);
      alive = [];
    }
    if (kind !== nodeKind.whiteout) alive.push(upper);
  }
  const seen = alive.filter(({ hiddenBy }) => hiddenBy === 0);
  const stated = seen.filter((sibling) => (flagsOf(walk, sibling) & layerFlag.stated) !== 0);
  return stated.at(-1) ?? seen.find((sibling) => !isGhost(walk, sibling) || sibling.node === 0);
}

function hideBelow(walk: Walk, lower: Sibling, upper: Sibling): void {
  const by = upper.layer + 1;
  if (lower.hiddenBy !== 0 && lower.hiddenBy < by) return;
  lower.hiddenBy = by;
  const upperKind = isGhost(walk, upper) ? nodeKind.whiteout : kindOf(walk, upper);
  lower.how = howHidden(kindOf(walk, lower), upperKind);
  const fate = walk.fates[lower.layer];
  if (lower.how !== hiding.samePath || fate === undefined) return;
  fate.by ??= new Int32Array(fate.how.length);
  fate.by[lower.node] = upper.node;
}

function howHidden(lowerKind: number, upperKind: number): number {
  if (upperKind === nodeKind.whiteout) return hiding.whiteout;
  if (lowerKind !== upperKind) return hiding.otherType;
  return lowerKind === nodeKind.directory ? hiding.whiteout : hiding.samePath;
}

/** What the children of each directory inherit: its own fate, or the first opaque whiteout above it where that comes earlier. */
function applyOpaque(walk: Walk, directories: readonly Sibling[]): void {
  let opaqueBy = 0;
  for (let at = directories.length - 1; at >= 0; at -= 1) {
    const directory = directories[at];
    if (directory === undefined) continue;
    if (opaqueBy !== 0 && (directory.hiddenBy === 0 || opaqueBy < directory.hiddenBy)) {
      directory.hiddenBy = opaqueBy;
      directory.how = hiding.opaque;
    }
    if ((flagsOf(walk, directory) & layerFlag.opaque) !== 0) opaqueBy = directory.layer + 1;
  }
}

function hide(walk: Walk, { layer, node, hiddenBy, how }: Sibling, end: number): void {
  const fate = walk.fates[layer];
  fate?.hiddenBy.fill(hiddenBy, node, end);
  fate?.how.fill(how, node, end);
}

function show(walk: Walk, layer: number, node: number, parent: number): number {
  const at = walk.visibleCount;
  walk.visibleLayer[at] = layer;
  walk.visibleNode[at] = node;
  walk.visibleParent[at] = parent;
  walk.visibleCount = at + 1;
  return at;
}

/** Everything below a directory that no other layer has: its whiteouts find nothing to hide. */
function showBelow(walk: Walk, { layer, node: directory }: Sibling, at: number): void {
  const tree = walk.trees[layer];
  const ghosts = walk.ghosts[layer];
  if (tree === undefined || ghosts === undefined) return;
  const { visibleAs } = walk;
  const { kind, parent } = tree;
  const end = tree.subtreeEnd[directory] ?? 0;
  visibleAs[directory] = at;
  for (let node = directory + 1; node < end; node += 1) {
    if (kind[node] === nodeKind.whiteout || ghosts[node] === 1) continue;
    visibleAs[node] = show(walk, layer, node, visibleAs[parent[node] ?? 0] ?? 0);
  }
}

function kindOf(walk: Walk, { layer, node }: Sibling): number {
  return walk.trees[layer]?.kind[node] ?? nodeKind.whiteout;
}

function isDirectoryAt(walk: Walk, sibling: Sibling): boolean {
  return kindOf(walk, sibling) === nodeKind.directory;
}

function flagsOf(walk: Walk, { layer, node }: Sibling): number {
  return walk.layers[layer]?.flags[node] ?? 0;
}

function isGhost(walk: Walk, { layer, node }: Sibling): boolean {
  return walk.ghosts[layer]?.[node] === 1;
}
