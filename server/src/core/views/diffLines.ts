import type { PathChangeKind } from "../image/diff/treeDiff.ts";
import { formatSize } from "../text/size.ts";
import type { DiffReport, InstructionRow, PackageRow, PathRow } from "./diffReport.ts";

/** `+14 MB`, `−3 MB`, `±0`; `?` when one side is not known. */
export function formatChange(beforeBytes: number | null, afterBytes: number | null): string {
  if (beforeBytes === null || afterBytes === null) return "?";
  const bytes = afterBytes - beforeBytes;
  if (bytes === 0) return "±0";
  return bytes > 0 ? `+${formatSize(bytes)}` : `−${formatSize(-bytes)}`;
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
}

/** By line, by package, by path; lists without rows are left out, and rows whose weight is the same. */
export function diffLists({ instructions, packages, paths }: DiffReport): readonly DiffList[] {
  const lists: readonly DiffList[] = [
    { title: "By line", lines: instructions.map(instructionLine) },
    { title: "By package", lines: packages.map(packageLine) },
    { title: "By path", lines: paths.filter(isHeavy).map(pathLine) },
  ];
  return lists
    .map(({ title, lines }) => ({ title, lines: lines.filter(({ change }) => change !== same) }))
    .filter(({ lines }) => lines.length > 0);
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

const same = "±0";

function instructionLine({ lineNumber, text, beforeBytes, afterBytes }: InstructionRow): DiffLine {
  return { change: formatChange(beforeBytes, afterBytes), text: `line ${lineNumber}  ${text}` };
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
