import type { Severity } from "../core/analysis.ts";
import { createRuleMemory, rules } from "../core/analysis.ts";
import { budgetCodes, noticesOf } from "../core/views/diagnostics.ts";
import type { LintedFile } from "../core/views/findings.ts";
import { isAtLeast, placesIn } from "../core/views/findings.ts";
import { findingsGithub } from "../core/views/findingsGithub.ts";
import { findingsMarkdown } from "../core/views/findingsMarkdown.ts";
import { findingsText } from "../core/views/findingsText.ts";
import { lintJson } from "../core/views/lintJson.ts";
import { sarifLog } from "../core/views/sarif.ts";
import type { LintArguments } from "./args.ts";
import type { CliHost, Outcome } from "./host.ts";
import { exitCodes } from "./host.ts";
import type { Linted } from "./linting.ts";
import { lintFile } from "./linting.ts";
import type { Output } from "./output.ts";
import { textOptionsFor } from "./terminal.ts";
import { version } from "./version.ts";

/** `tare lint`: looks at each Dockerfile beside its image, and prints what was found in all of them, or nothing when one cannot be read. */
export async function lint(args: LintArguments, host: CliHost, stdout: Output): Promise<Outcome> {
  const memory = createRuleMemory();
  const linted: Linted[] = [];
  for (const path of args.dockerfilePaths) {
    const one = await lintFile(path, { args, host, memory, cost: args.cost });
    if (!one.ok) return one.error;
    linted.push(one.value);
  }
  const files = linted.map(({ file }) => file);
  await stdout.write(printed(files, args, host));
  if (host.signal.aborted) return { exitCode: exitCodes.interrupted };
  const overBudget = files.flatMap(budgetSentences);
  const isLoud = files.some(({ analysis }) => hasFindingsFrom(analysis.findings, args.failOn));
  return {
    exitCode: files.some(isOverBudget) || isLoud ? exitCodes.overBudget : exitCodes.fine,
    sentences: [...linted.flatMap(({ sentences }) => sentences), ...overBudget],
  };
}

/** Whether a finding is as loud as the level that fails a run; never without one. */
export function hasFindingsFrom(
  findings: readonly { readonly severity: Severity }[],
  failOn: Severity | undefined,
): boolean {
  return failOn !== undefined && findings.some(({ severity }) => isAtLeast(severity, failOn));
}

function printed(
  files: readonly LintedFile[],
  { format, cost }: LintArguments,
  host: CliHost,
): string {
  switch (format) {
    case "text":
      return asLines(
        findingsText(files, { ...textOptionsFor(host, 0), isCosted: cost !== undefined }),
      );
    case "json":
      return lintJson(files);
    case "sarif":
      return `${JSON.stringify(sarifLog(files, { version, rules }), undefined, 2)}\n`;
    case "github":
      return asLines(findingsGithub(files));
    case "markdown":
      return findingsMarkdown(files);
  }
}

function asLines(lines: readonly string[]): string {
  return lines.map((line) => `${line}\n`).join("");
}

/** As measured: what is only predicted is said and fails nothing. */
function isOverBudget({ analysis }: LintedFile): boolean {
  const { budgets, layerBudget } = analysis;
  return [...budgets, ...(layerBudget === undefined ? [] : [layerBudget])].some(
    ({ isWithin, basis }) => !isWithin && basis !== "predicted",
  );
}

function budgetSentences({ path, analysis }: LintedFile): readonly string[] {
  const placeOf = placesIn(analysis);
  return noticesOf(analysis)
    .filter(({ code }) => budgetCodes.some((known) => known === code))
    .map(({ span, message }) => `${path}:${placeOf(span).start.lineNumber}: ${message}`);
}
