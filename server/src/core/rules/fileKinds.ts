import { type FileTree, nameOf, nodeKind } from "../image/fileTree.ts";
import type { ReadImage } from "../image/image.ts";
import { directoryKindOf, fileKindIn, fileKinds, type FileKind } from "./fileKindNames.ts";
import { carrierOf, hiddenNodes } from "./hiddenNodes.ts";
import type { RuleMemory } from "./memory.ts";

/** Files of one kind that a layer brings and the final file system shows. */
export interface KindWeight {
  /** What leaves the layer without them: an inode group counts only when all its names are of the kind. Exact. */
  readonly bytes: number;
  /** Hard links counted by name. */
  readonly fileCount: number;
  /** Directories under which all of them stand, at most two names deep (`usr/lib`), in path order. */
  readonly places: readonly string[];
  /** The directories that are of the kind as a whole, in path order; empty for kinds told by file names. */
  readonly directories: readonly string[];
}

/** What layers bring of a kind; bytes 0 when nothing. The image is gone through once for all kinds: O(nodes). */
export function weighKind(
  read: ReadImage,
  memory: RuleMemory,
  layers: readonly number[],
  kind: FileKind,
): KindWeight {
  const byLayer = memory.recall(read, "kinds of files", () => weighAllKinds(read, memory));
  return addWeights(layers.map((layer) => byLayer[layer]?.get(kind) ?? nothing));
}

const nothing: KindWeight = { bytes: 0, fileCount: 0, places: [], directories: [] };

function addWeights(weights: readonly KindWeight[]): KindWeight {
  const [only, ...others] = weights;
  if (only !== undefined && others.length === 0) return only;
  const sorted = (names: readonly string[]): readonly string[] => [...new Set(names)].sort();
  return {
    bytes: weights.reduce((sum, { bytes }) => sum + bytes, 0),
    fileCount: weights.reduce((sum, { fileCount }) => sum + fileCount, 0),
    places: sorted(weights.flatMap(({ places }) => places)),
    directories: sorted(weights.flatMap(({ directories }) => directories)),
  };
}

function weighAllKinds(
  read: ReadImage,
  memory: RuleMemory,
): readonly ReadonlyMap<FileKind, KindWeight>[] {
  const hidden = hiddenNodes(read, memory);
  return read.layers.map(({ tree }, layer) => weighLayer(tree, hidden[layer] ?? new Set()));
}

interface Sum {
  bytes: number;
  fileCount: number;
  readonly places: Set<string>;
  readonly directories: Set<string>;
}

function weighLayer(
  tree: FileTree,
  hidden: ReadonlySet<number>,
): ReadonlyMap<FileKind, KindWeight> {
  const { kinds, paths, whole } = classify(tree);
  const staying = carriersWithOtherNames(tree, kinds);
  const sums = new Map<FileKind, Sum>();
  kinds.forEach((value, node) => {
    const kind = fileKinds[value - 1];
    if (kind === undefined || hidden.has(carrierOf(tree, node)) || staying.has(node)) return;
    const sum = sums.get(kind) ?? {
      bytes: 0,
      fileCount: 0,
      places: new Set(),
      directories: new Set(),
    };
    sums.set(kind, sum);
    const parent = tree.parent[node] ?? 0;
    const path = paths.get(parent) ?? "";
    sum.bytes += tree.bytes[node] ?? 0;
    sum.fileCount += 1;
    sum.places.add(path.split("/", 2).join("/"));
    const directory = whole.get(parent);
    if (directory !== undefined) sum.directories.add(paths.get(directory) ?? "");
  });
  return new Map(
    [...sums].map(([kind, { places, directories, ...rest }]) => [
      kind,
      { ...rest, places: [...places].sort(), directories: [...directories].sort() },
    ]),
  );
}

interface Classes {
  /** By node: place in `fileKinds` plus one; 0 for all else. */
  readonly kinds: Uint8Array;
  /** Of directories. */
  readonly paths: ReadonlyMap<number, string>;
  /** By directory: the outermost one that is of its kind as a whole. */
  readonly whole: ReadonlyMap<number, number>;
}

function classify(tree: FileTree): Classes {
  const kinds = new Uint8Array(tree.nodeCount);
  const { paths, whole, kindOfWhole } = classifyDirectories(tree);
  for (let node = 1; node < tree.nodeCount; node += 1) {
    if (tree.kind[node] !== nodeKind.file) continue;
    const parent = tree.parent[node] ?? 0;
    const inherited = kindOfWhole.get(whole.get(parent) ?? -1);
    const kind = fileKindIn(tree, node, paths.get(parent) ?? "", inherited);
    kinds[node] = kind === undefined ? 0 : fileKinds.indexOf(kind) + 1;
  }
  return { kinds, paths, whole };
}

function classifyDirectories(tree: FileTree): Omit<Classes, "kinds"> & {
  readonly kindOfWhole: ReadonlyMap<number, FileKind>;
} {
  const paths = new Map([[0, ""]]);
  const whole = new Map<number, number>();
  const kindOfWhole = new Map<number, FileKind>();
  for (let node = 1; node < tree.nodeCount; node += 1) {
    if (tree.kind[node] !== nodeKind.directory) continue;
    const parent = tree.parent[node] ?? 0;
    const above = paths.get(parent) ?? "";
    const path = above === "" ? nameOf(tree, node) : `${above}/${nameOf(tree, node)}`;
    paths.set(node, path);
    const outer = whole.get(parent);
    const own = outer === undefined ? directoryKindOf(path) : undefined;
    if (own !== undefined) kindOfWhole.set(node, own);
    const root = own === undefined ? outer : node;
    if (root !== undefined) whole.set(node, root);
  }
  return { paths, whole, kindOfWhole };
}

/** First names of inode groups with a name of another kind, or of none: their bytes stay whatever goes. */
function carriersWithOtherNames(tree: FileTree, kinds: Uint8Array): ReadonlySet<number> {
  const { node: linked, first } = tree.links;
  const staying = new Set<number>();
  linked.forEach((node, row) => {
    const carrier = first[row] ?? -1;
    if (carrier >= 0 && kinds[carrier] !== kinds[node]) staying.add(carrier);
  });
  return staying;
}
