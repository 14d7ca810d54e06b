import assert from "node:assert/strict";
import { test } from "node:test";
import { pathsOf, tableOf } from "../../client/src/views/layerTreeTable.ts";
import type { TreeRow } from "../../server/src/protocol/layerTree.ts";

const row = (label: string, more: Partial<TreeRow> = {}): TreeRow => ({
  id: label,
  kind: "file",
  label,
  accessibilityLabel: `${label}.`,
  icon: "file",
  hasChildren: false,
  ...more,
});

const rows = [
  row("COPY a|b", { description: "4 MB · line 4", bytes: 4_000_000 }),
  row("x", { path: "srv/*x*\t", description: "→ y" }),
];

test("a Markdown table shows names as they are, whatever they hold", () =>
  assert.equal(
    tableOf(rows, "markdown", 3),
    [
      "| Name | Size | Bytes |",
      "| --- | --- | ---: |",
      String.raw`| COPY a\|b | 4 MB · line 4 | 4000000 |`,
      String.raw`| /srv/\*x\*  | → y |  |`,
      "| … 3 more |  |  |",
      "",
    ].join("\n"),
  ));

test("in a tab-separated table only tabs and line ends go", () =>
  assert.equal(
    tableOf(rows, "tsv"),
    "Name\tSize\tBytes\nCOPY a|b\t4 MB · line 4\t4000000\n/srv/*x* \t→ y\t\n",
  ));

test("paths are those that a container sees; rows without one are left out", () => {
  assert.equal(pathsOf([...rows, row("b", { path: "b" })]), "/srv/*x*\t\n/b");
  assert.equal(pathsOf([row("layer")]), "");
});
