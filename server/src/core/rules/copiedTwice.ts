import type { ShellCommand } from "../dockerfile/shellScript.ts";
import type { Instruction } from "../dockerfile/syntax.ts";
import { formatSize } from "../text/size.ts";
import type { Span } from "../text/span.ts";
import type { RuleContext } from "./context.ts";
import { type PlacedWrite, lastLineBefore } from "./layers/actIndex.ts";
import { type FileActs, fileActsOf, placeOfLine, writeIndexOf } from "./layers/fileActs.ts";
import { type HiddenPair, bytesOfKinds, hiddenPairs } from "./layers/hiddenPairs.ts";
import { nameOfPath } from "./layers/imagePath.ts";
import { isNoticeable } from "./layers/noticeable.ts";
import { ownershipFixes } from "./layers/ownershipFix.ts";
import { type LateWork, removalFixes } from "./layers/removalFixes.ts";
import { type ScopedCommand, patternsOf } from "./layers/scope.ts";
import { namesOfLines } from "./layers/sentences.ts";
import { type FileWrite, operandsOf } from "./layers/shellActs.ts";
import type { Fix, Report, Rule } from "./rule.ts";

/** Files that a later line brings once more with another owner, mode, time or place and the same content. */
export const copiedTwice: Rule = {
  code: "copied-twice",
  title: "Files are in two layers with the same content",
  severity: "warning",
  *check(context) {
    const acts = fileActsOf(context);
    const pairs = hiddenPairs(context);
    for (const { place: at, instruction } of acts) {
      const isMeasured = context.measuredLayers(instruction) !== undefined;
      const report = isMeasured
        ? measuredReport(context, acts, at, pairs)
        : textReport(context, acts, at);
      if (report !== undefined) yield report;
    }
  },
};

const kinds = ["metadata-only", "moved"] as const;

const changing: LateWork = {
  names: new Set(["chmod", "chown", "chgrp"]),
  kinds: ["metadata-only"],
  title: "Set it in the RUN that wrote the files",
};

function measuredReport(
  context: RuleContext,
  acts: readonly FileActs[],
  at: number,
  pairs: readonly HiddenPair[],
): Report | undefined {
  const { read } = context;
  const hider = acts[at];
  if (read === undefined || hider === undefined) return undefined;
  const own = pairs
    .filter((pair) => pair.hider.index === hider.instruction.index)
    .filter(({ writer }) => writer.keyword !== "FROM" && writer.index !== hider.instruction.index)
    .filter((pair) => bytesOfKinds([pair], kinds) > 0)
    .toSorted((a, b) => bytesOfKinds([b], kinds) - bytesOfKinds([a], kinds));
  const bytes = bytesOfKinds(own, kinds);
  const [main] = own;
  if (main === undefined || !isNoticeable(read, bytes)) return undefined;
  return {
    span: spanIn(hider),
    instruction: hider.instruction.index,
    message: `${formatSize(bytes)} of ${namesOfLines(own.map(({ writer }) => writer))} are in this layer once more, ${howOf(own)}.`,
    saving: { bytes, basis: "measured" },
    fixes: () => fixesOf(context, acts, at, main.writer),
    related: own.map((pair) => ({
      span: pair.writer.keywordSpan,
      message: `${formatSize(bytesOfKinds([pair], kinds))} that line ${hider.instruction.startLine + 1} has once more were written here.`,
    })),
  };
}

function howOf(pairs: readonly HiddenPair[]): string {
  if (bytesOfKinds(pairs, ["moved"]) === 0) return "with only owner, mode or time changed";
  if (bytesOfKinds(pairs, ["metadata-only"]) === 0) return "under another path";
  return "with only owner, mode, time or path changed";
}

/** The first command that is known to do so, else the keyword. */
function spanIn({ instruction, commands }: FileActs): Span {
  const found = commands.find(({ command }) => copiesUp.has(command.name ?? ""));
  return found === undefined ? instruction.keywordSpan : spanOf(found.command);
}

const copiesUp: ReadonlySet<string> = new Set(["chgrp", "chmod", "chown", "cp", "mv", "touch"]);

