import { equalBytes } from "./byteColumn.ts";
import { type FileTree, nodeKind } from "./fileTree.ts";
import { ghostsOf } from "./ghosts.ts";
import { type LayerIndex, layerFlag } from "./layerIndex.ts";

/** A node of one layer. */
export interface LayerNode {
  readonly layer: number;
  readonly node: number;
}

/** Which nodes are names of the same content, across all layers. */
export interface InodeGroups {
  /** Whether the node is the only name of its content, as most are. */
  isAlone(layer: number, node: number): boolean;
  /** The node that carries the bytes of this node's content: in its own layer, or in a lower one for a hard link that points there. */
  ownerOf(layer: number, node: number): LayerNode;
  /** The names other than the owner itself, by layer, then by path; empty for most. */
  otherNamesOf(owner: LayerNode): readonly LayerNode[];
}

/**
 * Groups hard links. A link whose target is not in its own layer is another name of the file that lower layers show at that path
 * (legal in practice, FACTS §3B 16), of nothing when they show none. O(nodes), and O(layers · depth · siblings) for each such link.
 */
export function groupInodes(layers: readonly LayerIndex[]): InodeGroups {
  const names = layers.map(namesOf);
  const distant = linkDistant(layers);
  const ownerOf = (layer: number, node: number): LayerNode =>
    (distant.owners.size === 0 ? undefined : distant.owners.get(keyOf(layer, node))) ?? {
      layer,
      node: layers[layer]?.inode[node] ?? node,
    };
  return {
    isAlone: (layer, node) =>
      names[layer]?.isGrouped[node] !== 1 &&
      (distant.grouped.size === 0 || !distant.grouped.has(keyOf(layer, node))),
    ownerOf,
    otherNamesOf: (owner) => [
      ...chainOf(names[owner.layer], owner),
      ...(distant.names.get(keyOf(owner.layer, owner.node)) ?? []),
    ],
  };
}

/** The names of contents within one layer; undefined where no content has more than one. */
interface LayerNames {
  readonly isGrouped: Uint8Array;
  /** By node, the next name of the same content in path order; 0 for none. */
  readonly next: Int32Array;
}

function namesOf({ tree }: LayerIndex): LayerNames | undefined {
  const { node: nodes, first } = tree.links;
  if (first.every((firstName) => firstName < 0)) return undefined;
  const isGrouped = new Uint8Array(tree.nodeCount);
  const next = new Int32Array(tree.nodeCount);
  for (let row = nodes.length - 1; row >= 0; row -= 1) {
    const owner = first[row] ?? -1;
    const node = nodes[row] ?? 0;
    if (owner < 0 || tree.kind[node] !== nodeKind.file) continue;
    isGrouped[owner] = 1;
    isGrouped[node] = 1;
    next[node] = next[owner] ?? 0;
    next[owner] = node;
  }
  return { isGrouped, next };
}

function chainOf(names: LayerNames | undefined, { layer, node: owner }: LayerNode): LayerNode[] {
  const chain: LayerNode[] = [];
  for (let node = names?.next[owner] ?? 0; node !== 0; node = names?.next[node] ?? 0) {
    chain.push({ layer, node });
  }
  return chain;
}

/** Hard links into lower layers: rare, so by key. */
interface DistantLinks {
  readonly owners: ReadonlyMap<number, LayerNode>;
  readonly names: ReadonlyMap<number, readonly LayerNode[]>;
  /** Links and owners. */
  readonly grouped: ReadonlySet<number>;
}

function linkDistant(layers: readonly LayerIndex[]): DistantLinks {
  const owners = new Map<number, LayerNode>();
  const names = new Map<number, LayerNode[]>();
  const ghosts: Ghosts = new Map();
  layers.forEach(({ tree }, layer) => {
    const { node: nodes, first } = tree.links;
    nodes.forEach((node, row) => {
      if (first[row] !== -1 || tree.kind[node] !== nodeKind.file) return;
      const owner = findDistant(layers, layer, row, owners, ghosts);
      if (owner === undefined) return;
      owners.set(keyOf(layer, node), owner);
      const others = names.get(keyOf(owner.layer, owner.node));
      if (others === undefined) names.set(keyOf(owner.layer, owner.node), [{ layer, node }]);
      else others.push({ layer, node });
    });
  });
  return { owners, names, grouped: new Set([...owners.keys(), ...names.keys()]) };
}

/** One number for a node of a layer, to key maps with. */
export function keyOf(layer: number, node: number): number {
  return layer * 2 ** 32 + node;
}

function findDistant(
  layers: readonly LayerIndex[],
  layer: number,
  row: number,
  owners: ReadonlyMap<number, LayerNode>,
  ghosts: Ghosts,
): LayerNode | undefined {
  const links = layers[layer]?.tree.links;
  if (links === undefined) return undefined;
  const path = links.textBytes.subarray(links.textStart[row], links.textStart[row + 1]);
  for (let below = layer - 1; below >= 0; below -= 1) {
    const index = layers[below];
    const found = index === undefined ? notThere : lookUp(index, path, ghosts);
    if (found === hidden) return undefined;
    if (found === notThere) continue;
    const own = index?.inode[found] ?? found;
    return owners.get(keyOf(below, found)) ?? { layer: below, node: own };
  }
  return undefined;
}

const notThere = -1;
const hidden = -2;
const slash = 0x2f;
const dot = 0x2e;

/** The file at a path in one layer; `hidden` when the layer keeps lower layers from showing one there. */
function lookUp(index: LayerIndex, path: Uint8Array, ghosts: Ghosts): number {
  const { tree, flags } = index;
  let node = 0;
  let hidesLower = false;
  for (const [start, stop] of componentsOf(path)) {
    if (tree.kind[node] !== nodeKind.directory) return hidden;
    hidesLower ||= hasFlag(flags, node, layerFlag.opaque);
    node = childNamed(tree, node, path, start, stop);
    if (node < 0) return hidesLower ? hidden : notThere;
    hidesLower ||= hasFlag(flags, node, layerFlag.whitedOut);
  }
  if (tree.kind[node] === nodeKind.file) return node;
  return isGhost(index, node, ghosts) && !hidesLower ? notThere : hidden;
}

/** By layer, made when the first link asks. */
type Ghosts = Map<LayerIndex, Uint8Array>;

function isGhost(index: LayerIndex, node: number, ghosts: Ghosts): boolean {
  const known = ghosts.get(index) ?? ghostsOf(index);
  ghosts.set(index, known);
  return known[node] === 1;
}

function* componentsOf(path: Uint8Array): Generator<readonly [number, number]> {
  for (let start = 0; start < path.length;) {
    const slashAt = path.indexOf(slash, start);
    const stop = slashAt < 0 ? path.length : slashAt;
    const isDot = stop - start === 1 && path[start] === dot;
    if (stop > start && !isDot) yield [start, stop];
    start = stop + 1;
  }
}

function hasFlag(flags: Uint8Array, node: number, flag: number): boolean {
  return ((flags[node] ?? 0) & flag) !== 0;
}

function childNamed(
  tree: FileTree,
  directory: number,
  name: Uint8Array,
  start: number,
  stop: number,
): number {
  const end = tree.subtreeEnd[directory] ?? 0;
  for (let child = directory + 1; child < end; child = tree.subtreeEnd[child] ?? end) {
    const from = tree.nameStart[child] ?? 0;
    const to = from + (tree.nameLength[child] ?? 0);
    if (equalBytes(tree.nameBytes, from, to, name, start, stop)) return child;
  }
  return -1;
}
