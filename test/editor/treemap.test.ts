import assert from "node:assert/strict";
import { before, describe, test } from "node:test";
import { pickFromMenu } from "./support/contextMenu.ts";
import { withWindow } from "./support/withEditor.ts";
import { treemapFrame } from "./support/editorWindow.ts";
import { until } from "./support/until.ts";
import { appImage, aWorkspace, dockerfile } from "./support/workspace.ts";

describe("the treemap in the editor", () => {
  const workspace = aWorkspace();
  const openWindow = withWindow(workspace);

  before(async () => {
    workspace.write("Dockerfile", dockerfile);
    workspace.write("notes.txt", "");
    await workspace.writeOci("image", appImage());
  });

  test("it opens from the hover, draws every file, and weighs what the layer tree says", async (t) => {
    const shown = await openWindow(t);
    if (shown === undefined) return;
    await shown.untilLine(2, "FROM debian:12base 8 MB · image 18 MB · 3 MB wasted");
    await (await shown.hover(2, "FROM")).getByText("Show as a treemap").click();
    const frame = treemapFrame(shown);
    await frame.locator(".leaf").first().waitFor();
    await shown.photograph("treemap");
    const labels = await frame
      .locator(".leaf")
      .evaluateAll((all) => all.map((one) => one.getAttribute("aria-label")));
    assert.deepEqual(labels, [
      "usr/lib/libc.so, 8 MB, Layer 1, base",
      "usr/bin/tool, 4 MB, Layer 2, line 3",
      "var/lib/apt/lists/main, 2 MB, Layer 2, line 3",
      "srv/app/server, 1 MB, Layer 3, line 4",
      "srv/app/cache/index, 3 MB, Layer 3, line 4, deleted by line 5",
    ]);
    assert.equal(await frame.locator(".leaf.wasted .hatch").count(), 1);
    const total = await frame.locator("[aria-current=location]").innerText();
    assert.equal(total, "oci:image 18 MB");
    await until(
      () => shown.treeRows(),
      ([image]) => image?.description === "18 MB · 4 layers",
      (rows) => `the tree shows\n${JSON.stringify(rows)}`,
    );
  });

  test("a click goes to the line and leaves the treemap where it is", async (t) => {
    const shown = await openWindow(t);
    if (shown === undefined) return;
    const frame = treemapFrame(shown);
    await frame.locator('.leaf[aria-label^="usr/bin/tool"]').click();
    const dockerfileTab = shown.page.locator(".tab", { hasText: "Dockerfile" }).first();
    await dockerfileTab.waitFor();
    await until(
      () => shown.page.locator(".editor-instance .line-numbers.active-line-number").innerText(),
      (line) => line.trim() === "3",
      (line) => `the cursor is in line ${line}`,
    );
    assert.equal(await frame.locator(".leaf").count(), 5);
  });

  test("the context menu copies the path and leads to the row in the layer tree", async (t) => {
    const shown = await openWindow(t);
    if (shown === undefined) return;
    const frame = treemapFrame(shown);
    const leaf = frame.locator('.leaf[aria-label^="usr/bin/tool"]');
    await leaf.click({ button: "right" });
    const menu = shown.page.locator(".context-view .monaco-menu");
    await menu.waitFor();
    const entries = (await menu.innerText()).split("\n").filter((line) => line.trim() !== "");
    assert.deepEqual(entries, ["Open File", "Reveal in Layer Tree", "Copy Path"]);
    await shown.photograph("treemap-menu");
    await shown.page.keyboard.press("Escape");
    await menu.waitFor({ state: "hidden" });
    await pickFromMenu(shown, leaf, "Reveal in Layer Tree");
    await shown.page.locator(".sidebar .monaco-list-row.selected", { hasText: "tool" }).waitFor();
  });

  test("the context menu opens a file out of the image, a wasted one out of its layer", async (t) => {
    const shown = await openWindow(t);
    if (shown === undefined) return;
    const { page } = shown;
    const open = async (name: string, title: string): Promise<void> => {
      await page.locator(".tab", { hasText: "Treemap of" }).click();
      const leaf = treemapFrame(shown).locator(`.leaf[aria-label^="${name}"]`);
      await pickFromMenu(shown, leaf, "Open File");
      await page.locator(".tab", { hasText: title }).waitFor();
    };
    await open("srv/app/server", "server (layer 3, line 4)");
    await open("srv/app/cache/index", "index (layer 3, line 4)");
    await shown.photograph("treemap-file");
  });

  test("its page lets in no code and no address but its own", async (t) => {
    const shown = await openWindow(t);
    if (shown === undefined) return;
    await shown.page.locator(".tab", { hasText: "Treemap of" }).click();
    const frame = treemapFrame(shown);
    const policy = await frame.locator("meta[http-equiv]").getAttribute("content");
    assert.match(
      policy ?? "",
      /^default-src 'none'; style-src \S+( 'self')?[^;']*; script-src 'nonce-/,
    );
    const refused = await frame.locator("body").evaluate(async (body) => {
      const seen: string[] = [];
      document.addEventListener("securitypolicyviolation", ({ effectiveDirective }) => {
        seen.push(effectiveDirective);
      });
      const picture = document.createElement("img");
      picture.src = "https://example.org/picture.png";
      const script = document.createElement("script");
      script.textContent = "document.title = 'ran'";
      body.append(picture, script);
      await fetch("https://example.org/").catch(() => undefined);
      await new Promise((resolve) => setTimeout(resolve, 200));
      picture.remove();
      script.remove();
      return [...seen.toSorted(), document.title];
    });
    assert.deepEqual(refused, ["connect-src", "img-src", "script-src-elem", "Treemap"]);
  });

  test("the layer tree leads to the treemap of a layer, and back to the whole image", async (t) => {
    const shown = await openWindow(t);
    if (shown === undefined) return;
    await pickFromMenu(shown, shown.treeRow("6 MB · line 3"), "Show as Treemap");
    const place = treemapFrame(shown).locator("[aria-current=location]");
    await place.filter({ hasText: "Layer 2 · line 3 6 MB" }).waitFor();
    await shown.page.locator(".sidebar .action-label[aria-label^='Show as Treemap']").click();
    await place.filter({ hasText: "oci:image 18 MB" }).waitFor();
  });

  test("search and table work in the frame, and both come back after the treemap was hidden", async (t) => {
    const shown = await openWindow(t);
    if (shown === undefined) return;
    const frame = treemapFrame(shown);
    await frame.locator("input[type=search]").fill("INDEX");
    await frame.locator(".matches button").click();
    await frame.locator("[aria-current=location]", { hasText: "cache" }).waitFor();
    await frame.locator(".table-toggle").click();
    await frame.locator("caption", { hasText: "srv/app/cache: 3,000,000 B" }).waitFor();
    await shown.page.locator(".tab", { hasText: "Treemap of" }).click();
    await shown.openFile("notes.txt");
    await until(
      () => shown.page.locator("iframe.webview.ready:visible").count(),
      (count) => count === 0,
      () => "the treemap should be hidden",
    );
    await shown.page.locator(".tab", { hasText: "Treemap of" }).click();
    const again = treemapFrame(shown);
    await again.locator("caption", { hasText: "srv/app/cache: 3,000,000 B" }).waitFor();
    await shown.photograph("treemap-table");
  });

  test("it is there again when the window is opened again", async (t) => {
    const shown = await openWindow(t);
    if (shown === undefined) return;
    // The editor keeps its layout a moment after it changed.
    await shown.page.waitForTimeout(2000);
    const address = new URL(shown.page.url());
    // It would open one file and nothing else.
    address.searchParams.delete("payload");
    await shown.page.goto(address.href);
    await shown.page.locator(".tab").first().waitFor();
    await shown.photograph("treemap-again");
    await shown.page.locator(".tab", { hasText: "Treemap of" }).click();
    await treemapFrame(shown)
      .locator("caption", { hasText: "srv/app/cache: 3,000,000 B" })
      .waitFor();
  });
});
