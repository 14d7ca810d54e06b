import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Readable } from "node:stream";
import { test } from "node:test";
import { chromium } from "playwright-core";
import { bringBrowser, browserArguments } from "../machine/browser.ts";
import { inRoot } from "../machine/place.ts";
import { openWindow } from "./support/editorWindow.ts";
import { until } from "./support/until.ts";

/** Process ids of everything below a process, by `/proc`. */
function descendantsOf(pid: number): readonly number[] {
  const parents = readdirSync("/proc")
    .filter((name) => /^\d+$/.test(name))
    .map((name) => [Number(name), parentOf(Number(name))] as const);
  const below = (parent: number): readonly number[] =>
    parents.filter(([, its]) => its === parent).flatMap(([child]) => [child, ...below(child)]);
  return below(pid);
}

/** Undefined for one that has ended, though nobody may have asked how. */
function parentOf(pid: number): number | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, "latin1");
    const [state, parent] = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
    return state === "Z" ? undefined : Number(parent);
  } catch {
    return undefined;
  }
}

test("npm start shows sizes on the examples at once, and Ctrl-C leaves no process behind", async (t) => {
  if (process.platform !== "linux") return t.skip("looks for processes in /proc");
  const found = await bringBrowser();
  if ("reason" in found) return t.skip(`no browser can be had here: ${found.reason}`);
  const started = spawn(process.execPath, [inRoot("test/machine/run.mjs"), "start", "--browser"], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  const ended = once(started, "exit");
  t.after(() => started.kill("SIGKILL"));
  const address = await addressPrinted(started.stdout);
  assert.match(address, /^http:\/\/127\.0\.0\.1:\d+\/\?tkn=\w{20,}&folder=/);
  const browser = await chromium.launch({
    executablePath: found.path,
    args: [...browserArguments],
  });
  t.after(() => browser.close());
  const window = await openWindow(browser, () => address, { file: "Dockerfile" });
  await window.untilLine(
    9,
    /^FROM debian:12-slimbase [\d.]+ MB.* · image [\d.]+ MB · [\d.]+ MB wasted$/,
  );
  await window.photograph("start");
  await browser.close();
  const closed = await fetch(address.replace(/tkn=\w+/, "tkn=wrong"), { redirect: "manual" });
  assert.equal(closed.status, 403, "without the token nobody gets in");

  const processes = descendantsOf(started.pid ?? 0);
  assert.ok(processes.length > 2, "VS Code runs below npm start");
  started.kill("SIGINT");
  await ended;
  const left = processes.filter((pid) => parentOf(pid) !== undefined);
  assert.deepEqual(left, []);
});

test("npm start takes the code on the PATH where there is a screen, with a profile of its own, and ends it", async (t) => {
  if (process.platform !== "linux") return t.skip("looks for processes in /proc");
  const folder = mkdtempSync(join(tmpdir(), "tare-code-"));
  t.after(() => rmSync(folder, { recursive: true }));
  const words = join(folder, "words");
  writeFileSync(
    join(folder, "code"),
    `#!/bin/sh\nsleep 600 &\nprintf '%s\\n' "$@" > ${words}\nwait\n`,
    { mode: 0o755 },
  );
  const { VSCODE_IPC_HOOK_CLI: _, ...environment } = process.env;
  const started = spawn(process.execPath, [inRoot("test/machine/run.mjs"), "start"], {
    stdio: "ignore",
    env: { ...environment, DISPLAY: ":99", PATH: `${folder}:${process.env["PATH"] ?? ""}` },
  });
  t.after(() => started.kill("SIGKILL"));
  const ended = once(started, "exit");
  await until(
    async () => existsSync(words),
    (isThere) => isThere,
    () => "code was not started",
    60_000,
  );
  const processes = descendantsOf(started.pid ?? 0);
  started.kill("SIGINT");
  await ended;
  const given = readFileSync(words, "utf8").split("\n");
  assert.ok(given.includes(`--extensionDevelopmentPath=${inRoot()}`));
  assert.ok(given.some((word) => word.startsWith("--user-data-dir=")));
  assert.ok(given.includes(inRoot("examples")));
  assert.ok(processes.length >= 3, "code runs below npm start");
  assert.deepEqual(
    processes.filter((pid) => parentOf(pid) !== undefined),
    [],
  );
});

function addressPrinted(output: Readable): Promise<string> {
  return new Promise((found, failed) => {
    let text = "";
    output.on("data", (chunk: Buffer) => {
      text += chunk.toString("utf8");
      const address = /http:\/\/127\.0\.0\.1\S+/.exec(text)?.[0];
      if (address !== undefined) found(address);
    });
    output.on("end", () => failed(new Error(`npm start printed no address:\n${text}`)));
  });
}
