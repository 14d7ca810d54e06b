import { after } from "node:test";
import { build } from "esbuild";
import { chromium, type Browser, type Page } from "playwright-core";
import type { Analysis } from "../../server/src/core/analysis.ts";
import { emptyTreemapMemory } from "../../server/src/core/views/treemapMemory.ts";
import { treemapSearchInSteps } from "../../server/src/core/views/treemapSearch.ts";
import type { Treemap, TreemapMessage, TreemapTarget } from "../../server/src/protocol/treemap.ts";
import { bringBrowser, browserArguments } from "../machine/browser.ts";
import { inRoot } from "../machine/place.ts";
import { finish } from "../../server/src/core/image/piecework.ts";
import { treemapSheet } from "../support/treemapSheet.ts";

/** The webview in a browser of its own, without an editor around it. */
export interface TreemapPage {
  readonly page: Page;
  /** What it said to the client, in order. */
  readonly said: TreemapMessage[];
  send(message: TreemapMessage): Promise<void>;
  /** Loads the page again with what it remembered, as a webview that was hidden. */
  reload(): Promise<void>;
  close(): Promise<void>;
}

/** What differs between pages. */
export interface PageOptions {
  readonly analysis: Analysis;
  readonly target?: TreemapTarget;
  readonly width?: number;
  readonly height?: number;
  readonly limit?: number;
  /** What the server answers, where it is not the map of the analysis. */
  readonly mapOf?: (target: TreemapTarget) => Treemap | undefined;
  /** Classes of the body, as VS Code sets them for its themes. */
  readonly theme?: string;
}

let browser: Promise<Browser | string> | undefined;

after(async () => {
  const started = await browser;
  if (started !== undefined && typeof started !== "string") await started.close();
});

/** Opens the page and shows a place of the image; or says why there is no browser. */
export async function openTreemap(options: PageOptions): Promise<TreemapPage | string> {
  browser ??= startBrowser();
  const started = await browser;
  if (typeof started === "string") return started;
  const { width = 900, height = 600, limit = 1000, analysis, theme = "vscode-dark" } = options;
  const { target = { uri: "file:///Dockerfile" } } = options;
  const { mapOf = (asked): Treemap | undefined => treemapSheet(analysis, asked, limit) } = options;
  const context = await started.newContext({ viewport: { width, height } });
  const page = await context.newPage();
  const said: TreemapMessage[] = [];
  let remembered: unknown;
  const send = (message: TreemapMessage): Promise<void> =>
    page.evaluate((data) => window.postMessage(data, "*"), message);
  const answer = async (message: TreemapMessage): Promise<void> => {
    said.push(message);
    if (message.kind === "ready" && message.target === undefined) {
      await send({ kind: "show", target });
    } else if (message.kind === "ask") {
      const map = mapOf(message.target);
      const { request } = message;
      await send({ kind: "map", request, ...(map === undefined ? { message: "None." } : { map }) });
    } else if (message.kind === "search") {
      const question = { query: message.query, limit: 200 };
      const memory = emptyTreemapMemory();
      const found = finish(treemapSearchInSteps(memory, analysis, message.target, question));
      await send({ kind: "found", request: message.request, found });
    }
  };
  await page.exposeFunction("post", answer);
  await page.exposeFunction("keep", (state: unknown) => {
    remembered = state;
  });
  const [script, style] = await bundle();
  const load = async (): Promise<void> => {
    await page.goto("about:blank");
    await page.setContent(skeleton(theme, style, JSON.stringify(remembered ?? null)));
    await page.addScriptTag({ content: script });
    await page.locator(".leaf, .note:not(:empty), table").first().waitFor();
  };
  await load();
  return { page, said, send, reload: load, close: () => context.close() };
}

async function startBrowser(): Promise<Browser | string> {
  const found = await bringBrowser();
  if ("reason" in found) return found.reason;
  return chromium.launch({ executablePath: found.path, args: [...browserArguments] });
}

async function bundle(): Promise<readonly [string, string]> {
  const { outputFiles } = await build({
    entryPoints: [inRoot("media/treemap/main.ts"), inRoot("media/treemap/treemap.css")],
    bundle: true,
    write: false,
    outdir: "out",
    format: "iife",
    target: "es2023",
  });
  const textOf = (ending: string): string =>
    outputFiles.find(({ path }) => path.endsWith(ending))?.text ?? "";
  return [textOf(".js"), textOf(".css")];
}

/** The variables that VS Code gives to webviews, as far as they are used. */
const colours = `:root {
  --vscode-font-family: sans-serif; --vscode-foreground: #ccc; --vscode-editor-foreground: #ccc;
  --vscode-editor-background: #1f1f1f; --vscode-focusBorder: #0078d4; --vscode-contrastBorder: #6fc3df;
  --vscode-charts-blue: #59a4f9; --vscode-charts-orange: #d18616; --vscode-charts-green: #89d185;
  --vscode-charts-purple: #b180d7; --vscode-charts-red: #f14c4c; --vscode-charts-yellow: #cca700;
  --vscode-list-warningForeground: #cca700; --vscode-editorHoverWidget-background: #202020;
}`;

function skeleton(theme: string, style: string, state: string): string {
  return `<!DOCTYPE html><html><head><style>${colours}${style}</style></head><body class="${theme}">
    <div id="page"></div>
    <script>window.acquireVsCodeApi = () => ({
      postMessage: (m) => window.post(m), getState: () => (${state}), setState: (s) => window.keep(s),
    });</script></body></html>`;
}
