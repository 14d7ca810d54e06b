import { keptContentOf } from "../../image/evidence.ts";
import { childrenOf, findNode, nameOf, pathOf } from "../../image/fileTree.ts";
import type { Layer, ReadImage } from "../../image/image.ts";
import { type JsonProblems, objectField, parseJsonObject, toObject } from "../../image/json.ts";
import { bytesWithout, subtreesAt } from "../measure.ts";

/** Packages for development among those that npm installed. */
export interface DevPackages {
  readonly bytes: number;
  readonly count: number;
}

/**
 * Packages that npm's own list of a layer (`node_modules/.package-lock.json`) calls for development only, with their bytes in that layer;
 * undefined when no layer has such a list as a whole.
 */
export function devPackagesIn(read: ReadImage, layers: readonly number[]): DevPackages | undefined {
  const found = layers.flatMap((index) => {
    const layer = read.layers[index];
    const packages = layer && devPackagesOf(layer);
    return packages === undefined ? [] : [packages];
  });
  if (found.length === 0) return undefined;
  return {
    bytes: found.reduce((sum, { bytes }) => sum + bytes, 0),
    count: found.reduce((sum, { count }) => sum + count, 0),
  };
}

function devPackagesOf({ tree, evidence }: Layer): DevPackages | undefined {
  if (evidence === undefined) return undefined;
  const lists = evidence.contents.filter(
    ({ node, isWhole }) => isWhole && nameOf(tree, node) === ".package-lock.json",
  );
  const listed = lists.map(({ node }) => {
    const kept = keptContentOf(evidence, node);
    const project = pathOf(tree, tree.parent[tree.parent[node] ?? 0] ?? 0);
    const names = kept && devNamesIn(new TextDecoder().decode(kept.bytes));
    return names?.map((name) => (project === "" ? name : `${project}/${name}`));
  });
  const paths = listed.filter((some) => some !== undefined);
  if (paths.length === 0) return undefined;
  const here = paths.flat().filter((path) => hasFiles(tree, path));
  return { bytes: bytesWithout(tree, subtreesAt(tree, here)), count: here.length };
}

function hasFiles(tree: Layer["tree"], path: string): boolean {
  const node = findNode(tree, path);
  return node !== undefined && childrenOf(tree, node).length > 0;
}

/** Paths below the project; undefined where the text is no such list. */
function devNamesIn(text: string): readonly string[] | undefined {
  const problems: JsonProblems = [];
  const list = parseJsonObject(problems, text);
  const packages = list && objectField(problems, list, "packages");
  if (packages === undefined) return undefined;
  return Object.entries(packages).flatMap(([path, entry]) => {
    const isPlain = path.startsWith("node_modules/") && !path.includes("*");
    return isPlain && toObject([], entry, path)?.["dev"] === true ? [path] : [];
  });
}
