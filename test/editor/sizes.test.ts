import assert from "node:assert/strict";
import { before, describe, test } from "node:test";
import { withWindow } from "./support/withEditor.ts";
import { until, untilText } from "./support/until.ts";
import { appImage, aWorkspace, dockerfile } from "./support/workspace.ts";

describe("a Dockerfile whose image is an OCI layout beside it", () => {
  const workspace = aWorkspace();
  const openWindow = withWindow(workspace);

  before(async () => {
    workspace.write("Dockerfile", dockerfile);
    await workspace.writeOci("image", appImage());
  });

  test("each line shows what it weighs, and what of it is wasted", async (t) => {
    const shown = await openWindow(t);
    if (shown === undefined) return;
    await shown.untilLines([
      "# tare: image=oci:image budget=16MB",
      "FROM debian:12base 8 MB · image 18 MB · 3 MB wasted",
      "RUN apt-get install -y tool6 MB",
      "COPY app /srv/app4 MB · 3 MB wasted",
      "RUN rm -r /srv/app/cache",
      'CMD ["/srv/app/server"]',
    ]);
    await shown.photograph("hints");
  });

  test("the status bar shows total and budget", async (t) => {
    const shown = await openWindow(t);
    if (shown === undefined) return;
    await shown.untilStatus("18 MB / 16 MB");
  });

  test("the problem list names the FROM and the line that crosses the budget", async (t) => {
    const shown = await openWindow(t);
    if (shown === undefined) return;
    const problems = await until(
      () => shown.problems(),
      (rows) => rows.some((row) => row.includes("Ln 4")),
      (rows) => `the problems are\n${rows.join("\n")}`,
    );
    assert.match(problems.join("\n"), /18 MB, 2 MB over the budget of 16 MB.*tare.*Ln 2, Col 1/);
    assert.match(problems.join("\n"), /This line crosses the budget of 16 MB.*tare.*Ln 4, Col 1/);
    await shown.photograph("problems");
    await shown.command("View: Hide Panel");
  });

  test("the hover says exact bytes, share, largest files and who hid what, and leads to the tree", async (t) => {
    const shown = await openWindow(t);
    if (shown === undefined) return;
    const hover = await shown.hover(4, "COPY");
    await untilText(hover, "22% of the image", "4,000,000 B", "srv/app/cache/index", "line 5");
    await shown.photograph("hover");
    await hover.getByText("Show in the layer tree").click();
    const selected = shown.page.locator(".sidebar .monaco-list-row.selected", {
      hasText: "COPY app /srv/app",
    });
    await selected.waitFor();
    await shown.page.keyboard.press("Escape");
  });

  test("the tree shows layers heaviest first, opens to files, and ends with the waste", async (t) => {
    const shown = await openWindow(t);
    if (shown === undefined) return;
    await shown.command("Tare: Look at the Image Again");
    const rows = await until(
      () => shown.treeRows(),
      (all) => all.some(({ label }) => label === "srv"),
      (all) => `the tree shows\n${JSON.stringify(all, undefined, 1)}`,
    );
    assert.deepEqual(
      rows.filter(({ level }) => level === 1).map(({ label, description }) => [label, description]),
      [
        ["oci:image", "18 MB · 4 layers"],
        ["Waste", "3 MB · 1 file"],
      ],
    );
    const layers = rows.filter(({ level }) => level === 2);
    assert.deepEqual(
      layers.map(({ label }) => label),
      ["8 MB · base", "6 MB · line 3", "4 MB · 3 MB wasted · line 4", "0 B · line 5"],
    );
    assert.match(layers[2]?.spoken ?? "", /Layer 3, 4 MB, written by line 4: COPY app \/srv\/app/);
    assert.deepEqual(
      rows.find(({ label }) => label === "srv"),
      {
        level: 3,
        label: "srv",
        description: "4 MB · added",
        spoken: "Directory srv, 4 MB, added.",
      },
    );
    await shown.treeRow(/^Waste/).click();
    await shown.treeRow("deleted").waitFor();
    await shown.photograph("tree");
  });

  test("a click on a layer goes to its line", async (t) => {
    const shown = await openWindow(t);
    if (shown === undefined) return;
    await shown.treeRow("6 MB · line 3").click();
    await shown.page.locator(".statusbar-item", { hasText: "Ln 3, Col 1" }).waitFor();
  });

  test("a line that was edited since the build says what it weighed, and is measured again when undone", async (t) => {
    const shown = await openWindow(t);
    if (shown === undefined) return;
    await shown.typeAtEndOf(3, " more");
    await shown.untilLine(3, "RUN apt-get install -y tool morewas 6 MB");
    await shown.photograph("stale");
    for (let typed = 0; typed < " more".length; typed += 1) {
      await shown.page.keyboard.press("Backspace");
    }
    await shown.untilLine(3, "RUN apt-get install -y tool6 MB");
  });

  test("the numbers renew by themselves when the image is built again", async (t) => {
    const shown = await openWindow(t);
    if (shown === undefined) return;
    await workspace.writeOci("image", appImage("1MB"));
    await shown.untilLine(4, "COPY app /srv/app2 MB · 1 MB wasted · −2 MB since the last build");
    await shown.untilLine(
      2,
      "FROM debian:12base 8 MB · image 16 MB · 1 MB wasted · −2 MB since the last build",
    );
    const problems = await until(
      () => shown.problems(),
      (rows) => !rows.join("").includes("budget"),
      (rows) => `the problems are\n${rows.join("\n")}`,
    );
    assert.doesNotMatch(problems.join(), /over the budget/);
    await shown.photograph("rebuilt");
  });
});
