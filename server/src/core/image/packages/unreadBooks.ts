import { nodeKind } from "../fileTree.ts";
import type { KeptFiles } from "./keptFiles.ts";
import { rpmBooks, rpmPackages } from "./rpm.ts";
import type { TreePaths } from "../treePaths.ts";

const readable = [
  "lib/apk/db/installed",
  "usr/lib/apk/db/installed",
  "var/lib/dpkg/status",
] as const;

/** Books in formats that are not read: Berkeley DB and ndb of rpm, Chisel's manifest, pacman's, Nix'. */
const foreign = [
  "usr/lib/sysimage/rpm/Packages",
  "usr/lib/sysimage/rpm/Packages.db",
  "var/lib/chisel/manifest.wall",
  "var/lib/pacman/local",
  "var/lib/rpm/Packages",
  "var/lib/rpm/Packages.db",
  "nix/var/nix/db/db.sqlite",
] as const;

/** Package databases of the file system of which nothing, or not all, could be read; in path order. An empty one has nothing to read. */
export function findUnreadBooks(kept: KeptFiles, paths: TreePaths): readonly string[] {
  const { tree, findExact } = paths;
  const hasContent = (path: string): boolean => {
    const node = findExact(path);
    return node !== undefined && (tree.subtreeBytes[node] ?? 0) > 0;
  };
  const isFile = (path: string): boolean => {
    const node = findExact(path);
    return node !== undefined && tree.kind[node] === nodeKind.file && hasContent(path);
  };
  const cutOff = readable.filter((path) => isFile(path) && kept.files.get(path)?.isWhole !== true);
  const rpm = rpmPackages(kept, paths).length > 0 ? [] : rpmBooks.filter(isFile);
  const records = [...kept.files.values()].filter(
    ({ path, isWhole }) => path.endsWith(".dist-info/RECORD") && !isWhole,
  );
  return [
    ...cutOff,
    ...records.map(({ path }) => path),
    ...rpm,
    ...foreign.filter(hasContent),
  ].sort();
}
