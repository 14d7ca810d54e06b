import type { Analysis } from "../analysis.ts";
import type { FileTree } from "../image/fileTree.ts";
import { nodeKind, pathOf } from "../image/fileTree.ts";
import type { Layer, ReadImage } from "../image/image.ts";
import type { Piecework } from "../image/piecework.ts";
import { formatSize } from "../text/size.ts";
import { type Offering, selectFirst } from "./heaviest.ts";
import { escapeSteering } from "./reportCells.ts";
import { type TreemapMemory, wasteIn } from "./treemapMemory.ts";
import { scopeOf, type TreemapPlace } from "./treemapView.ts";

/** A file or directory that was found; the shape that the protocol sends. */
export interface TreemapMatch {
  readonly path: string;
  /** The path, safe to show; absent where it is the same. */
  readonly label?: string;
  readonly kind: "directory" | "file";
  readonly bytes: number;
  readonly sizeText: string;
  readonly layer: number;
  /** True when it is found among what the final file system does not show. */
  readonly waste?: boolean;
}

/** What a search found. */
export interface TreemapMatches {
  /** Heaviest first. */
  readonly matches: readonly TreemapMatch[];
  /** All that were found, also those that are not listed. */
  readonly count: number;
}

/** What is looked for. */
export interface TreemapSearchQuestion {
  /** Part of a path. */
  readonly query: string;
  /** Matches at most. */
  readonly limit: number;
}

/** Longest text that is looked for. */
const mostLetters = 200;

/**
 * Entries with bytes whose path holds the text and whose own name has a part in it, heaviest first, wherever in the scope they are; ASCII letters in
 * either case. `lib/node` finds `usr/lib/node_modules`, not what is in it. Nothing while the files are not read. O(nodes of the scope), in steps of
 * few milliseconds; no text is made for those that do not match.
 */
export function* treemapSearchInSteps(
  memory: TreemapMemory,
  { image }: Analysis,
  place: TreemapPlace,
  { query, limit }: TreemapSearchQuestion,
): Piecework<TreemapMatches> {
  const wanted = query.trim().replace(/^\//, "").slice(0, mostLetters);
  if (image?.state !== "read" || wanted === "") return { matches: [], count: 0 };
  const parts = partsOf(wanted).toReversed();
  let matches: readonly TreemapMatch[] = [];
  let count = 0;
  for (const source of sourcesOf(memory, image.read, place)) {
    const found = yield* searchTree(source, parts, limit);
    count += found.count;
    const all = [...matches, ...found.nodes.map((node) => matchOf(source, node))];
    matches = all.toSorted((a, b) => b.bytes - a.bytes).slice(0, limit);
    yield;
  }
  return { matches, count };
}

interface Source {
  readonly tree: FileTree;
  readonly isWaste: boolean;
}

/** One after the other as it is searched, for that of waste has to be made. */
function* sourcesOf(
  memory: TreemapMemory,
  read: ReadImage,
  place: TreemapPlace,
): Generator<Source> {
  const scope = scopeOf(place);
  switch (scope.kind) {
    case "image":
      yield { tree: read.finalTree, isWaste: false };
      yield* wasteSources(memory, read, read.layers);
      return;
    case "layer": {
      const tree = read.layers[scope.layer]?.tree;
      if (tree !== undefined) yield { tree, isWaste: false };
      return;
    }
    case "waste": {
      const { layer } = scope;
      const layers = read.layers.filter(({ index }) => layer === undefined || index === layer);
      yield* wasteSources(memory, read, layers);
      return;
    }
  }
}

function* wasteSources(
  memory: TreemapMemory,
  read: ReadImage,
  layers: readonly Layer[],
): Generator<Source> {
  for (const { index, wastedBytes } of layers) {
    const waste = wastedBytes > 0 ? wasteIn(memory, read, index) : undefined;
    if (waste !== undefined) yield { tree: waste.tree, isWaste: true };
  }
}

/** Nodes that are looked at before somebody else has a turn: about 1 ms, more before the compiler knows the loop. */
const nodesInStep = 4096;

interface Found {
  /** Heaviest first. */
  readonly nodes: readonly number[];
  readonly count: number;
}

/** `parts` from the node upwards. */
function* searchTree({ tree }: Source, parts: readonly Part[], limit: number): Piecework<Found> {
  const weight = (node: number): number => tree.subtreeBytes[node] ?? 0;
  const isHeavier = (a: number, b: number): boolean =>
    weight(a) > weight(b) || (weight(a) === weight(b) && a < b);
  let count = 0;
  let nodes: readonly number[] = [];
  for (let start = 1; start < tree.nodeCount; start += nodesInStep) {
    const end = Math.min(start + nodesInStep, tree.nodeCount);
    const offering: Offering = (offer) => {
      nodes.forEach(offer);
      for (let node = start; node < end; node += 1) {
        if (weight(node) === 0 || !isMatch(tree, node, parts)) continue;
        count += 1;
        offer(node);
      }
    };
    nodes = selectFirst(offering, limit, isHeavier);
    yield;
  }
  return { nodes, count };
}

function matchOf({ tree, isWaste }: Source, node: number): TreemapMatch {
  const path = pathOf(tree, node);
  const label = escapeSteering(path);
  const bytes = tree.subtreeBytes[node] ?? 0;
  return {
    path,
    ...(label === path ? {} : { label }),
    kind: tree.kind[node] === nodeKind.directory ? "directory" : "file",
    bytes,
    sizeText: formatSize(bytes),
    layer: tree.layer[node] ?? 0,
    ...(isWaste ? { waste: true } : {}),
  };
}

/** Part of a path that is looked for, and where in a name it has to stand. */
interface Part {
  readonly bytes: Uint8Array;
  readonly isAtStart: boolean;
  readonly isAtEnd: boolean;
}

/** The last part begins the node's name, the first ends a name above, those between are whole names; an only one may stand anywhere. */
function partsOf(wanted: string): readonly Part[] {
  const names = wanted.split("/");
  return names.map((name, index) => ({
    bytes: new TextEncoder().encode(name).map(lower),
    isAtStart: index > 0,
    isAtEnd: index < names.length - 1,
  }));
}

/** `parts` from the node upwards. */
function isMatch(tree: FileTree, node: number, parts: readonly Part[]): boolean {
  let at = node;
  for (const part of parts) {
    if (at <= 0 || !hasPart(tree, at, part)) return false;
    at = tree.parent[at] ?? 0;
  }
  return true;
}

function hasPart(
  { nameBytes, nameStart, nameLength }: FileTree,
  node: number,
  { bytes, isAtStart, isAtEnd }: Part,
): boolean {
  const start = nameStart[node] ?? 0;
  const slack = (nameLength[node] ?? 0) - bytes.length;
  if (slack < 0) return false;
  for (let at = isAtEnd ? slack : 0; at <= (isAtStart ? 0 : slack); at += 1) {
    let length = 0;
    while (length < bytes.length && lower(nameBytes[start + at + length] ?? 0) === bytes[length]) {
      length += 1;
    }
    if (length === bytes.length) return true;
  }
  return false;
}

function lower(byte: number): number {
  return byte >= 0x41 && byte <= 0x5a ? byte + 0x20 : byte;
}
