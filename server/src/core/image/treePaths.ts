import { type FileTree, childrenOf, linkTargetOf, nameOf, nodeKind } from "./fileTree.ts";

/** Looks up many paths in one tree: each directory is read once, each directory path resolved once. */
export interface TreePaths {
  readonly tree: FileTree;
  /**
   * The node at a path as a package database writes it: links on the way are followed as a container would, the last name is not.
   * Undefined when nothing is there.
   */
  readonly find: (path: string) => number | undefined;
  /** The node at a path, no link followed. */
  readonly findExact: (path: string) => number | undefined;
  /** Names of what a directory holds, in name order, no link followed; empty for anything else. */
  readonly namesIn: (directory: string) => readonly string[];
  /** Where a directory really is: `lib/x86_64-linux-gnu` gives `usr/lib/x86_64-linux-gnu`; names that do not exist stay. Undefined in a circle of links. */
  readonly resolveDirectory: (path: string) => string | undefined;
}

/** Linux, PATH_MAX: no program opens a longer one. */
const longestPath = 4096;
/** Linux, MAXSYMLINKS. */
const mostLinks = 40;

/** Paths of a whole file system. */
export function pathsOf(tree: FileTree): TreePaths {
  const names = createNames(tree);
  const resolve = remembering((path) => followLinks(tree, names, path));
  return withResolver(tree, names, resolve);
}

/** Paths of one layer, whose directories are links where the whole file system says so. */
export function layerPathsOf(layerTree: FileTree, whole: TreePaths): TreePaths {
  return withResolver(layerTree, createNames(layerTree), (path) => whole.resolveDirectory(path));
}

/** A path without leading slash and empty or `.` names; `..` goes up. */
export function plainPath(path: string): string {
  const names: string[] = [];
  for (const name of path.split("/")) {
    if (name === "..") names.pop();
    else if (name !== "" && name !== ".") names.push(name);
  }
  return names.join("/");
}

/** The path of the directory that holds it; "" at the top. */
export function directoryOf(path: string): string {
  return path.slice(0, Math.max(path.lastIndexOf("/"), 0));
}

/** The last name of a path. */
export function lastNameOf(path: string): string {
  return path.slice(path.lastIndexOf("/") + 1);
}

interface Names {
  childOf(directory: number, name: string): number | undefined;
  /** No link followed. */
  directoryAt(path: string): number | undefined;
}

function withResolver(
  tree: FileTree,
  names: Names,
  resolveDirectory: (path: string) => string | undefined,
): TreePaths {
  const nodeAt = (directory: string | undefined, name: string): number | undefined => {
    if (directory === undefined) return undefined;
    const node = names.directoryAt(directory);
    return node === undefined || name === "" ? node : names.childOf(node, name);
  };
  return {
    tree,
    resolveDirectory,
    find: (path) =>
      path.length > longestPath
        ? undefined
        : nodeAt(resolveDirectory(directoryOf(path)), lastNameOf(path)),
    findExact: (path) => nodeAt(directoryOf(path), lastNameOf(path)),
    namesIn(directory) {
      const node = nodeAt(directoryOf(directory), lastNameOf(directory));
      return node === undefined ? [] : childrenOf(tree, node).map((child) => nameOf(tree, child));
    },
  };
}

function createNames(tree: FileTree): Names {
  const children = new Map<number, ReadonlyMap<string, number>>();
  const childOf = (directory: number, name: string): number | undefined => {
    const known = children.get(directory) ?? childrenByName(tree, directory);
    children.set(directory, known);
    return known.get(name);
  };
  const directoryAt = remembering((path) =>
    path
      .split("/")
      .reduce<number | undefined>(
        (at, name) => (at === undefined || name === "" ? at : childOf(at, name)),
        0,
      ),
  );
  return { childOf, directoryAt };
}

/** Names that are not UTF-8 are left out: several could look alike, and no database could tell them apart. */
function childrenByName(tree: FileTree, directory: number): ReadonlyMap<string, number> {
  const byName = new Map<string, number>();
  for (const child of childrenOf(tree, directory)) {
    const name = nameOf(tree, child);
    if (!name.includes("\ufffd")) byName.set(name, child);
  }
  return byName;
}

function remembering<T>(answer: (path: string) => T): (path: string) => T {
  const known = new Map<string, { readonly value: T }>();
  return (path) => {
    const entry = known.get(path) ?? { value: answer(path) };
    known.set(path, entry);
    return entry.value;
  };
}

/** path_resolution(7), with the root of the image as root. */
function followLinks(tree: FileTree, names: Names, path: string): string | undefined {
  const pending = path.split("/").reverse();
  const done: { readonly name: string; readonly node: number | undefined }[] = [];
  let links = 0;
  for (let name = pending.pop(); name !== undefined; name = pending.pop()) {
    if (name === "" || name === ".") continue;
    if (name === "..") {
      done.pop();
      continue;
    }
    const above = done.length === 0 ? 0 : done.at(-1)?.node;
    const node = above === undefined ? undefined : names.childOf(above, name);
    if (node === undefined || tree.kind[node] !== nodeKind.symlink) {
      done.push({ name, node });
      continue;
    }
    links += 1;
    if (links > mostLinks) return undefined;
    const target = linkTargetOf(tree, node);
    if (target.startsWith("/")) done.length = 0;
    pending.push(...target.slice(0, longestPath).split("/").reverse());
  }
  return done.map((step) => step.name).join("/");
}
