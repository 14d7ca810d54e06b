import assert from "node:assert/strict";
import { test } from "node:test";
import type { TestContext } from "node:test";
import type { TreemapTarget } from "../../server/src/protocol/treemap.ts";
import { analysisOf } from "../support/analysisOf.ts";
import { appImage, dockerfile } from "../editor/support/workspace.ts";
import { anImage } from "../support/imageBuilder.ts";
import { openTreemap, type PageOptions, type TreemapPage } from "./treemapPage.ts";

const uri = "file:///Dockerfile";
const analysis = analysisOf(dockerfile, appImage());

/** Opens the page, and closes it; skipped where there is no browser. */
async function withPage(
  t: TestContext,
  options: Partial<PageOptions>,
  run: (shown: TreemapPage) => Promise<void>,
): Promise<void> {
  const shown = await openTreemap({ analysis, ...options });
  if (typeof shown === "string") return t.skip(`no browser can be had here: ${shown}`);
  const errors: string[] = [];
  shown.page.on("pageerror", (error) => void errors.push(String(error)));
  try {
    await run(shown);
    assert.deepEqual(errors, []);
  } finally {
    await shown.close();
  }
}

const leaf = (shown: TreemapPage, name: string) =>
  shown.page.locator(`.leaf[aria-label*="${name}"]`);

const crumbs = (shown: TreemapPage) => shown.page.locator("nav li").allInnerTexts();

const lastOf = (shown: TreemapPage, kind: string) =>
  shown.said.findLast((message) => message.kind === kind);

test("every rectangle is drawn, its area its bytes, what is wasted hatched", (t) =>
  withPage(t, {}, async ({ page }) => {
    const drawn = await page.locator(".leaf").evaluateAll((leaves) =>
      leaves.map((one) => {
        const area = one.querySelector(".area")!;
        const side = (name: string): number => Number(area.getAttribute(name));
        return {
          label: one.getAttribute("aria-label") ?? "",
          pixels: side("width") * side("height"),
          isHatched: one.querySelector(".hatch") !== null,
        };
      }),
    );
    const total = drawn.reduce((sum, { pixels }) => sum + pixels, 0);
    assert.deepEqual(
      drawn.map(({ label, pixels, isHatched }) => [
        label,
        Math.round((pixels / total) * 18e6),
        isHatched,
      ]),
      [
        ["usr/lib/libc.so, 8 MB, Layer 1, base", 8e6, false],
        ["usr/bin/tool, 4 MB, Layer 2, line 3", 4e6, false],
        ["var/lib/apt/lists/main, 2 MB, Layer 2, line 3", 2e6, false],
        ["srv/app/server, 1 MB, Layer 3, line 4", 1e6, false],
        ["srv/app/cache/index, 3 MB, Layer 3, line 4, deleted by line 5", 3e6, true],
      ],
    );
  }));

test("a click goes to the line, a double click zooms, Escape and the crumbs lead back", (t) =>
  withPage(t, {}, async (shown) => {
    await leaf(shown, "usr/bin/tool").click();
    assert.deepEqual(lastOf(shown, "goToLine"), { kind: "goToLine", uri, line: 2 });
    await leaf(shown, "libc.so").dblclick();
    await shown.page.locator("nav li", { hasText: "usr" }).waitFor();
    assert.deepEqual(await crumbs(shown), ["app:latest", "usr 12 MB"]);
    await shown.page.keyboard.press("Escape");
    await shown.page.locator(".frame[aria-label^=Waste]").first().waitFor();
    assert.deepEqual(await crumbs(shown), ["app:latest 18 MB"]);
  }));

test("keys alone go everywhere: arrows, Enter, Space, Shift and arrows, Home, Escape", (t) =>
  withPage(t, {}, async (shown) => {
    const { page } = shown;
    const focused = () =>
      page.evaluate(() => document.activeElement?.getAttribute("aria-label") ?? "");
    await page.locator(".table-toggle").focus();
    await page.keyboard.press("Tab");
    assert.match(await focused(), /^usr\/lib\/libc\.so/);
    assert.match(await page.locator(".tooltip").innerText(), /8 MB \(8,000,000 B\) · 44%/);
    await page.keyboard.press("PageDown");
    assert.match(await focused(), /^usr\/bin\/tool/);
    await page.keyboard.press("ArrowUp");
    assert.match(await focused(), /^usr\/lib\/libc\.so/);
    await page.keyboard.press("Shift+ArrowUp");
    assert.match(await focused(), /^Directory usr\/lib, 8 MB/);
    await page.keyboard.press("Shift+ArrowUp");
    assert.match(await focused(), /^Directory usr, 12 MB/);
    await page.keyboard.press("Enter");
    await page.locator("nav li", { hasText: "usr" }).waitFor();
    await page.keyboard.press("End");
    await page.keyboard.press(" ");
    assert.deepEqual(lastOf(shown, "goToLine"), { kind: "goToLine", uri, line: 2 });
    await page.keyboard.press("Backspace");
    await page.locator(".frame[aria-label^=Waste]").first().waitFor();
    assert.match(await focused(), /^Directory usr, 12 MB/);
  }));

