import type { Instruction } from "../dockerfile/syntax.ts";
import { formatSize } from "../text/size.ts";
import type { Span } from "../text/span.ts";
import type { RuleContext } from "./context.ts";
import { type KeptArchive, keptArchives } from "./layers/archives.ts";
import { bindFix } from "./layers/bindFix.ts";
import { type FileActs, fileActsOf, placeOfLine } from "./layers/fileActs.ts";
import {
  type HiddenPair,
  bytesOfKinds,
  hiddenBytesAt,
  hiddenPairs,
  placeOf,
} from "./layers/hiddenPairs.ts";
import { isAtOrBelow, nameOfPath, quotePath } from "./layers/imagePath.ts";
import { isNoticeable } from "./layers/noticeable.ts";
import { removalFixes, removing } from "./layers/removalFixes.ts";
import { namesOfLines } from "./layers/sentences.ts";
import { secretPathIn } from "./layers/secretPaths.ts";
import type { FileRemoval, FileWrite } from "./layers/shellActs.ts";
import { type EarlierWrite, isSureRemoval, writtenBefore } from "./layers/writtenBefore.ts";
import type { Fix, Report, Rule } from "./rule.ts";

/** Files that a RUN deletes after another line has written them: they are hidden, and stay in that line's layer. */
export const removedLater: Rule = {
  code: "removed-later",
  title: "Files are deleted in a later layer than the one that holds them",
  severity: "warning",
  *check(context) {
    const acts = fileActsOf(context);
    if (!acts.some(({ removals }) => removals.length > 0) && context.read === undefined) return;
    const archives = keptArchives(context, acts);
    const pairs = hiddenPairs(context);
    for (const { place: at, instruction } of acts) {
      if (instruction.keyword !== "RUN") continue;
      const isMeasured = context.measuredLayers(instruction) !== undefined;
      const report = isMeasured
        ? measuredReport(context, acts, at, pairs, archives)
        : textReport(context, acts, at, archives);
      if (report !== undefined) yield report;
    }
  },
};

/** A line of which the hider deletes bytes. */
interface Loss {
  readonly pair: HiddenPair;
  readonly bytes: number;
}

function measuredReport(
  context: RuleContext,
  acts: readonly FileActs[],
  at: number,
  pairs: readonly HiddenPair[],
  archives: readonly KeptArchive[],
): Report | undefined {
  const hider = acts[at];
  const { read } = context;
  if (read === undefined || hider === undefined) return undefined;
  const losses = pairs
    .filter((pair) => pair.hider.index === hider.instruction.index)
    .filter(({ writer }) => writer.keyword !== "FROM" && writer.index !== hider.instruction.index)
    .map((pair): Loss => ({ pair, bytes: lossOf(context, pair, archives, acts) }))
    .filter(({ bytes }) => bytes > 0)
    .toSorted((a, b) => b.bytes - a.bytes);
  const bytes = losses.reduce((sum, loss) => sum + loss.bytes, 0);
  const [main] = losses;
  if (main === undefined || !isNoticeable(read, bytes)) return undefined;
  const writers = losses.map(({ pair }) => pair.writer);
  const place = placeOf(context, main.pair, removing);
  const where = place === undefined ? "" : `, most of it in ${quotePath(place)}`;
  return {
    span: spanIn(hider, place),
    instruction: hider.instruction.index,
    message: `${formatSize(bytes)} deleted here stay in the layer${writers.length === 1 ? "" : "s"} of ${namesOfLines(writers)}${where}.`,
    saving: { bytes, basis: "measured" },
    fixes: () => fixesOf(context, acts, at, main.pair.writer),
    related: losses.map(({ pair: { writer }, bytes: own }) => ({
      span: writer.keywordSpan,
      message: `${formatSize(own)} of what line ${hider.instruction.startLine + 1} deletes were written here.`,
    })),
  };
}

