// Reading layers against its peers, on a generated image of more than 200,000 files: `node test/bench/layers.ts [runs]`.
import { spawnSync } from "node:child_process";
import { mkdirSync, rmSync } from "node:fs";
import { cpus } from "node:os";
import { join } from "node:path";
import { benchFolder as folder, bundleOf } from "./bundles.ts";
import { type GeneratedLayer, makeLargeImage } from "./largeImage.ts";

let bundle = "";

interface Measured {
  readonly wallMs: number;
  readonly peakBytes: number;
  /** How long the main thread could not answer, at most; absent unless watched. */
  readonly longestStallMs?: number;
}

await main(Number(process.argv[2] ?? 3));

async function main(runs: number): Promise<void> {
  mkdirSync(folder, { recursive: true });
  const layers = await makeLargeImage({
    folder: join(folder, "large"),
    files: 221_465,
    scale: 1,
    layers: 16,
  });
  bundle = bundleOf("readOnce");
  const listing = join(folder, "large/layers.json");
  const rows: string[][] = [];
  const forms = [
    ["plain", "tar -tvf", 1],
    ["gzip", "tar -tvzf", 0.2],
    ["zstd", "tar -tv --zstd", 0.6],
  ] as const;
  for (const [form, peer, target] of forms) {
    // Other work on the machine slows both of a pair about alike.
    const pairs = repeat(runs, () => ({
      peerMs: timePeer(layers, form),
      ours: timeOurs([listing, form, ""]),
    }));
    const ours = pairs.map((pair) => pair.ours);
    rows.push([
      form,
      seconds(median(ours.map(({ wallMs }) => wallMs))),
      `${peer} ${seconds(median(pairs.map(({ peerMs }) => peerMs)))}`,
      median(pairs.map((pair) => pair.ours.wallMs / pair.peerMs)).toFixed(2),
      `≤ ${target}`,
      ...costs(ours, timeOurs([listing, form, "", "watched"])),
    ]);
  }
  rows.push(timeCache(listing, runs));
  rows.push(await timeMillion(runs));
  console.log(
    `${cpus().length} × ${cpus()[0]?.model ?? "?"}, Node ${process.version}, medians of ${runs} pairs of whole processes, one after the other\n`,
  );
  printTable(
    ["layers", "Tare", "peer", "ratio", "target", "peak memory", "main thread busy"],
    rows,
  );
}

function timeCache(listing: string, runs: number): string[] {
  const cache = join(folder, "cache");
  rmSync(cache, { recursive: true, force: true });
  const words = [listing, "plain", cache];
  timeOurs(words);
  const ours = repeat(runs, () => timeOurs(words));
  const oursMs = median(ours.map(({ wallMs }) => wallMs));
  return [
    "from the cache",
    seconds(oursMs),
    "",
    "",
    "≤ 0.150 s",
    ...costs(ours, timeOurs([...words, "watched"])),
  ];
}

async function timeMillion(runs: number): Promise<string[]> {
  const million = join(folder, "million");
  await makeLargeImage({
    folder: million,
    files: 1_000_000,
    scale: 0.02,
    layers: 16,
    plainOnly: true,
  });
  const words = [join(million, "layers.json"), "plain", ""];
  const ours = repeat(Math.min(runs, 2), () => timeOurs(words));
  const oursMs = median(ours.map(({ wallMs }) => wallMs));
  return [
    "1,000,000 files, plain",
    seconds(oursMs),
    "",
    "",
    "≤ 600 MB",
    ...costs(ours, timeOurs([...words, "watched"])),
  ];
}

function timePeer(layers: readonly GeneratedLayer[], form: "plain" | "gzip" | "zstd"): number {
  const flags = { plain: ["-tvf"], gzip: ["-tvzf"], zstd: ["--zstd", "-tvf"] }[form];
  const startMs = performance.now();
  for (const layer of layers)
    spawnSync("tar", [...flags, layer[form]], { stdio: ["ignore", "ignore", "inherit"] });
  return performance.now() - startMs;
}

/** `words` as readOnce.ts takes them. */
function timeOurs(words: readonly string[]): Measured {
  const startMs = performance.now();
  const run = spawnSync(process.execPath, [bundle, ...words], { encoding: "utf8" });
  const wallMs = performance.now() - startMs;
  if (run.status !== 0) throw new Error(run.stderr);
  return { ...(JSON.parse(run.stdout) as Omit<Measured, "wallMs">), wallMs };
}

function costs(measured: readonly Measured[], { longestStallMs = Number.NaN }: Measured): string[] {
  const peak = Math.max(...measured.map(({ peakBytes }) => peakBytes));
  return [`${(peak / 1e6).toFixed(0)} MB`, `${longestStallMs.toFixed(0)} ms`];
}

function repeat<T>(runs: number, run: () => T): T[] {
  return Array.from({ length: runs }, run);
}

function median(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;
}

function seconds(ms: number): string {
  return `${(ms / 1000).toFixed(3)} s`;
}

function printTable(head: readonly string[], rows: readonly (readonly string[])[]): void {
  const widths = head.map((title, at) =>
    Math.max(title.length, ...rows.map((row) => row[at]?.length ?? 0)),
  );
  const line = (cells: readonly string[]): string =>
    `| ${cells.map((cell, at) => cell.padEnd(widths[at] ?? 0)).join(" | ")} |`;
  console.log(
    [line(head), line(widths.map((width) => "-".repeat(width))), ...rows.map(line)].join("\n"),
  );
}
