import assert from "node:assert/strict";
import { before, describe, test } from "node:test";
import type { EditorWindow } from "./support/editorWindow.ts";
import { until } from "./support/until.ts";
import { pickFromMenu } from "./support/contextMenu.ts";
import { pickFromList } from "./support/quickPick.ts";
import { withWindow } from "./support/withEditor.ts";
import { anImage, type ImageBuilder } from "../support/imageBuilder.ts";
import { aWorkspace } from "./support/workspace.ts";

const dockerfile = `# tare: image=oci:image
FROM debian:12
COPY app /srv/app
RUN configure
`;

const oldSettings = '{\n  "level": "quiet"\n}\n';
const newSettings = '{\n  "level": "loud"\n}\n';

const programLine =
  "00000000  7f 45 4c 46 02 01 00 00  20 61 20 70 72 6f 67 72  |.ELF.... a progr|";

function imageWith(settings: string): ImageBuilder {
  return anImage()
    .base({ "usr/lib/libc.so": "9kB" })
    .layer(
      {
        "srv/app/config.json": { content: oldSettings },
        "srv/app/large": "300kB",
        "srv/app/tool": { content: "\u007fELF\u0002\u0001\0\0 a program" },
      },
      { createdBy: "COPY app /srv/app # buildkit" },
    )
    .layer(
      { "srv/app/config.json": { content: settings } },
      { createdBy: "RUN /bin/sh -c configure # buildkit" },
    );
}

