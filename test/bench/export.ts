// Reading an image from a Docker engine against `docker save` to nowhere: `node test/bench/export.ts [runs]`. Starts an engine of its own; asks `layers.ts` for nothing but its image.
import { spawnSync } from "node:child_process";
import { chmodSync, linkSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { cpus, loadavg } from "node:os";
import { join } from "node:path";
import { type TestEngine, startEngine } from "../machine/engine.ts";
import { benchFolder, bundleOf } from "./bundles.ts";
import { makeLargeImage } from "./largeImage.ts";

const image = "bench:export";

/** So many of the generated layers are put into the engine. */
const layerCount = 3;

/** Whom the engine lets use its socket, but who may not read its storage: most people. */
const nobody = 65_534;

await main(Number(process.argv[2] ?? 5));

async function main(runs: number): Promise<void> {
  const command = bundleOf("tare");
  const engine = await startEngine();
  if (engine === undefined) return;
  try {
    await addImage(engine);
    chmodSync(engine.folder, 0o755);
    chmodSync(engine.socketPath, 0o666);
    const analyse = (user: number): number => {
      const words = [command, "analyze", image, "--json", "--no-cache"];
      return timeOf(process.execPath, words, { engine, user });
    };
    const turns = Array.from({ length: runs }, () => ({
      save: timeOf("docker", ["save", image], { engine, user: 0 }),
      storage: analyse(0),
      exported: analyse(nobody),
    }));
    const load = loadavg()[0]?.toFixed(1) ?? "?";
    console.log(
      `${cpus().length} × ${cpus()[0]?.model ?? "?"}, Node ${process.version}, load ${load}, medians of ${runs} whole processes in turns\n`,
    );
    console.log("| engine | time | ratio |\n| --- | --- | --- |");
    const rows = [
      ["save", "`docker save` to nowhere"],
      ["storage", "from the engine's storage"],
      ["exported", "through the export"],
    ] as const;
    for (const [key, title] of rows) {
      const seconds = median(turns.map((turn) => turn[key])) / 1000;
      const ratio = median(turns.map((turn) => turn[key] / turn.save));
      console.log(`| ${title} | ${seconds.toFixed(2)} s | ${ratio.toFixed(2)} |`);
    }
  } finally {
    await engine.stop();
  }
}

async function addImage(engine: TestEngine): Promise<void> {
  const layers = await makeLargeImage({
    folder: join(benchFolder, "large"),
    files: 221_465,
    scale: 1,
    layers: 16,
  });
  const context = mkdtempSync(join(benchFolder, "export-"));
  try {
    const names = layers.slice(0, layerCount).map(({ plain }, at) => {
      linkSync(plain, join(context, `${at}.tar`));
      return `${at}.tar`;
    });
    const lines = names.map((name) => `ADD ${name} /\n`).join("");
    writeFileSync(join(context, "Dockerfile"), `FROM scratch\n${lines}`);
    await engine.run(["build", "--tag", image, context], { DOCKER_BUILDKIT: "0" });
  } finally {
    rmSync(context, { recursive: true, force: true });
  }
}

function timeOf(
  program: string,
  words: readonly string[],
  { engine, user }: { readonly engine: TestEngine; readonly user: number },
): number {
  const startMs = performance.now();
  const { status, stderr } = spawnSync(program, words, {
    stdio: ["ignore", "ignore", "pipe"],
    encoding: "utf8",
    uid: user,
    env: { PATH: process.env["PATH"] ?? "", HOME: "/nonexistent", DOCKER_HOST: engine.endpoint },
  });
  if (status !== 0) throw new Error(stderr);
  return performance.now() - startMs;
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;
}
