import type { AttackSurface } from "../image/attackSurface.ts";
import { attackSurfaceOf } from "../image/attackSurface.ts";
import type { ReadImage } from "../image/image.ts";
import type { Fact } from "./hoverCard.ts";
import { fitEnd, padLeft, padRight } from "./reportCells.ts";
import type { TextOptions } from "./reportPaint.ts";

/** The surface as one fact for the final FROM; none where no file may be executed. */
export function attackSurfaceFacts(surface: AttackSurface): readonly Fact[] {
  if (surface.executableCount === 0) return [];
  const value = rowsOf(surface)
    .map(({ name, count, names }) => {
      const which = names.length === 0 ? "" : ` (${names.join(", ")})`;
      return `${count} ${count === 1 ? name.one : name.many}${which}`;
    })
    .join(" · ");
  return [{ label: "To be found inside", value }];
}

/** The surface as a section of the text report, heading first; empty where no file may be executed. */
export function attackSurfaceSection(read: ReadImage, options: TextOptions): readonly string[] {
  const surface = attackSurfaceOf(read.finalTree);
  if (surface.executableCount === 0) return [];
  const rows = rowsOf(surface).map(({ name, count, names }) => {
    const label = name.many.charAt(0).toUpperCase() + name.many.slice(1);
    return `  ${padRight(label, 23)} ${padLeft(String(count), 6)}   ${names.join(", ")}`.trimEnd();
  });
  return ["To be found in the final files", ...rows].map((line) => fitEnd(line, options.columns));
}

/** What a change takes away or brings: `shells 2 → 0`; a row only where the counts differ. */
export function attackSurfaceChanges(
  before: AttackSurface,
  after: AttackSurface,
): readonly string[] {
  const afterRows = rowsOf(after);
  return rowsOf(before).flatMap(({ name, count }, index) => {
    const now = afterRows[index]?.count ?? 0;
    return now === count ? [] : [`${name.many} ${count} → ${now}`];
  });
}

interface SurfaceRow {
  readonly name: { readonly one: string; readonly many: string };
  readonly count: number;
  /** Which ones; empty where only the count is told. */
  readonly names: readonly string[];
}

function rowsOf(surface: AttackSurface): readonly SurfaceRow[] {
  const named = (one: string, many: string, names: readonly string[]): SurfaceRow => ({
    name: { one, many },
    count: names.length,
    names,
  });
  return [
    named("shell", "shells", surface.shells),
    named("package manager", "package managers", surface.packageManagers),
    named("interpreter", "interpreters", surface.interpreters),
    {
      name: { one: "setuid or setgid file", many: "setuid or setgid files" },
      count: surface.setIdCount,
      names: [],
    },
    {
      name: { one: "executable", many: "executables" },
      count: surface.executableCount,
      names: [],
    },
  ];
}
