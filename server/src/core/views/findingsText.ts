import type { Analysis } from "../analysis.ts";
import type { Finding, Severity } from "../rules/rule.ts";
import type { LintedFile, PlacedFinding } from "./findings.ts";
import { findingCounts, fixTitle, placedFindings } from "./findings.ts";
import { escapeSteering } from "./reportCells.ts";
import type { Style, TextOptions } from "./reportPaint.ts";
import { paintFor } from "./reportPaint.ts";
import { savingCost } from "./savingCost.ts";

/**
 * Findings for people, as compilers print them: `Dockerfile:12:5: warning: … [code]`, below it its best fix, and with `isCosted` what that
 * takes off the cost of the weight where its bytes are measured; a count at the end. Lines without their newline; they are as long as they are, so that editors and terminals can follow them.
 */
export function findingsText(
  files: readonly LintedFile[],
  options: Pick<TextOptions, "color" | "unicode"> & { readonly isCosted?: boolean },
): readonly string[] {
  const paint = paintFor({ ...options, columns: 0, top: 0 });
  const lines = files.flatMap(({ path, analysis }) =>
    placedFindings(analysis).flatMap(({ finding, start }: PlacedFinding) => {
      const { severity, code, message, fixes } = finding;
      const place = `${escapeSteering(path)}:${start.lineNumber}:${start.column}:`;
      const [fix] = fixes;
      return [
        `${paint("bold", place)} ${paint(styles[severity], `${severity}:`)} ${escapeSteering(message)} ${paint("dim", `[${code}]`)}`,
        ...(fix === undefined
          ? []
          : [`  ${paint("dim", `fix: ${escapeSteering(fixTitle(fix))}`)}`]),
        ...(options.isCosted === true
          ? costLines(analysis, finding).map((line) => `  ${paint("dim", line)}`)
          : []),
      ];
    }),
  );
  const findings = files.flatMap(({ analysis }) => analysis.findings);
  const [only] = files;
  const where =
    files.length === 1 && only !== undefined ? escapeSteering(only.path) : `${files.length} files`;
  const counts = `${findingCounts(findings)} in ${where}`;
  return (lines.length === 0 ? [counts] : [...lines, "", counts]).map((line) =>
    options.unicode ? line : inAscii(line),
  );
}

function inAscii(line: string): string {
  return line
    .replaceAll("−", "-")
    .replaceAll("→", "->")
    .replaceAll("×", "*")
    .replaceAll("÷", "/")
    .replaceAll(" · ", ", ");
}

function costLines(analysis: Analysis, finding: Finding): readonly string[] {
  const [fix] = finding.fixes;
  const cost = fix && savingCost(analysis, finding, fix.saving);
  return cost === undefined ? [] : [...cost.changes, cost.assumption];
}

const styles: Readonly<Record<Severity, Style>> = {
  error: "red",
  warning: "yellow",
  information: "cyan",
  hint: "dim",
};
