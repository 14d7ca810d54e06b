import type { Claim } from "./elfLabelsPaint.ts";
import type { ElfHeader, TablePlace } from "./elfHeader.ts";
import { type ElfSection, type ElfSections, strippedSections } from "./elfSections.ts";
import type { ElfSegment } from "./elfSegments.ts";
import { useOfSection, useOfSegment } from "./elfUses.ts";
import type { ElfSource } from "./elfView.ts";

/** All that the headers of a file say of its bytes, whoever has the first word first; cut off at the end of the file, and only tables that could be read. */
export function claimsOf(
  source: ElfSource,
  header: ElfHeader,
  segments: readonly ElfSegment[],
  sections: ElfSections | undefined,
): readonly Claim[] {
  const { fileBytes, bits } = source;
  const claim = (
    place: { readonly offset: number; readonly bytes: number },
    what: Pick<Claim, "kind"> & Partial<Claim>,
  ): Claim => ({
    name: "",
    isCompressed: false,
    removable: undefined,
    use: "headers",
    ...what,
    start: Math.min(place.offset, fileBytes),
    end: Math.min(place.offset + place.bytes, fileBytes),
  });
  const table = ({ offset, entryBytes }: TablePlace, count: number): Place => ({
    offset,
    bytes: entryBytes * count,
  });
  const rows = sections?.rows ?? [];
  const removable = sections && strippedSections(source, header.type, sections);
  return [
    claim({ offset: 0, bytes: bits === 64 ? 64 : 52 }, { kind: "file-header" }),
    claim(table(header.segments, segments.length > 0 ? header.segments.count : 0), {
      kind: "program-headers",
    }),
    claim(table(header.sections, rows.length), { kind: "section-headers" }),
    ...rows.map((row, index) =>
      claim(row, {
        kind: "section",
        name: row.name,
        isCompressed: isCompressed(row),
        removable: removable?.get(index),
        use: useOfSection(row, removable?.get(index)),
      }),
    ),
    ...byMeaning(segments).map((segment) =>
      claim(segment, { kind: "segment", name: nameOfSegment(segment), use: useOfSegment(segment) }),
    ),
  ];
}

interface Place {
  readonly offset: number;
  readonly bytes: number;
}

function isCompressed({ isCompressed: isFlagged, name }: ElfSection): boolean {
  return isFlagged || name.startsWith(".zdebug");
}

/** What is inside of a loaded segment says more than the segment. */
function byMeaning(segments: readonly ElfSegment[]): readonly ElfSegment[] {
  const isInner = ({ kind }: ElfSegment): boolean => kind !== "load";
  return [...segments.filter(isInner), ...segments.filter((segment) => !isInner(segment))];
}

function nameOfSegment({ kind, isWritable, isExecutable }: ElfSegment): string {
  if (kind !== "load") return kind;
  if (isExecutable) return "code";
  return isWritable ? "data" : "constants";
}
