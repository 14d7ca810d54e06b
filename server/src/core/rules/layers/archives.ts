import type { RuleContext } from "../context.ts";
import { bytesAt } from "../measure.ts";
import { type PatternIndex, type PlacedPattern, createPatternIndex } from "./actIndex.ts";
import { type FileActs, type PlacedRemoval, cleansUp, removalIndexOf } from "./fileActs.ts";
import { isNoticeable } from "./noticeable.ts";
import type { ScopedCommand } from "./scope.ts";
import type { FileWrite } from "./shellActs.ts";
import { addUnpacks, archiveName, unpackedBy } from "./unpacked.ts";

/** An archive that was unpacked and is in the layer of the line that brought it, whether a later line deletes it or not. */
export interface KeptArchive {
  readonly write: FileWrite;
  /** Where it lies, as its unpacking names it. */
  readonly path: string;
  /** Places in the list of acts; the writer is the unpacker where one RUN does both. */
  readonly writer: number;
  readonly unpacker: number;
  readonly unpacking: ScopedCommand;
  /** The first that deletes it afterwards. */
  readonly remover: PlacedRemoval | undefined;
  /** In the writer's layer; undefined where that is not measured. */
  readonly bytes: number | undefined;
}

/** All of them in text order. Left out: those whose layer holds nothing worth a word, as far as it is measured. */
export function keptArchives(
  context: RuleContext,
  acts: readonly FileActs[],
): readonly KeptArchive[] {
  return context.recall("kept archives", () => findArchives(context, acts));
}

/** An archive, by the line and the command that unpack it. */
interface Unpacking extends PlacedPattern {
  readonly unpacking: ScopedCommand;
}

function findArchives(context: RuleContext, acts: readonly FileActs[]): readonly KeptArchive[] {
  const rows: Unpacking[] = [];
  for (const { place: at, commands } of acts) {
    for (const unpacking of commands) {
      for (const pattern of unpackedBy(unpacking)) rows.push({ at, unpacking, pattern });
    }
  }
  if (rows.length === 0) return [];
  const unpackings = createPatternIndex(rows);
  const found: KeptArchive[] = [];
  for (const own of acts) {
    for (const write of own.writes) {
      const archive = keptArchive(context, unpackings, own, write);
      if (archive !== undefined) found.push(archive);
    }
  }
  return found;
}

function keptArchive(
  context: RuleContext,
  unpackings: PatternIndex<Unpacking>,
  own: FileActs,
  write: FileWrite,
): KeptArchive | undefined {
  if (!isArchive(own, write) || cleansUp(own, write)) return undefined;
  const writer = own.place;
  const found = unpackings.firstFrom(writer, write.path, ({ at, unpacking }) =>
    isBehind(writer, write, at, unpacking),
  );
  if (found === undefined) return undefined;
  const bytes = bytesOfArchive(context, own, write.path);
  if (bytes !== undefined && !(context.read && isNoticeable(context.read, bytes))) return undefined;
  return {
    write,
    path: write.path,
    writer,
    unpacker: found.at,
    unpacking: found.unpacking,
    remover: removalIndexOf(context).firstFrom(writer + 1, write.path),
    bytes,
  };
}

function isArchive({ instruction }: FileActs, { how, path, span }: FileWrite): boolean {
  if (how === "made" || path.endsWith("/*")) return false;
  if (how === "downloaded" && instruction.keyword === "RUN") return archiveName.test(path);
  const source = instruction.words.find((word) => word.span.start === span.start)?.text ?? path;
  const isUnpackedByAdd =
    instruction.keyword === "ADD" && addUnpacks.test(source) && !source.includes("://");
  return (
    !isUnpackedByAdd && (archiveName.test(path) || (how === "copied" && archiveName.test(source)))
  );
}

function isBehind(
  writer: number,
  { command }: FileWrite,
  at: number,
  { command: unpacking }: ScopedCommand,
): boolean {
  if (at !== writer) return at > writer;
  return command !== undefined && unpacking.span.start > command.span.start;
}

function bytesOfArchive(
  context: RuleContext,
  { instruction }: FileActs,
  path: string,
): number | undefined {
  const layers = context.measuredLayers(instruction);
  return layers === undefined || context.read === undefined
    ? undefined
    : bytesAt(context.read, layers, [path]);
}
