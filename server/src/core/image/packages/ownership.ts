import { type FileTree, nodeKind } from "../fileTree.ts";
import type { FoundPackage } from "./package.ts";
import type { TreePaths } from "../treePaths.ts";

/** Managers that know single files better than the folder they stand in does. */
const lastManagers: ReadonlySet<string> = new Set(["gem", "java", "go"]);

/** Nobody owns the node. */
export const unowned = -1;

/**
 * Who owns what, by node: an index into `packages`, or `unowned`. Each inode group has one owner, whichever of its names is claimed.
 * Lists of files claim first, in the order of `packages`; then directories, the nearest one above a file; then single files such as archives.
 * Directories themselves have no owner. O(nodes + claims).
 */
export function ownersOf(paths: TreePaths, packages: readonly FoundPackage[]): Int32Array {
  const { tree } = paths;
  const owners = new Int32Array(tree.nodeCount).fill(unowned);
  const inodes = inodesOf(tree);
  const claim = (node: number, owner: number): void => {
    const inode = inodes[node] ?? node;
    if (owners[inode] === unowned) owners[inode] = owner;
  };
  claimFiles(paths, packages, (each) => !lastManagers.has(each.manager), claim);
  claimDirectories(paths, packages, claim);
  claimFiles(paths, packages, (each) => lastManagers.has(each.manager), claim);
  for (let node = 0; node < tree.nodeCount; node += 1) {
    owners[node] = owners[inodes[node] ?? node] ?? unowned;
  }
  return owners;
}

/** By node: the first name of its inode group, itself when it has no other. */
export function inodesOf({ nodeCount, kind, links }: FileTree): Int32Array {
  const inodes = new Int32Array(nodeCount);
  for (let node = 0; node < nodeCount; node += 1) inodes[node] = node;
  links.node.forEach((node, row) => {
    const first = links.first[row] ?? -1;
    if (first >= 0 && kind[node] === nodeKind.file) inodes[node] = first;
  });
  return inodes;
}

type Claim = (node: number, owner: number) => void;

function claimFiles(
  { tree, find }: TreePaths,
  packages: readonly FoundPackage[],
  isWanted: (each: FoundPackage) => boolean,
  claim: Claim,
): void {
  packages.forEach((each, owner) => {
    if (!isWanted(each)) return;
    for (const path of each.files ?? []) {
      const node = find(path);
      if (node !== undefined && isOwnable(tree, node)) claim(node, owner);
    }
  });
}

function claimDirectories(
  { tree, findExact }: TreePaths,
  packages: readonly FoundPackage[],
  claim: Claim,
): void {
  const roots = new Int32Array(tree.nodeCount).fill(unowned);
  let hasRoots = false;
  packages.forEach(({ directories }, owner) => {
    for (const path of directories) {
      const node = findExact(path);
      if (node === undefined || roots[node] !== unowned) continue;
      roots[node] = owner;
      hasRoots = true;
    }
  });
  if (!hasRoots) return;
  for (let node = 1; node < tree.nodeCount; node += 1) {
    if (roots[node] === unowned) roots[node] = roots[tree.parent[node] ?? 0] ?? unowned;
    const owner = roots[node] ?? unowned;
    if (owner !== unowned && isOwnable(tree, node)) claim(node, owner);
  }
}

function isOwnable({ kind }: FileTree, node: number): boolean {
  return kind[node] !== nodeKind.directory && kind[node] !== nodeKind.whiteout;
}
