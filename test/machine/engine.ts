import { execFile, spawn, spawnSync, type ChildProcess } from "node:child_process";
import { existsSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { copyFile, mkdir, mkdtemp, open, readFile, rm, symlink, writeFile } from "node:fs/promises";
import { request } from "node:http";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { after, before } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";

/** The two builders of a Docker engine; they write different histories. */
export type BuilderKind = "classic" | "buildkit";

/** What to build: a Dockerfile, the files of its build context, and the tag. */
export interface BuildRequest {
  readonly tag: string;
  readonly dockerfile: string;
  /** Build context by relative path; text or bytes. */
  readonly files?: Readonly<Record<string, string | Uint8Array>>;
  /** Ignored by podman. */
  readonly builder?: BuilderKind;
  /** Further arguments of the build, such as `--build-arg A=1` or `--target x`. */
  readonly arguments?: readonly string[];
}

/** A private engine of the tests: its own data, its own socket, nothing of the user's. */
export interface TestEngine {
  readonly kind: "docker" | "podman";
  /** `unix:///…/engine.sock` */
  readonly endpoint: string;
  readonly socketPath: string;
  /** Private folder, removed by `stop`; tests may write below it. */
  readonly folder: string;
  /** Where the engine keeps its images. */
  readonly dataRoot: string;
  /** Runs the engine's own command line; standard output. Rejects with what it printed when it fails. */
  run(words: readonly string[], environment?: Readonly<Record<string, string>>): Promise<string>;
  build(what: BuildRequest): Promise<void>;
  /** Ends exactly the processes that were started, takes their mounts away and removes the folder. */
  stop(): Promise<void>;
}

interface Output {
  readonly stdout: string;
  readonly stderr: string;
}

/** Held while packages are installed; there once any were. */
const aptLock = join(tmpdir(), "tare-apt.lock");

/** Runs a program to its end. Rejects with what it printed when it fails. */
export function runProgram(
  program: string,
  words: readonly string[],
  environment: Readonly<Record<string, string>> = {},
): Promise<Output> {
  return new Promise((resolve, reject) => {
    execFile(
      program,
      [...words],
      { env: { ...process.env, ...environment }, maxBuffer: 64 * 1024 * 1024, encoding: "utf8" },
      (error, stdout, stderr) => {
        if (error === null) resolve({ stdout, stderr });
        else reject(new Error(`${program} ${words.join(" ")}: ${error.message}\n${stderr}`));
      },
    );
  });
}

/** Why no private engine can be had on this machine; undefined when one can. */
function engineImpossible(): string | undefined {
  if (process.platform !== "linux") return "a private engine needs Linux";
  if (process.getuid?.() !== 0) return "a private engine needs root";
  return undefined;
}

function findProgram(name: string): string | undefined {
  const folders = ["/usr/bin", "/usr/sbin", "/bin", "/sbin"];
  return [...folders, ...(process.env["PATH"] ?? "").split(":")]
    .map((folder) => join(folder, name))
    .find((path) => existsSync(path));
}

/**
 * Sees to it that programs are there, by Debian's packages where they are not; prints a line while it does.
 * Returns why it could not, or undefined.
 */
export async function installPackages(
  programs: Readonly<Record<string, string>>,
): Promise<string | undefined> {
  // A program that another test is just installing may be seen before it can run.
  if (existsSync(aptLock)) await runProgram("flock", [aptLock, "true"]);
  const missing = Object.entries(programs).filter(
    ([program]) => findProgram(program) === undefined,
  );
  if (missing.length === 0) return undefined;
  const apt = findProgram("apt-get");
  if (process.getuid?.() !== 0 || apt === undefined) {
    return `${missing.map(([program]) => program).join(", ")} missing, and Debian packages cannot be installed here`;
  }
  const packages = [...new Set(missing.map(([, debianPackage]) => debianPackage))];
  console.log(`# installing ${packages.join(" ")}`);
  const install = ["install", "-y", "--no-install-recommends", ...packages];
  try {
    await runAlone(apt, install).catch(async () => {
      await runAlone(apt, ["update"]);
      await runAlone(apt, install);
    });
    return undefined;
  } catch (error) {
    return `${packages.join(" ")} could not be installed: ${String(error).split("\n")[0] ?? ""}`;
  }
}

/** Tests that run side by side may both want packages; apt gives up where another apt is at work. */
function runAlone(apt: string, words: readonly string[]): Promise<Output> {
  return runProgram("flock", [aptLock, apt, ...words], { DEBIAN_FRONTEND: "noninteractive" });
}

function skipped(reason: string): undefined {
  console.log(`# engine tests skipped: ${reason}`);
  return undefined;
}

function answersPing(socketPath: string): Promise<boolean> {
  return new Promise((resolve) => {
    const ping = request({ socketPath, path: "/_ping", timeout: 2000 }, (response) => {
      response.resume();
      resolve(response.statusCode === 200);
    });
    ping.on("timeout", () => ping.destroy());
    ping.on("error", () => resolve(false));
    ping.end();
  });
}

async function waitUntilAnswering(child: ChildProcess, socketPath: string): Promise<boolean> {
  for (let attempt = 0; attempt < 300 && child.exitCode === null; attempt += 1) {
    if (await answersPing(socketPath)) return true;
    await sleep(100);
  }
  return false;
}

async function endProcess(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const ended = new Promise<void>((resolve) => child.once("exit", () => resolve()));
  child.kill("SIGTERM");
  const late = setTimeout(() => child.kill("SIGKILL"), 20_000);
  await ended;
  clearTimeout(late);
}

/** Takes away mounts that an engine left below the folder, deepest first. */
async function unmountBelow(folder: string): Promise<void> {
  const mounts = await readFile("/proc/self/mounts", "utf8").catch(() => "");
  for (const point of mountsBelow(mounts, folder)) {
    await runProgram("umount", ["-l", point]).catch(() => undefined);
  }
}

function mountsBelow(mounts: string, folder: string): readonly string[] {
  return mounts
    .split("\n")
    .map((line) => line.split(" ")[1] ?? "")
    .filter((point) => point.startsWith(`${folder}/`))
    .sort((a, b) => b.length - a.length);
}

async function writeContext(folder: string, what: BuildRequest): Promise<void> {
  const files = { ...what.files };
  for (const [path, content] of Object.entries(files)) {
    await mkdir(dirname(join(folder, path)), { recursive: true });
    await writeFile(join(folder, path), content);
  }
}

/** Builds with the Dockerfile outside the context, so that the context holds just the files given. */
async function buildWith(
  folder: string,
  what: BuildRequest,
  build: (words: readonly string[]) => Promise<unknown>,
): Promise<void> {
  const place = await mkdtemp(join(folder, "build-"));
  const context = join(place, "context");
  await mkdir(context);
  await writeContext(context, what);
  await writeFile(join(place, "Dockerfile"), what.dockerfile);
  await build([
    "build",
    "--network=host",
    ...(what.arguments ?? []),
    "-t",
    what.tag,
    "-f",
    join(place, "Dockerfile"),
    context,
  ]);
  await rm(place, { recursive: true, force: true });
}

interface Daemon {
  readonly child: ChildProcess;
  readonly folder: string;
  readonly socketPath: string;
}

async function startDaemon(
  program: string,
  wordsFor: (folder: string, socketPath: string) => readonly string[],
): Promise<Daemon | string> {
  const folder = await mkdtemp(join(tmpdir(), "tare-engine-"));
  const socketPath = join(folder, "engine.sock");
  const log = await open(join(folder, "log"), "w");
  const child = spawn(program, [...wordsFor(folder, socketPath)], {
    stdio: ["ignore", log.fd, log.fd],
    cwd: folder,
  });
  await log.close();
  endWithProcess(child, folder);
  if (await waitUntilAnswering(child, socketPath)) return { child, folder, socketPath };
  await endProcess(child);
  const lines = (await readFile(join(folder, "log"), "utf8")).trim().split("\n");
  await unmountBelow(folder);
  await rm(folder, { recursive: true, force: true });
  return `${program} does not start: ${lines.at(-1) ?? ""}`;
}

/** A daemon must not outlive the test process, however that one ends, nor leave its mounts and folder. */
function endWithProcess(child: ChildProcess, folder: string): void {
  const signals = ["SIGINT", "SIGTERM", "SIGHUP"] as const;
  const abandon = (): void => abandonDaemon(child, folder);
  const leave = (): void => process.exit(130);
  process.once("exit", abandon);
  for (const signal of signals) process.once(signal, leave);
  child.once("exit", () => {
    process.off("exit", abandon);
    for (const signal of signals) process.off(signal, leave);
  });
}

/** Without the event loop, which is over when a process exits. */
function abandonDaemon(child: ChildProcess, folder: string): void {
  child.kill("SIGTERM");
  for (let waited = 0; waited < 100 && isRunning(child.pid); waited += 1) {
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 100);
  }
  child.kill("SIGKILL");
  for (const point of mountsBelow(readFileSync("/proc/self/mounts", "utf8"), folder)) {
    spawnSync("umount", ["-l", point]);
  }
  rmSync(folder, { recursive: true, force: true });
}

