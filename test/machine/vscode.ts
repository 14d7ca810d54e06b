import { createServer } from "node:net";
import { existsSync } from "node:fs";
import { mkdir, rename, rm, writeFile } from "node:fs/promises";
import { once } from "node:events";
import { join } from "node:path";
import { randomBytes } from "node:crypto";
import { cacheFolder } from "./place.ts";
import { step } from "./progress.ts";
import { runProcess, startProcess } from "./processes.ts";

/** The npm package that carries the whole VS Code workbench and server. */
const codeServer = "4.139.1";

/** A VS Code whose windows are pages of a browser. */
export interface VscodeServer {
  readonly port: number;
  /** Address of a window on a folder, with the token that lets it in; may open a file of it at once. */
  addressOf(folder: string, file?: string): string;
  /** Its exit code, when it has ended. */
  readonly ended: Promise<number>;
  stop(): Promise<void>;
}

/** Where a server keeps what it needs, and how it behaves. */
export interface VscodeServerOptions {
  /** Holds extensions and user data; kept between runs by those who want that. */
  readonly home: string;
  /** Loaded like any extension a user installs. */
  readonly vsix: string;
  /** True asks whether a folder is trusted, as VS Code does on a desk; false trusts every folder. */
  readonly asksForTrust: boolean;
  /** User settings, written before the start. */
  readonly settings?: Readonly<Record<string, unknown>>;
  /** 0 or absent for any free port. */
  readonly port?: number;
}

/** Settings that keep what is not ours out of the way. */
const quietSettings = {
  "telemetry.telemetryLevel": "off",
  "update.mode": "none",
  "extensions.autoCheckUpdates": false,
  "extensions.autoUpdate": false,
  "extensions.ignoreRecommendations": true,
  "workbench.startupEditor": "none",
  "workbench.tips.enabled": false,
  "workbench.welcomePage.walkthroughs.openOnInstall": false,
  "workbench.secondarySideBar.defaultVisibility": "hidden",
  "chat.disableAIFeatures": true,
  "git.enabled": false,
  "git.openRepositoryInParentFolders": "never",
  "security.workspace.trust.startupPrompt": "always",
};

/** Brings VS Code for the browser, once; the folder of its server. Rejects with one sentence when the npm registry does not give it. */
export async function bringVscode(): Promise<string> {
  const place = join(cacheFolder, `code-server-${codeServer}`);
  const serverFolder = join(place, "node_modules/code-server/lib/vscode");
  if (existsSync(join(place, ".complete"))) return serverFolder;
  await step(
    `Bringing VS Code for the browser from the npm registry (600 MB on disk, once)`,
    async () => {
      // Made aside and moved: a half-made one is never taken for whole, and two runs do not meet.
      const draft = `${place}.${process.pid}`;
      await rm(draft, { recursive: true, force: true });
      await mkdir(draft, { recursive: true });
      const quiet = ["--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"];
      await npm(draft, [
        "install",
        `--prefix=${draft}`,
        "--no-package-lock",
        ...quiet,
        `code-server@${codeServer}`,
      ]);
      await npm(join(draft, "node_modules/code-server/lib/vscode"), [
        "install",
        "--omit=dev",
        ...quiet,
      ]);
      await writeFile(join(draft, ".complete"), "");
      await rm(place, { recursive: true, force: true });
      await rename(draft, place).catch((error: unknown) => {
        if (!existsSync(join(place, ".complete"))) throw error;
      });
      await rm(draft, { recursive: true, force: true });
    },
  );
  return serverFolder;
}

async function npm(cwd: string, args: readonly string[]): Promise<void> {
  const cli = process.env["npm_execpath"];
  const isScript = cli !== undefined && /\.c?js$/.test(cli);
  const code = isScript
    ? await runProcess(process.execPath, [cli, ...args], { cwd, timeoutMs: 600_000 })
    : await runProcess("npm", args, { cwd, timeoutMs: 600_000 });
  if (code !== 0)
    throw new Error("VS Code for the browser could not be brought by npm: see above.");
}

/** Starts VS Code on 127.0.0.1 with the extension installed. It ends with this process. */
export async function startVscodeServer(
  serverFolder: string,
  options: VscodeServerOptions,
): Promise<VscodeServer> {
  const { home } = options;
  const main = join(serverFolder, "out/server-main.js");
  const userFolder = join(home, "data/data/User");
  await mkdir(userFolder, { recursive: true });
  await writeFile(
    join(userFolder, "settings.json"),
    JSON.stringify({ ...quietSettings, ...options.settings }, undefined, 2),
  );
  const places = [
    "--accept-server-license-terms",
    `--server-data-dir=${join(home, "data")}`,
    `--extensions-dir=${join(home, "extensions")}`,
  ];
  const log = join(home, "server.log");
  // A version that stands there already would be kept: the one just built is wanted.
  await rm(join(home, "extensions"), { recursive: true, force: true });
  const installed = await runProcess(
    process.execPath,
    [main, `--install-extension=${options.vsix}`, "--force", ...places],
    { output: { file: join(home, "install.log") }, timeoutMs: 60_000 },
  );
  if (installed !== 0) {
    throw new Error(`The extension could not be installed: see ${join(home, "install.log")}.`);
  }
  const port = await freePort(options.port ?? 0);
  const token = randomBytes(16).toString("hex");
  const server = startProcess(
    process.execPath,
    [
      main,
      "--host=127.0.0.1",
      `--port=${port}`,
      `--connection-token=${token}`,
      "--telemetry-level=off",
      ...(options.asksForTrust ? [] : ["--disable-workspace-trust"]),
      ...places,
    ],
    { output: { file: log } },
  );
  await untilListening(port, server.exit, log);
  return {
    port,
    addressOf: (folder, file) => {
      const query = new URLSearchParams({ tkn: token, folder });
      const files =
        file === undefined ? [] : [["openFile", `vscode-remote://127.0.0.1:${port}${file}`]];
      if (files.length > 0) query.set("payload", JSON.stringify(files));
      return `http://127.0.0.1:${port}/?${query.toString().replaceAll("%2F", "/")}`;
    },
    ended: server.exit,
    stop: () => server.stop(),
  };
}

/** The port wished for when it is free, else any. */
async function freePort(wished: number): Promise<number> {
  for (const port of [wished, 0]) {
    const probe = createServer();
    probe.listen(port, "127.0.0.1");
    const isFree = await Promise.race([
      once(probe, "listening").then(() => true),
      once(probe, "error").then(() => false),
    ]).catch(() => false);
    const address = probe.address();
    if (!isFree || address === null || typeof address === "string") continue;
    await new Promise((closed) => probe.close(closed));
    return address.port;
  }
  throw new Error("No port of 127.0.0.1 is free.");
}

async function untilListening(port: number, ended: Promise<number>, log: string): Promise<void> {
  let hasEnded = false;
  void ended.then(() => {
    hasEnded = true;
  });
  for (let attempt = 0; attempt < 300 && !hasEnded; attempt += 1) {
    const answer = await fetch(`http://127.0.0.1:${port}/version`).catch(() => undefined);
    if (answer?.ok === true) return;
    await new Promise((wake) => setTimeout(wake, 100));
  }
  throw new Error(`VS Code does not start: see ${log}.`);
}