test("a search steps back what was not found, lists the rest, and goes there", (t) =>
  withPage(t, {}, async (shown) => {
    const { page } = shown;
    await page.locator("input").fill("index");
    await page.locator(".matches button").waitFor();
    assert.equal(await page.locator(".matches").innerText(), "srv/app/cache/index\n3 MB · wasted");
    assert.equal(await page.locator(".search .count").innerText(), "1 found");
    assert.deepEqual(
      [await page.locator(".leaf.dimmed").count(), await page.locator(".leaf.found").count()],
      [4, 1],
    );
    await page.keyboard.press("Enter");
    await page.locator("nav li", { hasText: "cache" }).waitFor();
    assert.deepEqual(await crumbs(shown), [
      "app:latest",
      "Waste",
      "Layer 3 · line 4",
      "srv",
      "app",
      "cache 3 MB",
    ]);
  }));

test("what was found holds in the same tree, is looked for again in another, and is forgotten with the text", (t) =>
  withPage(t, {}, async (shown) => {
    const { page } = shown;
    const queries = () =>
      shown.said.flatMap((message) => (message.kind === "search" ? [message.target] : []));
    const marks = async () => [
      await page.locator(".leaf.found").count(),
      await page.locator(".leaf.dimmed").count(),
    ];
    await page.locator("input").fill("libc");
    await page.locator(".leaf.found").first().waitFor();
    assert.deepEqual(await marks(), [1, 4]);
    await leaf(shown, "libc.so").dblclick();
    await page.locator("nav li", { hasText: "usr" }).waitFor();
    assert.deepEqual([await marks(), queries().length], [[1, 1], 1]);
    await shown.send({ kind: "show", target: { uri, layer: 2 } });
    await page.locator("nav li", { hasText: "Layer 3" }).waitFor();
    await page.locator(".search .count", { hasText: /^0 found$/ }).waitFor();
    assert.deepEqual([await marks(), queries().at(-1)], [[0, 2], { uri, layer: 2 }]);
    assert.equal(await page.locator(".matches").isVisible(), false);
    await page.locator("input").fill("");
    await page.waitForFunction(() => document.querySelector(".dimmed") === null);
    assert.equal(await page.locator(".search .count").innerText(), "");
    await shown.send({ kind: "found", request: 2, found: { matches: [], count: 0 } });
    assert.deepEqual(await marks(), [0, 0]);
  }));

test("a pointer that moves changes the tooltip and nothing of the drawing", (t) =>
  withPage(t, {}, async (shown) => {
    const { page } = shown;
    const box = (await leaf(shown, "libc.so").locator(".area").boundingBox())!;
    await page.mouse.move(box.x + 20, box.y + 60);
    await page.locator(".tooltip").waitFor();
    await page.evaluate(() => {
      const seen: string[] = [];
      const note = (changes: readonly MutationRecord[]): void => {
        for (const { type, target, attributeName } of changes) {
          const at = (target as Element).closest(".tooltip") === null ? "page" : "tooltip";
          seen.push(`${at} ${type} ${attributeName ?? ""}`.trim());
        }
      };
      const all = { subtree: true, childList: true, attributes: true, characterData: true };
      new MutationObserver(note).observe(document.body, all);
      Object.assign(window, { seen });
    });
    const seen = () =>
      page.evaluate(() => [...new Set((window as unknown as { seen: string[] }).seen.splice(0))]);
    for (const step of [30, 40, 50]) await page.mouse.move(box.x + step, box.y + 60);
    assert.deepEqual(await seen(), ["tooltip attributes style"]);
    const other = (await leaf(shown, "usr/bin/tool").locator(".area").boundingBox())!;
    await page.mouse.move(other.x + 20, other.y + 60);
    await page.locator(".tooltip", { hasText: "usr/bin/tool" }).waitFor();
    assert.deepEqual(await seen(), ["tooltip childList", "tooltip attributes style"]);
    const tip = (await page.locator(".tooltip").boundingBox())!;
    assert.deepEqual([Math.round(tip.x - other.x), Math.round(tip.y - other.y)], [34, 74]);
  }));

