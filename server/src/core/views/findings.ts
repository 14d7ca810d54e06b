import type { Analysis } from "../analysis.ts";
import type { Finding, Fix, Saving, Severity } from "../rules/rule.ts";
import { counted } from "../text/counted.ts";
import type { TextPosition } from "../text/position.ts";
import { positionsIn } from "../text/position.ts";
import { formatSize } from "../text/size.ts";
import type { ReportFinding } from "./report.ts";

/** A Dockerfile that was looked at, with what was found in it. */
export interface LintedFile {
  /** As it was named. */
  readonly path: string;
  readonly analysis: Analysis;
  /** Where a fix makes or extends the `.dockerignore`, named like `path`; undefined when none is to be written. */
  readonly dockerignorePath?: string;
  /** What it says now; undefined where there is none. */
  readonly dockerignoreText?: string;
}

/** A finding with its place for people. */
export interface PlacedFinding {
  readonly finding: Finding;
  readonly start: TextPosition;
  readonly end: TextPosition;
}

/** Loudest first. */
export const severities: readonly Severity[] = ["error", "warning", "information", "hint"];

/** The findings of an analysis with their places, in text order. */
export function placedFindings(analysis: Analysis): readonly PlacedFinding[] {
  const placeOf = placesIn(analysis);
  return analysis.findings.map((finding) => ({ finding, ...placeOf(finding.span) }));
}

/** Turns spans of the Dockerfile into places for people. */
export function placesIn({ dockerfile }: Analysis): ReturnType<typeof positionsIn> {
  return positionsIn(dockerfile.text);
}

/** What a fix does and takes off: `Delete the package lists in the same RUN: −19.1 MB`; `about` where only a build would tell exactly. */
export function fixTitle({ title, saving }: Fix): string {
  return saving === undefined || saving.bytes === 0
    ? title
    : `${title}: ${savingText(saving, "−")}`;
}

/** `19.1 MB`, or `about 19.1 MB` where only a build would tell exactly. */
export function savingText({ bytes, basis }: Saving, sign = ""): string {
  return `${basis === "predicted" ? "about " : ""}${sign}${formatSize(bytes)}`;
}

/** `3 findings: 2 warnings, 1 hint`, loudest first; `No findings` for none. */
export function findingCounts(findings: readonly Pick<Finding, "severity">[]): string {
  if (findings.length === 0) return "No findings";
  const parts = severities
    .map((severity) => ({
      severity,
      count: findings.filter((one) => one.severity === severity).length,
    }))
    .filter(({ count }) => count > 0)
    .map(({ severity, count }) => countedSeverity(count, severity));
  return `${counted(findings.length, "finding")}: ${parts.join(", ")}`;
}

/** Whether a severity is at least as loud as another. */
export function isAtLeast(severity: Severity, other: Severity): boolean {
  return severities.indexOf(severity) <= severities.indexOf(other);
}

/** The rows of `--json`, in text order. */
export function findingRows(analysis: Analysis): readonly ReportFinding[] {
  return placedFindings(analysis).map(({ finding, start, end }) => ({
    code: finding.code,
    severity: finding.severity,
    message: finding.message,
    lineNumber: start.lineNumber,
    endLineNumber: end.lineNumber,
    savingBytes: finding.saving?.bytes ?? null,
    fixable: finding.fixes.length > 0,
  }));
}

/** `information` has no plural. */
function countedSeverity(count: number, severity: Severity): string {
  return severity === "information" ? `${count} ${severity}` : counted(count, severity);
}
