import { mkdirSync } from "node:fs";
import { join } from "node:path";
import type { Browser, FrameLocator, Locator, Page } from "playwright-core";
import { cacheFolder } from "../../machine/place.ts";
import { pickFromList } from "./quickPick.ts";
import { patienceMs, until } from "./until.ts";

/** How a window is opened. */
export interface WindowOptions {
  /** Absolute path of a file that is open at first. */
  readonly file?: string;
  readonly width?: number;
  readonly height?: number;
  /** Pixels of the screenshots for one of the window; 1 by default. */
  readonly scale?: number;
}

/** A row of a tree as a person sees it. */
export interface VisibleRow {
  /** 1 for top rows. */
  readonly level: number;
  readonly label: string;
  readonly description: string;
  /** What a screen reader says. */
  readonly spoken: string;
}

/** A window of VS Code. What it reads is what stands on the screen. */
export interface EditorWindow {
  readonly page: Page;
  /** Lines of the active editor with everything painted behind them; blanks at the end are cut. */
  lines(): Promise<readonly string[]>;
  /** Resolves when a line reads as given, hints included; rejects with what stands there instead. */
  untilLine(lineNumber: number, text: string | RegExp): Promise<void>;
  /** Resolves when the first lines read as given: they are drawn one after another, in any order. */
  untilLines(first: readonly string[]): Promise<void>;
  /** Text of the hover over a word of a line. */
  hover(lineNumber: number, word: string): Promise<Locator>;
  /** Runs a command by its title, from the palette. */
  command(title: string): Promise<void>;
  /** Opens a file of the folder by its name. */
  openFile(name: string): Promise<void>;
  /** Puts the cursor at the end of a line and types. */
  typeAtEndOf(lineNumber: number, text: string): Promise<void>;
  /** Opens the light bulb at a word of a line, at its beginning without one; the action of that title. */
  lightBulb(lineNumber: number, title: string | RegExp, word?: string): Promise<Locator>;
  /** Texts of the rows of the problems view, opened when needed. */
  problems(): Promise<readonly string[]>;
  /** Rows of the layer tree, the view opened when needed. */
  treeRows(): Promise<readonly VisibleRow[]>;
  treeRow(label: string | RegExp): Locator;
  /** Everything in the side bar, welcome texts included. */
  sideBarText(): Promise<string>;
  /** Text of our status bar item; undefined when it is not there. */
  statusText(): Promise<string | undefined>;
  /** Resolves when it has that text, or is not there; rejects with what it says instead. */
  untilStatus(text: string | undefined): Promise<void>;
  /** Writes a picture to `.cache/screenshots` for people to look at; its path. */
  photograph(name: string): Promise<string>;
  close(): Promise<void>;
}

const screenshots = join(cacheFolder, "screenshots");

/** Opens a window of its own storage: nothing is remembered of another one. */
export async function openWindow(
  browser: Browser,
  addressOf: (file: string | undefined) => string,
  options: WindowOptions = {},
): Promise<EditorWindow> {
  const context = await browser.newContext({
    viewport: { width: options.width ?? 1280, height: options.height ?? 800 },
    deviceScaleFactor: options.scale ?? 1,
    reducedMotion: "reduce",
  });
  const page = await context.newPage();
  page.setDefaultTimeout(patienceMs);
  await page.goto(addressOf(options.file));
  await page.locator(".monaco-workbench").waitFor();
  if (options.file !== undefined)
    await page.locator(".editor-instance .view-line").first().waitFor();
  return windowOf(page, () => context.close());
}