/** An ended child whose parent has not looked yet is a zombie, and as good as gone. */
function isRunning(pid: number | undefined): boolean {
  try {
    return !/^\d+ \(.*\) Z/.test(readFileSync(`/proc/${pid ?? 0}/stat`, "utf8"));
  } catch {
    return false;
  }
}

async function stopDaemon({ child, folder }: Daemon): Promise<void> {
  await endProcess(child);
  await unmountBelow(folder);
  await rm(folder, { recursive: true, force: true, maxRetries: 5, retryDelay: 200 });
}

/**
 * Starts a Docker engine of its own: no bridge, no iptables; builds use `--network=host`. Installs Debian's docker.io where it is missing.
 * Undefined, with a line saying why, where that is not possible (no Linux, no root).
 */
export async function startEngine(): Promise<TestEngine | undefined> {
  const reason =
    engineImpossible() ?? (await installPackages({ dockerd: "docker.io", docker: "docker.io" }));
  const dockerd = findProgram("dockerd");
  const docker = findProgram("docker");
  if (reason !== undefined) return skipped(reason);
  if (dockerd === undefined || docker === undefined) return skipped("no dockerd here");
  const daemon = await startDaemon(dockerd, (folder, socketPath) => [
    `--data-root=${join(folder, "data")}`,
    `--exec-root=${join(folder, "exec")}`,
    `--pidfile=${join(folder, "pid")}`,
    `--host=unix://${socketPath}`,
    "--iptables=false",
    "--bridge=none",
  ]);
  if (typeof daemon === "string") return skipped(daemon);
  const endpoint = `unix://${daemon.socketPath}`;
  const run: TestEngine["run"] = async (words, environment = {}) => {
    const own = { DOCKER_HOST: endpoint, DOCKER_CONTEXT: "", DOCKER_CONFIG: daemon.folder };
    return (await runProgram(docker, words, { ...own, ...environment })).stdout;
  };
  return {
    kind: "docker",
    endpoint,
    socketPath: daemon.socketPath,
    folder: daemon.folder,
    dataRoot: join(daemon.folder, "data"),
    run,
    build: (what) =>
      buildWith(daemon.folder, what, (words) =>
        run(words, { DOCKER_BUILDKIT: what.builder === "classic" ? "0" : "1" }),
      ),
    stop: () => stopDaemon(daemon),
  };
}