function spanOf({ nameSpan, span }: ShellCommand): Span {
  return { start: nameSpan.start, end: span.end };
}

function fixesOf(
  context: RuleContext,
  acts: readonly FileActs[],
  hider: number,
  writtenBy: Instruction,
): readonly Fix[] {
  const writer = placeOfLine(context, writtenBy);
  if (acts[hider]?.instruction.keyword !== "RUN" || writer < 0) return [];
  return writtenBy.keyword === "RUN"
    ? removalFixes(context, acts, { writer, hider }, changing)
    : ownershipFixes(context, acts, hider);
}

/** What the text alone makes certain: `chown` and `chmod` of what an earlier line has brought copy it up into their own layer. */
function textReport(
  context: RuleContext,
  acts: readonly FileActs[],
  at: number,
): Report | undefined {
  const hider = acts[at];
  for (const scoped of hider?.commands ?? []) {
    const found = changedWrite(context, acts, at, scoped);
    if (hider === undefined || found === undefined) continue;
    const { write, writer } = found;
    return {
      span: spanOf(scoped.command),
      instruction: hider.instruction.index,
      message: `\`${scoped.command.name ?? ""}\` brings ${nameOfPath(write.path)} of ${namesOfLines([writer])} into this layer once more.`,
      saving: undefined,
      fixes: () => fixesOf(context, acts, at, writer),
      related: [
        { span: write.span, message: `${nameOfPath(write.path)} comes into the image here.` },
      ],
    };
  }
  return undefined;
}

interface ChangedWrite {
  readonly write: FileWrite;
  readonly writer: Instruction;
}

function changedWrite(
  context: RuleContext,
  acts: readonly FileActs[],
  at: number,
  { command, scope }: ScopedCommand,
): ChangedWrite | undefined {
  if (scope === undefined || !mayChange(command)) return undefined;
  const [what, ...targets] = operandsOf(command);
  if (what === undefined || isGivenToRoot(command, what.text)) return undefined;
  const isRecursive = command.args.some(({ text }) => /^-[a-zA-Z]*R|^--recursive$/.test(text));
  for (const pattern of targets.flatMap((target) => patternsOf(target, scope))) {
    const isHit = (write: FileWrite): boolean =>
      isRecursive ? pattern.matches(write.path) : pattern.text === write.path && isFile(write);
    if (acts[at]?.writes.some((write) => isBefore(write, command) && isHit(write))) continue;
    const found = isRecursive
      ? writeIndexOf(context).lastBefore(at, pattern)
      : lastLineBefore(filesAt(context, pattern.text), at);
    if (found !== undefined) return changedBy(acts, found);
  }
  return undefined;
}

function changedBy(
  acts: readonly FileActs[],
  { at, write }: PlacedWrite,
): ChangedWrite | undefined {
  const writer = acts[at]?.instruction;
  return writer && { write, writer };
}

/** Writes of a file by the very path, in text order. */
function filesAt(context: RuleContext, path: string): readonly PlacedWrite[] {
  const known = context.recall("written files", () => new Map<string, readonly PlacedWrite[]>());
  const rows =
    known.get(path) ??
    writeIndexOf(context)
      .below(path)
      .filter(({ write }) => write.path === path && isFile(write));
  known.set(path, rows);
  return rows;
}

function isBefore(write: FileWrite, command: ShellCommand): boolean {
  return write.span.start < command.span.start;
}

/** Whether it surely runs and changes files. */
function mayChange({ name, certainty, depth }: ShellCommand): boolean {
  return certainty === "always" && depth === 0 && (name === "chmod" || name === "chown");
}

/** Whether it gives files to root, whose they are. */
function isGivenToRoot({ name }: ShellCommand, what: string): boolean {
  return name === "chown" && /^(?:root|0)(?::(?:root|0)?)?$/.test(what);
}

/** Without `-R` a folder costs nothing. */
function isFile({ path, how }: FileWrite): boolean {
  return how !== "copied" || /[^/]\.\w+$/.test(path);
}
