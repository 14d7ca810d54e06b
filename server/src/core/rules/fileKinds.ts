import { type FileTree, nameOf, nodeKind } from "../image/fileTree.ts";
import type { ReadImage } from "../image/image.ts";
import { type Piecework, pieceNodes } from "../image/piecework.ts";
import {
  directoryKindOf,
  fileKindOf,
  fileKinds,
  isCopyright,
  type FileKind,
} from "./fileKindNames.ts";
import { carrierOf, hiddenNodes } from "./hiddenNodes.ts";
import type { RuleMemory } from "./memory.ts";

/** Files of one kind that a layer brings. */
export interface KindWeight {
  /** What leaves the layer without them: an inode group counts only when all its names are of the kind. Exact. */
  readonly bytes: number;
  /** Those of `bytes` that the final file system shows. */
  readonly shownBytes: number;
  /** Hard links counted by name. */
  readonly fileCount: number;
  /** Few directories under which all of them stand, in path order: `usr/local/lib/python3.12`, or `usr/lib` where they are strewn about. */
  readonly places: readonly string[];
  /** The directories that are of the kind as a whole, in path order; empty for kinds told by file names. */
  readonly directories: readonly string[];
}

/** By layer, what it brings of each kind. */
export type KindWeights = readonly ReadonlyMap<FileKind, KindWeight>[];

/** What layers bring of each kind. The image is gone through once for all rules: O(nodes). */
export function weighKinds(read: ReadImage, memory: RuleMemory): Piecework<KindWeights> {
  return memory.recallWork(read, "kinds of files", () => weighLayers(read, memory));
}

/** What some layers together bring of a kind; bytes 0 when nothing. */
export function weightIn(
  byLayer: KindWeights,
  layers: readonly number[],
  kind: FileKind,
): KindWeight {
  return addWeights(layers.map((layer) => byLayer[layer]?.get(kind) ?? nothing));
}

const nothing: KindWeight = { bytes: 0, shownBytes: 0, fileCount: 0, places: [], directories: [] };

function addWeights(weights: readonly KindWeight[]): KindWeight {
  const [only, ...others] = weights;
  if (only !== undefined && others.length === 0) return only;
  const sorted = (names: readonly string[]): readonly string[] => [...new Set(names)].sort();
  const places = weights.flatMap((weight) => weight.places);
  return {
    bytes: weights.reduce((sum, { bytes }) => sum + bytes, 0),
    shownBytes: weights.reduce((sum, { shownBytes }) => sum + shownBytes, 0),
    fileCount: weights.reduce((sum, { fileCount }) => sum + fileCount, 0),
    places: narrowPlaces(new Set(places)),
    directories: sorted(weights.flatMap(({ directories }) => directories)),
  };
}

function* weighLayers(read: ReadImage, memory: RuleMemory): Piecework<KindWeights> {
  const hidden = yield* hiddenNodes(read, memory);
  const weights: ReadonlyMap<FileKind, KindWeight>[] = [];
  for (const [layer, { tree }] of read.layers.entries()) {
    weights.push(yield* weighLayer(tree, hidden[layer] ?? new Set()));
  }
  return weights;
}

interface Sum {
  bytes: number;
  shownBytes: number;
  fileCount: number;
  readonly places: Set<string>;
  readonly directories: Set<string>;
}

function* weighLayer(
  tree: FileTree,
  hidden: ReadonlySet<number>,
): Piecework<ReadonlyMap<FileKind, KindWeight>> {
  const classes = yield* classify(tree);
  const sums = new Map<FileKind, Sum>();
  for (let node = 1; node < tree.nodeCount; node += 1) {
    if (node % pieceNodes === 0) yield;
    const mask = classes.kinds[node] ?? 0;
    if (mask === 0) continue;
    for (const kind of kindsIn(mask)) {
      const sum = sums.get(kind) ?? emptySum();
      sums.set(kind, sum);
      addFile(sum, tree, node, kind, classes);
      if (!hidden.has(carrierOf(tree, node))) sum.shownBytes += tree.bytes[node] ?? 0;
    }
  }
  return new Map(
    [...sums].map(([kind, { places, directories, ...rest }]) => [
      kind,
      { ...rest, places: narrowPlaces(places), directories: [...directories].sort() },
    ]),
  );
}