describe("files of an image", () => {
  const workspace = aWorkspace();
  const openWindow = withWindow(workspace);

  before(async () => {
    workspace.write("Dockerfile", dockerfile);
    await workspace.writeOci("image", imageWith(newSettings));
  });

  async function openByPath(shown: EditorWindow, text: string): Promise<void> {
    await shown.command("Tare: Open a File of the Image");
    await shown.page.locator(".quick-input-widget input").first().fill(text);
    await pickFromList(shown, text);
  }

  async function compareWithOther(shown: EditorWindow): Promise<void> {
    await shown.command("Tare: Compare with Another Image …");
    await shown.page.locator(".quick-input-widget input").first().fill("oci:other");
    await pickFromList(shown, "Use oci:other");
  }

  test("one that is found by its path opens as text, in its language, under its layer and line", async (t) => {
    const shown = await openWindow(t);
    if (shown === undefined) return;
    await until(
      () => shown.statusText(),
      (text) => text !== undefined && /kB/.test(text),
      (text) => `the status bar says ${text}`,
    );
    await openByPath(shown, "srv/app/config.json");
    const tab = shown.page.locator(".tab.active", {
      hasText: "config.json (layer 3, line 4)",
    });
    await tab.waitFor();
    await shown.untilLines(newSettings.trimEnd().split("\n"));
    await shown.page.locator(".statusbar-item", { hasText: /^JSON$/ }).waitFor();
    await shown.photograph("file");
  });

  test("it cannot be changed", async (t) => {
    const shown = await openWindow(t);
    if (shown === undefined) return;
    await shown.typeAtEndOf(1, "x");
    await shown.page
      .getByText(/changes only when the image is built anew/)
      .first()
      .waitFor();
    await shown.page.keyboard.press("Escape");
    await shown.untilLines(newSettings.trimEnd().split("\n"));
  });

  test("it stands beside what the layer below has", async (t) => {
    const shown = await openWindow(t);
    if (shown === undefined) return;
    await shown.command("Tare: Compare with the Layer Below");
    const sides = shown.page.locator(".monaco-diff-editor");
    await sides.waitFor();
    await shown.page
      .locator(".tab.active", {
        hasText: "config.json (layer 2, line 3) ↔ config.json (layer 3, line 4)",
      })
      .waitFor();
    await sides.locator(".editor.original .view-line", { hasText: "quiet" }).waitFor();
    await sides.locator(".editor.modified .view-line", { hasText: "loud" }).waitFor();
    await shown.photograph("file-diff");
  });

  test("a program of the layer tree opens as hex", async (t) => {
    const shown = await openWindow(t);
    if (shown === undefined) return;
    await shown.openFile("Dockerfile");
    await shown.treeRows();
    await shown.command("Tare: Show the Layer Tree");
    await shown.treeRow("line 3").click();
    await shown.page.keyboard.press("ArrowRight");
    for (const label of ["srv", "app"]) {
      const row = shown.treeRow(new RegExp(`^${label}`));
      await row.waitFor();
      await row.click();
      await shown.page.keyboard.press("ArrowRight");
    }
    const tool = shown.treeRow(/^tool/);
    await tool.waitFor();
    await pickFromMenu(shown, tool, "Open a File of the Image");
    await shown.page.locator(".tab.active", { hasText: "tool (layer 2, line 3)" }).waitFor();
    await shown.untilLine(1, programLine);
    await shown.photograph("file-hex");
  });

  test("it stands beside what another image shows", async (t) => {
    const shown = await openWindow(t);
    if (shown === undefined) return;
    await workspace.writeOci(
      "other",
      anImage().base({ "srv/app/config.json": { content: "{}\n" } }),
    );
    await openByPath(shown, "srv/app/config.json");
    await shown.untilLine(2, '  "level": "loud"');
    await shown.page.locator(".statusbar-item", { hasText: /^JSON$/ }).waitFor();
    await compareWithOther(shown);
    await shown.page
      .locator(".tab.active", {
        hasText: "config.json (oci:other) ↔ config.json (layer 3, line 4)",
      })
      .waitFor();
    const sides = shown.page.locator(".monaco-diff-editor");
    await sides.locator(".editor.original .view-line", { hasText: "{}" }).waitFor();
  });

  test("buttons lead to the parts of a long hex view that there are, and to no others", async (t) => {
    const shown = await openWindow(t);
    if (shown === undefined) return;
    const next = shown.page.locator(".tabs-and-actions-container").getByLabel(/Show the Next Part/);
    const previous = shown.page
      .locator(".tabs-and-actions-container")
      .getByLabel(/Show the Previous Part/);
    await openByPath(shown, "srv/app/tool");
    await shown.untilLine(1, programLine);
    await previous.waitFor({ state: "detached" });
    await next.waitFor({ state: "detached" });
    await openByPath(shown, "srv/app/large");
    await shown.page.locator(".tab.active", { hasText: "large (layer 2, line 3)" }).waitFor();
    await shown.command("Tare: Open as Hex");
    await next.waitFor();
    await previous.waitFor({ state: "detached" });
    await next.click();
    await shown.untilLine(1, "Part 2 of 2: bytes 262144 to 299999 of 300000.");
    await previous.waitFor();
    await next.waitFor({ state: "detached" });
    await shown.photograph("file-hex-parts");
  });

  test("one that the other image does not have stands beside nothing", async (t) => {
    const shown = await openWindow(t);
    if (shown === undefined) return;
    await openByPath(shown, "srv/app/tool");
    await shown.untilLine(1, programLine);
    await compareWithOther(shown);
    await shown.page
      .locator(".tab.active", { hasText: "not there ↔ tool (layer 2, line 3)" })
      .waitFor();
    const sides = shown.page.locator(".monaco-diff-editor");
    await sides.locator(".editor.modified .view-line", { hasText: "|.ELF" }).waitFor();
    const empty = await sides.locator(".editor.original .view-lines").innerText();
    assert.equal(empty.trim(), "");
    await shown.photograph("file-nothing");
  });

  test("one of a build before says so, and shows nothing else", async (t) => {
    const shown = await openWindow(t);
    if (shown === undefined) return;
    await openByPath(shown, "srv/app/config.json");
    await shown.untilLine(2, '  "level": "loud"');
    await workspace.writeOci("image", imageWith('{\n  "level": "off"\n}\n'));
    await shown.page
      .getByText(/was built anew and does not have this layer any more/)
      .first()
      .waitFor();
    await shown.untilLine(2, '  "level": "loud"');
    await shown.photograph("file-gone");
  });
});
