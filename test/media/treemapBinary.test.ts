import assert from "node:assert/strict";
import { test, type TestContext } from "node:test";
import type { ElfPart } from "../../server/src/core/image/elfLabels.ts";
import { elfMapOf } from "../../server/src/core/image/elfMap.ts";
import { openBinary } from "../../server/src/core/views/binaryTreemap.ts";
import { treemapSheet } from "../support/treemapSheet.ts";
import type { Treemap } from "../../server/src/protocol/treemap.ts";
import { analysisOf } from "../support/analysisOf.ts";
import { anImage } from "../support/imageBuilder.ts";
import { openTreemap, type PageOptions, type TreemapPage } from "./treemapPage.ts";

const program: readonly Partial<ElfPart>[] = [
  {
    name: ".text",
    use: "code",
    bytes: 4000,
    packages: [
      { name: "runtime", bytes: 1500, use: "go-standard" },
      { name: "main", bytes: 1000, use: "go-own" },
      { name: "github.com/a/b", bytes: 900, use: "go-other" },
    ],
  },
  { name: ".rodata", use: "constants", bytes: 2000 },
  { name: ".data", use: "variables", bytes: 1000 },
  { name: ".debug_info", use: "debug", removable: "debug", bytes: 1900 },
  { name: ".symtab", use: "symbols", removable: "symbols", bytes: 500 },
  { kind: "file-header", use: "headers", bytes: 200 },
  { kind: "padding", use: "padding", bytes: 100 },
  { kind: "appended", use: "appended", bytes: 300 },
];

const analysis = analysisOf("FROM scratch\n", anImage().layer({ "app/server": "10kB" }));
const target = { uri: "file:///Dockerfile", path: "app/server" };

function mapOf(areGoPackagesNamed: boolean): Treemap | undefined {
  const blank = { kind: "section", name: "", offset: 0, bytes: 0, packages: [] } as const;
  const parts = program.map((part): ElfPart => ({
    ...blank,
    isCompressed: false,
    removable: undefined,
    use: "not-loaded",
    ...part,
  }));
  const labels = { fileBytes: 10_000, parts, hasSections: true, areGoPackagesNamed };
  const sheet = treemapSheet(analysis, target, 100);
  return sheet && openBinary(sheet, elfMapOf(labels, 100), 100);
}

async function withBinary(
  t: TestContext,
  options: Partial<PageOptions>,
  run: (shown: TreemapPage) => Promise<void>,
): Promise<void> {
  const shown = await openTreemap({ analysis, target, mapOf: () => mapOf(true), ...options });
  if (typeof shown === "string") return t.skip(`no browser can be had here: ${shown}`);
  try {
    await run(shown);
  } finally {
    await shown.close();
  }
}

const uses = [
  "Read-only data",
  "Debug information",
  "Go's own library",
  "Main package and its module",
  "Writable data",
  "Other Go packages",
  "Code",
  "Symbols",
  "Appended",
];

for (const theme of ["vscode-dark", "vscode-light", "vscode-high-contrast"]) {
  test(`what the bytes of a binary are for can be told apart, and the legend says it: ${theme}`, (t) =>
    withBinary(t, { theme }, async ({ page }) => {
      const fills = await page
        .locator(".leaf .area")
        .evaluateAll((areas) => areas.map((one) => getComputedStyle(one).fill));
      assert.equal(fills.length, 11);
      assert.equal(new Set(fills).size, 11);
      assert.deepEqual(await page.locator(".legend li").allInnerTexts(), [...uses, "2 more"]);
      assert.equal(await page.locator(".colour").isVisible(), false);
      assert.equal(await page.locator(".remark").count(), 0);
    }));
}

test("the table of a binary says what each part is there for", (t) =>
  withBinary(t, {}, async ({ page }) => {
    await page.locator(".table-toggle").click();
    const rows = await page.locator("tbody tr").evaluateAll((all) =>
      all.map((row) => {
        const cells = [...row.children].map((cell) => cell.textContent);
        return `${cells[0]} ${cells.at(-1)}`;
      }),
    );
    assert.equal(rows[1], "app/server: .text Code");
    assert.equal(rows[2], "app/server: .text: runtime Go's own library");
    assert.ok(
      rows.includes("app/server: Debug information and symbols: .symtab Symbols"),
      rows.join("\n"),
    );
  }));

test("a Go program that is not divided by package says so below the map, and over the table", (t) =>
  withBinary(t, { mapOf: () => mapOf(false) }, async ({ page }) => {
    assert.match(await page.locator(".remark").innerText(), /not divided by package/);
    await page.locator(".table-toggle").click();
    assert.match(await page.locator("caption").innerText(), / B\. .*not divided by package/);
  }));
