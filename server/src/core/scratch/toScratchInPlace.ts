import { insertBelow, replaceInstruction } from "../dockerfile/instructionEdits.ts";
import type { Instruction, Stage, Word } from "../dockerfile/syntax.ts";
import { nodeKind } from "../image/fileTree.ts";
import { linkPath } from "../image/linkPath.ts";
import { type TreePaths, plainPath } from "../image/treePaths.ts";
import type { TextEdit } from "../text/edit.ts";
import type { FinalStageContext } from "./finalStageContext.ts";
import { settingParts } from "./finalStageSettings.ts";
import { neededArguments } from "./finalStageVariables.ts";
import { numericUser } from "./needs.ts";
import { removal } from "./newStage.ts";
import { sentences } from "./toScratchBelow.ts";
import type { Draft } from "./toScratchDraft.ts";
import type { FilePlan } from "./toScratchFiles.ts";
import { rootfsRun } from "./toScratchLines.ts";

/**
 * Gives the final stage another base and leaves the rest as it is. Undefined where something has to come from the base that it has, where it runs
 * something, or where its lines may mean something else without the base.
 */
export function draftInPlace(
  context: FinalStageContext,
  paths: TreePaths,
  plan: FilePlan,
): Draft | undefined {
  const { input, stage } = context;
  const { dockerfile } = input;
  const [image] = stage.from.words;
  const bytes = ownBytes(context);
  const isBareBase = input.chain.length === 1 && stage.base.kind !== "scratch";
  const hasRun = stage.instructions.some(({ keyword }) => keyword === "RUN");
  if (image === undefined || !isBareBase || hasRun || bytes === undefined) return undefined;
  if (!plan.copied.every(({ path }) => isOwn(context, paths, path))) return undefined;
  const copies = copyEdits(context, paths);
  const parts = [...settingParts(context)];
  const made = madeDirectories(context, plan);
  if (copies === undefined || made === undefined) return undefined;
  if (parts.some(({ kind }) => kind === "problem")) return undefined;
  const added = parts.flatMap((part) => (part.kind === "line" ? [part.text] : []));
  const below = [...made.lines, ...added];
  const shells = stage.instructions.filter(({ keyword }) => keyword === "SHELL");
  const removed = [
    ...shells,
    ...parts.flatMap((part) => (part.kind === "removed" ? [part.instruction] : [])),
  ];
  return {
    edits: [
      { span: image.span, newText: "scratch" },
      ...(below.length === 0
        ? []
        : [insertBelow(dockerfile, stage.from, below.join(context.style.lineBreak))]),
      ...made.edits,
      ...copies,
      ...parts.flatMap((part) =>
        part.kind === "replaced" ? [replaceInstruction(part.instruction, part.text)] : [],
      ),
      ...removed.flatMap((instruction) => removal(dockerfile, instruction)),
    ],
    addedInstructions: below.length + made.count - removed.length,
    addedStages: 0,
    caveats: [...made.caveats, ...sentences(parts)],
    bytes,
  };
}

/** Bytes of the layers above the base: all that is left. Undefined where a layer is nobody's. */
function ownBytes({ input, read }: FinalStageContext): number | undefined {
  const origins = input.attribution?.layers ?? [];
  const isKnown =
    origins.length === read.layers.length && origins.every(({ origin }) => origin !== "unknown");
  if (!isKnown) return undefined;
  return read.layers.reduce(
    (sum, { contentBytes }, at) => sum + (origins[at]?.origin === "own" ? contentBytes : 0),
    0,
  );
}

/** Whether a path, the links on its way and all below it were written by lines of this file. */
function isOwn({ input }: FinalStageContext, paths: TreePaths, path: string): boolean {
  const { tree } = paths;
  const origins = input.attribution?.layers ?? [];
  const isOwnNode = (node: number): boolean => origins[tree.layer[node] ?? -1]?.origin === "own";
  const hops = linkPath(paths, path);
  const nodes = (hops.length === 0 ? [path] : hops).map((hop) => paths.findExact(hop));
  return nodes.every((root) => {
    if (root === undefined) return false;
    const end = tree.subtreeEnd[root] ?? root + 1;
    for (let node = root; node < end; node += 1) {
      if (tree.kind[node] !== nodeKind.directory && !isOwnNode(node)) return false;
    }
    return true;
  });
}

/** What COPY and ADD need so that they write to the same places with the same owners; undefined where that cannot be told. */
function copyEdits(context: FinalStageContext, paths: TreePaths): readonly TextEdit[] | undefined {
  const edits: TextEdit[] = [];
  let directory = baseDirectory(context);
  for (const instruction of context.stage.instructions) {
    const { keyword, words, argumentText } = instruction;
    if (usesVariables.has(keyword) && neededArguments(context, instruction) === undefined) {
      return undefined;
    }
    if (keyword === "WORKDIR") {
      if (argumentText.includes("$")) return undefined;
      directory = joined(directory, argumentText);
    }
    if (keyword !== "COPY" && keyword !== "ADD") continue;
    const to = words.at(-1);
    const place = to === undefined ? undefined : destination(context, paths, to, directory);
    const owner = ownerEdits(context, instruction);
    if (place === undefined || owner === undefined) return undefined;
    edits.push(...place, ...owner);
  }
  return edits;
}

const usesVariables: ReadonlySet<string> = new Set(["COPY", "ADD", "ARG", "WORKDIR"]);

