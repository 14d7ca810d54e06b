import assert from "node:assert/strict";
import { before, describe, test } from "node:test";
import type { EditorWindow } from "./support/editorWindow.ts";
import { until, untilText } from "./support/until.ts";
import { pickFromMenu } from "./support/contextMenu.ts";
import { pickFromList } from "./support/quickPick.ts";
import { withWindow } from "./support/withEditor.ts";
import { aWorkspace } from "./support/workspace.ts";
import { anImage } from "../support/imageBuilder.ts";

const dockerfile = `# tare: image=oci:image
FROM debian:12
RUN apt-get install -y tool
COPY app /srv/app
RUN rm -r /srv/app/cache
`;

const book = "Package: tool\nStatus: install ok installed\nArchitecture: amd64\nVersion: 1.2\n\n";
const base = anImage().base("usr/lib/libc.so 8MB");
const image = base
  .layer(
    {
      "usr/bin/tool": { size: "4MB", mode: 0o755 },
      "var/lib/apt/lists/main": "2MB",
      "var/lib/dpkg/status": { content: book },
      "var/lib/dpkg/info/tool.list": { content: "/usr/bin/tool\n" },
    },
    { createdBy: "RUN /bin/sh -c apt-get install -y tool # buildkit" },
  )
  .layer("srv/app/server.js 1MB, srv/app/cache/index 3MB", {
    createdBy: "COPY app /srv/app # buildkit",
  })
  .layer(
    { "srv/app/.wh.cache": { size: 0 } },
    { createdBy: "RUN /bin/sh -c rm -r /srv/app/cache # buildkit" },
  );
/** The build before: a smaller script, and a file that is gone now. */
const old = base.layer("srv/app/server.js 400kB, srv/app/legacy.js 200kB", {
  createdBy: "COPY app /srv/app # buildkit",
});

describe("the layer tree", () => {
  const workspace = aWorkspace();
  const openWindow = withWindow(workspace);

  before(async () => {
    workspace.write("Dockerfile", dockerfile);
    await workspace.writeOci("image", image);
    await workspace.writeOci("old", old);
  });

  test("can be filtered by path, says so, and shows all again", async (t) => {
    const shown = await openWindow(t);
    if (shown === undefined) return;
    await untilRows(shown, (all) => all.includes("srv | 4 MB · added"), [/line 4$/]);
    await shown.command("Tare: Filter the Layer Tree by Path …");
    await inputOf(shown).fill("*.js");
    await untilRows(shown, (rows) => rows[0] === "oci:image | 1 MB of 18 MB · 4 layers");
    await shown.page.keyboard.press("Enter");
    const rows = await untilRows(shown, (all) => all.includes("server.js | 1 MB"), [
      /line 4$/,
      /^srv$/,
      /^app$/,
    ]);
    assert.deepEqual(rows, [
      "oci:image | 1 MB of 18 MB · 4 layers",
      "1 MB of 4 MB · 3 MB wasted · line 4 | COPY app /srv/app",
      "srv | 1 MB of 4 MB · added",
      "app | 1 MB of 4 MB",
      "server.js | 1 MB",
    ]);
    await untilMessage(shown, /Only paths with “\*\.js”/);
    await shown.photograph("tree-filter");
    await shown.command("Tare: Show All of the Layer Tree");
    await untilRows(shown, (all) => all[0] === "oci:image | 18 MB · 4 layers");
    await untilMessage(shown, /^(?!.*Only paths)/);
  });

  test("marks what a layer removes, in words too", async (t) => {
    const shown = await openWindow(t);
    if (shown === undefined) return;
    await shown.command("Tare: Filter the Layer Tree by Path …");
    await inputOf(shown).fill("cache");
    await shown.page.keyboard.press("Enter");
    const isThere = (rows: readonly string[]): boolean =>
      rows.some((row) => row.startsWith("cache | removed here"));
    const rows = await untilRows(shown, isThere, [/line 5$/, /^srv$/, /^app$/]);
    assert.ok(rows.includes("cache | removed here, 3 MB stay below"), rows.join("\n"));
    const spoken = await shown.treeRow("removed here").getAttribute("aria-label");
    assert.match(spoken ?? "", /^cache, removed here, 3 MB stay below/);
    await shown.photograph("tree-removed");
  });

  test("what is revealed is not hidden by a filter", async (t) => {
    const shown = await openWindow(t);
    if (shown === undefined) return;
    const hover = await shown.hover(3, "RUN");
    await untilText(hover, "4 MB tool 1.2 (dpkg)");
    await hover.getByText("Show in the layer tree").click();
    await shown.page
      .locator(".sidebar .monaco-list-row.selected", { hasText: "apt-get install" })
      .waitFor();
    await untilMessage(shown, /^(?!.*Only paths)/);
  });

  test("is grouped by package, and by kind", async (t) => {
    const shown = await openWindow(t);
    if (shown === undefined) return;
    await groupBy(shown, "Package");
    const rows = await untilRows(shown, (all) => all.includes("tool | 4 MB · 1.2 (dpkg)"));
    assert.equal(rows[0], "oci:image | 15 MB in the final files · 4 layers");
    assert.equal(rows[1], "No package | 11 MB");
    await shown.photograph("tree-packages");
    await groupBy(shown, "Kind of Content");
    await untilRows(shown, (all) => all.includes("Libraries | 8 MB"));
    await groupBy(shown, "Directory");
    await untilRows(shown, (all) => all.includes("usr | 12 MB"));
    await groupBy(shown, "Layer");
    await untilRows(shown, (all) => all[0] === "oci:image | 18 MB · 4 layers");
  });

  test("paths and tables of selected rows come to the clipboard", async (t) => {
    const shown = await openWindow(t);
    if (shown === undefined) return;
    await shown.page.context().grantPermissions(["clipboard-read", "clipboard-write"]);
    const clipboard = (): Promise<string> =>
      shown.page.evaluate(() => navigator.clipboard.readText());
    await shown.command("Tare: Filter the Layer Tree by Path …");
    await inputOf(shown).fill("srv/app/");
    await shown.page.keyboard.press("Enter");
    const isOpen = (all: readonly string[]): boolean =>
      all.includes("server.js | 1 MB") && all.some((row) => row.startsWith("index"));
    await untilRows(shown, isOpen, [/line 4$/, /^srv$/, /^app$/, /^cache$/]);
    await shown.treeRow("server.js").click();
    await shown.treeRow(/^index/).click({ modifiers: ["Control"] });
    await shown.command("Tare: Copy Path");
    await until(clipboard, (text) => text !== "", String);
    const paths = await until(clipboard, (text) => text.includes("server.js"), String);
    assert.deepEqual(paths.split("\n").toSorted(), ["/srv/app/cache/index", "/srv/app/server.js"]);
    await pickFromMenu(shown, shown.treeRow(/^app/), "Copy as Markdown Table");
    const table = await until(clipboard, (text) => text.startsWith("|"), String);
    assert.equal(
      table,
      "| Name | Size | Bytes |\n| --- | --- | ---: |\n| /srv/app/cache | 3 MB | 3000000 |\n| /srv/app/server.js | 1 MB | 1000000 |\n",
    );
    await shown.command("Tare: Show All of the Layer Tree");
  });

  test("shows only what changed against another image", async (t) => {
    const shown = await openWindow(t);
    if (shown === undefined) return;
    await shown.command("Tare: Show in the Layer Tree Only What Changed Against …");
    await inputOf(shown).fill("oci:old");
    await shown.page.getByText("Use oci:old").click();
    const isThere = (all: readonly string[]): boolean =>
      all.includes("server.js | 1 MB · changed") && all.includes("legacy.js | 200 kB");
    const rows = await untilRows(shown, isThere, [/line 4$/, /^Only in/, /^srv$/, /^app$/]);
    assert.ok(rows.includes("Only in oci:old | 200 kB · removed"), rows.join("\n"));
    await shown.photograph("tree-compared");
    await shown.command("Tare: Show All of the Layer Tree");
    await untilRows(shown, (all) => all[0] === "oci:image | 18 MB · 4 layers");
  });
});

