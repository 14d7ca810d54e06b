import type { ReadImage } from "../image/image.ts";
import { type LayerMarks, layerMarksOf } from "../image/layerMarks.ts";
import { type PackageTable, findPackageTable } from "../image/packages/packageTable.ts";
import { type Piecework, finish } from "../image/piecework.ts";
import type { TreePick } from "./layerTreePick.ts";

/** What is remembered between requests for rows of the same image, so that only the first one looks for it. Held by the caller. */
export interface TreeMemory {
  readonly images: WeakMap<ReadImage, Remembered>;
}

interface Remembered {
  packages: PackageTable | undefined;
  readonly marks: Map<number, LayerMarks>;
  /** By what was asked, what was asked for last behind all others. */
  readonly picks: Map<string, TreePick>;
  readonly columns: Map<string, Int32Array>;
}

/** Nodes of all picks of an image that are kept, nine bytes each. */
const mostNodes = 4_000_000;

/** An empty memory. */
export function emptyTreeMemory(): TreeMemory {
  return { images: new WeakMap() };
}

/** The packages of an image, found once. */
export function packagesIn(memory: TreeMemory, read: ReadImage): PackageTable {
  return finish(rememberPackages(memory, read));
}

/** The same in pieces; none once they were found. */
export function* rememberPackages(memory: TreeMemory, read: ReadImage): Piecework<PackageTable> {
  const remembered = recall(memory, read);
  remembered.packages ??= yield* findPackageTable(read);
  return remembered.packages;
}

/** What each entry of a layer does to those below it, found once. */
export function marksIn(memory: TreeMemory, read: ReadImage, layer: number): LayerMarks {
  return finish(rememberMarks(memory, read, layer));
}

/** The same in pieces. */
export function* rememberMarks(
  memory: TreeMemory,
  read: ReadImage,
  layer: number,
): Piecework<LayerMarks> {
  const { marks } = recall(memory, read);
  const known = marks.get(layer) ?? (yield* layerMarksOf(read, layer));
  marks.set(layer, known);
  return known;
}

/** A pick under its name, made once; those that were not asked for the longest are forgotten when there are too many. */
export function* pickIn(
  memory: TreeMemory,
  read: ReadImage,
  name: string,
  make: () => Piecework<TreePick>,
): Piecework<TreePick> {
  const { picks } = recall(memory, read);
  const known = picks.get(name);
  const made = known ?? (yield* make());
  picks.delete(name);
  picks.set(name, made);
  if (known !== undefined) return known;
  let nodes = [...picks.values()].reduce((sum, { isShown }) => sum + isShown.length, 0);
  for (const [oldest, { isShown }] of picks) {
    if (nodes <= mostNodes || oldest === name) break;
    nodes -= isShown.length;
    picks.delete(oldest);
  }
  return made;
}

/** A column under its name, made once. Few are asked for: matches with one other image. */
export function* columnIn(
  memory: TreeMemory,
  read: ReadImage,
  name: string,
  make: () => Piecework<Int32Array>,
): Piecework<Int32Array> {
  const { columns } = recall(memory, read);
  const known = columns.get(name);
  if (known !== undefined) return known;
  if (columns.size >= mostColumns) columns.clear();
  const made = yield* make();
  columns.set(name, made);
  return made;
}

const mostColumns = 40;

function recall({ images }: TreeMemory, read: ReadImage): Remembered {
  const known = images.get(read) ?? {
    packages: undefined,
    marks: new Map(),
    picks: new Map(),
    columns: new Map(),
  };
  images.set(read, known);
  return known;
}