/** Where the base image leaves the working directory; undefined where lines of the stage have moved it since. */
function baseDirectory({ stage, settings }: FinalStageContext): string | undefined {
  const isMoved = stage.instructions.some(({ keyword }) => keyword === "WORKDIR");
  return isMoved ? undefined : plainPath(settings.workingDir ?? "");
}

function joined(directory: string | undefined, path: string): string | undefined {
  if (path.startsWith("/")) return plainPath(path);
  return directory === undefined ? undefined : plainPath(`${directory}/${path}`);
}

/** A slash behind what is a directory today, for without the base a file would take its place. Undefined behind a link, and where it depends on variables. */
function destination(
  { input }: FinalStageContext,
  paths: TreePaths,
  { text, span }: Word,
  directory: string | undefined,
): readonly TextEdit[] | undefined {
  const path = text.includes("$") ? undefined : joined(directory, text);
  if (path === undefined || paths.resolveDirectory(path) !== path) return undefined;
  const node = paths.findExact(path);
  const isDirectory = node !== undefined && paths.tree.kind[node] === nodeKind.directory;
  if (!isDirectory || /(?:^|\/)\.?$/.test(text)) return [];
  const isQuoted = /["']/.test(input.dockerfile.text[span.end - 1] ?? "");
  const at = isQuoted ? span.end - 1 : span.end;
  return [{ span: { start: at, end: at }, newText: "/" }];
}

/** `--chown` in numbers: without the base there is no list of users. */
function ownerEdits(
  { read }: FinalStageContext,
  { flags }: Instruction,
): readonly TextEdit[] | undefined {
  const flag = flags.find(({ name }) => name === "chown");
  const written = flag?.value ?? "";
  if (flag === undefined || /^\d+(?::\d+)?$/.test(written)) return [];
  const [name = "", group] = written.split(":");
  const owner = written.includes("$") ? undefined : numericUser(read, name, group);
  return owner === undefined ? undefined : [{ span: flag.span, newText: `--chown=${owner}` }];
}

interface Made {
  readonly edits: readonly TextEdit[];
  /** In the final stage. */
  readonly lines: readonly string[];
  /** How many instructions come into the other stage. */
  readonly count: number;
  readonly caveats: readonly string[];
}

/** Directories that COPY does not make as they are, from a stage that can make them; undefined where none can and they were asked for. */
function madeDirectories(context: FinalStageContext, plan: FilePlan): Made | undefined {
  const { input, style, stage } = context;
  const { dockerfile } = input;
  const directories = plan.directories.filter(
    ({ path, isAsked }) => isAsked || !isMadeByCopy(stage, path),
  );
  if (directories.length === 0) return { edits: [], lines: [], count: 0, caveats: [] };
  const maker = findMaker(context);
  const last = maker?.instructions.at(-1);
  if (maker === undefined || last === undefined) {
    if (directories.some(({ isAsked }) => isAsked)) return undefined;
    const caveats = directories.map(({ path }) => `/${path} becomes root's, mode 755.`);
    return { edits: [], lines: [], count: 0, caveats };
  }
  const run = rootfsRun(style, "rootfs", { ...plan, directories, links: [] }) ?? "";
  return {
    edits: [insertBelow(dockerfile, last, run)],
    lines: [`${style.keyword("COPY")} --from=${maker.name ?? maker.index} /rootfs/ /`],
    count: 1,
    caveats: [],
  };
}

/** Whether a COPY with an owner or a mode made the directory: it will make it again. */
function isMadeByCopy({ instructions }: Stage, path: string): boolean {
  return instructions.some(({ keyword, flags, words }) => {
    const to = plainPath(words.at(-1)?.text ?? "");
    const isOwned = flags.some(({ name }) => name === "chown" || name === "chmod");
    const isCopy = keyword === "COPY" || keyword === "ADD";
    return (
      isCopy && isOwned && (to === path || to.startsWith(`${path}/`) || path.startsWith(`${to}/`))
    );
  });
}

/** A stage that the final one copies from, that runs commands in a shell and as root, and that nothing else is made from. */
function findMaker({ input, stage }: FinalStageContext): Stage | undefined {
  const { stages } = input.dockerfile;
  const from = new Set(
    stage.instructions.flatMap(({ flags }) =>
      flags.flatMap(({ name, value }) => (name === "from" ? [value?.toLowerCase()] : [])),
    ),
  );
  return stages
    .filter(({ index, name }) => index < stage.index && (from.has(name) || from.has(String(index))))
    .filter(({ index }) =>
      stages.every(({ base }) => base.kind !== "stage" || base.stage !== index),
    )
    .findLast(({ instructions }) => {
      const isRoot = instructions.every(({ keyword }) => keyword !== "USER");
      return isRoot && instructions.some((one) => runsInShell(input, one));
    });
}

function runsInShell(input: FinalStageContext["input"], one: Instruction): boolean {
  return one.keyword === "RUN" && one.form === "shell" && input.shellOf(one) !== undefined;
}

/** Whether lines of this file write something at a path. */
export function ownHasPath(context: FinalStageContext, paths: TreePaths, path: string): boolean {
  const node = paths.findExact(path);
  if (node === undefined) return false;
  const { tree } = paths;
  const origins = context.input.attribution?.layers ?? [];
  const end = tree.subtreeEnd[node] ?? node + 1;
  for (let at = node; at < end; at += 1) {
    const isOwnNode = origins[tree.layer[at] ?? -1]?.origin === "own";
    if (isOwnNode && tree.kind[at] !== nodeKind.directory) return true;
  }
  return false;
}