function inputOf({ page }: EditorWindow) {
  const input = page.locator(".quick-input-widget input").first();
  return input;
}

async function groupBy(shown: EditorWindow, label: string): Promise<void> {
  await shown.command("Tare: Group the Layer Tree By …");
  await pickFromList(shown, new RegExp(`^${label}`));
}

/** Opens the rows whose labels fit as they appear, until the texts of all rows are as wished. */
async function untilRows(
  shown: EditorWindow,
  isFine: (rows: readonly string[]) => boolean,
  open: readonly RegExp[] = [],
): Promise<readonly string[]> {
  await shown.sideBarText();
  return until(
    async () => {
      for (const label of open) await openRows(shown, label);
      return rowTexts(shown);
    },
    isFine,
    (rows) => `the tree shows\n${rows.join("\n")}`,
  );
}

/** All at once: rows come and go while they are looked at. */
function rowTexts({ page }: EditorWindow): Promise<readonly string[]> {
  return page.locator(".sidebar .monaco-list-row[role=treeitem]").evaluateAll((rows) =>
    rows.map((row) =>
      [".label-name", ".label-description"]
        .map((part) => row.querySelector(part)?.textContent ?? "")
        .filter((text) => text !== "")
        .join(" | ")
        .replaceAll("\u00a0", " "),
    ),
  );
}

async function openRows({ page }: EditorWindow, label: RegExp): Promise<void> {
  const closed = page
    .locator(".sidebar .monaco-list-row[aria-expanded=false]")
    .filter({ has: page.locator(".label-name", { hasText: label }) });
  for (const row of await closed.all()) {
    await row
      .locator(".monaco-tl-twistie")
      .click({ timeout: 1000 })
      .catch(() => undefined);
  }
}

/** The line above the tree comes and goes beside the rows. */
async function untilMessage(shown: EditorWindow, expected: RegExp): Promise<void> {
  await until(
    () => shown.sideBarText(),
    (text) => expected.test(text),
    (text) => `${String(expected)} should fit\n${text}`,
  );
}
