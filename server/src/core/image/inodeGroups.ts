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
 * (legal in practice, FACTS §3B 16), of nothing when they show none. Each such link costs O(layers · depth · siblings).
 */
export function groupInodes(layers: readonly LayerIndex[]): InodeGroups {
  const owners = new Map<number, LayerNode>();
  const ghosts: Ghosts = new Map();
  const names = new Map<number, LayerNode[]>();
  const grouped = layers.map(({ tree }) => new Uint8Array(tree.nodeCount));
  const mark = ({ layer, node }: LayerNode): void => {
    const marks = grouped[layer];
    if (marks !== undefined) marks[node] = 1;
  };
  layers.forEach(({ tree, inode }, layer) => {
    const { node: nodes, first } = tree.links;
    nodes.forEach((node, row) => {
      if (tree.kind[node] !== nodeKind.file) return;
      const isDistant = first[row] === -1;
      const owner = isDistant
        ? findDistant(layers, layer, row, owners, ghosts)
        : (owners.get(keyOf(layer, inode[node] ?? node)) ?? { layer, node: inode[node] ?? node });
      if (owner === undefined) return;
      owners.set(keyOf(layer, node), owner);
      mark(owner);
      mark({ layer, node });
      const others = names.get(keyOf(owner.layer, owner.node));
      if (others === undefined) names.set(keyOf(owner.layer, owner.node), [{ layer, node }]);
      else others.push({ layer, node });
    });
  });
  return {
    isAlone: (layer, node) => grouped[layer]?.[node] !== 1,
    ownerOf: (layer, node) => owners.get(keyOf(layer, node)) ?? { layer, node },
    otherNamesOf: ({ layer, node }) => names.get(keyOf(layer, node)) ?? [],
  };
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
  for (const [start, stop] of namesOf(path)) {
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

function* namesOf(path: Uint8Array): Generator<readonly [number, number]> {
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
