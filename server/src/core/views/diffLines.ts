import type { PathChangeKind } from "../image/diff/treeDiff.ts";
import { formatSize } from "../text/size.ts";
import type { InstructionRow, RestBytes } from "./diffInstructions.ts";
import type { DiffReport, DiffSide, PackageRow, PathRow } from "./diffReport.ts";
import { escapeSteering, fitEnd } from "./reportCells.ts";

/** `+14 MB`, `−3 MB`, `±0`; `?` when one side is not known. */
export function formatChange(beforeBytes: number | null, afterBytes: number | null): string {
  if (beforeBytes === null || afterBytes === null) return "?";
  const bytes = afterBytes - beforeBytes;
  if (bytes === 0) return "±0";
  return bytes > 0 ? `+${formatSize(bytes)}` : `−${formatSize(-bytes)}`;
}

/** ` (linux/arm64)` of an image where the two are for two platforms, which explains more than any row; else "". */
export function platformNote({ image }: DiffSide, other: DiffSide): string {
  const { platform } = image;
  return platform === other.image.platform ? "" : ` (${fitEnd(escapeSteering(platform), 60)})`;
}

/** A row of a list: what it is, and by how much it changed. */
export interface DiffLine {
  readonly change: string;
  readonly text: string;
}

/** A list of the comparison as people read it. */
export interface DiffList {
  readonly title: string;
  readonly lines: readonly DiffLine[];
  /** `and 5 more: −1.95 MB`; undefined where all rows are there. */
  readonly more: string | undefined;
  /** What is of none of the rows; undefined where there is nothing of that kind. */
  readonly rest: DiffLine | undefined;
}

/**
 * By line, by package, by path, each with its `top` heaviest rows; lists without rows are left out, and rows whose weight is the same. By line and by
 * package all rows and the rest add up to what became of the layers and of the final files.
 */
export function diffLists(report: DiffReport, top: number): readonly DiffList[] {
  const { instructions, noLine, packages, noPackage, paths } = report;
  const lists: readonly DiffList[] = [
    listOf("By line", instructions, instructionLine, restLine(noLine, noLineText), top),
    listOf("By package", packages, packageLine, restLine(noPackage, noPackageText), top),
    listOf("By path", paths, pathLine, undefined, top),
  ];
  return lists.filter(({ lines, rest }) => lines.length > 0 || rest !== undefined);
}

const noLineText = "layers that no line can be named for";
const noPackageText = "files of no package";

interface Weighed {
  readonly beforeBytes: number | null;
  readonly afterBytes: number | null;
}

/** The heaviest rows in the order of the list. What is known on one side only weighs that. */
function listOf<Row extends Weighed>(
  title: string,
  rows: readonly Row[],
  lineOf: (row: Row) => DiffLine,
  rest: DiffLine | undefined,
  top: number,
): DiffList {
  const different = rows.filter(({ beforeBytes, afterBytes }) => beforeBytes !== afterBytes);
  const weight = ({ beforeBytes, afterBytes }: Row): number =>
    Math.abs((afterBytes ?? 0) - (beforeBytes ?? 0));
  const heaviest = new Set(different.toSorted((a, b) => weight(b) - weight(a)).slice(0, top));
  const left = different.filter((row) => !heaviest.has(row));
  return {
    title,
    lines: different.filter((row) => heaviest.has(row)).map(lineOf),
    more: left.length === 0 ? undefined : moreText(left),
    rest,
  };
}

function moreText(left: readonly Weighed[]): string {
  const isKnown = left.every(({ beforeBytes, afterBytes }) =>
    [beforeBytes, afterBytes].every(isByte),
  );
  const sum = (bytes: (row: Weighed) => number | null): number =>
    left.reduce((total, row) => total + (bytes(row) ?? 0), 0);
  const change = formatChange(
    sum((row) => row.beforeBytes),
    sum((row) => row.afterBytes),
  );
  return `and ${left.length} more${isKnown ? `: ${change}` : ""}`;
}

function isByte(bytes: number | null): bytes is number {
  return bytes !== null;
}

function restLine(rest: RestBytes | null, text: string): DiffLine | undefined {
  if (rest === null || rest.beforeBytes === rest.afterBytes) return undefined;
  return { change: formatChange(rest.beforeBytes, rest.afterBytes), text };
}

/** What is different and weighs the same, as counts of paths by what became of them; empty where nothing is. */
export function sameWeightCounts({ paths }: DiffReport): readonly string[] {
  const rows = paths.filter((row) => !isHeavy(row));
  return sameWeightKinds.flatMap(([kind, said]) => {
    const count = rows.filter((row) => row.kind === kind).length;
    return count === 0 ? [] : [`${count} ${said}`];
  });
}

/** Over those counts. */
export const sameWeightTitle = "Paths of the same weight";

const sameWeightKinds: readonly (readonly [PathChangeKind, string])[] = [
  ["added", "added"],
  ["removed", "removed"],
  ["changed", "changed"],
  ["rewritten", "written again, contents not compared"],
  ["metadata", "with another owner or mode"],
];

function instructionLine(row: InstructionRow): DiffLine {
  const { lineNumber, text, beforeBytes, afterBytes, basis, confidence } = row;
  const notes = [
    ...(basis === "stale" ? ["edited since"] : []),
    ...(confidence === "likely" ? ["likely"] : []),
    ...(isByte(beforeBytes) && isByte(afterBytes) ? [] : [sidesOf(beforeBytes, afterBytes)]),
  ];
  const said = notes.length === 0 ? "" : ` (${notes.join(", ")})`;
  return {
    change: formatChange(beforeBytes, afterBytes),
    text: `line ${lineNumber}  ${text}${said}`,
  };
}

/** `? → 5 MB`, where only one of the two is known. */
function sidesOf(...sides: readonly (number | null)[]): string {
  return sides.map((bytes) => (bytes === null ? "?" : formatSize(bytes))).join(" → ");
}

function packageLine(row: PackageRow): DiffLine {
  const { manager, name, beforeVersion, afterVersion, beforeBytes, afterBytes } = row;
  const versions =
    beforeVersion === afterVersion
      ? (afterVersion ?? "")
      : [beforeVersion, afterVersion].map((version) => version ?? "none").join(" → ");
  return {
    change: formatChange(beforeBytes, afterBytes),
    text: `${name} ${versions} (${manager})`,
  };
}

function pathLine({ path, kind, beforeBytes, afterBytes, fileCount }: PathRow): DiffLine {
  const files = fileCount > 1 ? `, ${fileCount} files` : "";
  return { change: formatChange(beforeBytes, afterBytes), text: `${path}  ${kind}${files}` };
}

function isHeavy({ beforeBytes, afterBytes }: PathRow): boolean {
  return beforeBytes !== afterBytes;
}
