import { existsSync, readFileSync, readdirSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { chromium, type Browser } from "playwright-core";
import { bringBrowser, browserArguments } from "../../machine/browser.ts";
import { build } from "../../machine/build.ts";
import { packBundles } from "../../machine/packageTask.ts";
import { inRoot } from "../../machine/place.ts";
import { bringVscode, startVscodeServer, type VscodeServer } from "../../machine/vscode.ts";
import { openWindow, type EditorWindow, type WindowOptions } from "./editorWindow.ts";

/** A real VS Code with the packaged extension, and a browser that shows its windows. */
export interface EditorHost {
  /** Opens a folder in a window of its own, as for the first time. */
  open(folder: string, options?: WindowOptions): Promise<EditorWindow>;
  /** Processes of our language server, layer readers excluded; Linux only. */
  languageServers(): readonly number[];
  stop(): Promise<void>;
}

/** What differs from an editor as it comes. */
export interface EditorHostOptions {
  /** True shows the question whether the folder is trusted. */
  readonly asksForTrust?: boolean;
}

/** Starts VS Code and the browser; or says why this machine cannot have them. */
export async function startEditor(options: EditorHostOptions = {}): Promise<EditorHost | string> {
  const found = await bringBrowser();
  if ("reason" in found) return found.reason;
  const serverFolder = await bringVscode().catch((error: unknown) => String(error));
  if (!existsSync(serverFolder)) return serverFolder;
  const home = await mkdtemp(join(tmpdir(), "tare-editor-"));
  const vsix = join(home, "tare.vsix");
  if (!existsSync(inRoot("server/dist/tare.cjs"))) await build({ production: true });
  await packBundles(vsix);
  const server = await startVscodeServer(serverFolder, {
    home,
    vsix,
    asksForTrust: options.asksForTrust ?? false,
    settings: { "workbench.colorTheme": "Default Dark Modern" },
  });
  const browser = await chromium.launch({
    executablePath: found.path,
    args: [...browserArguments],
  });
  return hostOf(server, browser, home);
}

function hostOf(server: VscodeServer, browser: Browser, home: string): EditorHost {
  return {
    open: (folder, options) =>
      openWindow(browser, (file) => server.addressOf(folder, file), options),
    languageServers: () => languageServersBelow(home),
    stop: async () => {
      await browser.close();
      await server.stop();
      await rm(home, { recursive: true, force: true, maxRetries: 5, retryDelay: 200 });
    },
  };
}

function languageServersBelow(home: string): readonly number[] {
  return readdirSync("/proc")
    .filter((name) => /^\d+$/.test(name))
    .filter((name) => {
      try {
        const words = readFileSync(`/proc/${name}/cmdline`, "utf8").split("\0");
        return words.includes("lsp") && words.some((word) => word.startsWith(home));
      } catch {
        return false;
      }
    })
    .map(Number);
}
