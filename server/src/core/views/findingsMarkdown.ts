import type { Severity } from "../rules/rule.ts";
import { formatExactBytes } from "../text/size.ts";
import type { LintedFile, PlacedFinding } from "./findings.ts";
import { findingCounts, fixTitle, placedFindings, savingText } from "./findings.ts";
import { codeSpan, escapeMarkdown } from "./markdown.ts";

/** Findings as Markdown for a comment on a change: a heading and a table for each file that has any. */
export function findingsMarkdown(files: readonly LintedFile[]): string {
  const findings = files.flatMap(({ analysis }) => analysis.findings);
  const counts = findingCounts(findings);
  const title = `### Tare: ${counts[0]?.toLowerCase() ?? ""}${counts.slice(1)}\n`;
  return [title, ...files.map(tableOf).filter((table) => table !== "")].join("\n");
}

function tableOf({ path, analysis }: LintedFile): string {
  const rows = placedFindings(analysis).map(rowOf);
  if (rows.length === 0) return "";
  const head = "|     | line | finding | saves |\n| --- | ---: | --- | ---: |\n";
  return `**${codeSpan(path)}**\n\n${head}${rows.join("\n")}\n`;
}

const marks: Readonly<Record<Severity, string>> = {
  error: "❌",
  warning: "⚠️",
  information: "ℹ️",
  hint: "💡",
};

function rowOf({ finding, start }: PlacedFinding): string {
  const { severity, code, message, saving, fixes } = finding;
  const [fix] = fixes;
  const mended = fix === undefined ? "" : `<br>Fix: ${sentence(fixTitle(fix))}`;
  const saves =
    saving === undefined || saving.bytes === 0
      ? ""
      : `<span title="${formatExactBytes(saving.bytes)}">${savingText(saving)}</span>`;
  return `| ${marks[severity]} | ${start.lineNumber} | ${sentence(message)} ${codeSpan(code)}${mended} | ${saves} |`;
}

/** What a rule says, its back-quoted parts as code; bars would end the cell even there. */
function sentence(text: string): string {
  return text
    .split("`")
    .map((part, index) =>
      index % 2 === 0 ? escapeMarkdown(part) : codeSpan(part).replaceAll("|", String.raw`\|`),
    )
    .join("");
}
