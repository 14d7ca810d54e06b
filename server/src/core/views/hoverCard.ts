import { type AttackSurface, attackSurfaceOf } from "../image/attackSurface.ts";
import type { FileTree } from "../image/fileTree.ts";
import type { ReadImage } from "../image/image.ts";
import type { Span } from "../text/span.ts";
import type { Place } from "./heaviest.ts";
import { heaviestPlaces } from "./heaviest.ts";
import type { PackageShares } from "./hoverPackages.ts";
import type { TreeMemory } from "./layerTreeMemory.ts";
import { emptyTreeMemory } from "./layerTreeMemory.ts";
import type { WasteGroup } from "./wasteGroups.ts";
import { wasteGroups } from "./wasteGroups.ts";

/** What a hover says, as data; `cardToMarkdown` and `cardToPlainText` render it. Texts quote the image as it is: rendering escapes. */
export interface HoverCard {
  readonly span: Span;
  /** `189 MB · 45% of the image`; plain text. */
  readonly title: string;
  readonly facts: readonly Fact[];
  readonly lists: readonly CardList[];
  readonly tables?: readonly CardTable[];
  /** Sentences, plain text. */
  readonly notes: readonly string[];
  /** Zero-based line whose row in the layer tree the card leads to. */
  readonly revealLine: number | undefined;
}

/** One labelled line: exact bytes, basis, layer. */
export interface Fact {
  readonly label: string;
  readonly value: string;
  /** True for values that are to be copied, such as digests and references: shown in code style. */
  readonly isCode?: boolean;
}

/** A headed list of paths with their bytes. */
export interface CardList {
  readonly heading: string;
  readonly rows: readonly CardRow[];
}

export interface CardRow {
  /** `40 MB`, `40 MB deleted by line 9`. */
  readonly text: string;
  /** Path of the image; undefined where the text says it all. */
  readonly path: string | undefined;
  /** Index of the layer in which a file is at the path, for a link that opens it; absent for all else. */
  readonly fileIn?: number;
}

/** A row that is no path. */
export function textRow(text: string): CardRow {
  return { text, path: undefined };
}

/** A headed table; every row has a cell for each column, plain text. */
export interface CardTable {
  readonly heading: string;
  readonly columns: readonly string[];
  readonly rows: readonly (readonly string[])[];
}

/** What is remembered between hovers over the same image, so that only the first one looks for it. Held by the caller for as long as it likes. */
export interface HoverMemory {
  readonly places: WeakMap<FileTree, readonly Place[]>;
  readonly waste: WeakMap<ReadImage, readonly WasteGroup[]>;
  /** By layers. */
  readonly packages: WeakMap<ReadImage, Map<string, PackageShares>>;
  readonly surfaces: WeakMap<ReadImage, AttackSurface>;
  readonly trees: TreeMemory;
}

/** An empty memory; `trees` is that of the layer trees, where there is one. */
export function emptyHoverMemory(trees: TreeMemory = emptyTreeMemory()): HoverMemory {
  return {
    places: new WeakMap(),
    waste: new WeakMap(),
    packages: new WeakMap(),
    surfaces: new WeakMap(),
    trees,
  };
}

/** Rows of a list. */
export const rowLimit = 8;

/** The heaviest places of a tree, remembered. */
export function placesOf(memory: HoverMemory, tree: FileTree): readonly Place[] {
  const known = memory.places.get(tree) ?? heaviestPlaces(tree, rowLimit);
  memory.places.set(tree, known);
  return known;
}

/** The waste groups of an image, heaviest first, remembered. */
export function wasteOf(memory: HoverMemory, read: ReadImage): readonly WasteGroup[] {
  const known = memory.waste.get(read) ?? wasteGroups(read);
  memory.waste.set(read, known);
  return known;
}

/** What is to be found in the final file system, remembered. */
export function surfaceOf(memory: HoverMemory, read: ReadImage): AttackSurface {
  const known = memory.surfaces.get(read) ?? attackSurfaceOf(read.finalTree);
  memory.surfaces.set(read, known);
  return known;
}

/** What one part of a card brings. */
export interface CardPart extends Pick<
  HoverCard,
  "title" | "facts" | "lists" | "tables" | "notes"
> {
  /** True when the layer tree has a row for it. */
  readonly isInTree: boolean;
}
