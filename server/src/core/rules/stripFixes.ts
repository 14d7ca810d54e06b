import { appendCommand, insertBehind } from "../dockerfile/runEdits.ts";
import type { ShellCommand } from "../dockerfile/shellScript.ts";
import type { Instruction } from "../dockerfile/syntax.ts";
import type { ElfFacts } from "../image/elf.ts";
import { findNode } from "../image/fileTree.ts";
import type { TextEdit } from "../text/edit.ts";
import { textOf } from "../text/span.ts";
import { runsAsRoot, toShellPaths } from "./appendedFix.ts";
import { type Build, isC, isCargo, isGo, isStripper } from "./builds.ts";
import type { RuleContext } from "./context.ts";
import type { Fix, Saving } from "./rule.ts";

/** An ELF file with sections that are there for debuggers and linkers alone. */
export interface Unstripped {
  readonly path: string;
  /** Exact sum of the sections that `strip` takes away. */
  readonly removableBytes: number;
  readonly facts: ElfFacts;
}

/**
 * What leaves symbols out: an option of the only compiler that builds the files, in the stage they are copied from or in their own RUN, else `strip` at
 * the end of that RUN where the image has it. Empty where neither is certain. No files: the text is all there is.
 */
export function stripFixes(
  context: RuleContext,
  instruction: Instruction,
  files: readonly Unstripped[] | undefined,
  builds: readonly Build[],
): readonly Fix[] {
  const go = optionFix(context, builds.filter(isGo), goEdit, {
    title: 'Build the Go program with `-ldflags="-s -w"`',
    files: files?.filter(({ facts }) => facts.go !== undefined),
  });
  const others = files?.filter(({ facts }) => facts.go === undefined);
  const c = optionFix(context, builds.filter(isC), cEdit, {
    title: "Link without symbols (`-s`)",
    files: others ?? [],
  });
  const cargo = optionFix(context, builds.filter(isCargo), cargoEdit, {
    title: "Have Cargo strip the program",
    files: others ?? [],
  });
  const options = [...go, ...c, ...cargo];
  return options.length > 0 ? options : stripInRun(context, instruction, files ?? []);
}

/** The Go build whose program a COPY takes from its stage, where nothing there leaves symbols out; undefined where that is not certain. */
export function goBuildCopied(
  context: RuleContext,
  instruction: Instruction,
  builds: readonly Build[],
): ShellCommand | undefined {
  const source = instruction.words[0]?.text ?? "";
  if (instruction.keyword !== "COPY" || instruction.words.length !== 2) return undefined;
  const build = builds.find(isGo);
  const isOnly = build === builds.findLast(isGo);
  if (build === undefined || !isOnly || goEdit(context, build) === undefined) return undefined;
  const { args } = build.command;
  const out = args[args.findIndex(({ text }) => text === "-o") + 1];
  const isTaken = out !== undefined && out.isLiteral && lastName(out.text) === lastName(source);
  return isTaken && !builds.some(isStripper) ? build.command : undefined;
}

function lastName(path: string): string {
  return path.slice(path.lastIndexOf("/") + 1);
}

interface OptionFix {
  readonly title: string;
  /** Whose symbols go; undefined where only the text is known. */
  readonly files: readonly Unstripped[] | undefined;
}

/** Only where one build can have made all the files: which of several did is not known. */
function optionFix(
  context: RuleContext,
  builds: readonly Build[],
  editOf: (context: RuleContext, build: Build) => TextEdit | undefined,
  { title, files }: OptionFix,
): readonly Fix[] {
  const [build, ...others] = builds;
  if (build === undefined || others.length > 0 || files?.length === 0) return [];
  const edit = editOf(context, build);
  if (edit === undefined) return [];
  const saving = files && predicted(files);
  return [{ title, kind: "quickfix", isSafe: false, edits: [edit], saving }];
}

function predicted(files: readonly Unstripped[]): Saving {
  const bytes = files.reduce((sum, { removableBytes }) => sum + removableBytes, 0);
  return { bytes, basis: "predicted" };
}

function goEdit(context: RuleContext, { run, command }: Build): TextEdit | undefined {
  const [verb] = command.args;
  const flags = command.assignments.get("GOFLAGS") ?? context.environmentAt(run).get("GOFLAGS");
  const isSetElsewhere = command.assignments.has("GOFLAGS") || flags?.includes("ldflags") === true;
  if (verb === undefined || isSetElsewhere) return undefined;
  const at = command.args.findIndex(({ text }) => /^--?ldflags\b/.test(text));
  const option = command.args[at];
  if (option === undefined) return insertBehind(verb.span, '-ldflags="-s -w"');
  const value = option.text.includes("=") ? option : command.args[at + 1];
  if (value === undefined || /(?:^|[\s='"])-s(?![\w-])/.test(value.text)) return undefined;
  const written = textOf(context.dockerfile.text, value.span);
  const opening = /^(?:--?ldflags=)?["']/.exec(written)?.[0];
  if (opening === undefined) return undefined;
  const start = value.span.start + opening.length;
  return { span: { start, end: start }, newText: "-s -w " };
}

function cEdit(_: RuleContext, { command }: Build): TextEdit | undefined {
  const isStripping = command.args.some(({ text }) => text === "-s" || text === "-Wl,-s");
  return isStripping ? undefined : insertBehind(command.nameSpan, "-s");
}

function cargoEdit(_: RuleContext, { command }: Build): TextEdit | undefined {
  const { start } = command.span;
  const isRelease =
    command.args[0]?.text === "install" ||
    command.args.some(({ text }) => text === "--release" || text === "-r");
  const isSet = command.assignments.has(cargoStrip);
  return isRelease && !isSet
    ? { span: { start, end: start }, newText: `${cargoStrip}=symbols ` }
    : undefined;
}

const cargoStrip = "CARGO_PROFILE_RELEASE_STRIP";

/** Only files that the RUN made itself: what packages brought is checked against their records, and wheels may not survive it. */
function stripInRun(
  context: RuleContext,
  run: Instruction,
  files: readonly Unstripped[],
): readonly Fix[] {
  const { read } = context;
  const script = run.keyword === "RUN" ? context.shellOf(run) : undefined;
  const own = files.filter(({ path }) => ownPlace.test(path) && !/-packages\//.test(path));
  const paths = own.length > mostFiles ? undefined : toShellPaths(own.map(({ path }) => path));
  const hasStrip = read !== undefined && findNode(read.finalTree, "usr/bin/strip") !== undefined;
  if (script === undefined || paths === undefined || !hasStrip || !runsAsRoot(context, run)) {
    return [];
  }
  const edits = appendCommand(context.dockerfile, run, script, `strip ${paths}`);
  const title = "Strip the programs in the same RUN";
  return edits === undefined
    ? []
    : [{ title, kind: "quickfix", isSafe: false, edits, saving: predicted(own) }];
}

const ownPlace = /^(?:usr\/local|opt|app|srv|home|root)\//;
const mostFiles = 8;
