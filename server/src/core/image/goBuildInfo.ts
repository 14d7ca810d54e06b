import type { GoBuildInfo } from "./elf.ts";
import { type ElfSegment, placeOf } from "./elfSegments.ts";
import type { ElfSection } from "./elfSections.ts";
import { type ElfSource, bytesOf, viewOf } from "./elfView.ts";

/**
 * What the Go linker left in a program: `.go.buildinfo`, without section names the start of the writable segment. Undefined for programs without it,
 * and without Go's table of functions. Go, debug/buildinfo.
 */
export function readGoBuildInfo(
  source: ElfSource,
  segments: readonly ElfSegment[],
  sections: readonly ElfSection[],
): GoBuildInfo | undefined {
  const texts = readTexts(source, segments, sections);
  const isGo = sections.some(({ name }) => name.endsWith(".gopclntab"));
  if (texts === undefined) return isGo ? { version: "", path: undefined, settings: [] } : undefined;
  const [version, modules] = texts;
  const lines = linesOf(modules);
  return {
    version: decoder.decode(version),
    path: valuesOf(lines, "path")[0],
    settings: valuesOf(lines, "build"),
  };
}

/** Paths of the modules that a Go program is made of, its own first; empty where it does not say, as with programs that were built without modules. */
export function readGoModules(
  source: ElfSource,
  segments: readonly ElfSegment[],
  sections: readonly ElfSection[],
): { readonly own: string | undefined; readonly others: readonly string[] } {
  const [, modules] = readTexts(source, segments, sections) ?? [];
  const lines = linesOf(modules);
  const pathsOf = (key: string): readonly string[] =>
    valuesOf(lines, key).map((value) => value.split("\t", 1)[0] ?? "");
  return { own: pathsOf("mod")[0], others: pathsOf("dep") };
}

function readTexts(
  source: ElfSource,
  segments: readonly ElfSegment[],
  sections: readonly ElfSection[],
): readonly Text[] | undefined {
  const isTold = sections.length > 0;
  const area = isTold
    ? sections.find(({ name }) => name === ".go.buildinfo")
    : segments.find(({ kind, isWritable }) => kind === "load" && isWritable);
  return area && readFrom(source, segments, area);
}

function readFrom(
  source: ElfSource,
  segments: readonly ElfSegment[],
  area: Pick<ElfSection, "offset" | "bytes">,
): readonly Text[] | undefined {
  const length = Math.min(area.bytes, mostSearchedBytes, source.fileBytes - area.offset);
  const bytes = length < headBytes ? undefined : bytesOf(source, area.offset, length);
  const at = bytes === undefined ? -1 : findMark(bytes);
  if (bytes === undefined || at < 0) return undefined;
  const flags = bytes[at + 15] ?? 0;
  const start = area.offset + at;
  return (flags & 2) === 0
    ? readPointedTexts(source, segments, start)
    : readInlineTexts(source, start + headBytes);
}

/** "\xff Go buildinf:". */
const mark = [0xff, 0x20, 0x47, 0x6f, 0x20, 0x62, 0x75, 0x69, 0x6c, 0x64, 0x69, 0x6e, 0x66, 0x3a];
const markAlignment = 16;
const headBytes = 32;
const mostSearchedBytes = 64 * 1024;
const mostTextBytes = 2 ** 20;

function findMark(bytes: Uint8Array): number {
  for (let at = 0; at + headBytes <= bytes.length; at += markAlignment) {
    if (mark.every((byte, place) => bytes[at + place] === byte)) return at;
  }
  return -1;
}

/** Since Go 1.18: two texts, each with its length before it. */
function readInlineTexts(source: ElfSource, offset: number): readonly Text[] {
  const first = readInline(source, offset);
  const second = first && readInline(source, first.end);
  return [first?.bytes, second?.bytes];
}

type Text = Uint8Array | undefined;

function readInline(
  source: ElfSource,
  offset: number,
): { readonly bytes: Uint8Array; readonly end: number } | undefined {
  const head = bytesOf(source, offset, Math.max(0, Math.min(4, source.fileBytes - offset)));
  let length = 0;
  for (let at = 0, scale = 1; at < (head?.length ?? 0); at += 1, scale *= 128) {
    const byte = head?.[at] ?? 0;
    length += (byte & 0x7f) * scale;
    if (byte >= 0x80) continue;
    const start = offset + at + 1;
    const bytes = length > mostTextBytes ? undefined : bytesOf(source, start, length);
    return bytes && { bytes, end: start + length };
  }
  return undefined;
}

/** Before Go 1.18: two addresses of strings, which are an address and a length. */
function readPointedTexts(
  source: ElfSource,
  segments: readonly ElfSegment[],
  start: number,
): readonly Text[] {
  const wordBytes = source.bits / 8;
  const head = viewOf(source, start + 16, 2 * wordBytes);
  if (head === undefined) return [];
  const addresses = [head.word(0), head.word(wordBytes)];
  return addresses.map((address) => {
    const place = address === 0 ? undefined : placeOf(segments, address);
    const text = place && viewOf(source, place.offset, 2 * wordBytes);
    const length = text?.word(wordBytes) ?? 0;
    const body = text && placeOf(segments, text.word(0));
    if (body === undefined || length > mostTextBytes) return undefined;
    return bytesOf(source, body.offset, length);
  });
}

/** The text stands between two marks of 16 bytes; lines are `path`, `mod`, `dep` and `build`, then a tab. */
function linesOf(bytes: Text): readonly string[] {
  const isMarked = bytes !== undefined && bytes.length >= 33 && bytes.at(-17) === lineFeed;
  return isMarked ? decoder.decode(bytes.subarray(16, -17)).split("\n") : [];
}

function valuesOf(lines: readonly string[], key: string): readonly string[] {
  return lines
    .filter((line) => line.startsWith(`${key}\t`))
    .map((line) => line.slice(key.length + 1));
}

const lineFeed = 0x0a;
const decoder = new TextDecoder("utf-8");
