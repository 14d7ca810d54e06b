import { formatSize } from "../text/size.ts";
import { attackSurfaceChanges } from "./attackSurface.ts";
import {
  type DiffLine,
  type DiffList,
  diffLists,
  formatChange,
  platformNote,
  sameWeightCounts,
  sameWeightTitle,
} from "./diffLines.ts";
import type { DiffReport, DiffSide } from "./diffReport.ts";
import { escapeSteering, fitEnd, fitPath, padLeft } from "./reportCells.ts";
import type { Paint, TextOptions } from "./reportPaint.ts";
import { paintFor } from "./reportPaint.ts";

/** The comparison for people, at most `top` rows of each list. */
export function diffText(report: DiffReport, options: TextOptions): readonly string[] {
  const paint = paintFor(options);
  const sections = [
    headLines(report, options, paint),
    ...diffLists(report, options.top).map((list) => section(list, options, paint)),
    sameWeightLines(report, options, paint),
    surfaceLines(report, options, paint),
  ].filter((lines) => lines.length > 0);
  return sections
    .flatMap((lines, index) => (index === 0 ? lines : ["", ...lines]))
    .map((line) => (options.unicode ? line : line.replaceAll("…", "~").replaceAll("−", "-")));
}

function headLines(
  { before, after, shared }: DiffReport,
  options: TextOptions,
  paint: Paint,
): readonly string[] {
  const rows: readonly (readonly [string, number | null, number | null])[] = [
    ["Layers", before.totals.layerContentBytes, after.totals.layerContentBytes],
    ["Final files", before.totals.finalContentBytes, after.totals.finalContentBytes],
    ["Waste", before.totals.wastedBytes, after.totals.wastedBytes],
    ["Transfer", before.totals.transferBytes, after.totals.transferBytes],
  ];
  const size = (bytes: number | null): string =>
    padLeft(bytes === null ? "?" : formatSize(bytes), 8);
  const arrow = options.unicode ? "→" : "->";
  return [
    paint("bold", fitPath(nameOf(before, after), options.columns)),
    paint("bold", fitPath(`${arrow} ${nameOf(after, before)}`, options.columns)),
    ...rows.map(([name, old, now]) =>
      fitEnd(
        `  ${name.padEnd(11)}  ${size(old)} ${arrow} ${size(now)}   ${formatChange(old, now)}`,
        options.columns,
      ),
    ),
    paint(
      "dim",
      `  ${shared.layers} ${shared.layers === 1 ? "layer is" : "layers are"} the same, ${formatSize(shared.contentBytes)} in all`,
    ),
  ];
}

function nameOf(side: DiffSide, other: DiffSide): string {
  return `${escapeSteering(side.image.reference)}${platformNote(side, other)}`;
}

function section(
  { title, lines, more, rest }: DiffList,
  { columns }: TextOptions,
  paint: Paint,
): readonly string[] {
  const rests = rest === undefined ? [] : [rest];
  const width = Math.max(...[...lines, ...rests].map(({ change }) => change.length));
  const row = ({ change, text }: DiffLine): string => {
    const style = change.startsWith("+") ? "red" : change.startsWith("−") ? "green" : "dim";
    return `  ${paint(style, padLeft(change, width))}  ${fitEnd(escapeSteering(text), columns - width - 4)}`;
  };
  return [
    paint("bold", title),
    ...lines.map(row),
    ...(more === undefined ? [] : [paint("dim", `  ${more}`)]),
    ...rests.map(row),
  ];
}

function sameWeightLines(
  report: DiffReport,
  { columns }: TextOptions,
  paint: Paint,
): readonly string[] {
  const counts = sameWeightCounts(report);
  if (counts.length === 0) return [];
  return [paint("bold", sameWeightTitle), ...counts.map((line) => fitEnd(`  ${line}`, columns))];
}

function surfaceLines(
  { attackSurface: { before, after } }: DiffReport,
  { columns }: TextOptions,
  paint: Paint,
): readonly string[] {
  const changes = attackSurfaceChanges(before, after);
  if (changes.length === 0) return [];
  return [
    paint("bold", "To be found inside"),
    ...changes.map((line) => fitEnd(`  ${line}`, columns)),
  ];
}
