import assert from "node:assert/strict";
import { before, describe, test } from "node:test";
import { anImage } from "../support/imageBuilder.ts";
import { withWindow } from "./support/withEditor.ts";
import type { EditorWindow } from "./support/editorWindow.ts";
import { until } from "./support/until.ts";
import { aWorkspace } from "./support/workspace.ts";

const dockerfile = `# tare: image=oci:image
FROM debian:12
RUN fetch app
RUN fetch docs
`;

/** Source maps, of which every rule but their own says nothing. */
const image = anImage()
  .base("usr/lib/libc.so 8MB")
  .layer("app/main.js 1MB, app/main.js.map 2MB", {
    createdBy: "RUN /bin/sh -c fetch app # buildkit",
  })
  .layer("srv/docs/docs.js.map 300kB", { createdBy: "RUN /bin/sh -c fetch docs # buildkit" });

describe("findings in the editor", () => {
  const workspace = aWorkspace();
  const openWindow = withWindow(workspace);

  before(async () => {
    workspace.write("Dockerfile", dockerfile);
    await workspace.writeOci("image", image);
  });

  const untilProblems = (shown: EditorWindow, isFine: (text: string) => boolean) =>
    until(
      async () => (await shown.problems()).join("\n"),
      isFine,
      (text) => `the problems are\n${text}`,
    );

  test("a finding is a problem with its bytes, its rule and its line", async (t) => {
    const shown = await openWindow(t);
    if (shown === undefined) return;
    await shown.untilLine(3, "RUN fetch app3 MB");
    const problems = await untilProblems(shown, (text) => text.includes("Ln 4"));
    assert.match(problems, /2 MB of source maps are in this layer.*tare source-maps \[Ln 3/);
    assert.match(problems, /300 kB of source maps are in this layer.*tare source-maps \[Ln 4/);
    await shown.photograph("findings");
  });

  test("the rule's name leads to its page", async (t) => {
    const shown = await openWindow(t);
    if (shown === undefined) return;
    await shown.page.locator(".markers-panel a", { hasText: "source-maps" }).first().click();
    await shown.page.locator(".tab.active", { hasText: "source-maps.md" }).waitFor();
    await shown.photograph("rule-page");
    await shown.command("View: Close Editor");
  });

  test("the light bulb offers the fix with what it saves; made, the problem goes and the size is one from before", async (t) => {
    const shown = await openWindow(t);
    if (shown === undefined) return;
    const fix = await shown.lightBulb(3, /^Delete the source maps in the same RUN: −2 MB$/);
    await shown.photograph("light-bulb");
    await fix.click();
    await shown.untilLine(3, /^RUN fetch app && find \/app .* -exec rm -f \{\} \+was 3 MB$/);
    await untilProblems(shown, (text) => text.includes("Ln 4") && !text.includes("Ln 3"));
    await shown.photograph("fixed");
  });

  test("ignoring writes a comment, and that problem goes too", async (t) => {
    const shown = await openWindow(t);
    if (shown === undefined) return;
    await (await shown.lightBulb(4, "Ignore source-maps here")).click();
    await shown.untilLine(4, "# tare: ignore=source-maps");
    await shown.untilLine(5, "RUN fetch docs300 kB");
    await untilProblems(shown, (text) => !text.includes("source maps"));
  });
});
