import type { Instruction, Stage } from "../dockerfile/syntax.ts";
import type { ReadImage } from "../image/image.ts";
import { type TreePaths, pathsOf, plainPath } from "../image/treePaths.ts";
import { type TextEdit, applyEdits } from "../text/edit.ts";
import type { FinalStageContext } from "./finalStageContext.ts";
import { lineStyleOf } from "./finalStageText.ts";
import { carry } from "./needs.ts";
import type { Program, Readiness } from "./readiness.ts";
import type { PredictedSize, Refusal, Rewrite, Rewrites } from "./rewrite.ts";
import type { ScratchInput } from "./scratchInput.ts";
import { findStaticBuild } from "./toolchains/findStaticBuild.ts";
import type { StaticBuild } from "./toolchains/staticBuild.ts";
import { draftBelow } from "./toScratchBelow.ts";
import { type Draft, type Obstacle, isSound } from "./toScratchDraft.ts";
import { planFiles, planHasPath } from "./toScratchFiles.ts";
import { draftInPlace, ownHasPath } from "./toScratchInPlace.ts";
import { type Variant, variantsOf } from "./toScratchVariants.ts";

/**
 * The file with a final stage `FROM scratch`, in all ways that the evidence allows: proven before unproven, then smallest first. Where there is none the
 * refusals say why. Neither for a file that is there already. Linear in the files that go along.
 */
export function rewritesToScratch(input: ScratchInput, readiness: Readiness): Rewrites {
  const stage = input.chain.at(-1);
  if (stage === undefined || isFromScratch(input.chain)) return { offers: [], refusals: [] };
  const reasons = [...obstaclesIn(input, readiness)];
  const { read } = input;
  const { program } = readiness;
  if (reasons.length > 0 || read === undefined || program === undefined) {
    return { offers: [], refusals: refusals(reasons) };
  }
  const work: Work = { input, readiness, read, program, stage, paths: pathsOf(read.finalTree) };
  const attempts = ways(work);
  const offers = attempts.filter((one) => "rewrite" in one).map(({ rewrite }) => rewrite);
  const failed = attempts.filter((one) => "reason" in one).map(({ reason }) => reason);
  return offers.length === 0
    ? { offers: [], refusals: refusals(failed) }
    : { offers: distinct(input, offers).toSorted(bestFirst), refusals: [] };
}

/** Starts from nothing and runs nothing: what this would make. */
function isFromScratch(chain: readonly Stage[]): boolean {
  const instructions = chain.flatMap((stage) => stage.instructions);
  return (
    chain[0]?.base.kind === "scratch" && instructions.every(({ keyword }) => keyword !== "RUN")
  );
}

interface Work {
  readonly input: ScratchInput;
  readonly readiness: Readiness;
  readonly read: ReadImage;
  readonly program: Program;
  readonly stage: Stage;
  readonly paths: TreePaths;
}

/** What stands in the way of any rewrite, sentences. */
function* obstaclesIn(input: ScratchInput, { checks, program }: Readiness): Generator<string> {
  for (const { state, evidence } of checks) if (state === "blocks") yield evidence;
  const instructions = input.chain.flatMap((stage) => stage.instructions);
  if (input.chain[0]?.base.kind === "scratch") {
    yield "The file starts from scratch and brings a system of its own: nothing tells what of it the program can do without.";
  }
  if (instructions.some(isBroken)) yield "The final stage has a line that is no instruction.";
  if (input.read === undefined) {
    yield "What the program needs shows only in its files: build the image once.";
    return;
  }
  yield* imageObstacles(input.read, checks, program);
}

function* imageObstacles(
  { description }: ReadImage,
  checks: Readiness["checks"],
  program: Program | undefined,
): Generator<string> {
  const { platform } = description.config;
  if (platform.os !== "linux") yield "Only images for Linux can start from scratch.";
  const isSeen = program?.kind === "elf" || program?.kind === "wasm";
  const check = checks.find(({ kind }) => kind === "program");
  if (!isSeen && check !== undefined && check.state !== "blocks") yield check.evidence;
}

function isBroken({ keyword, heredocs }: Instruction): boolean {
  return keyword === "unknown" || heredocs.some(({ isClosed }) => !isClosed);
}

function refusals(reasons: readonly string[]): readonly Refusal[] {
  return [...new Set(reasons)].map((reason) => ({ target: "scratch", reason }));
}

type Attempt = { readonly rewrite: Rewrite } | Obstacle;

/** With the libraries that the program is linked with today, and without any where the compiler can do without. */
function ways(work: Work): readonly Attempt[] {
  const { input, readiness, program, paths } = work;
  const loading = readiness.checks.find(({ kind }) => kind === "libraries");
  const isDynamic = loading?.state === "needs";
  const asBuilt = variantsOf(input, readiness, paths, "carried").map((variant) =>
    attempt(work, variant, isDynamic ? ["its libraries"] : [], undefined),
  );
  const build = isDynamic ? findStaticBuild(input, program, paths) : undefined;
  if (build === undefined) return asBuilt;
  if (build.kind === "refused") return [...asBuilt, { reason: build.reason }];
  const built = variantsOf(input, readiness, paths, "none").map((variant) =>
    attempt(work, variant, [], build),
  );
  return [...asBuilt, ...built];
}

