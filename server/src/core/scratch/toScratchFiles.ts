import {
  type FileTree,
  childrenOf,
  linkTargetOf,
  nameOf,
  nodeKind,
  pathOf,
} from "../image/fileTree.ts";
import { linkPath } from "../image/linkPath.ts";
import { type TreePaths, directoryOf, plainPath } from "../image/treePaths.ts";
import { carry } from "./needs.ts";
import type { CarriedPath } from "./readiness.ts";

/** What fills a file system that starts from nothing. */
export interface FilePlan {
  /** What COPY takes as it is, by path. COPY follows a link that it is given by name. */
  readonly copied: readonly CopiedPath[];
  /** Links to be made, for COPY would follow them: to a directory, to what is copied anyway, or to nothing. */
  readonly links: readonly { readonly path: string; readonly target: string }[];
  /** Directories to be made, those above first: empty ones, and those that are not root's with mode 755, which COPY would make of them. */
  readonly directories: readonly MadeDirectory[];
  /** Of all that is copied, each path for itself. */
  readonly bytes: number;
}

/** What COPY takes with all below it. */
export interface CopiedPath extends CarriedPath {
  /** `1000:1000`, for `--chown`; undefined where it is root's, and where not all below it belongs to the same user and group. */
  readonly owner: string | undefined;
  /** Whether it belongs to several: COPY makes it root's. */
  readonly isOfSeveral: boolean;
}

/** A directory with what COPY would not give it. */
export interface MadeDirectory {
  readonly path: string;
  /** `1777`. */
  readonly mode: number;
  readonly uid: number;
  readonly gid: number;
  /** Whether a check asked for it; else it is there for the sake of its owner or mode only. */
  readonly isAsked: boolean;
}

/** Puts carried paths in order; `entered` are directories that the container uses, such as its working directory, which keep owner and mode. */
export function planFiles(
  paths: TreePaths,
  carried: readonly CarriedPath[],
  entered: readonly string[],
): FilePlan {
  const asked = carried.filter(({ why }) => directoryNeeds.has(why));
  const files = carried
    .filter(({ why }) => !directoryNeeds.has(why))
    .flatMap((one) => (one.why === "asset" ? narrowed(paths, one) : [one]));
  const links = files.filter((one) => isLinkToMake(paths, files, one));
  const copied = files
    .filter((one) => !links.includes(one))
    .map((one): CopiedPath => ({ ...one, ...ownerOf(paths, one.path) }));
  const parents = [
    ...copied.flatMap(({ path, isDirectory }) => directoriesAbove(path, isDirectory)),
    ...entered.flatMap((path) => directoriesAbove(path, true)),
  ];
  const made = new Map<string, MadeDirectory>();
  for (const { path } of asked) {
    for (const above of directoriesAbove(directoryOf(path), true)) addOwned(made, paths, above);
    made.set(path, directoryAt(paths, path, true));
  }
  for (const path of parents) addOwned(made, paths, path);
  return {
    copied,
    links: links.map(({ path }) => ({ path, target: targetAt(paths, path) })),
    directories: [...made.values()].sort((a, b) => (a.path < b.path ? -1 : 1)),
    bytes: copied.reduce((sum, { bytes }) => sum + bytes, 0),
  };
}

/** A directory without what the base image has in it, which can only be empty directories: by the highest paths that are all new. */
function narrowed(paths: TreePaths, one: CarriedPath): readonly CarriedPath[] {
  const { tree } = paths;
  const node = one.isDirectory ? paths.findExact(one.path) : undefined;
  if (node === undefined) return [one];
  const children = childrenOf(tree, node);
  const layers = new Set(children.flatMap((child) => layersBelow(tree, child)));
  const isNew = (child: number): boolean =>
    layersBelow(tree, child).length > 0 || layers.has(tree.layer[child] ?? -1);
  const fresh = children.filter(isNew);
  if (fresh.length === children.length && fresh.length > 1) return [one];
  return fresh.flatMap((child) =>
    narrowed(paths, carry(paths, `${one.path}/${nameOf(tree, child)}`, one.why)),
  );
}

/** The layer of the first file below a node, or of the file itself; empty where there is none. */
function layersBelow(tree: FileTree, root: number): readonly number[] {
  const end = tree.subtreeEnd[root] ?? root + 1;
  for (let node = root; node < end; node += 1) {
    if (tree.kind[node] !== nodeKind.directory) return [tree.layer[node] ?? -1];
  }
  return [];
}

const directoryNeeds: ReadonlySet<CarriedPath["why"]> = new Set([
  "writable-directories",
  "temporary-files",
]);