/** Containers with limits that any machine grants, and without a network of their own, like those of the Docker engine here. */
const podmanSettings = `[containers]
default_ulimits = ["nofile=1024:1024", "nproc=1024:1024"]
netns = "host"
`;

/**
 * Starts podman's Docker-compatible service with a store of its own. Installs Debian's podman where it is missing.
 * Undefined, with a line saying why, where that is not possible.
 */
export async function startPodmanService(): Promise<TestEngine | undefined> {
  const reason = engineImpossible() ?? (await installPackages({ podman: "podman" }));
  const podman = findProgram("podman");
  if (reason !== undefined) return skipped(reason);
  if (podman === undefined) return skipped("no podman here");
  const storeWords = (folder: string): readonly string[] => [
    `--root=${join(folder, "data")}`,
    `--runroot=${join(folder, "run")}`,
    `--tmpdir=${join(folder, "tmp")}`,
    "--cgroup-manager=cgroupfs",
    "--events-backend=file",
  ];
  const daemon = await startDaemon("/usr/bin/env", (folder, socketPath) => {
    writeFileSync(join(folder, "containers.conf"), podmanSettings);
    return [
      `CONTAINERS_CONF=${join(folder, "containers.conf")}`,
      podman,
      ...storeWords(folder),
      "system",
      "service",
      "--time=0",
      `unix://${socketPath}`,
    ];
  });
  if (typeof daemon === "string") return skipped(daemon);
  const run: TestEngine["run"] = async (words, environment = {}) =>
    (
      await runProgram(podman, [...storeWords(daemon.folder), ...words], {
        CONTAINERS_CONF: join(daemon.folder, "containers.conf"),
        ...environment,
      })
    ).stdout;
  return {
    kind: "podman",
    endpoint: `unix://${daemon.socketPath}`,
    socketPath: daemon.socketPath,
    folder: daemon.folder,
    dataRoot: join(daemon.folder, "data"),
    run,
    build: (what) => buildWith(daemon.folder, what, run),
    stop: () => stopDaemon(daemon),
  };
}

