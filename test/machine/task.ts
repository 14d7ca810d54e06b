import { killAll, runProcess, stopAll } from "./processes.ts";
import { build } from "./build.ts";
import { check, format } from "./checkTask.ts";
import { packageExtension } from "./packageTask.ts";
import { say } from "./progress.ts";
import { start } from "./startTask.ts";
import { testAll, testEditor } from "./testTask.ts";
import { inRoot } from "./place.ts";

/** Every npm script by its name; each resolves to an exit code. */
const tasks: Readonly<Record<string, (options: readonly string[]) => Promise<number>>> = {
  start,
  test: testAll,
  check,
  format,
  build: async () => {
    await build({ production: false });
    return 0;
  },
  package: packageExtension,
  bench: (options) => runProcess(process.execPath, [inRoot("test/bench/bench.ts"), ...options]),
  e2e: testEditor,
  screenshots: (options) =>
    runProcess(process.execPath, [inRoot("test/editor/screenshots.ts"), ...options]),
};

let ending: Promise<void> | undefined;

function end(code: number): void {
  ending ??= stopAll().then(() => process.exit(code));
}

process.on("exit", killAll);
process.on("SIGTERM", () => end(143));
process.on("SIGINT", () => end(130));
// The process that started this one holds the channel; without it nobody waits for us any more.
process.on("disconnect", () => end(143));

// Whoever read our lines may have gone; that is no reason to fail.
process.stdout.on("error", () => undefined);

const [name = "", ...options] = process.argv.slice(2);
const task = tasks[name];
if (task === undefined) {
  say(`There is no task ${name}: ${Object.keys(tasks).join(", ")}`);
  process.exit(2);
}
const code = await task(options);
await stopAll();
process.exit(code);
