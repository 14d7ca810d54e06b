// `npm run bench [runs]`: every benchmark, one after the other. Figures are printed, not judged: no timed assertion.
import { spawnSync } from "node:child_process";
import { join } from "node:path";

const parts = [
  ["Reading layers", "layers.ts"],
  ["The language server", "server.ts"],
  ["The command line", "cli.ts"],
] as const;

let failedCount = 0;
for (const [title, script] of parts) {
  console.log(`\n## ${title}\n`);
  const path = join(import.meta.dirname, script);
  const { status } = spawnSync(process.execPath, [path, ...process.argv.slice(2)], {
    stdio: "inherit",
  });
  if (status !== 0) failedCount += 1;
}
process.exitCode = failedCount === 0 ? 0 : 1;
