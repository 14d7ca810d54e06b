import type { ImageDiff, PackageChange } from "../image/diff/imageDiff.ts";
import { type AttackSurface, attackSurfaceOf } from "../image/attackSurface.ts";
import type { PathChangeKind } from "../image/diff/treeDiff.ts";
import type { ReadImage } from "../image/image.ts";
import type { ReportImage, ReportTotals } from "./report.ts";
import { imageRow, totalsRow } from "./report.ts";
import {
  type DiffAnalyses,
  diffInstructions,
  type InstructionRow,
  type RestBytes,
} from "./diffInstructions.ts";
import { jsonText } from "./reportJson.ts";

/** What `tare diff --json` prints; `null` where a figure is not known. */
export interface DiffReport {
  readonly schemaVersion: 1;
  readonly before: DiffSide;
  readonly after: DiffSide;
  /** Layers that both images have. */
  readonly shared: { readonly layers: number; readonly contentBytes: number };
  /** Greatest differences first. */
  readonly paths: readonly PathRow[];
  readonly packages: readonly PackageRow[];
  /** Files of the final file systems that no package owns, as far as package databases could be read; `null` where neither image has packages. */
  readonly noPackage: RestBytes | null;
  /** By line of the Dockerfile, in order; empty without one. */
  readonly instructions: readonly InstructionRow[];
  /** Layers that no line is known to have written; `null` without a Dockerfile. */
  readonly noLine: RestBytes | null;
  /** What is to be found in the final file systems. */
  readonly attackSurface: { readonly before: AttackSurface; readonly after: AttackSurface };
}

/** One of the two images. */
export interface DiffSide {
  readonly image: ReportImage;
  readonly totals: ReportTotals;
}

/** A path that is different. */
export interface PathRow {
  readonly path: string;
  readonly kind: PathChangeKind;
  readonly beforeBytes: number;
  readonly afterBytes: number;
  readonly fileCount: number;
}

/** A package that is different. */
export interface PackageRow {
  readonly manager: string;
  readonly name: string;
  readonly beforeVersion: string | null;
  readonly afterVersion: string | null;
  readonly beforeBytes: number | null;
  readonly afterBytes: number | null;
}

/** The comparison as data; all of it, nothing left out. */
export function diffReportOf(diff: ImageDiff, analyses: DiffAnalyses | undefined): DiffReport {
  const { before, after, shared, paths, packages, unowned } = diff;
  const lines = analyses === undefined ? undefined : diffInstructions(analyses);
  return {
    schemaVersion: 1,
    before: sideOf(before),
    after: sideOf(after),
    shared: { layers: shared.count, contentBytes: shared.contentBytes },
    paths: paths.map(({ path, kind, beforeBytes, afterBytes, count }) => ({
      path,
      kind,
      beforeBytes,
      afterBytes,
      fileCount: count,
    })),
    packages: packages.map(toPackageRow),
    noPackage: unowned ?? null,
    instructions: lines?.rows ?? [],
    noLine: lines?.rest ?? null,
    attackSurface: {
      before: attackSurfaceOf(before.finalTree),
      after: attackSurfaceOf(after.finalTree),
    },
  };
}

function sideOf(read: ReadImage): DiffSide {
  return { image: imageRow(read), totals: totalsRow(read) };
}

function toPackageRow(change: PackageChange): PackageRow {
  return {
    manager: change.manager,
    name: change.name,
    beforeVersion: change.beforeVersion ?? null,
    afterVersion: change.afterVersion ?? null,
    beforeBytes: change.beforeBytes ?? null,
    afterBytes: change.afterBytes ?? null,
  };
}

/** The comparison as JSON text, rows on lines of their own, ended by a newline. */
export function diffJson(report: DiffReport): string {
  const list = (rows: readonly unknown[]): string =>
    rows.length === 0 ? "[]" : `[\n    ${rows.map((row) => jsonText(row)).join(",\n    ")}\n  ]`;
  const fields = Object.entries(report).map(
    ([field, value]) =>
      `  ${jsonText(field)}: ${Array.isArray(value) ? list(value) : jsonText(value)}`,
  );
  return `{\n${fields.join(",\n")}\n}\n`;
}
