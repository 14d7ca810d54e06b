import { removeInstruction } from "../../dockerfile/instructionEdits.ts";
import { addFlag, removePart } from "../../dockerfile/runEdits.ts";
import type { ShellCommand, ShellScript, ShellWord } from "../../dockerfile/shellScript.ts";
import { findNode, nodeKind } from "../../image/fileTree.ts";
import type { TextEdit } from "../../text/edit.ts";
import type { Span } from "../../text/span.ts";
import type { RuleContext } from "../context.ts";
import type { Fix, Saving } from "../rule.ts";
import { hasMounts } from "./bindFix.ts";
import type { PlacedWrite } from "./actIndex.ts";
import { type FileActs, writeIndexOf } from "./fileActs.ts";
import { hiddenBytesAt, hiddenPairs } from "./hiddenPairs.ts";
import { isAtOrBelow } from "./imagePath.ts";
import { partOf } from "./moveFix.ts";
import { type ScopedCommand, pathOfWord } from "./scope.ts";
import { operandsOf } from "./shellActs.ts";

/** A `chown` or `chmod` of one path that COPY could do itself. */
interface Change {
  readonly command: ShellCommand;
  /** `--chown=app:app`, `--chmod=755`. */
  readonly flag: string;
  readonly path: string;
  readonly isRecursive: boolean;
  /** The `-R` itself. */
  readonly option: ShellWord | undefined;
}

/**
 * Gives the COPYs whose files a RUN changes in owner or mode a flag in its place. For a folder the `chown` stays without `-R`, for the folder may be
 * older than what is copied into it. Empty where files of another origin may lie there, and where COPY could not say the same.
 */
export function ownershipFixes(
  context: RuleContext,
  acts: readonly FileActs[],
  hider: number,
): readonly Fix[] {
  const run = acts[hider];
  const script = run && context.shellOf(run.instruction);
  if (run === undefined || script === undefined || !script.isComplete) return [];
  // A user made by the same RUN is not there yet when COPY runs.
  if (run.commands.some(({ command }) => makesUser.test(command.name ?? ""))) return [];
  return run.commands.flatMap((one) => {
    const change = changeOf(context, run, one);
    const fix = change && fixFor(context, acts, hider, script, change);
    return fix === undefined ? [] : [fix];
  });
}

const makesUser = /^(?:add|mod)?(?:user|group)(?:add|mod)?$/;

function fixFor(
  context: RuleContext,
  acts: readonly FileActs[],
  hider: number,
  script: ShellScript,
  change: Change,
): Fix | undefined {
  const copies = copiesInto(context, acts, hider, change);
  const run = acts[hider];
  if (run === undefined || copies.length === 0) return undefined;
  const origin = originOf(context, copies, run, change);
  if (origin === "others") return undefined;
  const taken = withoutChange(context, script, run, copies, change);
  if (taken === undefined) return undefined;
  const flags = copies.map(({ instruction }) => addFlag(instruction, change.flag));
  return {
    title: `Copy with \`${change.flag}\``,
    kind: "quickfix",
    isSafe: origin === "copies",
    edits: [...flags, ...taken],
    saving: savingOf(context, copies, run, change),
  };
}

function changeOf(
  context: RuleContext,
  run: FileActs,
  { command, scope }: ScopedCommand,
): Change | undefined {
  const [what, target, ...others] = operandsOf(command);
  const isAlone = others.length === 0 && target?.isPattern === false && isCertain(command);
  const options = optionOf(command);
  if (what === undefined || !isAlone || scope === undefined || options === undefined) {
    return undefined;
  }
  const path = pathOfWord(target, scope);
  if (path === undefined || path === "") return undefined;
  const flag = flagFor(context, run, command, what, path);
  return flag === undefined ? undefined : { command, flag, path, ...options };
}

function isCertain({ certainty, depth }: ShellCommand): boolean {
  return certainty === "always" && depth === 0;
}

/** `-R` or nothing; undefined where other options may change the meaning. */
function optionOf({ args }: ShellCommand): Pick<Change, "isRecursive" | "option"> | undefined {
  const [option, ...others] = args.filter(({ text }) => text.startsWith("-"));
  if (option === undefined) return { isRecursive: false, option };
  const isKnown = others.length === 0 && /^(?:-R|--recursive)$/.test(option.text);
  return isKnown ? { isRecursive: true, option } : undefined;
}

function flagFor(
  context: RuleContext,
  run: FileActs,
  { name }: ShellCommand,
  what: ShellWord,
  path: string,
): string | undefined {
  if (!what.isLiteral) return undefined;
  if (name === "chown") {
    // A user alone leaves the group as COPY makes it: root's.
    if (/^[\w-]+:[\w-]+$/.test(what.text)) return `--chown=${what.text}`;
    return /^[\w-]+$/.test(what.text) ? `--chown=${what.text}:0` : undefined;
  }
  if (name !== "chmod" || !hasMounts(context)) return undefined;
  if (/^0?[0-7]{3}$/.test(what.text)) return `--chmod=${what.text}`;
  const mode = /^[ugoa]*\+x$/.test(what.text) ? builtMode(context, run, path) : undefined;
  return mode === undefined ? undefined : `--chmod=${mode}`;
}

/** The mode that a file has after the RUN, as the image shows it. */
function builtMode(context: RuleContext, run: FileActs, path: string): string | undefined {
  for (const layer of context.measuredLayers(run.instruction) ?? []) {
    const tree = context.read?.layers[layer]?.tree;
    const node = tree && findNode(tree, path);
    if (tree === undefined || node === undefined || tree.kind[node] !== nodeKind.file) continue;
    return ((tree.mode[node] ?? 0) & 0o7777).toString(8).padStart(3, "0");
  }
  return undefined;
}

