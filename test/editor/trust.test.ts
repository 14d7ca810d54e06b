import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { withEditor } from "./support/withEditor.ts";
import { until } from "./support/until.ts";
import { appImage, aWorkspace, dockerfile } from "./support/workspace.ts";

describe("a folder that is not trusted yet", () => {
  const workspace = aWorkspace();
  const editor = withEditor({ asksForTrust: true });

  before(async () => {
    workspace.write("Dockerfile", dockerfile.replace("budget=16MB", "budget=16XB"));
    await workspace.writeOci("image", appImage());
  });
  after(() => workspace.remove());

  test("has its text read and no image, until it is trusted", async (t) => {
    const window = await editor(t)?.open(workspace.folder, { file: workspace.path("Dockerfile") });
    if (window === undefined) return;
    const { page } = window;
    const dialog = page.locator(".monaco-dialog-box");
    await dialog.waitFor();
    await dialog.getByText(/^No/).click();
    const problems = await until(
      () => window.problems(),
      (rows) => rows.some((row) => row.includes("16XB")),
      (rows) => `the problems are\n${rows.join("\n")}`,
    );
    assert.match(problems.join(), /tare/);
    const text = await until(
      () => window.sideBarText(),
      (shown) => shown.includes("not trusted"),
      (shown) => `the side bar says ${shown}`,
    );
    assert.match(text, /Manage Trust/);
    await window.untilLine(3, "RUN apt-get install -y tool");
    await window.photograph("untrusted");
    await window.command("Tare: Open a File of the Image");
    await page
      .getByText(/Files of images are read only in a trusted folder/)
      .first()
      .waitFor();
    await page.locator(".sidebar").getByText("Manage Trust").click();
    await page
      .locator(".workspace-trust-editor")
      .getByText("Trust", { exact: true })
      .first()
      .click();
    await page.keyboard.press("Escape");
    await window.untilLine(3, "RUN apt-get install -y tool6 MB");
    await window.photograph("trusted");
    await window.close();
  });
});
