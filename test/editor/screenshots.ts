// Pictures for the README, from the real editor on the examples: `npm run screenshots`.
import { cpSync, mkdirSync, mkdtempSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { build } from "../machine/build.ts";
import { killAll, runProcess } from "../machine/processes.ts";
import { cacheFolder, inRoot } from "../machine/place.ts";
import { say } from "../machine/progress.ts";
import { startEditor, type EditorHost } from "./support/editorHost.ts";
import { type EditorWindow, treemapFrame } from "./support/editorWindow.ts";
import { until } from "./support/until.ts";
import { frameWith } from "./support/webviewFrame.ts";

const target = inRoot("media/screenshots");
const reviewed = join(cacheFolder, "screenshots");
const themes = {
  dark: "Default Dark Modern",
  light: "Default Light Modern",
  contrast: "Default High Contrast",
  "contrast-light": "Default High Contrast Light",
};
/** Scenes to take; all of them when none is named: `npm run screenshots treemap`. */
const wanted = process.argv.slice(2);

interface Scene {
  readonly name: string;
  readonly height: number;
  /** Pixels for one of the window: as fine as 200 kB allow. */
  readonly scale: number;
  /** Taken to be looked at, and not kept for the README. */
  readonly isForReview?: boolean;
  /** True where high contrast looks different enough to be shown; light and high in contrast it is only looked at. */
  readonly inContrast?: boolean;
  /** Brings the window into the state that is photographed. */
  readonly show: (window: EditorWindow) => Promise<void>;
}

const scenes: readonly Scene[] = [
  {
    name: "inlay-hover",
    height: 620,
    scale: 1.25,
    show: async (window) => {
      await window.command("View: Toggle Primary Side Bar Visibility");
      await window.hover(14, "RUN");
    },
  },
  {
    name: "tree",
    height: 740,
    scale: 1,
    show: async (window) => {
      await window.treeRows();
      await widenSideBar(window);
      await window.treeRow("line 12").waitFor();
      await window.treeRow("line 12").locator(".monaco-tl-twistie").click();
      await window.treeRow(/^usr/).locator(".monaco-tl-twistie").click();
      await window
        .treeRow(/^Waste/)
        .locator(".monaco-tl-twistie")
        .click();
      await window.treeRow("deleted").waitFor();
    },
  },
  {
    name: "packages",
    height: 640,
    scale: 1,
    show: async (window) => {
      await window.treeRows();
      await widenSideBar(window);
      await window.command("Tare: Group the Layer Tree By …");
      await pick(window, "Package");
      await window.command("Tare: Filter the Layer Tree by Path …");
      await window.page.locator(".quick-input-widget input").first().fill("lib");
      await window.page.keyboard.press("Enter");
      await window.treeRow("in the final files").waitFor();
      await window.treeRow("No package").locator(".monaco-tl-twistie").click();
    },
  },
  {
    name: "marks",
    height: 640,
    scale: 1,
    isForReview: true,
    inContrast: true,
    show: async (window) => {
      await window.treeRows();
      await widenSideBar(window);
      await window.treeRow("line 18").locator(".monaco-tl-twistie").click();
      await window.treeRow("line 20").locator(".monaco-tl-twistie").click();
    },
  },
  {
    name: "scratch",
    height: 640,
    scale: 1,
    isForReview: true,
    inContrast: true,
    show: async (window) => {
      await window.command("Tare: Show the Way to Scratch");
      await widenSideBar(window);
    },
  },
  {
    name: "history",
    height: 640,
    scale: 1,
    isForReview: true,
    inContrast: true,
    show: async (window) => {
      await window.command("Tare: Show the Build History");
      await widenSideBar(window);
      await (await frameWith(window.page, "svg .bar")).locator("svg .bar").first().focus();
    },
  },
  {
    name: "problems",
    height: 560,
    scale: 1.25,
    show: async (window) => {
      await window.command("View: Toggle Primary Side Bar Visibility");
      await window.problems();
    },
  },
  {
    name: "fix",
    height: 560,
    scale: 1.25,
    show: async (window) => {
      await window.command("View: Toggle Primary Side Bar Visibility");
      await window.lightBulb(14, "Add --no-cache-dir", "pip");
    },
  },
  {
    name: "treemap",
    height: 600,
    scale: 1,
    inContrast: true,
    show: async (window) => {
      await window.command("View: Toggle Primary Side Bar Visibility");
      await window.command("Tare: Show as Treemap");
      const frame = treemapFrame(window);
      await frame.locator(".leaf").first().waitFor();
      await frame.locator(".leaf.wasted").first().hover();
    },
  },
  {
    name: "binary",
    height: 480,
    scale: 1.25,
    show: async (window) => {
      await window.command("View: Toggle Primary Side Bar Visibility");
      await window.command("Tare: Show as Treemap");
      const frame = treemapFrame(window);
      const parts = frame.locator('.leaf[aria-label^="usr/local/bin/worker: "]');
      // Each double click goes one directory nearer to the file, the last one into it.
      await until(
        async () => {
          const file = frame.locator('.leaf[aria-label^="usr/local/bin/worker,"]');
          await file.dblclick({ timeout: 1000 }).catch(() => undefined);
          await window.page.waitForTimeout(500);
          return parts.count();
        },
        (count) => count > 0,
        () => "the program does not open",
      );
      await parts.first().hover();
    },
  },
];

async function pick({ page }: EditorWindow, label: string): Promise<void> {
  const rows = page.locator(".quick-input-widget .monaco-list-row");
  await rows.filter({ hasText: label }).first().click();
}

async function widenSideBar({ page }: EditorWindow): Promise<void> {
  const edge = await page.locator(".sidebar").first().boundingBox();
  if (edge === null) return;
  const x = edge.x + edge.width + 2;
  await page.mouse.move(x, 300);
  await page.mouse.down();
  await page.mouse.move(x + 130, 300, { steps: 5 });
  await page.mouse.up();
  // The edge would stay lit below the mouse.
  await page.mouse.move(x + 400, 300);
}

process.on("exit", killAll);
process.exitCode = await main();

async function main(): Promise<number> {
  await build({ production: true });
  await runProcess(process.execPath, [inRoot("examples/make.ts")]);
  const host = await startEditor();
  if (typeof host === "string") {
    say(`No pictures can be taken here: ${host}`);
    return 1;
  }
  for (const folder of [target, reviewed]) mkdirSync(folder, { recursive: true });
  try {
    for (const [theme, name] of Object.entries(themes)) await photographAll(host, theme, name);
  } finally {
    await host.stop();
  }
  return 0;
}

async function photographAll(host: EditorHost, theme: string, themeName: string): Promise<void> {
  const parent = mkdtempSync(join(tmpdir(), "tare-pictures-"));
  const folder = join(parent, "orders");
  cpSync(inRoot("examples/fat"), folder, { recursive: true });
  mkdirSync(join(folder, ".vscode"));
  writeFileSync(join(folder, ".vscode/settings.json"), JSON.stringify(settings(themeName)));
  try {
    const isContrast = theme.startsWith("contrast");
    const taken = scenes.filter(
      ({ name, inContrast = false }) =>
        (wanted.length === 0 || wanted.includes(name)) && (inContrast || !isContrast),
    );
    for (const { name, height, scale, show, isForReview = false } of taken) {
      const file = join(folder, "Dockerfile");
      const window = await host.open(folder, { file, width: 1120, height, scale });
      await window.untilLine(9, /wasted/);
      await show(window);
      // Focus rings and blinking cursors settle.
      await window.page.waitForTimeout(800);
      const isKept = !isForReview && theme !== "contrast-light";
      const path = join(isKept ? target : reviewed, `${name}-${theme}.png`);
      await window.page.screenshot({ path });
      say(`${path}: ${statSync(path).size} B`);
      await window.close();
    }
  } finally {
    rmSync(parent, { recursive: true, force: true });
  }
}

function settings(theme: string): Readonly<Record<string, unknown>> {
  return {
    "workbench.colorTheme": theme,
    "editor.minimap.enabled": false,
    "editor.fontSize": 13,
    "breadcrumbs.enabled": false,
    "editor.hover.delay": 100,
    "editor.hover.above": true,
    "window.commandCenter": false,
    "window.title": "${activeEditorShort}${separator}${rootName}",
  };
}