type OfferedBuild = Extract<StaticBuild, { kind: "offered" }>;

function attempt(
  work: Work,
  variant: Variant,
  further: readonly string[],
  build: OfferedBuild | undefined,
): Attempt {
  const draft = draftOf(work, variant);
  if ("reason" in draft) return draft;
  const whole: Draft = { ...draft, edits: [...draft.edits, ...(build?.edits ?? [])] };
  if (!isSound(work.input.dockerfile, whole)) {
    return {
      reason: "The lines around the final stage cannot be changed without changing others.",
    };
  }
  const caveats = [
    ...new Set([
      ...variant.caveats,
      ...draft.caveats,
      ...(build?.caveats ?? []),
      ...doubts(work, variant),
    ]),
  ];
  return {
    rewrite: {
      target: "scratch",
      title: titleOf(build?.title, [...further, ...variant.extras]),
      edits: whole.edits.toSorted((a, b) => a.span.start - b.span.start),
      size: sizeOf(work, draft, build),
      caveats,
      isProven: caveats.length === 0,
    },
  };
}

/** What an image cannot tell of other platforms and of lines it was not built from. */
function* doubts({ input }: Work, { carried }: Variant): Generator<string> {
  if (carried.some(({ why }) => why === "libraries") && isForMany(input)) {
    yield "Its libraries are copied by paths that only this platform has: a build for another one needs other lines.";
  }
  if (hasChanged(input)) {
    yield "Not every line is one that the image was built from: build it once more.";
  }
}

/** In place where nothing comes from the base, else below. */
function draftOf(work: Work, { carried }: Variant): Draft | Obstacle {
  const { input, read, program, stage, paths } = work;
  const { settings } = read.description.config;
  const entered = [settings.workingDir ?? "", ...settings.volumes].map(plainPath);
  const plan = planFiles(paths, carried, entered);
  const style = lineStyleOf(input.dockerfile, stage);
  const context = { input, read, settings, program, stage, style };
  const inPlace: FinalStageContext = {
    ...context,
    layout: "in-place",
    hasPath: (path) => planHasPath(plan, path) || ownHasPath(inPlace, paths, path),
  };
  const draft = draftInPlace(inPlace, paths, plan);
  if (draft !== undefined && isSound(input.dockerfile, draft)) return draft;
  const below: FinalStageContext = {
    ...context,
    layout: "below",
    hasPath: (path) => planHasPath(plan, path),
  };
  return draftBelow(below, paths, plan);
}

function sizeOf(
  { input, read, program, paths }: Work,
  { bytes }: Draft,
  build: OfferedBuild | undefined,
): PredictedSize | undefined {
  if (bytes === undefined || hasChanged(input)) return undefined;
  const beforeBytes = read.layerContentBytes;
  if (build === undefined) return { beforeBytes, afterBytes: bytes, basis: "measured" };
  const today = carry(paths, program.paths.at(-1) ?? "", "program").bytes;
  return build.programBytes === undefined
    ? undefined
    : { beforeBytes, afterBytes: bytes - today + build.programBytes, basis: "predicted" };
}

/** Whether the text speaks of building for several platforms. */
function isForMany({ dockerfile }: ScratchInput): boolean {
  return dockerfile.instructions.some(({ flags, argumentText }) =>
    [argumentText, ...flags.map(({ value = "" }) => value)].some((text) =>
      /\b(?:TARGET|BUILD)(?:ARCH|PLATFORM)\b/.test(text),
    ),
  );
}

/** Whether a line that makes layers is not known to be one that the image was built from. */
function hasChanged({ chain, attribution }: ScratchInput): boolean {
  return chain
    .flatMap(({ instructions }) => instructions)
    .some(({ index, keyword }) => {
      const basis = attribution?.instructions[index]?.basis;
      return basis === "stale" || (makesLayers.has(keyword) && basis !== "measured");
    });
}

const makesLayers: ReadonlySet<string> = new Set(["RUN", "COPY", "ADD"]);

function titleOf(build: string | undefined, extras: readonly string[]): string {
  const start = build === undefined ? "FROM scratch" : `FROM scratch, ${build}`;
  const last = extras.at(-1);
  if (last === undefined) return start;
  const list = [extras.slice(0, -1).join(", "), last].filter((part) => part !== "").join(" and ");
  return `${start}${build === undefined ? "" : ","} with ${list}`;
}

/** Of rewrites with the same outcome the first. */
function distinct({ dockerfile }: ScratchInput, offers: readonly Rewrite[]): readonly Rewrite[] {
  const outcome = (edits: readonly TextEdit[]): string => applyEdits(dockerfile.text, edits);
  const texts = offers.map(({ edits }) => outcome(edits));
  return offers.filter((_, at) => texts.indexOf(texts[at] ?? "") === at);
}

function bestFirst(one: Rewrite, other: Rewrite): number {
  const byProof = Number(other.isProven) - Number(one.isProven);
  const [a, b] = [one.size?.afterBytes ?? Infinity, other.size?.afterBytes ?? Infinity];
  return byProof || (a === b ? 0 : a - b);
}
