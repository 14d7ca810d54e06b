import { formatExactBytes, formatSize } from "../text/size.ts";
import { attackSurfaceChanges } from "./attackSurface.ts";
import {
  type DiffList,
  diffLists,
  formatChange,
  platformNote,
  sameWeightCounts,
  sameWeightTitle,
} from "./diffLines.ts";
import type { DiffReport, DiffSide } from "./diffReport.ts";
import { codeSpan, escapeMarkdown } from "./markdown.ts";

/** The comparison as Markdown for a comment on a change. */
export function diffMarkdown(report: DiffReport, top: number): string {
  const { before, after } = report;
  const [old, now] = [before.totals.layerContentBytes, after.totals.layerContentBytes];
  const title = `### Tare: ${formatSize(old)} → ${formatSize(now)} (${formatChange(old, now)})\n`;
  const sides = [
    `${nameOf(before, after)} (${formatExactBytes(old)})`,
    `${nameOf(after, before)} (${formatExactBytes(now)})`,
  ];
  const surface = attackSurfaceChanges(report.attackSurface.before, report.attackSurface.after);
  const inside = surface.length === 0 ? [] : [`To be found inside: ${surface.join(", ")}\n`];
  const same = sameWeightCounts(report);
  return [
    title,
    `${sides.join(" → ")}\n`,
    ...diffLists(report, top).map(table),
    ...(same.length === 0 ? [] : [`${sameWeightTitle}: ${same.join(", ")}\n`]),
    ...inside,
  ].join("\n");
}

function nameOf(side: DiffSide, other: DiffSide): string {
  return `${codeSpan(side.image.reference)}${escapeMarkdown(platformNote(side, other))}`;
}

function table({ title, lines, more, rest }: DiffList): string {
  const rows = [...lines, ...(rest === undefined ? [] : [rest])].map(
    ({ change, text }) => `| ${change} | ${escapeMarkdown(text)} |`,
  );
  const end = more === undefined ? "\n" : `\n\n${more}\n`;
  return `**${title}**\n\n| change | what |\n| ---: | --- |\n${rows.join("\n")}${end}`;
}
