// From the command to the drawn treemap of 200,000 files in the real editor: `node test/bench/treemapEditor.ts [runs]`, after `node test/bench/server.ts 1 maps`, which writes the image.
import { existsSync, writeFileSync } from "node:fs";
import { loadavg } from "node:os";
import { join } from "node:path";
import { startEditor } from "../editor/support/editorHost.ts";
import { type EditorWindow, treemapFrame } from "../editor/support/editorWindow.ts";
import { build } from "../machine/build.ts";
import { killAll } from "../machine/processes.ts";

const workspace = join(import.meta.dirname, "../../.cache/bench/server");
const readingMs = 300_000;

process.once("exit", killAll);
await main(Number(process.argv[2] ?? 5));

async function main(runs: number): Promise<void> {
  if (!existsSync(join(workspace, "image/index.json"))) {
    throw new Error("There is no image yet: run `node test/bench/server.ts 1 maps` first.");
  }
  const file = join(workspace, "Dockerfile");
  const steps = Array.from({ length: 16 }, (_, index) => `RUN step ${index}\n`);
  writeFileSync(file, `# tare: image=oci:image\nFROM scratch\n${steps.join("")}`);
  await build({ production: true });
  const host = await startEditor();
  if (typeof host === "string") {
    console.log(`Nothing can be shown here: ${host}`);
    return;
  }
  try {
    const shown = await host.open(workspace, { file });
    const item = shown.page.locator('.statusbar-item[id*="tare.total"]', { hasText: "GB" });
    await item.waitFor({ timeout: readingMs });
    const first = await timeToDrawn(shown);
    const again: number[] = [];
    for (let run = 0; run < runs; run += 1) again.push(await timeToDrawn(shown));
    const middle = again.toSorted((a, b) => a - b)[Math.floor(again.length / 2)] ?? Number.NaN;
    const load = loadavg()[0]?.toFixed(1);
    console.log(`command to drawn areas, load ${load} (the webview is a new one each time)`);
    console.log(`first               ${first.toFixed(0)} ms`);
    console.log(`again, median of ${runs}  ${middle.toFixed(0)} ms`);
    await shown.close();
  } finally {
    await host.stop();
  }
}

/** From the key that runs the command to the rectangles; the panel is closed again. */
async function timeToDrawn(shown: EditorWindow): Promise<number> {
  const { page } = shown;
  await page.keyboard.press("F1");
  await page.locator(".quick-input-widget input").first().fill(">Tare: Show as Treemap");
  await page
    .locator(".quick-input-list .monaco-list-row", { hasText: "Show as Treemap" })
    .waitFor();
  const startMs = performance.now();
  await page.keyboard.press("Enter");
  await treemapFrame(shown).locator(".leaf").first().waitFor();
  const tookMs = performance.now() - startMs;
  const areas = await treemapFrame(shown).locator(".leaf").count();
  console.log(`${areas} areas: ${tookMs.toFixed(0)} ms, load ${loadavg()[0]?.toFixed(1)}`);
  await page.locator(".tab", { hasText: "Treemap of" }).click({ button: "middle" });
  await page.locator(".tab", { hasText: "Treemap of" }).waitFor({ state: "detached" });
  return tookMs;
}