/**
 * Adds an image with a whole user land in one layer and no network: Debian's static busybox, every applet a link to it.
 * Its history is one COPY, one ENV and one CMD row.
 */
export async function addBusybox(engine: TestEngine, tag = "busybox:local"): Promise<void> {
  const reason = await installPackages({ busybox: "busybox-static" });
  const busybox = findProgram("busybox");
  if (busybox === undefined) throw new Error(reason ?? "no busybox here");
  const context = await mkdtemp(join(engine.folder, "busybox-"));
  await mkdir(join(context, "bin"));
  await copyFile(busybox, join(context, "bin/busybox"));
  const applets = (await runProgram(busybox, ["--list"])).stdout.split("\n");
  for (const applet of applets.filter((name) => name !== "" && name !== "busybox")) {
    await symlink("busybox", join(context, "bin", applet));
  }
  const dockerfile = join(engine.folder, "busybox.Dockerfile");
  await writeFile(dockerfile, 'FROM scratch\nCOPY . /\nENV PATH=/bin\nCMD ["sh"]\n');
  const words = ["build", "--network=host", "-q", "-t", tag, "-f", dockerfile, context];
  await engine.run(words, { DOCKER_BUILDKIT: "0" });
  await rm(context, { recursive: true, force: true });
}

/**
 * Gives the tests of a file one engine: started before the first, stopped after the last. The function returned yields it, or
 * skips the calling test where no engine can be had. `prepare` runs once, after the start.
 */
export function withEngine(
  start: () => Promise<TestEngine | undefined>,
  prepare: (engine: TestEngine) => Promise<void> = async () => undefined,
): (test: { skip(reason: string): void }) => TestEngine | undefined {
  let engine: TestEngine | undefined;
  before(async () => {
    engine = await start();
    if (engine !== undefined) await prepare(engine);
  });
  after(async () => engine?.stop());
  return (test) => {
    if (engine === undefined) test.skip("no engine can be had here");
    return engine;
  };
}