function addOwned(made: Map<string, MadeDirectory>, paths: TreePaths, path: string): void {
  if (made.has(path) || paths.findExact(path) === undefined) return;
  const directory = directoryAt(paths, path, false);
  const isPlain = directory.mode === 0o755 && directory.uid === 0 && directory.gid === 0;
  if (!isPlain) made.set(path, directory);
}

function directoryAt(paths: TreePaths, path: string, isAsked: boolean): MadeDirectory {
  const node = paths.find(path);
  const { tree } = paths;
  const isDirectory = node !== undefined && tree.kind[node] === nodeKind.directory;
  if (!isDirectory) {
    return { path, mode: path === "tmp" ? 0o1777 : 0o755, uid: 0, gid: 0, isAsked };
  }
  return { path, mode: (tree.mode[node] ?? 0) & 0o7777, ...ownerAt(tree, node), isAsked };
}

/** Of what a path leads to and all below it. O(nodes below). */
function ownerOf(paths: TreePaths, path: string): Pick<CopiedPath, "owner" | "isOfSeveral"> {
  const root = paths.find(path);
  if (root === undefined) return { owner: undefined, isOfSeveral: false };
  const { tree } = paths;
  const { uid, gid } = ownerAt(tree, root);
  for (let node = root + 1; node < (tree.subtreeEnd[root] ?? root); node += 1) {
    if (tree.uid[node] !== uid || tree.gid[node] !== gid) {
      return { owner: undefined, isOfSeveral: true };
    }
  }
  return { owner: uid === 0 && gid === 0 ? undefined : `${uid}:${gid}`, isOfSeveral: false };
}

function ownerAt(tree: FileTree, node: number): { readonly uid: number; readonly gid: number } {
  return { uid: tree.uid[node] ?? 0, gid: tree.gid[node] ?? 0 };
}

/** `a/b/c` for a file: `a`, `a/b`; for a directory itself as well. */
function directoriesAbove(path: string, isDirectory: boolean): readonly string[] {
  const names = path.split("/").filter((name) => name !== "");
  const count = isDirectory ? names.length : names.length - 1;
  return Array.from({ length: Math.max(count, 0) }, (_, at) => names.slice(0, at + 1).join("/"));
}

function isLinkToMake(
  paths: TreePaths,
  files: readonly CarriedPath[],
  { path }: CarriedPath,
): boolean {
  const node = paths.findExact(path);
  if (node === undefined || paths.tree.kind[node] !== nodeKind.symlink) return false;
  const file = linkPath(paths, path).at(-1);
  return file === undefined || files.some((one) => one.path !== path && holds(one, file));
}

function holds({ path, isDirectory }: CarriedPath, file: string): boolean {
  return path === file || (isDirectory && file.startsWith(`${path}/`));
}

function targetAt(paths: TreePaths, path: string): string {
  const node = paths.findExact(path);
  return node === undefined ? "" : linkTargetOf(paths.tree, node);
}

/** Whether the new file system has something at a path. */
export function planHasPath({ copied, links, directories }: FilePlan, path: string): boolean {
  const isIn = (one: string): boolean => one === path || one.startsWith(`${path}/`);
  return (
    copied.some((one) => isIn(one.path) || holds(one, path)) ||
    links.some((one) => isIn(one.path)) ||
    directories.some((one) => isIn(one.path))
  );
}

/** Links among the files of the author that lead to something of the image that is left out; by path, at most three. O(nodes below). */
export function strayLinks(paths: TreePaths, plan: FilePlan): readonly string[] {
  const stray = plan.links
    .filter(({ path }) => leadsOut(paths, plan, path))
    .map(({ path }) => path);
  for (const { path, isDirectory, why } of plan.copied) {
    if (!isDirectory || why !== "asset" || stray.length >= mostNamed) continue;
    const root = paths.findExact(path);
    if (root === undefined) continue;
    stray.push(...linksBelow(paths, root).filter((one) => leadsOut(paths, plan, one)));
  }
  return stray.slice(0, mostNamed);
}

const mostNamed = 3;

function linksBelow({ tree }: TreePaths, root: number): readonly string[] {
  const found: string[] = [];
  for (let node = root + 1; node < (tree.subtreeEnd[root] ?? root); node += 1) {
    if (tree.kind[node] !== nodeKind.symlink) continue;
    found.push(pathOf(tree, node));
  }
  return found;
}

function leadsOut(paths: TreePaths, plan: FilePlan, path: string): boolean {
  const target = targetAt(paths, path);
  const to = plainPath(target.startsWith("/") ? target : `${directoryOf(path)}/${target}`);
  const isThere = paths.find(to) !== undefined;
  return isThere && !planHasPath(plan, to);
}
