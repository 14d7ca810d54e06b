import type { ReadImage } from "../image/image.ts";
import { type LayerMarks, layerMarksOf } from "../image/layerMarks.ts";
import { type PackageTable, packagesOf } from "../image/packages/packageTable.ts";
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
  const known = recall(memory, read);
  known.packages ??= packagesOf(read);
  return known.packages;
}

/** What each entry of a layer does to those below it, found once. */
export function marksIn(memory: TreeMemory, read: ReadImage, layer: number): LayerMarks {
  const { marks } = recall(memory, read);
  const known = marks.get(layer) ?? layerMarksOf(read, layer);
  marks.set(layer, known);
  return known;
}

/** A pick under its name, made once; those that were not asked for the longest are forgotten when there are too many. */
export function pickIn(
  memory: TreeMemory,
  read: ReadImage,
  name: string,
  make: () => TreePick,
): TreePick {
  const { picks } = recall(memory, read);
  const known = picks.get(name);
  picks.delete(name);
  const made = known ?? make();
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
export function columnIn(
  memory: TreeMemory,
  read: ReadImage,
  name: string,
  make: () => Int32Array,
): Int32Array {
  const { columns } = recall(memory, read);
  const known = columns.get(name);
  if (known !== undefined) return known;
  if (columns.size >= mostColumns) columns.clear();
  const made = make();
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