/** The COPYs whose files the command changes; empty where one of them already says so itself, and where a RUN stands behind the first of them. */
function copiesInto(
  context: RuleContext,
  acts: readonly FileActs[],
  hider: number,
  { path, flag, isRecursive }: Change,
): readonly FileActs[] {
  const flagName = flag.slice(2, flag.indexOf("="));
  const below = writeIndexOf(context).below(path);
  const isMeant = ({ at, write }: PlacedWrite): boolean =>
    at < hider && (isRecursive || write.path === path);
  const first = below.find(isMeant);
  const isRunBetween = first === undefined || first.at <= lastBreakBefore(context, acts, hider);
  if (isRunBetween) return [];
  const places = [...new Set(below.filter(isMeant).map(({ at }) => at))];
  const copies = places.flatMap((at) => acts[at] ?? []);
  // With --link files are copied where no user has a name yet.
  const isNumeric = /=[\d:]+$/.test(flag);
  const isFree = copies.every(
    ({ instruction: { keyword, flags } }) =>
      (keyword === "COPY" || keyword === "ADD") &&
      flags.every(({ name }) => name !== flagName && (name !== "link" || isNumeric)),
  );
  return isFree ? copies : [];
}

/** The last line before a place in the list of acts behind which COPYs cannot be told apart from what it did; -1 where there is none. */
function lastBreakBefore(context: RuleContext, acts: readonly FileActs[], place: number): number {
  const before = context.recall("breaks before lines", () => {
    let last = -1;
    return acts.map(({ instruction }, at) => {
      const found = last;
      if (breaks.has(instruction.keyword)) last = at;
      return found;
    });
  });
  return before[place] ?? -1;
}

const breaks: ReadonlySet<string> = new Set(["RUN", "FROM", "USER"]);

/** Whether the files at the path are those of the COPYs alone: as the image shows, or not known. */
function originOf(
  context: RuleContext,
  copies: readonly FileActs[],
  run: FileActs,
  { path }: Change,
): "copies" | "others" | "unknown" {
  const { read } = context;
  const own = [...copies, run].map(({ instruction }) => context.measuredLayers(instruction));
  if (read === undefined || own.includes(undefined)) return "unknown";
  const layers = new Set(own.flatMap((of) => of ?? []));
  const last = Math.max(...layers);
  const isElsewhere = read.layers.slice(0, last).some(({ tree, index }) => {
    const node = layers.has(index) ? undefined : findNode(tree, path);
    if (node === undefined) return false;
    return tree.kind[node] !== nodeKind.directory || (tree.subtreeEnd[node] ?? 0) > node + 1;
  });
  return isElsewhere ? "others" : "copies";
}

/** The edits that leave of the command what COPY cannot do: the folders themselves. */
function withoutChange(
  { dockerfile }: RuleContext,
  script: ShellScript,
  run: FileActs,
  copies: readonly FileActs[],
  { command, path, isRecursive, option }: Change,
): readonly TextEdit[] | undefined {
  if (isRecursive && option !== undefined) {
    const folders = foldersBelow(copies, path);
    if (folders === undefined) return undefined;
    const dropped = withoutWord(dockerfile.text, option.span);
    const { end } = command.span;
    const added = folders.map((folder) => ` /${folder}`).join("");
    return added === "" ? [dropped] : [dropped, { span: { start: end, end }, newText: added }];
  }
  const place = partOf(script, command);
  if (place === undefined) return undefined;
  const isAll = script.statements.length === 1 && script.statements[0]?.parts.length === 1;
  return isAll
    ? removeInstruction(dockerfile, run.instruction)
    : removePart(dockerfile, script, place.statement, place.part);
}

/** Takes a word out with one blank beside it. */
function withoutWord(text: string, { start, end }: Span): TextEdit {
  if (text[end] === " ") return { span: { start, end: end + 1 }, newText: "" };
  return { span: { start: text[start - 1] === " " ? start - 1 : start, end }, newText: "" };
}

/** Folders between the path and where files are copied to: COPY makes them, and its flag may leave them alone. Undefined for odd names. */
function foldersBelow(copies: readonly FileActs[], path: string): readonly string[] | undefined {
  const found = new Set<string>();
  for (const { writes } of copies) {
    for (const write of writes) {
      const folder = write.path.endsWith("/*") ? write.path.slice(0, -2) : "";
      if (!isAtOrBelow(folder, path)) continue;
      for (let at = folder; at !== path && at !== ""; at = at.slice(0, at.lastIndexOf("/"))) {
        found.add(at);
      }
    }
  }
  const folders = [...found].sort();
  return folders.every((folder) => /^[\w./-]+$/.test(folder)) ? folders : undefined;
}

/** What the RUN's layer holds of the COPYs' files a second time. */
function savingOf(
  context: RuleContext,
  copies: readonly FileActs[],
  run: FileActs,
  { path }: Change,
): Saving | undefined {
  const { read } = context;
  const lines = [...copies, run].map(({ instruction }) => instruction);
  const isMeasured = lines.every((line) => context.measuredLayers(line) !== undefined);
  if (read === undefined || !isMeasured) return undefined;
  const writers = new Set(copies.map(({ instruction }) => instruction.index));
  const bytes = hiddenPairs(context)
    .filter(
      ({ writer, hider }) => hider.index === run.instruction.index && writers.has(writer.index),
    )
    .reduce(
      (sum, pair) =>
        sum + hiddenBytesAt(read, pair, ["metadata-only"], (one) => isAtOrBelow(one, path)),
      0,
    );
  return { bytes, basis: "measured" };
}
