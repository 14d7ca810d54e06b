import { existsSync } from "node:fs";
import { delimiter, join } from "node:path";
import { build } from "./build.ts";
import { makePackage } from "./packageTask.ts";
import { cacheFolder, inRoot, root } from "./place.ts";
import { runProcess, startProcess } from "./processes.ts";
import { say, step } from "./progress.ts";
import { bringVscode, startVscodeServer } from "./vscode.ts";

const examples = inRoot("examples");
const home = join(cacheFolder, "start");

/** `npm start`: VS Code with the extension on the examples, until it is closed or Ctrl-C. `--browser` passes a desktop by. */
export async function start(options: readonly string[]): Promise<number> {
  await makeExamples();
  const desktop = options.includes("--browser") ? undefined : await findDesktop();
  return desktop === undefined ? startInBrowser() : startOnDesktop(desktop);
}

async function makeExamples(): Promise<void> {
  const script = inRoot("examples/make.ts");
  if (!existsSync(script)) return;
  const code = await runProcess(process.execPath, [script]);
  if (code !== 0) throw new Error("The images of the examples could not be made: see above.");
}

/** The Dockerfile that is open at first. */
function firstFile(): string {
  return (
    ["fat/Dockerfile", "micro/Dockerfile"]
      .map((path) => join(examples, path))
      .find((path) => existsSync(path)) ?? join(examples, "Dockerfile")
  );
}

async function startInBrowser(): Promise<number> {
  const serverFolder = await bringVscode();
  const vsix = await step("Building the extension", () => makePackage(join(home, "tare.vsix")));
  const server = await startVscodeServer(serverFolder, {
    home,
    vsix,
    asksForTrust: false,
    port: 8627,
    // It would lie over the sizes of long lines.
    settings: { "editor.minimap.enabled": false },
  });
  say("");
  say("VS Code with Tare is ready. Open this address in a browser on this machine:");
  say("");
  say(`  ${server.addressOf(examples, firstFile())}`);
  say("");
  say("Ctrl-C ends it.");
  return server.ended;
}

/** A desktop VS Code that can show a window here: the `code` on the PATH, else the build that test-electron downloads. */
async function findDesktop(): Promise<string | undefined> {
  const hasDisplay =
    process.platform === "darwin" ||
    process.platform === "win32" ||
    (process.env["DISPLAY"] ?? process.env["WAYLAND_DISPLAY"] ?? "") !== "";
  // In a terminal of VS Code itself `code` talks to that window, which takes no extension under development.
  if (!hasDisplay || process.env["VSCODE_IPC_HOOK_CLI"] !== undefined) return undefined;
  const name = process.platform === "win32" ? "code.cmd" : "code";
  const onPath = (process.env["PATH"] ?? "")
    .split(delimiter)
    .map((folder) => join(folder, name))
    .find((path) => existsSync(path));
  return onPath ?? (await downloadDesktop());
}

async function downloadDesktop(): Promise<string | undefined> {
  const isReachable = await fetch("https://update.code.visualstudio.com/api/releases/stable", {
    signal: AbortSignal.timeout(5000),
  })
    .then((answer) => answer.ok)
    .catch(() => false);
  if (!isReachable) return undefined;
  const { downloadAndUnzipVSCode } = await import("@vscode/test-electron");
  return step("Bringing the desktop VS Code (once)", () =>
    downloadAndUnzipVSCode({ cachePath: join(cacheFolder, "vscode-desktop") }),
  ).catch((error: unknown) => {
    say(`The desktop VS Code could not be brought (${String(error)}): using the browser.`);
    return undefined;
  });
}

async function startOnDesktop(code: string): Promise<number> {
  await build({ production: false });
  say("VS Code with Tare opens on the examples. Close its window or press Ctrl-C to end it.");
  const isRoot = process.getuid?.() === 0;
  return startProcess(code, [
    "--wait",
    "--new-window",
    // Its own user data: nothing of the user's own VS Code is touched, and it ends as a whole.
    `--user-data-dir=${join(home, "desktop")}`,
    `--extensions-dir=${join(home, "desktop-extensions")}`,
    `--extensionDevelopmentPath=${root}`,
    "--disable-workspace-trust",
    "--skip-welcome",
    "--skip-release-notes",
    ...(isRoot ? ["--no-sandbox"] : []),
    examples,
    firstFile(),
  ]).exit;
}