function windowOf(page: Page, close: () => Promise<void>): EditorWindow {
  const editor = page.locator(".editor-instance .monaco-editor").first();
  const lines = (): Promise<readonly string[]> => visibleLines(editor);
  const command = (title: string): Promise<void> => runCommand(page, title);
  const rows = page.locator(".sidebar .monaco-list-row[role=treeitem]");
  const statusText = async (): Promise<string | undefined> => {
    const item = page.locator('.statusbar-item[id*="tare.total"]');
    return (await item.count()) === 0 ? undefined : oneLine(await item.first().innerText());
  };
  return {
    page,
    lines,
    untilLine: async (lineNumber, text) => {
      const fits = (line: string): boolean =>
        typeof text === "string" ? line === text : text.test(line);
      await until(
        lines,
        (all) => fits(all[lineNumber - 1] ?? ""),
        (all) =>
          `line ${lineNumber} should read ${String(text)}, the editor shows\n${all.join("\n")}`,
      );
    },
    untilLines: async (first) => {
      await until(
        lines,
        (all) => first.every((text, index) => all[index] === text),
        (all) => `the lines should begin\n${first.join("\n")}\nthe editor shows\n${all.join("\n")}`,
      );
    },
    hover: (lineNumber, word) => hoverOver(page, editor, lineNumber, word),
    command,
    openFile: async (name) => {
      await page.keyboard.press("Control+P");
      await page.locator(".quick-input-widget input").first().fill(name);
      await pickFromList({ page }, name);
      await page.locator(".tab.active", { hasText: name }).waitFor();
    },
    typeAtEndOf: async (lineNumber, text) => {
      await goTo(page, command, `${lineNumber},999`);
      await page.keyboard.type(text);
    },
    lightBulb: async (lineNumber, title, word = "") => {
      const line = (await lines())[lineNumber - 1] ?? "";
      await goTo(page, command, `${lineNumber},${line.indexOf(word) + 1}`);
      const action = page
        .locator(".action-widget .monaco-list-row")
        .filter({ hasText: title })
        .first();
      // What is published in that moment closes the menu: then it is opened again, but never while it is still coming.
      await until(
        async () => {
          const menu = page.locator(".action-widget").first();
          if (!(await menu.isVisible())) {
            await page.keyboard.press("Control+.");
            await menu.waitFor({ timeout: 3000 }).catch(() => undefined);
          }
          return (await action.count()) > 0;
        },
        (isThere) => isThere,
        () => `the light bulb does not offer ${String(title)}`,
      );
      return action;
    },
    problems: async () => {
      const panel = page.locator(".markers-panel");
      if (!(await panel.isVisible())) await command("Problems: Focus on Problems View");
      await panel.waitFor();
      return panel
        .locator(".monaco-list-row")
        .allInnerTexts()
        .then((all) => all.map(oneLine));
    },
    treeRows: async () => {
      await showLayers(page, command);
      return Promise.all((await rows.all()).map(visibleRow));
    },
    treeRow: (label) => rows.filter({ hasText: label }).first(),
    sideBarText: async () => {
      await showLayers(page, command);
      return oneLine(await page.locator(".sidebar").innerText());
    },
    statusText,
    untilStatus: async (text) => {
      await until(
        statusText,
        (shown) => shown === text,
        (shown) => `the status bar should say ${String(text)}, it says ${String(shown)}`,
      );
    },
    photograph: async (name) => {
      mkdirSync(screenshots, { recursive: true });
      const path = join(screenshots, `${name}.png`);
      await page.screenshot({ path });
      return path;
    },
    close,
  };
}

/** The webview of the treemap that is seen: a frame of the editor's, and ours in it. */
export function treemapFrame({ page }: EditorWindow): FrameLocator {
  return page.frameLocator("iframe.webview.ready").first().frameLocator("iframe#active-frame");
}

function oneLine(text: string): string {
  return text.replaceAll(/[\s\u00a0]+/g, " ").trim();
}

/** View lines stand in the DOM in any order: their place on the screen tells. */
async function visibleLines(editor: Locator): Promise<readonly string[]> {
  const found = await editor.locator(".view-lines > .view-line").evaluateAll((elements) =>
    elements.map((element) => ({
      top: element.getBoundingClientRect().top,
      text: element.textContent ?? "",
    })),
  );
  return found
    .toSorted((a, b) => a.top - b.top)
    .map(({ text }) =>
      text
        .replaceAll("\u00a0", " ")
        .replaceAll(/[\u200b-\u200f\u202a-\u202e]/g, "")
        .trimEnd(),
    );
}

