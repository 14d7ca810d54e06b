import type { ElfFacts, ElfMention, GoBuildInfo } from "./elf.ts";
import type { ElfFile, KeptContent, LayerEvidence } from "./evidence.ts";
import { type JsonProblems, parseJsonArray } from "./json.ts";
import { createByteReader, createByteWriter } from "./varints.ts";

/** Evidence as one piece of bytes for the cache: facts as rows of JSON, contents one after the other. */
export function encodeEvidence(evidence: LayerEvidence): Uint8Array<ArrayBuffer> {
  const { programs, contents, isCut = false } = evidence;
  const text = new TextEncoder().encode(JSON.stringify(programs.map(toRow)));
  const contentBytes = contents.reduce((sum, { bytes }) => sum + bytes.length, 0);
  const writer = createByteWriter(text.length + contentBytes + contents.length * 8 + 32);
  writer.writeNumber(isCut ? 1 : 0);
  writer.writeNumber(text.length);
  writer.writeNumber(contents.length);
  for (const { node, bytes, isWhole } of contents) {
    writer.writeNumber(node);
    writer.writeNumber(bytes.length * 2 + (isWhole ? 1 : 0));
  }
  writer.writeBytes(text, 0, text.length);
  for (const { bytes } of contents) writer.writeBytes(bytes, 0, bytes.length);
  return writer.finish();
}

/** The evidence again, its contents in memory of their own; undefined when the bytes are not whole. */
export function decodeEvidence(encoded: Uint8Array): LayerEvidence | undefined {
  const reader = createByteReader(encoded);
  const isCut = reader.readNumber() === 1;
  const textBytes = reader.readNumber();
  const count = reader.readNumber();
  if (textBytes + count > encoded.length) return undefined;
  const rows: { readonly node: number; readonly length: number; readonly isWhole: boolean }[] = [];
  let contentBytes = 0;
  for (let row = 0; row < count; row += 1) {
    const node = reader.readNumber();
    const shape = reader.readNumber();
    rows.push({ node, length: Math.floor(shape / 2), isWhole: shape % 2 === 1 });
    contentBytes += Math.floor(shape / 2);
  }
  if (textBytes + contentBytes > encoded.length) return undefined;
  const textAt = encoded.length - contentBytes - textBytes;
  const memory = encoded.slice(textAt + textBytes);
  const programs = decodePrograms(encoded.subarray(textAt, textAt + textBytes));
  if (programs === undefined) return undefined;
  let at = 0;
  const contents = rows.map(({ node, length, isWhole }): KeptContent => {
    at += length;
    return { node, bytes: memory.subarray(at - length, at), isWhole };
  });
  return { programs, contents, ...(isCut ? { isCut: true } : {}) };
}

/** `ElfFacts` without names of fields, null for what is undefined. */
type ProgramRow = readonly [
  node: number,
  bits: 32 | 64,
  architecture: string,
  type: ElfFacts["type"],
  interpreter: string | null,
  needed: readonly string[],
  soname: string | null,
  runPath: readonly string[],
  runPathKind: "runpath" | "rpath" | null,
  isPie: boolean,
  debugBytes: number | null,
  removableBytes: number | null,
  go: readonly [version: string, path: string | null, settings: readonly string[]] | null,
  isUpx: boolean,
  isLoadingUnknown: boolean,
  mentions: readonly ElfMention[] | null,
];

function toRow({ node, facts }: ElfFile): ProgramRow {
  const { go } = facts;
  return [
    node,
    facts.bits,
    facts.architecture,
    facts.type,
    facts.interpreter ?? null,
    facts.needed,
    facts.soname ?? null,
    facts.runPath,
    facts.runPathKind ?? null,
    facts.isPie,
    facts.debugBytes ?? null,
    facts.removableBytes ?? null,
    go === undefined ? null : [go.version, go.path ?? null, go.settings],
    facts.isUpx,
    facts.isLoadingUnknown ?? false,
    facts.mentions ?? null,
  ];
}

/** The text is our own: the cache holds it against a checksum before anyone reads it. */
function decodePrograms(text: Uint8Array): readonly ElfFile[] | undefined {
  const problems: JsonProblems = [];
  const rows = parseJsonArray(problems, new TextDecoder("utf-8").decode(text));
  return (rows as readonly ProgramRow[] | undefined)?.map(fromRow);
}

function fromRow(row: ProgramRow): ElfFile {
  const [node, bits, architecture, type, interpreter, needed, soname, runPath, runPathKind] = row;
  const [
    ,
    ,
    ,
    ,
    ,
    ,
    ,
    ,
    ,
    isPie,
    debugBytes,
    removableBytes,
    go,
    isUpx,
    isLoadingUnknown,
    mentions,
  ] = row;
  const facts: ElfFacts = {
    bits,
    architecture,
    type,
    interpreter: interpreter ?? undefined,
    needed,
    soname: soname ?? undefined,
    runPath,
    runPathKind: runPathKind ?? undefined,
    isPie,
    debugBytes: debugBytes ?? undefined,
    removableBytes: removableBytes ?? undefined,
    go: go === null ? undefined : fromGoRow(go),
    isUpx,
    ...(isLoadingUnknown ? { isLoadingUnknown: true } : {}),
    ...(mentions === null ? {} : { mentions }),
  };
  return { node, facts };
}

function fromGoRow([version, path, settings]: NonNullable<ProgramRow[12]>): GoBuildInfo {
  return { version, path: path ?? undefined, settings };
}
