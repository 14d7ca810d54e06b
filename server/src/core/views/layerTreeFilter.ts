import { hasWildcards } from "../dockerfile/glob.ts";
import { compilePathPattern } from "../dockerfile/pathPatternRegExp.ts";
import type { FileTree } from "../image/fileTree.ts";
import { nameOf, nodeKind } from "../image/fileTree.ts";
import { type Piecework, pieceNodes } from "../image/piecework.ts";

/** Longest filter that is looked at. */
const mostLetters = 300;

/**
 * By node, 1 for all that lies at or below a path that fits the filter; undefined for a filter that says nothing. Text without wildcards fits a path that
 * holds it; a pattern fits a whole name where it has no `/`, else a whole path. Case does not matter. One pass over the nodes.
 */
export function* matchedNodes(
  tree: FileTree,
  filter: string | undefined,
): Piecework<Uint8Array | undefined> {
  const fits = matcherOf(filter ?? "");
  if (fits === undefined) return undefined;
  const matched = new Uint8Array(tree.nodeCount);
  const paths: string[] = [""];
  const depths = new Uint16Array(tree.nodeCount);
  const nameAt = lowerNamesOf(tree);
  for (let node = 1; node < tree.nodeCount; node += 1) {
    if (node % pieceNodes === 0) yield;
    const parent = tree.parent[node] ?? 0;
    const depth = (depths[parent] ?? 0) + 1;
    depths[node] = depth;
    if (matched[parent] === 1) {
      matched[node] = 1;
      continue;
    }
    const name = nameAt(node);
    const path = depth === 1 ? name : `${paths[depth - 1]}/${name}`;
    paths[depth] = path;
    if (fits(path, name, tree.kind[node] === nodeKind.directory)) matched[node] = 1;
  }
  return matched;
}

type Fits = (path: string, name: string, isDirectory: boolean) => boolean;

/** A pattern that the builder would refuse is taken for plain text. */
function matcherOf(filter: string): Fits | undefined {
  const wanted = filter.trim().slice(0, mostLetters).toLowerCase().replace(/^\/+/, "");
  if (wanted === "") return undefined;
  const pattern = wanted.replace(/\/+$/, "");
  const matches = hasWildcards(pattern) ? compilePathPattern(pattern) : undefined;
  if (matches === undefined) {
    // `lib/` names directories.
    return (path, _, isDirectory) => (isDirectory ? `${path}/` : path).includes(wanted);
  }
  return pattern.includes("/") ? (path) => matches(path) : (_, name) => matches(name);
}

/** Names of nodes in lower case, all decoded at once: most trees are plain ASCII, of which each byte is a character. */
function lowerNamesOf(tree: FileTree): (node: number) => string {
  if (!isAscii(tree.nameBytes)) return (node) => nameOf(tree, node).toLowerCase();
  const text = new TextDecoder().decode(tree.nameBytes).toLowerCase();
  return (node) => {
    const start = tree.nameStart[node] ?? 0;
    return text.slice(start, start + (tree.nameLength[node] ?? 0));
  };
}

function isAscii(bytes: Uint8Array): boolean {
  for (let at = 0; at < bytes.length; at += 1) if ((bytes[at] ?? 0) > 0x7f) return false;
  return true;
}
