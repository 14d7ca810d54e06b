import assert from "node:assert/strict";
import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { existsSync, readFileSync } from "node:fs";
import { copyFile, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { fileURLToPath } from "node:url";
import { anImage } from "../support/imageBuilder.ts";
import { ociFiles, writeStore } from "../support/imageWriters.ts";

// The bundle as a process of its own, the way people and CI run it.

const root = fileURLToPath(new URL("../..", import.meta.url));
const bundle = join(root, "server/dist/tare.cjs");

let folder: string;
before(async () => {
  if (!existsSync(bundle)) {
    const built = spawnSync(process.execPath, ["esbuild.mjs"], { cwd: root, encoding: "utf8" });
    assert.equal(built.status, 0, built.stderr);
  }
  folder = await mkdtemp(join(tmpdir(), "tare-process-"));
  const names = Array.from({ length: 3000 }, (_, index) => `data/file-with-a-long-name-${index}`);
  const image = anImage()
    .layer(Object.fromEntries(names.map((name) => [name, "10"])))
    .layer({ ".wh.data": "0", "bin/app": "20kB" });
  await writeStore(join(folder, "image"), ociFiles(image, { compression: "gzip" }));
});
after(() => rm(folder, { recursive: true }));

function tare(argv: readonly string[], node = process.execPath) {
  return spawnSync(node, [bundle, ...argv], {
    cwd: folder,
    encoding: "utf8",
    env: { ...process.env, XDG_CACHE_HOME: join(folder, "cache") },
    timeout: 60_000,
    maxBuffer: 64e6,
  });
}

test("each outcome has its exit code and keeps stdout clean", () => {
  const cases: readonly (readonly [argv: readonly string[], code: number])[] = [
    [["analyze", "oci:image", "--json"], 0],
    [["analyze", "oci:image", "--json", "--budget", "1kB"], 1],
    [["analyze", "oci:image", "--unknown"], 2],
    [["lint"], 2],
    [["analyze", "oci:nothing-here", "--json"], 3],
    [["analyze", "oci:image", "-f", "nothing-here"], 3],
  ];
  for (const [argv, code] of cases) {
    const run = tare(argv);
    assert.equal(run.status, code, `${argv.join(" ")}: ${run.stderr}`);
    if (code <= 1) {
      assert.equal(run.stderr, "");
      assert.doesNotThrow(() => JSON.parse(run.stdout));
    } else {
      assert.equal(run.stdout, "");
      assert.match(run.stderr, /^tare: [^\n]+\n$/);
    }
  }
});

test("the second run, from the cache, prints the same bytes", () => {
  const [first, second, uncached] = [[], [], ["--no-cache"]].map((options) =>
    tare(["analyze", "oci:image", "--json", ...options]),
  );
  assert.equal(first?.status, 0);
  assert.equal(second?.stdout, first?.stdout);
  assert.equal(uncached?.stdout, first?.stdout);
});

test("the command alone, without the files that threads start with, prints the same", async () => {
  const alone = join(folder, "tare.cjs");
  await copyFile(bundle, alone);
  const argv = ["analyze", "oci:image", "--json", "--no-cache"];
  const run = spawnSync(process.execPath, [alone, ...argv], { cwd: folder, encoding: "utf8" });
  assert.equal(run.stderr, "");
  assert.equal(run.stdout, tare(argv).stdout);
});

test("a reader that leaves ends the process quietly", async () => {
  const child = spawn(process.execPath, [bundle, "analyze", "oci:image", "--json"], {
    cwd: folder,
    stdio: ["ignore", "pipe", "pipe"],
  });
  let stderr = "";
  child.stderr.setEncoding("utf8").on("data", (chunk: string) => {
    stderr += chunk;
  });
  child.stdout.once("data", () => child.stdout.destroy());
  const [code] = (await once(child, "close")) as [number];
  assert.equal(code, 0);
  assert.equal(stderr, "");
});

test("an interrupt ends the process with 130", { skip: process.platform === "win32" }, async () => {
  // Sends the signal when the process waits for an engine that never answers.
  const { createServer } = await import("node:net");
  const silent = createServer((socket) => socket.on("error", () => undefined));
  silent.listen(0, "127.0.0.1");
  await once(silent, "listening");
  const address = silent.address();
  assert.ok(typeof address === "object" && address !== null);
  const child = spawn(process.execPath, [bundle, "analyze", "some-image:1"], {
    cwd: folder,
    stdio: ["ignore", "pipe", "pipe"],
    env: { ...process.env, DOCKER_HOST: `tcp://127.0.0.1:${address.port}` },
  });
  let stdout = "";
  child.stdout.setEncoding("utf8").on("data", (chunk: string) => {
    stdout += chunk;
  });
  silent.once("connection", () => child.kill("SIGINT"));
  const [code] = (await once(child, "close")) as [number];
  silent.close();
  assert.equal(code, 130);
  assert.equal(stdout, "");
});

test("help and version come without reading anything", () => {
  const { version } = JSON.parse(readFileSync(join(root, "package.json"), "utf8")) as {
    readonly version: string;
  };
  assert.equal(tare(["--version"]).stdout, `${version}\n`);
  assert.match(tare(["--help"]).stdout, /tare lsp --stdio/);
  assert.match(tare(["lsp", "--help"]).stdout, /^tare lsp --stdio/);
  assert.match(tare(["lsp", "-h"]).stdout, /^tare lsp --stdio/);
});

test("the `node` on the PATH runs the bundle too, if it is another one", (context) => {
  const found = spawnSync("node", ["--version"], { encoding: "utf8" });
  const major = Number(/^v(\d+)/.exec(found.stdout ?? "")?.[1]);
  if (!(major >= 20) || found.stdout.trim() === process.version) {
    context.skip("there is no other Node on the PATH");
    return;
  }
  const run = tare(["analyze", "oci:image", "--json", "--no-cache"], "node");
  assert.equal(run.stderr, "");
  assert.equal(run.status, 0);
  assert.equal(run.stdout, tare(["analyze", "oci:image", "--json", "--no-cache"]).stdout);
});
