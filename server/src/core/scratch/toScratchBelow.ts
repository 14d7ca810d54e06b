import type { Dockerfile } from "../dockerfile/syntax.ts";
import { linkPath } from "../image/linkPath.ts";
import type { TreePaths } from "../image/treePaths.ts";
import { type TextEdit, applyEdits } from "../text/edit.ts";
import { textOf } from "../text/span.ts";
import type { FinalStageContext, StagePart } from "./finalStageContext.ts";
import { settingParts } from "./finalStageSettings.ts";
import { insertionPoint, isRootUser, removal, stageNames, stageText, upTo } from "./newStage.ts";
import { findCompileSteps } from "./toolchain.ts";
import type { Draft, Obstacle } from "./toScratchDraft.ts";
import { type FilePlan, strayLinks } from "./toScratchFiles.ts";
import { copyLines, rootfsRun } from "./toScratchLines.ts";

/**
 * Keeps the final stage as a build stage and puts a new one below it that copies what is needed. What only matters to the container moves there with
 * its comments; what the build stage needs as well is said again.
 */
export function draftBelow(
  context: FinalStageContext,
  paths: TreePaths,
  wanted: FilePlan,
): Draft | Obstacle {
  const { input, stage, style } = context;
  const { dockerfile } = input;
  const shell = hasShell(paths) ? { plan: wanted, caveats: [] } : withoutShell(wanted);
  if ("reason" in shell) return shell;
  const { plan } = shell;
  const split = { dockerfile, stage, style };
  const isBuild = findCompileSteps(input, stage.instructions).length > 0;
  const names = stageNames(split, isBuild ? "build" : "files");
  const parts = [...settingParts(context)];
  const problem = parts.find((part) => part.kind === "problem");
  if (problem !== undefined) return { reason: problem.sentence };
  const rootfs = freeDirectory(paths);
  const run = rootfsRun(style, rootfs, plan);
  const copies = copyLines(style, names.build, plan);
  if (copies === undefined) {
    return { reason: "A file that the program needs has a name that COPY cannot take." };
  }
  const isRootNeeded = run !== undefined && mayRunAsUser(context);
  const tail = [...(isRootNeeded ? [`${style.keyword("USER")} 0`] : []), ...(run ? [run] : [])];
  const settings = settingLines(parts);
  const head = [
    fromLine(context, names.final),
    ...(run ? [`${style.keyword("COPY")} --from=${names.build} /${rootfs}/ /`] : []),
    ...copies,
    ...settings,
  ];
  const removed = parts.flatMap((part) => (part.kind === "removed" ? [part.instruction] : []));
  const whole = removed
    .toSorted((a, b) => a.index - b.index)
    .flatMap((instruction) => removal(dockerfile, instruction))
    .map((_, at, all) => withGap(dockerfile, all, at));
  const removals = upTo(insertionPoint(split), whole);
  return {
    edits: [...names.edits, ...removals, stageText(split, removals, { tail, head })],
    addedInstructions: tail.length + head.length - removals.length,
    addedStages: 1,
    caveats: [
      ...shell.caveats,
      ...sentences(parts),
      ...strayCaveats(paths, plan),
      ...ownerCaveats(plan),
    ],
    bytes: plan.bytes,
  };
}

function ownerCaveats({ copied }: FilePlan): readonly string[] {
  return copied
    .filter(({ isOfSeveral }) => isOfSeveral)
    .map(({ path }) => `/${path} holds files of several users: all become root's.`);
}

/** Whether a RUN in shell form works in the image, and finds what makes directories. */
function hasShell(paths: TreePaths): boolean {
  const isThere = (path: string): boolean => linkPath(paths, path).length > 0;
  return isThere("bin/sh") && (isThere("bin/mkdir") || isThere("usr/bin/mkdir"));
}

/** What of a plan can be had without a RUN: no directories but those that COPY makes; links are followed. */
function withoutShell(
  plan: FilePlan,
): { readonly plan: FilePlan; readonly caveats: readonly string[] } | Obstacle {
  const asked = plan.directories.find(({ isAsked }) => isAsked);
  if (asked !== undefined) {
    return { reason: `Nothing in the image can make /${asked.path}: it has no shell.` };
  }
  const [link] = plan.links;
  if (link !== undefined) {
    return { reason: `Nothing in the image can make the link /${link.path}: it has no shell.` };
  }
  return {
    plan: { ...plan, directories: [] },
    caveats: plan.directories.map(
      ({ path }) => `/${path} becomes root's, mode 755: nothing in the image can change that.`,
    ),
  };
}

/** Lines of the new stage in order, ARG lines once, right above the first line that needs them. */
function settingLines(parts: readonly StagePart[]): readonly string[] {
  const lines = parts.filter((part) => part.kind === "line" || part.kind === "argument");
  const ordered = lines.toSorted((a, b) => a.index - b.index || order(a) - order(b));
  const isFirst = (text: string, at: number): boolean =>
    ordered.findIndex((one) => one.kind === "argument" && one.text === text) === at;
  return ordered
    .filter(({ kind, text }, at) => kind === "line" || isFirst(text, at))
    .map(({ text }) => text);
}

function order({ kind }: StagePart): number {
  return kind === "argument" ? 0 : 1;
}

export function sentences(parts: readonly StagePart[]): readonly string[] {
  return parts.flatMap((part) => (part.kind === "caveat" ? [part.sentence] : []));
}

/** Of blank lines before, between and behind what goes one gap is left. */
function withGap({ text }: Dockerfile, removals: readonly TextEdit[], at: number): TextEdit {
  const [edit, next] = [
    removals[at] ?? { span: { start: 0, end: 0 }, newText: "" },
    removals[at + 1],
  ];
  const { start, end } = edit.span;
  const isBetween = next !== undefined && /^\s*$/.test(text.slice(end, next.span.start));
  const kept = applyEdits(text.slice(0, start), removals.slice(0, at));
  const isBlankBefore = /\n[ \t]*\r?\n$/.test(kept);
  return isBetween && isBlankBefore ? { ...edit, span: { start, end: next.span.start } } : edit;
}

function strayCaveats(paths: TreePaths, plan: FilePlan): readonly string[] {
  return strayLinks(paths, plan).map(
    (path) => `The link /${path} leads to something that is not copied.`,
  );
}

function fromLine({ input, style }: FinalStageContext, name: string | undefined): string {
  const flags = input.chain
    .findLast(({ from }) => from.flags.length > 0)
    ?.from.flags.map(({ span }) => ` ${textOf(input.dockerfile.text, span)}`)
    .join("");
  const as = name === undefined ? "" : ` ${style.keyword("AS")} ${name}`;
  return `${style.keyword("FROM")}${flags ?? ""} scratch${as}`;
}

function freeDirectory(paths: TreePaths): string {
  const names = ["rootfs", ...Array.from({ length: 9 }, (_, at) => `rootfs${at + 2}`)];
  return names.find((name) => paths.findExact(name) === undefined) ?? "rootfs-of-scratch";
}

/** Whether a RUN at the end of the stage may not be root's. */
function mayRunAsUser({ input, settings }: FinalStageContext): boolean {
  const hasLine = input.chain.some(({ instructions }) =>
    instructions.some(({ keyword }) => keyword === "USER"),
  );
  return hasLine || !isRootUser(settings.user ?? "");
}
