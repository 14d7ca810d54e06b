import assert from "node:assert/strict";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { before, describe, test } from "node:test";
import { inRoot } from "../machine/place.ts";
import { anImage } from "../support/imageBuilder.ts";
import { frameWith } from "./support/webviewFrame.ts";
import { withWindow } from "./support/withEditor.ts";
import { aWorkspace } from "./support/workspace.ts";

const dockerfile = `# tare: image=oci:image
FROM scratch
COPY esbuild notes /
`;

/** A real program of Go, stripped: the bundler of the house, whatever machine it is for. */
function findProgram(): Buffer | undefined {
  const folder = inRoot("node_modules/@esbuild");
  const [path] = readdirSync(folder)
    .map((name) => `${folder}/${name}/bin/esbuild`)
    .filter((one) => existsSync(one));
  return path === undefined ? undefined : readFileSync(path);
}

describe("a binary in the treemap", () => {
  const program = findProgram();
  const workspace = aWorkspace();
  const openWindow = withWindow(workspace);

  before(async () => {
    workspace.write("Dockerfile", dockerfile);
    const files = { esbuild: { content: program ?? "", mode: 0o755 }, notes: "20kB" };
    await workspace.writeOci(
      "image",
      anImage().layer(files, { createdBy: "COPY esbuild notes / # buildkit" }),
    );
  });

  test("opens into its sections and Go packages, which weigh what the file does", async (t) => {
    if (program === undefined) return t.skip("there is no program of Go here");
    const shown = await openWindow(t);
    if (shown === undefined) return;
    await shown.untilLine(3, /^COPY esbuild notes \/11\.\d MB$/);
    await shown.command("Tare: Show as Treemap");
    const map = await frameWith(shown.page, '.leaf[aria-label^="esbuild,"]');
    await map.locator('.leaf[aria-label^="esbuild,"]').dblclick();
    const code = '[aria-label^="esbuild: .text: github.com/evanw/esbuild/internal/js_parser,"]';
    await map.locator(code).waitFor();
    assert.match(
      (await map.locator(code).getAttribute("aria-label")) ?? "",
      /, 8\d\d kB, Layer 1, line 3$/,
    );
    await map.locator('[aria-label^="esbuild: .gopclntab, 3."]').waitFor();
    const meanings = await map.locator(".legend li").allInnerTexts();
    for (const use of ["Other Go packages", "Go's own library", "Read-only data"]) {
      assert.ok(meanings.includes(use), `${use} is not among ${meanings.join()}`);
    }
    await shown.photograph("treemap-binary");
  });
});