function emptySum(): Sum {
  return { bytes: 0, shownBytes: 0, fileCount: 0, places: new Set(), directories: new Set() };
}

function addFile(
  sum: Sum,
  tree: FileTree,
  node: number,
  kind: FileKind,
  { paths, whole, kindOfWhole }: Classes,
): void {
  const parent = tree.parent[node] ?? 0;
  const directory = whole.get(parent);
  sum.bytes += tree.bytes[node] ?? 0;
  sum.fileCount += 1;
  sum.places.add((paths.get(parent) ?? "").split("/", deepestPlace).join("/"));
  if (directory !== undefined && kindOfWhole.get(directory) === kind) {
    sum.directories.add(paths.get(directory) ?? "");
  }
}

const deepestPlace = 4;
const fewPlaces = 4;

/** The deepest that are few. */
function narrowPlaces(places: ReadonlySet<string>): readonly string[] {
  for (let depth = deepestPlace; ; depth -= 1) {
    const cut = new Set([...places].map((place) => place.split("/", depth).join("/")));
    if (cut.size <= fewPlaces || depth === 2) return [...cut].sort();
  }
}

interface Classes {
  /** By node: a bit for each kind, by its place in `fileKinds`. */
  readonly kinds: Uint8Array;
  /** Of directories. */
  readonly paths: ReadonlyMap<number, string>;
  /** By directory: the outermost one that is of its kind as a whole. */
  readonly whole: ReadonlyMap<number, number>;
  /** Of those. */
  readonly kindOfWhole: ReadonlyMap<number, FileKind>;
}

function maskOf(kind: FileKind | undefined): number {
  return kind === undefined ? 0 : 1 << fileKinds.indexOf(kind);
}

function kindsIn(mask: number): readonly FileKind[] {
  return fileKinds.filter((_, at) => (mask & (1 << at)) !== 0);
}

function* classify(tree: FileTree): Piecework<Classes> {
  const kinds = new Uint8Array(tree.nodeCount);
  const directories = yield* classifyDirectories(tree);
  const { paths, whole, kindOfWhole } = directories;
  for (let node = 1; node < tree.nodeCount; node += 1) {
    if (node % pieceNodes === 0) yield;
    if (tree.kind[node] !== nodeKind.file) continue;
    const parent = tree.parent[node] ?? 0;
    const inherited = kindOfWhole.get(whole.get(parent) ?? -1);
    const isKept = inherited === "docs" && isCopyright(tree, node);
    const byName = fileKindOf(tree, node, paths.get(parent) ?? "");
    kinds[node] = maskOf(isKept ? undefined : inherited) | maskOf(byName);
  }
  shareBetweenNames(tree, kinds);
  return { kinds, ...directories };
}

/** The bytes of an inode group stay as long as one name stays: its first name, which carries them, is only of kinds that all names are of. */
function shareBetweenNames({ links }: FileTree, kinds: Uint8Array): void {
  links.node.forEach((node, row) => {
    const carrier = links.first[row] ?? -1;
    if (carrier >= 0) kinds[carrier] = (kinds[carrier] ?? 0) & (kinds[node] ?? 0);
  });
}

function* classifyDirectories(tree: FileTree): Piecework<Omit<Classes, "kinds">> {
  const paths = new Map([[0, ""]]);
  const whole = new Map<number, number>();
  const kindOfWhole = new Map<number, FileKind>();
  for (let node = 1; node < tree.nodeCount; node += 1) {
    if (node % pieceNodes === 0) yield;
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
