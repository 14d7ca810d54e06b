import type { AttackSurface } from "./attackSurface.ts";
import { attackSurfaceOf } from "./attackSurface.ts";
import type { FileTree } from "./fileTree.ts";
import { nameOf, nodeKind } from "./fileTree.ts";
import type { ReadImage } from "./image.ts";

/** What the lowest layers of an image hold, as they are without the layers above: told by the names of their files. */
export interface BaseContents extends Pick<
  AttackSurface,
  "shells" | "packageManagers" | "interpreters"
> {
  /** C libraries whose loader or library is there, in alphabetical order; empty where none was found. */
  readonly libcs: readonly string[];
}

/** The contents of these layers, which are those from the lowest up. What a layer among them hides does not count, what one above hides does. */
export function baseContentsOf(read: ReadImage, layers: readonly number[]): BaseContents {
  const isBase = new Set(layers);
  const hidden = hiddenAmong(read, isBase);
  const found = layers.flatMap((layer) => {
    const tree = read.layers[layer]?.tree;
    if (tree === undefined) return [];
    const isKept = (node: number): boolean => hidden.get(layer)?.has(node) !== true;
    return [{ ...attackSurfaceOf(tree, isKept), libcs: libcsIn(tree, isKept) }];
  });
  const all = (names: (one: (typeof found)[number]) => readonly string[]): readonly string[] =>
    [...new Set(found.flatMap(names))].sort();
  return {
    shells: all(({ shells }) => shells),
    packageManagers: all(({ packageManagers }) => packageManagers),
    interpreters: all(({ interpreters }) => interpreters),
    libcs: all(({ libcs }) => libcs),
  };
}

/** Nodes of these layers that another one of them hides, by layer. */
function hiddenAmong(
  { waste }: ReadImage,
  layers: ReadonlySet<number>,
): ReadonlyMap<number, ReadonlySet<number>> {
  const hidden = new Map<number, Set<number>>();
  for (let row = 0; row < waste.count; row += 1) {
    const writtenBy = waste.writtenByLayer[row] ?? -1;
    if (!layers.has(writtenBy) || !layers.has(waste.hiddenByLayer[row] ?? -1)) continue;
    const nodes = hidden.get(writtenBy) ?? new Set();
    hidden.set(writtenBy, nodes.add(waste.node[row] ?? -1));
  }
  return hidden;
}

const loaders: readonly { readonly libc: string; readonly name: RegExp }[] = [
  { libc: "glibc", name: /^(?:ld-linux[\w-]*\.so\.\d|ld64\.so\.\d|libc\.so\.6)$/ },
  { libc: "musl", name: /^ld-musl-[\w-]+\.so\.1$/ },
  { libc: "uclibc", name: /^(?:ld-uClibc|libuClibc)[\w.-]*\.so[\d.]*$/ },
];

/** Files and links count: some systems name their library by a link. */
function libcsIn(tree: FileTree, isKept: (node: number) => boolean): readonly string[] {
  const found = new Set<string>();
  for (let node = 1; node < tree.nodeCount; node += 1) {
    const kind = tree.kind[node];
    if (
      (kind !== nodeKind.file && kind !== nodeKind.symlink) ||
      tree.nameBytes[tree.nameStart[node] ?? 0] !== letterL
    )
      continue;
    if (!isKept(node)) continue;
    const name = nameOf(tree, node);
    const libc = loaders.find((loader) => loader.name.test(name))?.libc;
    if (libc !== undefined) found.add(libc);
  }
  return [...found];
}

/** Decoding every name of a large base would be felt in a hover. */
const letterL = "l".charCodeAt(0);
