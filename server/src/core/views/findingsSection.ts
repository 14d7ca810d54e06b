import type { Analysis } from "../analysis.ts";
import { formatSize } from "../text/size.ts";
import type { PlacedFinding } from "./findings.ts";
import { findingCounts, placedFindings } from "./findings.ts";
import { escapeSteering, fitEnd, padLeft } from "./reportCells.ts";
import type { Paint, TextOptions } from "./reportPaint.ts";
import { paintFor } from "./reportPaint.ts";

/** What rules found, heaviest saving first, those without one after them in text order. Empty without findings. */
export function findingsSection(analysis: Analysis, options: TextOptions): readonly string[] {
  if (analysis.findings.length === 0) return [];
  const paint = paintFor(options);
  const ordered = placedFindings(analysis).toSorted((a, b) => savedBytes(b) - savedBytes(a));
  const shown = ordered.slice(0, options.top);
  const rest = ordered.length - shown.length;
  const counts = findingCounts(analysis.findings).replace(/^\d+ findings?: /, "");
  return [
    `${paint("bold", "Findings")}  ${counts}`,
    paint("dim", ` LINE${padLeft("SAVES", 9)}  FINDING`),
    ...shown.map((placed) => rowOf(placed, options, paint)),
    ...(rest === 0 ? [] : [paint("dim", `  ${rest} more: tare lint lists them`)]),
  ];
}

function savedBytes({ finding }: PlacedFinding): number {
  return finding.saving?.bytes ?? -1;
}

/** A tilde marks what only a build would tell exactly. */
function rowOf({ finding, start }: PlacedFinding, options: TextOptions, paint: Paint): string {
  const { saving, message } = finding;
  const mark = saving?.basis === "predicted" ? "~" : "";
  const saves = saving === undefined ? "" : `${mark}${formatSize(saving.bytes)}`;
  const head = `${padLeft(String(start.lineNumber), 5)}${padLeft(saves, 9)}  `;
  const text = fitEnd(escapeSteering(message), options.columns - head.length);
  return `${head.slice(0, 5)}${paint("yellow", head.slice(5, 14))}  ${text}`;
}