test("the table says the same as the drawing, and leads to lines and directories", (t) =>
  withPage(t, {}, async (shown) => {
    const { page } = shown;
    const labels = await page.locator("[data-place]").count();
    await page.locator(".table-toggle").click();
    const rows = page.locator("tbody tr");
    // The whole image has a row and no rectangle.
    assert.equal(await rows.count(), labels + 1);
    assert.equal(await page.locator("caption").innerText(), "app:latest: 18,000,000 B");
    assert.deepEqual((await rows.locator("th").allInnerTexts()).slice(0, 4), [
      "app:latest",
      "usr",
      "usr/lib",
      "usr/lib/libc.so",
    ]);
    const last = await rows.last().locator("td").allInnerTexts();
    assert.deepEqual(last, [
      "3 MB",
      "3,000,000 B",
      "17%",
      "deleted by line 5",
      "Layer 3 · line 4",
      "Other files",
    ]);
    await rows.last().locator("button").click();
    assert.deepEqual(lastOf(shown, "goToLine"), { kind: "goToLine", uri, line: 3 });
    await rows.nth(2).locator("th button").click();
    await page.locator("caption", { hasText: "usr/lib" }).waitFor();
  }));

test("what was shown is shown again after hiding: place, colours, form and focus", (t) =>
  withPage(t, {}, async (shown) => {
    const { page } = shown;
    await page.locator("select").selectOption("content");
    await leaf(shown, "libc.so").dblclick();
    await page.locator("nav li", { hasText: "usr" }).waitFor();
    await leaf(shown, "tool").click();
    await shown.reload();
    assert.deepEqual(await crumbs(shown), ["app:latest", "usr 12 MB"]);
    assert.equal(await page.locator("select").inputValue(), "content");
    assert.match((await page.locator("[tabindex='0']").getAttribute("aria-label")) ?? "", /tool/);
    await page.locator(".table-toggle").click();
    await shown.reload();
    assert.equal(await page.locator("table").count(), 1);
  }));

test("it is drawn again in the size that the window has", (t) =>
  withPage(t, {}, async ({ page }) => {
    await page.setViewportSize({ width: 500, height: 400 });
    await page.waitForFunction(() => document.querySelector(".drawing")?.clientWidth === 480);
    const right = await page
      .locator(".area")
      .evaluateAll((areas) => Math.max(...areas.map((one) => one.getBoundingClientRect().right)));
    assert.ok(Math.abs(right - 490) < 1, String(right));
  }));

test("hostile names are text and nothing else", (t) =>
  withPage(
    t,
    {
      analysis: analysisOf(
        "FROM scratch\n",
        anImage().layer({ "<img src=x onerror=alert(1)>": "1MB", "gpj\u202etxt.exe": "1MB" }),
      ),
    },
    async ({ page }) => {
      const text = await page.locator(".drawing").evaluate((one) => one.textContent ?? "");
      assert.ok(text.includes("<img src=x onerror=alert(1)>"), text);
      assert.ok(text.includes("gpj\\u202etxt.exe"), text);
      assert.equal(await page.locator("img").count(), 0);
      await page.locator(".table-toggle").click();
      assert.equal(await page.locator("img").count(), 0);
      const shown = await page
        .locator("body, [aria-label]")
        .evaluateAll((all) => all.map((one) => `${one.textContent} ${one.ariaLabel}`).join());
      assert.ok(!shown.includes("\u202e"));
    },
  ));

for (const theme of ["vscode-high-contrast", "vscode-high-contrast-light"]) {
  test(`without colours textures and borders tell layers apart, and waste stays hatched: ${theme}`, (t) =>
    checkContrast(t, theme));
}

const checkContrast = (t: TestContext, theme: string) =>
  withPage(t, { theme }, async (shown) => {
    const fills = await shown.page
      .locator(".leaf .area")
      .evaluateAll((areas) => areas.map((one) => getComputedStyle(one).fill));
    assert.deepEqual(new Set(fills).size, 3);
    assert.ok(
      fills.every((fill) => fill.includes("#texture-")),
      fills.join(),
    );
    const hatching = await shown.page
      .locator(".hatching")
      .evaluate((one) => getComputedStyle(one).fill);
    assert.equal(hatching, "rgb(204, 204, 204)");
    await shown.page.locator("[tabindex='0']").focus();
    const stroke = await shown.page
      .locator(".focus")
      .evaluate((one) => getComputedStyle(one).stroke);
    assert.equal(stroke, "rgb(0, 120, 212)");
  });

test("nothing moves for those who asked for that", (t) =>
  withPage(t, {}, async ({ page }) => {
    const animation = () =>
      page.locator(".drawing").evaluate((one) => getComputedStyle(one).animationName);
    await page.emulateMedia({ reducedMotion: "no-preference" });
    assert.equal(await animation(), "appear");
    await page.emulateMedia({ reducedMotion: "reduce" });
    assert.equal(await animation(), "none");
  }));

test("a place that is not there says so, and the image is one click away", (t) => {
  const target: TreemapTarget = { uri, path: "no/such" };
  return withPage(t, { target }, async ({ page }) => {
    assert.equal(await page.locator(".note").innerText(), "None.");
    await page.locator("nav button").first().click();
    await page.locator(".leaf").first().waitFor();
    assert.equal(await page.locator(".note").isVisible(), false);
  });
});
