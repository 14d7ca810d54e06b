import { applyEdits, createRuleMemory } from "../core/analysis.ts";
import type { ChosenFix, CombinedFixes } from "../core/views/combinedFixes.ts";
import { combineFixes, safeFixes } from "../core/views/combinedFixes.ts";
import type { LintedFile } from "../core/views/findings.ts";
import { fixTitle, placedFindings } from "../core/views/findings.ts";
import type { FixArguments } from "./args.ts";
import type { CliHost, Outcome } from "./host.ts";
import { exitCodes } from "./host.ts";
import { fixTo } from "./fixTo.ts";
import { lintFile } from "./linting.ts";
import type { Output } from "./output.ts";
import { writeText } from "./writeText.ts";

/**
 * `tare fix`: prints the Dockerfile with everything mended that is safe to mend, or what the named rules found, with the best fix of each, or with
 * another final stage; with `--write` it changes the files instead. What was done and what it takes off is said on stderr.
 */
export async function fix(args: FixArguments, host: CliHost, stdout: Output): Promise<Outcome> {
  const { dockerfilePath } = args;
  const linted = await lintFile(dockerfilePath, { args, host, memory: createRuleMemory() });
  if (!linted.ok) return linted.error;
  const { file, isText, sentences } = linted.value;
  if (!isText) {
    return {
      exitCode: exitCodes.unreadable,
      sentences: [`${dockerfilePath} holds bytes that are no UTF-8: convert it first.`],
    };
  }
  if (args.target !== undefined) {
    const outcome = await fixTo(file, args.target, { isWriting: args.isWriting, host, stdout });
    return { ...outcome, sentences: [...sentences, ...(outcome.sentences ?? [])] };
  }
  const combined = combineFixes(chosenFixes(file, args));
  const { text } = file.analysis.dockerfile;
  const newText = applyEdits(text, combined.edits);
  if (args.isWriting) {
    const trouble = await write(file, newText, combined, host);
    if (trouble !== undefined) return { exitCode: exitCodes.unreadable, sentences: [trouble] };
  } else await stdout.write(newText);
  return {
    exitCode: host.signal.aborted ? exitCodes.interrupted : exitCodes.fine,
    sentences: [...sentences, ...doneSentences(file, combined, args)],
  };
}

/** A `.dockerignore` that cannot be named cannot be written. */
function chosenFixes(
  { analysis, dockerignorePath }: LintedFile,
  { ruleCodes }: FixArguments,
): readonly ChosenFix[] {
  const { findings } = analysis;
  const chosen =
    ruleCodes.length === 0
      ? safeFixes(findings)
      : findings
          .filter(({ code }) => ruleCodes.includes(code))
          .flatMap((finding) => finding.fixes.slice(0, 1).map((best) => ({ finding, fix: best })));
  return chosen.filter(
    (one) => one.fix.dockerignore === undefined || dockerignorePath !== undefined,
  );
}

/** What went wrong, one sentence. Files that stay as they are are not touched. */
async function write(
  { path, analysis, dockerignorePath }: LintedFile,
  newText: string,
  { dockerignore }: CombinedFixes,
  host: CliHost,
): Promise<string | undefined> {
  const changes = [
    ...(newText === analysis.dockerfile.text ? [] : [{ path, content: newText }]),
    ...(dockerignore === undefined || dockerignorePath === undefined
      ? []
      : [{ path: dockerignorePath, content: dockerignore }]),
  ];
  for (const { path: place, content } of changes) {
    const trouble = await writeText(place, content, host);
    if (trouble !== undefined) return trouble;
  }
  return undefined;
}

function doneSentences(
  file: LintedFile,
  { made, left, dockerignore }: CombinedFixes,
  { isWriting, ruleCodes }: FixArguments,
): readonly string[] {
  const { path, analysis, dockerignorePath } = file;
  if (made.length === 0) return [nothingSentence(file, ruleCodes)];
  const lineNumbers = new Map(
    placedFindings(analysis).map(({ finding, start }) => [finding, start.lineNumber]),
  );
  const place = ({ finding }: ChosenFix): string => `${path}:${lineNumbers.get(finding) ?? 1}`;
  const ignored =
    dockerignore === undefined || isWriting
      ? []
      : [`${dockerignorePath ?? ".dockerignore"} is only changed with --write.`];
  return [
    ...made.map((one) => `${place(one)}: ${fixTitle(one.fix)}.`),
    ...left.map((one) => `${place(one)}: left for the next run, it touches another fix.`),
    ...ignored,
  ];
}

/** What is not safe is only done when it is asked for by name. */
function nothingSentence(
  { path, analysis }: LintedFile,
  ruleCodes: FixArguments["ruleCodes"],
): string {
  const others = new Set(
    analysis.findings.filter(({ fixes }) => fixes.length > 0).map(({ code }) => code),
  );
  return ruleCodes.length > 0 || others.size === 0
    ? `${path}: there is nothing to fix.`
    : `${path}: nothing can be fixed without a look at it: name what to fix with --rule ${[...others].join(", ")}.`;
}
