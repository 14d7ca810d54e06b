import type { RuleMemory } from "../core/analysis.ts";
import { analyse, applyEdits, createRuleMemory, parseDockerfile } from "../core/analysis.ts";
import type { ChosenFix, CombinedFixes } from "../core/views/combinedFixes.ts";
import { combineFixes, safeFixes } from "../core/views/combinedFixes.ts";
import type { LintedFile } from "../core/views/findings.ts";
import { fixTitle, placedFindings } from "../core/views/findings.ts";
import type { FixArguments } from "./fixArgs.ts";
import type { CliHost, Outcome } from "./host.ts";
import { exitCodes } from "./host.ts";
import { fixTo } from "./fixTo.ts";
import { lintFile, surroundingsOf } from "./linting.ts";
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
  const rounds = fixInRounds(file, args);
  const mended = mendedFile(file, rounds);
  if (args.isWriting) {
    const trouble = await write(file, mended, host);
    if (trouble !== undefined) return { exitCode: exitCodes.unreadable, sentences: [trouble] };
  } else await stdout.write(mended.text);
  return {
    exitCode: host.signal.aborted ? exitCodes.interrupted : exitCodes.fine,
    sentences: [...sentences, ...doneSentences(file, rounds, mended, args)],
  };
}

/** A text, and the fixes that were made in it together. */
interface Round {
  readonly file: LintedFile;
  readonly combined: CombinedFixes;
}

/** Fixes that touch each other each bring others with them: more rounds than that no text needs. */
const mostRounds = 8;

/** What one round has left, for it touches another fix, the next one makes in the new text; never empty. */
function fixInRounds(file: LintedFile, args: FixArguments): readonly Round[] {
  const memory = createRuleMemory();
  const rounds: Round[] = [];
  for (let now = file; ;) {
    const combined = combineFixes(chosenFixes(now, args));
    rounds.push({ file: now, combined });
    const isDone = combined.left.length === 0 || combined.made.length === 0;
    if (isDone || rounds.length === mostRounds) return rounds;
    now = lookAgain(now, combined, memory);
  }
}

/** The file after a round, with the same image. */
function lookAgain(
  { path, analysis, dockerignorePath, dockerignoreText }: LintedFile,
  combined: CombinedFixes,
  memory: RuleMemory,
): LintedFile {
  const text = combined.dockerignore ?? dockerignoreText;
  const dockerfile = parseDockerfile(applyEdits(analysis.dockerfile.text, combined.edits));
  const files = surroundingsOf({ text, isKnown: dockerignorePath !== undefined });
  return {
    path,
    analysis: analyse(dockerfile, analysis.image, {}, { files, memory }),
    ...(dockerignorePath === undefined ? {} : { dockerignorePath }),
    ...(text === undefined ? {} : { dockerignoreText: text }),
  };
}

/** What the files hold after all rounds. */
interface MendedFile {
  readonly text: string;
  /** Undefined when it stays as it is. */
  readonly dockerignore: string | undefined;
}

function mendedFile(file: LintedFile, rounds: readonly Round[]): MendedFile {
  const last = rounds.at(-1);
  return {
    text: applyEdits(
      (last?.file ?? file).analysis.dockerfile.text,
      last === undefined ? [] : last.combined.edits,
    ),
    dockerignore: rounds.findLast(({ combined }) => combined.dockerignore !== undefined)?.combined
      .dockerignore,
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
  { text, dockerignore }: MendedFile,
  host: CliHost,
): Promise<string | undefined> {
  const changes = [
    ...(text === analysis.dockerfile.text ? [] : [{ path, content: text }]),
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

/** Lines are those of the text in which a fix was made. */
function doneSentences(
  file: LintedFile,
  rounds: readonly Round[],
  { dockerignore }: MendedFile,
  { isWriting, ruleCodes }: FixArguments,
): readonly string[] {
  if (rounds.every(({ combined }) => combined.made.length === 0)) {
    return [nothingSentence(file, ruleCodes)];
  }
  const ignored =
    dockerignore === undefined || isWriting
      ? []
      : [`${file.dockerignorePath ?? ".dockerignore"} is only changed with --write.`];
  const made = rounds.flatMap(({ file: seen, combined }) =>
    placed(seen, combined.made, (one) => fixTitle(one.fix)),
  );
  const left = rounds
    .slice(-1)
    .flatMap(({ file: seen, combined }) =>
      placed(seen, combined.left, () => "left for the next run, it touches another fix"),
    );
  return [...made, ...left, ...ignored];
}

/** A sentence for each fix behind the place of what it mends: `Dockerfile:3: …`. */
function placed(
  { path, analysis }: LintedFile,
  fixes: readonly ChosenFix[],
  say: (one: ChosenFix) => string,
): readonly string[] {
  const lineNumbers = new Map(
    placedFindings(analysis).map(({ finding, start }) => [finding, start.lineNumber]),
  );
  return fixes.map((one) => `${path}:${lineNumbers.get(one.finding) ?? 1}: ${say(one)}.`);
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
