import assert from "node:assert/strict";
import { before, describe, test } from "node:test";
import { programFile, programImage } from "../core/views/scratchCase.ts";
import { withWindow } from "./support/withEditor.ts";
import { until, untilText } from "./support/until.ts";
import { aWorkspace } from "./support/workspace.ts";

const title = "FROM scratch: 402 kB → 272 B";

describe("the way to scratch in the editor", () => {
  const workspace = aWorkspace();
  const openWindow = withWindow(workspace);

  before(async () => {
    workspace.write("Dockerfile", `# tare: image=oci:image\n${programFile}`);
    await workspace.writeOci("image", programImage());
  });

  test("the hover on the final FROM says how far it is and what is offered", async (t) => {
    const shown = await openWindow(t);
    if (shown === undefined) return;
    await shown.untilLine(4, /^FROM debian:12base 402 kB/);
    const hover = await shown.hover(4, "FROM");
    await untilText(hover, "To scratch: nothing stands in the way", title);
    await shown.photograph("scratch-hover");
    await shown.page.keyboard.press("Escape");
  });

  test("the view shows verdict, offer and checks", async (t) => {
    const shown = await openWindow(t);
    if (shown === undefined) return;
    await shown.command("Tare: Show the Way to Scratch");
    const rows = shown.page.locator(".sidebar .pane", { hasText: "To Scratch" });
    const text = await until(
      async () => (await rows.locator(".monaco-list-row").allInnerTexts()).join("\n"),
      (all) => all.includes("Program"),
      (all) => `the view shows\n${all}`,
    );
    for (const row of ["Scratch can be had", "FROM scratch", "402 kB → 272 B", "Program"]) {
      assert.ok(text.includes(row), `${row} should stand in\n${text}`);
    }
    await shown.photograph("scratch-view");
  });

  test("the light bulb shows the change beside the file, and it is made when the user says so", async (t) => {
    const shown = await openWindow(t);
    if (shown === undefined) return;
    await (await shown.lightBulb(4, title)).click();
    const after = shown.page.locator(".monaco-diff-editor .editor.modified .view-lines");
    await after.waitFor();
    await until(
      () => after.innerText(),
      (text) => /FROM.scratch/.test(text),
      (text) => `the right side shows\n${text}`,
    );
    await shown.photograph("scratch-preview");
    await shown.page
      .locator(".notification-toast .monaco-button", { hasText: "Make This Change" })
      .click();
    await shown.untilLine(4, /^FROM scratch/);
    await shown.photograph("scratch-taken");
  });
});
