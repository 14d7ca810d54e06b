import type { TreeRow } from "../../../server/src/protocol/layerTree.ts";

/** How a table is written. */
export type TableFormat = "markdown" | "tsv";

/** Rows of the layer tree as a table: name or path, what stands beside it, exact bytes. `restCount` rows more are only counted. */
export function tableOf(rows: readonly TreeRow[], format: TableFormat, restCount = 0): string {
  const cells = rows.map(({ label, path, description = "", bytes }) => [
    path === undefined ? label : `/${path}`,
    description,
    bytes === undefined ? "" : String(bytes),
  ]);
  const rest = restCount === 0 ? [] : [[`… ${restCount} more`, "", ""]];
  const lines = [["Name", "Size", "Bytes"], ...cells, ...rest];
  return format === "tsv" ? tabSeparated(lines) : markdown(lines);
}

/** The paths of rows as a container sees them, one on a line; "" where none has one. */
export function pathsOf(rows: readonly TreeRow[]): string {
  return rows.flatMap(({ path }) => (path === undefined ? [] : [`/${path}`])).join("\n");
}

function tabSeparated(lines: readonly (readonly string[])[]): string {
  const cell = (text: string): string => text.replaceAll(/[\t\r\n]/g, " ");
  return `${lines.map((line) => line.map(cell).join("\t")).join("\n")}\n`;
}

function markdown([head = [], ...lines]: readonly (readonly string[])[]): string {
  const row = (cells: readonly string[]): string => `| ${cells.map(markdownCell).join(" | ")} |`;
  return `${[row(head), "| --- | --- | ---: |", ...lines.map(row)].join("\n")}\n`;
}

/** Whatever a name holds stays in its cell and is shown as it is. */
function markdownCell(text: string): string {
  return text.replaceAll(/[\t\r\n]/g, " ").replaceAll(/[\\`*_[\]<>|~]/g, String.raw`\$&`);
}
