// An engine's first answer, which shows sizes while no layer is read: `node test/bench/history.ts [runs]`. Starts a Docker engine of its own.
import { spawnSync } from "node:child_process";
import { cpus, loadavg } from "node:os";
import { addBusybox, startEngine } from "../machine/engine.ts";
import { bundleOf } from "./bundles.ts";

interface Measured {
  readonly warmMs: number;
  readonly firstMs: number;
  readonly againMs: number;
}

const image = "bench:history";

await main(Number(process.argv[2] ?? 9));

async function main(runs: number): Promise<void> {
  const script = bundleOf("historyOnce");
  const engine = await startEngine();
  if (engine === undefined) return;
  try {
    await addBusybox(engine);
    await engine.build({
      tag: image,
      builder: "classic",
      dockerfile: `FROM busybox:local\n${Array.from({ length: 8 }, (_, row) => `RUN echo ${row} > /${row}\n`).join("")}`,
    });
    const ask = (client: string): Measured => {
      const run = spawnSync(process.execPath, [script, engine.endpoint, image, client], {
        encoding: "utf8",
      });
      if (run.status !== 0) throw new Error(run.stderr);
      return JSON.parse(run.stdout) as Measured;
    };
    const pairs = Array.from({ length: runs }, () => [ask("cold"), ask("warm")] as const);
    const cold = pairs.map(([first]) => first);
    const warm = pairs.map(([, second]) => second);
    const load = loadavg()[0]?.toFixed(1) ?? "?";
    console.log(
      `${cpus().length} × ${cpus()[0]?.model ?? "?"}, Node ${process.version}, load ${load}, ${runs} processes each in turns\n`,
    );
    console.log("| history of an image | median | least |\n| --- | --- | --- |");
    printRow(
      "first in a process",
      cold.map(({ firstMs }) => firstMs),
    );
    printRow(
      "first, the client warmed up before",
      warm.map(({ firstMs }) => firstMs),
    );
    printRow(
      "again",
      [...cold, ...warm].map(({ againMs }) => againMs),
    );
    printRow(
      "warming up the client",
      warm.map(({ warmMs }) => warmMs),
    );
  } finally {
    await engine.stop();
  }
}

function printRow(what: string, times: readonly number[]): void {
  const sorted = times.toSorted((a, b) => a - b);
  const median = sorted[Math.floor(sorted.length / 2)] ?? Number.NaN;
  console.log(`| ${what} | ${median.toFixed(1)} ms | ${(sorted[0] ?? Number.NaN).toFixed(1)} ms |`);
}
