import type { Severity } from "../rules/rule.ts";
import type { LintedFile, PlacedFinding } from "./findings.ts";
import { fixTitle, placedFindings } from "./findings.ts";

/**
 * Findings as workflow commands of GitHub Actions, one a line, which marks the lines of a change. Columns are given where a finding lies on
 * one line; the service takes them only there. Escapes as the runner takes them back: actions/toolkit command.ts.
 */
export function findingsGithub(files: readonly LintedFile[]): readonly string[] {
  return files.flatMap(({ path, analysis }) =>
    placedFindings(analysis).map((placed) => commandOf(path, placed)),
  );
}

const commands: Readonly<Record<Severity, string>> = {
  error: "error",
  warning: "warning",
  information: "notice",
  hint: "notice",
};

function commandOf(path: string, { finding, start, end }: PlacedFinding): string {
  const { severity, code, message, fixes } = finding;
  const [fix] = fixes;
  const properties: readonly (readonly [string, string | number])[] = [
    ["file", path],
    ["line", start.lineNumber],
    ["endLine", end.lineNumber],
    ...(start.lineNumber === end.lineNumber
      ? ([
          ["col", start.column],
          ["endColumn", end.column],
        ] as const)
      : []),
    ["title", code],
  ];
  const list = properties.map(([name, value]) => `${name}=${escapeProperty(String(value))}`);
  const text = fix === undefined ? message : `${message}\nFix: ${fixTitle(fix)}`;
  return `::${commands[severity]} ${list.join(",")}::${escapeData(text)}`;
}

function escapeData(text: string): string {
  return text.replaceAll("%", "%25").replaceAll("\r", "%0D").replaceAll("\n", "%0A");
}

function escapeProperty(text: string): string {
  return escapeData(text).replaceAll(":", "%3A").replaceAll(",", "%2C");
}
