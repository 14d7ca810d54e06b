import type { ElfPart } from "./elfLabels.ts";
import type { GoOwner } from "./goOwners.ts";
import type { GoPackageBytes, GoRange } from "./goSymbols.ts";

/** Gives each part the packages whose bytes lie in it. Both in the order of the file and without overlap, so no byte counts twice. */
export function sharePackages(
  parts: readonly ElfPart[],
  ranges: readonly GoRange[],
  ownerOf: (name: string) => GoOwner,
): readonly ElfPart[] {
  let next = 0;
  return parts.map((part) => {
    const end = part.offset + part.bytes;
    const tally = new Map<string, number>();
    for (; next < ranges.length; next += 1) {
      const range = ranges[next];
      if (range === undefined || range.start >= end) break;
      const bytes = Math.min(range.end, end) - Math.max(range.start, part.offset);
      if (bytes > 0) tally.set(range.name, (tally.get(range.name) ?? 0) + bytes);
      if (range.end > end) break;
    }
    const isContent = part.kind === "section" || part.kind === "segment";
    return isContent && tally.size > 0
      ? { ...part, packages: heaviestFirst(tally, ownerOf) }
      : part;
  });
}

function heaviestFirst(
  tally: ReadonlyMap<string, number>,
  ownerOf: (name: string) => GoOwner,
): readonly GoPackageBytes[] {
  return Array.from(tally, ([name, bytes]) => ({ name, bytes, use: ownerOf(name) })).sort(
    (a, b) => b.bytes - a.bytes || (a.name < b.name ? -1 : 1),
  );
}
