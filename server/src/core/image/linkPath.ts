import { linkTargetOf, nodeKind } from "./fileTree.ts";
import { type TreePaths, directoryOf, lastNameOf, plainPath } from "./treePaths.ts";

/** Linux, MAXSYMLINKS. */
const mostLinks = 40;

/** From a path over all links that it is, to a regular file; each with its directories resolved. Empty when there is none. */
export function linkPath(paths: TreePaths, path: string): readonly string[] {
  const { tree } = paths;
  const hops: string[] = [];
  let at = path;
  while (hops.length < mostLinks) {
    const directory = paths.resolveDirectory(directoryOf(at));
    const real = directory === undefined ? undefined : plainPath(`${directory}/${lastNameOf(at)}`);
    const node = real === undefined ? undefined : paths.findExact(real);
    if (real === undefined || node === undefined) return [];
    hops.push(real);
    if (tree.kind[node] === nodeKind.file) return hops;
    if (tree.kind[node] !== nodeKind.symlink) return [];
    const target = linkTargetOf(tree, node);
    at = plainPath(target.startsWith("/") ? target : `${directoryOf(real)}/${target}`);
  }
  return [];
}
