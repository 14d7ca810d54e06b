import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { pickFromList } from "./support/quickPick.ts";
import { withEditor } from "./support/withEditor.ts";
import { until } from "./support/until.ts";
import { appImage, aWorkspace, dockerfile } from "./support/workspace.ts";

describe("a folder whose Dockerfile names no image", () => {
  const workspace = aWorkspace();
  const editor = withEditor();

  before(() => {
    workspace.write("Dockerfile", dockerfile.replace(/^# tare.*\n/, ""));
    workspace.write(".vscode/settings.json", '{ "tare.engine.enabled": false }');
    workspace.write("notes.txt", "nothing to weigh\n");
    workspace.writeArchive("build/app.tar", appImage());
  });
  after(() => workspace.remove());

  test("without a Dockerfile the view says to open one", async (t) => {
    const window = await editor(t)?.open(workspace.folder, { file: workspace.path("notes.txt") });
    if (window === undefined) return;
    const text = await until(
      () => window.sideBarText(),
      (shown) => shown.includes("Open a Dockerfile"),
      (shown) => `the side bar says ${shown}`,
    );
    assert.match(text, /Open File/);
    await window.untilStatus(undefined);
    await window.photograph("no-dockerfile");
    await window.close();
  });

  test("the view says how to get an image; one chosen from the list gives the numbers, also in the next session", async (t) => {
    const host = editor(t);
    const window = await host?.open(workspace.folder, { file: workspace.path("Dockerfile") });
    if (window === undefined) return;
    await until(
      () => window.sideBarText(),
      (shown) => shown.includes("docker build") && shown.includes("Choose Image"),
      (shown) => `the side bar says ${shown}`,
    );
    await window.untilStatus("?");
    await window.photograph("no-image");
    await window.page.locator(".sidebar").getByText("Choose Image …").click();
    const choices = window.page.locator(".quick-input-list .monaco-list-row");
    await choices.filter({ hasText: "app.tar" }).first().waitFor();
    await window.photograph("choose-image");
    await pickFromList(window, "app.tar");
    await window.untilLine(3, "COPY app /srv/app4 MB · 3 MB wasted");
    await window.untilStatus("18 MB");
    await window.treeRow("line 3").waitFor();
    await window.photograph("chosen");
    await window.page.reload();
    await window.untilLine(3, "COPY app /srv/app4 MB · 3 MB wasted");
    await window.close();
  });
});

describe("a user who prefers CodeLens", () => {
  const workspace = aWorkspace();
  const editor = withEditor();

  before(async () => {
    workspace.write("Dockerfile", dockerfile);
    workspace.write(
      ".vscode/settings.json",
      '{ "tare.inlayHints.enabled": false, "tare.codeLens.enabled": true }',
    );
    await workspace.writeOci("image", appImage());
  });
  after(() => workspace.remove());

  test("sees the weight above the line and none behind it", async (t) => {
    const window = await editor(t)?.open(workspace.folder, { file: workspace.path("Dockerfile") });
    if (window === undefined) return;
    const lens = window.page.locator(".codelens-decoration", { hasText: "4 MB · 3 MB wasted" });
    await lens.waitFor();
    await window.untilLine(4, "COPY app /srv/app");
    await window.photograph("code-lens");
    await lens.locator("a").first().click();
    await window.page
      .locator(".sidebar .monaco-list-row.selected", { hasText: "COPY app /srv/app" })
      .waitFor();
    await window.close();
  });
});
