// The command as a process, as people and CI run it: `node test/bench/cli.ts [runs]`.
import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, rmSync, statSync } from "node:fs";
import { cpus } from "node:os";
import { join } from "node:path";
import { benchFolder as folder, bundleOf } from "./bundles.ts";

const root = join(import.meta.dirname, "../..");
let bundle = "";
const cacheHome = join(folder, "cli-cache");
/** Made by server.ts: 221,465 files in 16 gzip layers. */
const large = join(folder, "server/image");

await main(Number(process.argv[2] ?? 5));

async function main(runs: number): Promise<void> {
  mkdirSync(folder, { recursive: true });
  bundle = bundleOf("tare");
  if (!existsSync(join(root, "examples/fat/image/oci-layout"))) {
    spawnSync(process.execPath, [join(root, "examples/make.ts")], { stdio: "inherit" });
  }
  const fat = `oci:${join(root, "examples/fat/image")}`;
  const rows = [
    ["--version", ...figuresOf(runs, ["--version"])],
    [
      "examples/micro, no cache",
      ...figuresOf(runs, ["analyze", `oci:${join(root, "examples/micro/image")}`, "--no-cache"]),
    ],
    ["examples/fat (69 MB), no cache", ...figuresOf(runs, ["analyze", fat, "--no-cache"])],
    ["examples/fat, cached", ...figuresOf(runs, ["analyze", fat])],
  ];
  if (existsSync(large)) {
    rows.push(
      ["221,465 files, text, no cache", ...figuresOf(1, ["analyze", `oci:${large}`, "--no-cache"])],
      ["221,465 files, text, cached", ...figuresOf(runs, ["analyze", `oci:${large}`])],
      ["221,465 files, --json, cached", ...figuresOf(runs, ["analyze", `oci:${large}`, "--json"])],
    );
  }
  rmSync(cacheHome, { recursive: true, force: true });
  console.log(
    `${cpus().length} × ${cpus()[0]?.model ?? "?"}, Node ${process.version}, medians of ${runs} whole processes, bundle ${(statSync(bundle).size / 1e6).toFixed(2)} MB\n`,
  );
  console.log("| run | time | peak memory | printed |\n| --- | --- | --- | --- |");
  for (const row of rows) console.log(`| ${row.join(" | ")} |`);
}

/** Median time, highest memory and length of the output; the first run fills the cache and does not count. */
function figuresOf(runs: number, argv: readonly string[]): readonly string[] {
  if (!argv.includes("--no-cache")) runOnce(argv);
  const measured = Array.from({ length: runs }, () => runOnce(argv));
  const times = measured.map(({ ms }) => ms).toSorted((a, b) => a - b);
  const peakBytes = Math.max(...measured.map((run) => run.peakBytes));
  return [
    `${((times[Math.floor(times.length / 2)] ?? Number.NaN) / 1000).toFixed(3)} s`,
    `${(peakBytes / 1e6).toFixed(0)} MB`,
    `${((measured[0]?.printedBytes ?? 0) / 1e3).toFixed(1)} kB`,
  ];
}

function runOnce(argv: readonly string[]): {
  readonly ms: number;
  readonly peakBytes: number;
  readonly printedBytes: number;
} {
  const startMs = performance.now();
  // The bundle ends with process.exitCode, so a line of its own can tell the memory on the way out.
  const tell = 'process.on("exit",()=>process._rawDebug("peak "+process.resourceUsage().maxRSS))';
  const run = spawnSync(
    process.execPath,
    ["--import", `data:text/javascript,${encodeURIComponent(tell)}`, bundle, ...argv],
    { encoding: "utf8", maxBuffer: 2 ** 30, env: { ...process.env, XDG_CACHE_HOME: cacheHome } },
  );
  const ms = performance.now() - startMs;
  if (run.status !== 0) throw new Error(run.stderr);
  const peaks = [...run.stderr.matchAll(/^peak (\d+)$/gm)].map(([, kB]) => Number(kB) * 1024);
  return { ms, peakBytes: Math.max(...peaks), printedBytes: run.stdout.length };
}
