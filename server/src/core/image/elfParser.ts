import type { ElfFacts } from "./elf.ts";
import { noDynamicFacts, readDynamic } from "./elfDynamic.ts";
import { type ElfHeader, openElf, readElfHeader } from "./elfHeader.ts";
import { readMentions } from "./elfMentions.ts";
import { notKnown, readSections, strippableOf } from "./elfSections.ts";
import { type ElfSegment, readSegments } from "./elfSegments.ts";
import { type ElfSource, type ReadBytes, bytesOf, textAt } from "./elfView.ts";
import { readGoBuildInfo } from "./goBuildInfo.ts";

/**
 * What an ELF file of `fileBytes` says of itself; undefined when it is none. Reads a few small parts of it, whatever it claims, and never throws. Where
 * a part cannot be read the facts say so.
 */
export function parseElf(read: ReadBytes, fileBytes: number): ElfFacts | undefined {
  const source = openElf(read, fileBytes);
  const header = source && readElfHeader(source);
  if (source === undefined || header === undefined) return undefined;
  const segments = readSegments(source, header);
  const sections = readSections(source, header);
  const rows = sections?.rows ?? [];
  const loading = loadingOf(source, header, segments);
  const isUpx = isPackedByUpx(source, header);
  const isProgram = isStarted(header, loading) && !isUpx;
  const mentions = isProgram ? readMentions(source, rows) : undefined;
  return {
    bits: source.bits,
    architecture: header.architecture,
    type: header.type,
    ...loading,
    ...(sections === undefined ? notKnown : strippableOf(source, header.type, sections)),
    go: readGoBuildInfo(source, segments ?? [], rows),
    isUpx,
    ...(mentions === undefined ? {} : { mentions }),
  };
}

/** Programs are of type `executable`, or position-independent ones that look like libraries. */
function isStarted({ type }: ElfHeader, { isPie, interpreter }: Loading): boolean {
  return type === "executable" || isPie || interpreter !== undefined;
}

type Loading = Pick<
  ElfFacts,
  "interpreter" | "needed" | "soname" | "runPath" | "runPathKind" | "isPie" | "isLoadingUnknown"
>;

/** What the loader would be told. Core files and relocatable ones are never loaded. */
function loadingOf(
  source: ElfSource,
  { type }: ElfHeader,
  segments: readonly ElfSegment[] | undefined,
): Loading {
  const nothing = { interpreter: undefined, ...noDynamicFacts };
  if (type !== "executable" && type !== "shared") return nothing;
  const asked = segments?.find(({ kind }) => kind === "interpreter");
  // A file of debug information keeps the row of the interpreter without its text.
  const isNamed = asked !== undefined && asked.bytes > 0;
  const interpreter = isNamed
    ? textAt(source, asked.offset, asked.offset + asked.bytes)
    : undefined;
  const dynamic = segments && readDynamic(source, segments);
  const isUnknown = dynamic === undefined || (isNamed && interpreter === undefined);
  return isUnknown ? { ...nothing, isLoadingUnknown: true } : { interpreter, ...dynamic };
}

/** UPX puts its `l_info` behind the program headers: a checksum, then "UPX!". */
function isPackedByUpx(source: ElfSource, { segments }: ElfHeader): boolean {
  const { offset, entryBytes, count } = segments;
  const mark = bytesOf(source, offset + entryBytes * count + 4, 4);
  return mark !== undefined && [0x55, 0x50, 0x58, 0x21].every((byte, at) => mark[at] === byte);
}
