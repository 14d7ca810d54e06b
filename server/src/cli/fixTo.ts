import type { Analysis, Rewrite, RewriteTarget } from "../core/analysis.ts";
import { applyEdits } from "../core/analysis.ts";
import type { LintedFile } from "../core/views/findings.ts";
import { rewriteTitle, thingsToKnow } from "../core/views/scratch.ts";
import { readinessLines } from "../core/views/scratchText.ts";
import type { CliHost, Outcome } from "./host.ts";
import { exitCodes } from "./host.ts";
import type { Output } from "./output.ts";
import { writeText } from "./writeText.ts";

/** What a run needs beside the file. */
export interface FixToOptions {
  readonly isWriting: boolean;
  readonly host: CliHost;
  readonly stdout: Output;
}

/**
 * `tare fix --to`: prints or writes the Dockerfile with its final stage taken to the target, by the best offer; stderr has the readiness list, and
 * what to know. Where it cannot be done nothing is printed or written, exit 1, with the reasons; a stage that is there already stays, exit 0.
 */
export async function fixTo(
  { path, analysis }: LintedFile,
  target: RewriteTarget,
  { isWriting, host, stdout }: FixToOptions,
): Promise<Outcome> {
  const list = readinessLines(analysis);
  const offer = analysis.rewrites.offers.find((one) => one.target === target);
  if (offer === undefined && !isThere(analysis, target)) {
    const reasons = refusalSentences(path, analysis, target);
    return { exitCode: exitCodes.overBudget, sentences: [...list, ...reasons] };
  }
  const { text } = analysis.dockerfile;
  const newText = applyEdits(text, offer?.edits ?? []);
  if (!isWriting) await stdout.write(newText);
  else if (newText !== text) {
    const trouble = await writeText(path, newText, host);
    if (trouble !== undefined) return { exitCode: exitCodes.unreadable, sentences: [trouble] };
  }
  const done =
    offer === undefined
      ? [`${path}: the final stage starts from ${target} already.`]
      : doneSentences(path, offer);
  return {
    exitCode: host.signal.aborted ? exitCodes.interrupted : exitCodes.fine,
    sentences: [...list, ...done],
  };
}

/** Neither offered nor refused: there is nothing left to do. */
function isThere({ dockerfile, rewrites }: Analysis, target: RewriteTarget): boolean {
  const isRefused = rewrites.refusals.some((refusal) => refusal.target === target);
  return target === "scratch" && !isRefused && dockerfile.stages.at(-1)?.base.kind === "scratch";
}

function doneSentences(path: string, offer: Rewrite): readonly string[] {
  return [`${path}: ${rewriteTitle(offer)}.`, ...thingsToKnow(offer)];
}

function refusalSentences(
  path: string,
  { rewrites, dockerfile }: Analysis,
  target: RewriteTarget,
): readonly string[] {
  if (dockerfile.stages.length === 0) return [`${path} has no FROM: there is no final stage.`];
  const reasons = rewrites.refusals.filter((one) => one.target === target);
  const others = [...new Set(rewrites.offers.map((one) => one.target))];
  const isScratch = dockerfile.stages.at(-1)?.base.kind === "scratch";
  const ownReason = isScratch
    ? "It starts from scratch, and no base is smaller than none."
    : `Nothing is known that ${target} would stand for in place of its base.`;
  return [
    `${path}: the final stage cannot be taken to ${target}.`,
    ...(reasons.length === 0 ? [ownReason] : reasons.map(({ reason }) => reason)),
    ...(others.length === 0 ? [] : [`What can be had: --to ${others.join(" or --to ")}.`]),
  ];
}