/** Commands of extensions arrive a moment after the window, and the palette lists only what was there when it opened. */
async function runCommand(page: Page, title: string): Promise<void> {
  for (let attempt = 0; ; attempt += 1) {
    await page.keyboard.press("F1");
    const input = page.locator(".quick-input-widget input").first();
    await input.waitFor();
    await input.fill(`>${title}`);
    const row = page
      .locator(".quick-input-list .monaco-list-row")
      .filter({ has: page.getByText(title, { exact: true }) })
      .first();
    const isThere = await row
      .waitFor({ timeout: 2000 })
      .then(() => true)
      .catch(() => false);
    // Never given up and tried again: a click that took long may have been taken all the same, and "Close Editor" would close two.
    if (isThere) return row.click();
    if (attempt === 9) throw new Error(`the palette knows no command ${title}`);
    await page.keyboard.press("Escape");
  }
}

/** Puts the cursor at `line,column`. */
async function goTo(
  page: Page,
  command: (title: string) => Promise<void>,
  place: string,
): Promise<void> {
  await command("View: Focus Active Editor Group");
  await page.keyboard.press("Control+G");
  await page.locator(".quick-input-widget input").first().fill(`:${place}`);
  await page.keyboard.press("Enter");
}

async function showLayers(page: Page, command: (title: string) => Promise<void>): Promise<void> {
  const title = page.locator(".sidebar .composite.title", { hasText: "Tare" });
  if (!(await title.isVisible())) await command("Tare: Show the Layer Tree");
  await title.waitFor();
}

async function visibleRow(row: Locator): Promise<VisibleRow> {
  const [level, spoken, label, description] = await Promise.all([
    row.getAttribute("aria-level"),
    row.getAttribute("aria-label"),
    row.locator(".label-name").first().innerText(),
    row
      .locator(".label-description")
      .first()
      .innerText()
      .catch(() => ""),
  ]);
  return {
    level: Number(level),
    label: oneLine(label),
    description: oneLine(description),
    spoken: oneLine(spoken ?? ""),
  };
}

async function hoverOver(
  page: Page,
  editor: Locator,
  lineNumber: number,
  word: string,
): Promise<Locator> {
  const tops = await editor
    .locator(".view-lines > .view-line")
    .evaluateAll((elements) => elements.map((element) => element.getBoundingClientRect().top));
  const top = tops.toSorted((a, b) => a - b)[lineNumber - 1];
  const index = tops.indexOf(top ?? Number.NaN);
  const line = editor.locator(".view-lines > .view-line").nth(index);
  const box = await line.evaluate((element, wanted) => {
    const walker = document.createTreeWalker(element, NodeFilter.SHOW_TEXT);
    for (let node = walker.nextNode(); node !== null; node = walker.nextNode()) {
      const at = (node.textContent ?? "").replaceAll("\u00a0", " ").indexOf(wanted);
      if (at === -1) continue;
      const range = document.createRange();
      range.setStart(node, at);
      range.setEnd(node, at + wanted.length);
      const { x, y, width, height } = range.getBoundingClientRect();
      return { x, y, width, height };
    }
    return undefined;
  }, word);
  if (box === undefined) throw new Error(`line ${lineNumber} does not show ${word}`);
  const hover = page
    .locator(".monaco-editor .monaco-hover:visible, .monaco-resizable-hover .monaco-hover")
    .first();
  // A pointer that stands still starts no hover: come from elsewhere, and again while the server has no answer yet.
  for (let attempt = 0; ; attempt += 1) {
    await page.mouse.move(box.x + 300, box.y + 200);
    await page.mouse.move(box.x + box.width / 2 - 2, box.y + box.height / 2);
    await page.mouse.move(box.x + box.width / 2, box.y + box.height / 2);
    const isShown = await hover
      .waitFor({ timeout: 3000 })
      .then(() => true)
      .catch(() => false);
    if (isShown) {
      // What the editor shows while the server is still at it.
      const complain = (): string => `the hover over ${word} keeps loading`;
      await until(
        () => hover.innerText(),
        (text) => text.trim() !== "Loading...",
        complain,
      );
      return hover;
    }
    if (attempt === 5) throw new Error(`no hover over ${word} in line ${lineNumber}`);
  }
}
