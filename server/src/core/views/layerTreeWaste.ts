import type { Analysis } from "../analysis.ts";
import type { ReadImage } from "../image/image.ts";
import { wasteKinds } from "../image/image.ts";
import { formatExactBytes, formatSize } from "../text/size.ts";
import { selectFirst } from "./heaviest.ts";
import type { LayerTreeRow } from "./layerTreeRow.ts";
import { moreRow, pageRows, rowId } from "./layerTreeRow.ts";
import { lineNumberOfLayer } from "./report.ts";
import { escapeSteering, fitPath } from "./reportCells.ts";
import { writerOf } from "./totals.ts";
import { hiddenHow, wastePath } from "./wasteGroups.ts";

/** One page of wasted files, heaviest first, equal ones by layer and path, then a row for the rest. A click goes to the line that hid the file. */
export function wastePage(
  analysis: Analysis,
  read: ReadImage,
  after: number | undefined,
): readonly LayerTreeRow[] {
  const { bytes, count } = read.waste;
  const comesBefore = (a: number, b: number): boolean => {
    const difference = (bytes[a] ?? 0) - (bytes[b] ?? 0);
    return difference > 0 || (difference === 0 && a < b);
  };
  let left = 0;
  const rows = selectFirst(
    (offer) => {
      for (let row = 0; row < count; row += 1) {
        if (after !== undefined && !comesBefore(after, row)) continue;
        left += 1;
        offer(row);
      }
    },
    pageRows,
    comesBefore,
  );
  const rest = left - rows.length;
  return [
    ...rows.map((row) => wasteRow(analysis, read, row)),
    ...(rest === 0
      ? []
      : [moreRow(read.description.imageId, { kind: "waste", after: rows.at(-1) }, rest)]),
  ];
}

function wasteRow(analysis: Analysis, read: ReadImage, row: number): LayerTreeRow {
  const { waste, description } = read;
  const path = escapeSteering(wastePath(read, row));
  const bytes = waste.bytes[row] ?? 0;
  const hiddenBy = waste.hiddenByLayer[row] ?? 0;
  const writer = writerOf(analysis, waste.writtenByLayer[row] ?? 0);
  const kind = wasteKinds[waste.kind[row] ?? 0] ?? "deleted";
  const how = hiddenHow(kind, writerOf(analysis, hiddenBy));
  const lineNumber = lineNumberOfLayer(analysis, hiddenBy);
  return {
    id: rowId(description.imageId, { kind: "wasteRow", row }),
    kind: "waste",
    label: fitPath(path, 60),
    description: `${formatSize(bytes)} · ${how}`,
    tooltip: `${path}\n${formatExactBytes(bytes)}\nWritten by ${writer}, ${how}`,
    accessibilityLabel: `Wasted file ${fitPath(path, 100)}, ${formatSize(bytes)}, written by ${writer}, ${how}.`,
    icon: "trash",
    hasChildren: false,
    ...(lineNumber === undefined ? {} : { line: lineNumber - 1 }),
  };
}
