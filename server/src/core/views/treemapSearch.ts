import type { Analysis } from "../analysis.ts";
import type { FileTree } from "../image/fileTree.ts";
import { nodeKind, pathOf } from "../image/fileTree.ts";
import type { ReadImage } from "../image/image.ts";
import { formatSize } from "../text/size.ts";
import { selectFirst } from "./heaviest.ts";
import { scopeOf, type TreemapPlace } from "./treemapView.ts";
import { escapeSteering } from "./reportCells.ts";
import { layerWaste } from "./treemapTrees.ts";

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

/** Longest text that is looked for. */
const mostLetters = 200;

/**
 * Entries with bytes whose path holds the text and whose own name has a part in it, heaviest first, wherever in the scope they are; ASCII letters in
 * either case. `lib/node` finds `usr/lib/node_modules`, not what is in it. Nothing while the files are not read. O(nodes of the scope), no text is made for those that do not match.
 */
export function treemapSearch(
  { image }: Analysis,
  place: TreemapPlace,
  query: string,
  limit: number,
): TreemapMatches {
  const wanted = query.trim().replace(/^\//, "").slice(0, mostLetters);
  if (image?.state !== "read" || wanted === "") return { matches: [], count: 0 };
  const parts = partsOf(wanted);
  const found = treesOf(image.read, place).map((source) => searchTree(source, parts, limit));
  return {
    matches: found
      .flatMap(({ matches }) => matches)
      .toSorted((a, b) => b.bytes - a.bytes)
      .slice(0, limit),
    count: found.reduce((sum, { count }) => sum + count, 0),
  };
}

interface Source {
  readonly tree: FileTree;
  readonly isWaste: boolean;
}

function treesOf(read: ReadImage, place: TreemapPlace): readonly Source[] {
  const scope = scopeOf(place);
  const waste = (layer: number): readonly Source[] => {
    const found = layerWaste(read, layer);
    return found === undefined ? [] : [{ tree: found.tree, isWaste: true }];
  };
  const allWaste = (): readonly Source[] =>
    read.layers.filter(({ wastedBytes }) => wastedBytes > 0).flatMap(({ index }) => waste(index));
  switch (scope.kind) {
    case "image":
      return [{ tree: read.finalTree, isWaste: false }, ...allWaste()];
    case "layer": {
      const tree = read.layers[scope.layer]?.tree;
      return tree === undefined ? [] : [{ tree, isWaste: false }];
    }
    case "waste":
      return scope.layer === undefined ? allWaste() : waste(scope.layer);
  }
}

function searchTree(
  { tree, isWaste }: Source,
  parts: readonly Part[],
  limit: number,
): TreemapMatches {
  const { subtreeBytes, kind } = tree;
  const weight = (node: number): number => subtreeBytes[node] ?? 0;
  let count = 0;
  const nodes = selectFirst(
    (offer) => {
      for (let node = 1; node < tree.nodeCount; node += 1) {
        if (weight(node) === 0 || !isMatch(tree, node, parts)) continue;
        count += 1;
        offer(node);
      }
    },
    limit,
    (a, b) => weight(a) > weight(b) || (weight(a) === weight(b) && a < b),
  );
  return {
    count,
    matches: nodes.map((node) => {
      const path = pathOf(tree, node);
      const label = escapeSteering(path);
      return {
        path,
        ...(label === path ? {} : { label }),
        kind: kind[node] === nodeKind.directory ? "directory" : "file",
        bytes: weight(node),
        sizeText: formatSize(weight(node)),
        layer: tree.layer[node] ?? 0,
        ...(isWaste ? { waste: true } : {}),
      };
    }),
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

function isMatch(tree: FileTree, node: number, parts: readonly Part[]): boolean {
  let at = node;
  for (const part of parts.toReversed()) {
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
