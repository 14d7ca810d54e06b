import { pathOf } from "../image/fileTree.ts";
import type { ReadImage, WasteKind, WasteTable } from "../image/image.ts";
import { wasteKinds } from "../image/image.ts";

/** The wasted files that one layer wrote and one layer hid in one way. */
export interface WasteGroup {
  readonly kind: WasteKind;
  readonly writtenByLayer: number;
  readonly hiddenByLayer: number;
  readonly bytes: number;
  /** Inode groups. */
  readonly count: number;
  /** Row of the WasteTable with the most bytes. */
  readonly heaviestRow: number;
}

/** All groups of an image, heaviest first, equal ones by layer. One pass over the table; empty without waste. */
export function wasteGroups({ waste }: ReadImage): readonly WasteGroup[] {
  const groups = new Map<number, { bytes: number; count: number; heaviestRow: number }>();
  for (let row = 0; row < waste.count; row += 1) {
    const bytes = waste.bytes[row] ?? 0;
    const key = groupKey(waste, row);
    const group = groups.get(key);
    if (group === undefined) {
      groups.set(key, { bytes, count: 1, heaviestRow: row });
      continue;
    }
    group.bytes += bytes;
    group.count += 1;
    if (bytes > (waste.bytes[group.heaviestRow] ?? 0)) group.heaviestRow = row;
  }
  return [...groups.values()]
    .sort((a, b) => b.bytes - a.bytes || a.heaviestRow - b.heaviestRow)
    .map((group) => ({
      ...group,
      kind: wasteKinds[waste.kind[group.heaviestRow] ?? 0] ?? "deleted",
      writtenByLayer: waste.writtenByLayer[group.heaviestRow] ?? 0,
      hiddenByLayer: waste.hiddenByLayer[group.heaviestRow] ?? 0,
    }));
}

function groupKey(waste: WasteTable, row: number): number {
  const written = waste.writtenByLayer[row] ?? 0;
  const hidden = waste.hiddenByLayer[row] ?? 0;
  return (written * 0x1_0000 + hidden) * wasteKinds.length + (waste.kind[row] ?? 0);
}

/** Path of a row of the waste table, as its layer names it. */
export function wastePath({ waste, layers }: ReadImage, row: number): string {
  const tree = layers[waste.writtenByLayer[row] ?? 0]?.tree;
  return tree === undefined ? "" : pathOf(tree, waste.node[row] ?? 0);
}

/** What happened to wasted bytes, for people: `deleted by line 9`. */
export function hiddenHow(kind: WasteKind, by: string): string {
  switch (kind) {
    case "deleted":
      return `deleted by ${by}`;
    case "overwritten":
      return `overwritten by ${by}`;
    case "metadata-only":
      return `copied by ${by} for new metadata only`;
    case "moved":
      return `moved by ${by}`;
    case "opaque":
      return `hidden with its directory by ${by}`;
    case "replaced":
      return `replaced by another type in ${by}`;
  }
}