/** Bytes deleted of one line, without what the rule for archives speaks of. */
function lossOf(
  { read }: RuleContext,
  pair: HiddenPair,
  archives: readonly KeptArchive[],
  acts: readonly FileActs[],
): number {
  const paths = new Set(
    archives
      .filter(({ writer }) => acts[writer]?.instruction.index === pair.writer.index)
      .map(({ path }) => path),
  );
  const all = bytesOfKinds([pair], removing);
  if (read === undefined || paths.size === 0 || all === 0) return all;
  return all - hiddenBytesAt(read, pair, removing, (path) => paths.has(path));
}

/** The words that delete the place, else the keyword. */
function spanIn({ instruction, removals }: FileActs, place: string | undefined): Span {
  const removal = removals.find(
    ({ pattern }) =>
      place !== undefined && (pattern.matches(place) || isAtOrBelow(pattern.text, place)),
  );
  return removal === undefined ? instruction.keywordSpan : spanOf(removal);
}

function spanOf({ command, span }: FileRemoval): Span {
  return { start: command.nameSpan.start, end: span.end };
}

function fixesOf(
  context: RuleContext,
  acts: readonly FileActs[],
  hider: number,
  writtenBy: Instruction,
): readonly Fix[] {
  const writer = placeOfLine(context, writtenBy);
  const own = acts[writer];
  if (own === undefined) return [];
  if (writtenBy.keyword === "RUN") return removalFixes(context, acts, { writer, hider });
  const copied = own.writes.map(({ path }) => path).filter((path) => isDeleted(acts[hider], path));
  return copied
    .map((path) => bindFix(context, acts, writer, hider, path))
    .filter((fix) => fix !== undefined)
    .slice(0, 1);
}

function isDeleted(hider: FileActs | undefined, path: string): boolean {
  return hider?.removals.some(({ pattern }) => pattern.text === path) === true;
}

/** What the text alone makes certain: an earlier line names what it writes, and this one deletes it. */
function textReport(
  context: RuleContext,
  acts: readonly FileActs[],
  at: number,
  archives: readonly KeptArchive[],
): Report | undefined {
  const hider = acts[at];
  const found = hider?.removals.flatMap((removal) => {
    const written = lastWriter(context, acts, at, removal, archives);
    return written === undefined ? [] : [{ removal, ...written }];
  });
  const [first] = found ?? [];
  if (hider === undefined || found === undefined || first === undefined) return undefined;
  const writers = [...new Map(found.map(({ writer }) => [writer.index, writer])).values()];
  const names = [...new Set(found.map(({ removal }) => nameOfPath(removal.pattern.text)))];
  const what = names.length === 1 ? `${names[0]} stays` : `${names.length} deleted paths stay`;
  return {
    span: spanOf(first.removal),
    instruction: hider.instruction.index,
    message: `${what} in the layer${writers.length === 1 ? "" : "s"} of ${namesOfLines(writers)}: deleting here only hides it.`,
    saving: undefined,
    fixes: () => fixesOf(context, acts, at, first.writer),
    related: found.map(({ write }) => ({
      span: write.span,
      message: `${nameOfPath(write.path)} is written here.`,
    })),
  };
}

/** What no other rule speaks of. */
function lastWriter(
  context: RuleContext,
  acts: readonly FileActs[],
  at: number,
  removal: FileRemoval,
  archives: readonly KeptArchive[],
): EarlierWrite | undefined {
  const found = isSureRemoval(removal) ? writtenBefore(context, acts, at, removal) : undefined;
  if (found === undefined) return undefined;
  const isArchive = archivesAt(context, archives).has(found.write);
  return isArchive || secretPathIn(found.write.path) !== undefined ? undefined : found;
}

function archivesAt(
  context: RuleContext,
  archives: readonly KeptArchive[],
): ReadonlySet<FileWrite> {
  return context.recall("writes of archives", () => new Set(archives.map(({ write }) => write)));
}
