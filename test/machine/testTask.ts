import { existsSync, mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { build } from "./build.ts";
import type { TestCounts } from "./countReporter.ts";
import { cacheFolder, inRoot } from "./place.ts";
import { runProcess } from "./processes.ts";
import { say, step } from "./progress.ts";

/** A part of the tests that runs in one process, and is ended when it takes too long. */
interface Section {
  readonly title: string;
  readonly files: readonly string[];
  readonly timeoutMs: number;
}

const minute = 60_000;

/** `npm test`: every test there is. Ends with one line of counts; 1 when a test failed. */
export async function testAll(filters: readonly string[]): Promise<number> {
  await step("Building the bundles", () => build({ production: true }));
  const isWanted = (path: string): boolean =>
    filters.length === 0 || filters.some((filter) => path.includes(filter));
  const all = testFiles().filter(isWanted);
  const inFolder = (folder: string): readonly string[] =>
    all.filter((path) => path.startsWith(`test/${folder}/`));
  const engine = inFolder("engine");
  const editor = inFolder("editor");
  return runSections([
    {
      title: "Unit, property, server and command-line tests",
      files: all.filter((path) => !engine.includes(path) && !editor.includes(path)),
      timeoutMs: 12 * minute,
    },
    { title: "Tests on a real engine", files: engine, timeoutMs: 30 * minute },
    { title: "Tests in the real editor", files: editor, timeoutMs: 15 * minute },
  ]);
}

/** `npm run e2e`: only what runs in the real editor. */
export async function testEditor(filters: readonly string[]): Promise<number> {
  await step("Building the bundles", () => build({ production: true }));
  const files = testFiles().filter(
    (path) =>
      path.startsWith("test/editor/") &&
      (filters.length === 0 || filters.some((filter) => path.includes(filter))),
  );
  return runSections([{ title: "Tests in the real editor", files, timeoutMs: 15 * minute }]);
}

function testFiles(): readonly string[] {
  return readdirSync(inRoot("test"), { recursive: true, encoding: "utf8" })
    .map((path) => `test/${path.replaceAll("\\", "/")}`)
    .filter((path) => path.endsWith(".test.ts"))
    .toSorted();
}

async function runSections(sections: readonly Section[]): Promise<number> {
  const totals = { passed: 0, failed: 0, skipped: 0 };
  for (const section of sections.filter(({ files }) => files.length > 0)) {
    const counts = await runSection(section);
    totals.passed += counts.passed;
    totals.failed += counts.failed;
    totals.skipped += counts.skipped;
  }
  const skipped = totals.skipped === 0 ? "" : `, ${totals.skipped} skipped`;
  say(`${totals.passed} passed, ${totals.failed} failed${skipped}`);
  return totals.failed === 0 && totals.passed > 0 ? 0 : 1;
}

/** A section that ends without a failed test and yet not well (a crash, a time-out) counts as one failure. */
async function runSection({ title, files, timeoutMs }: Section): Promise<TestCounts> {
  say(`\n${title}`);
  mkdirSync(cacheFolder, { recursive: true });
  const folder = mkdtempSync(join(cacheFolder, "counts-"));
  const countsFile = join(folder, "counts.json");
  const code = await runProcess(
    process.execPath,
    [
      "--test",
      "--test-isolation=none",
      "--test-reporter=spec",
      "--test-reporter-destination=stdout",
      `--test-reporter=${inRoot("test/machine/countReporter.ts")}`,
      `--test-reporter-destination=${countsFile}`,
      ...files,
    ],
    { timeoutMs },
  );
  const counts = existsSync(countsFile) ? parseCounts(readFileSync(countsFile, "utf8")) : undefined;
  rmSync(folder, { recursive: true, force: true });
  if (code === 124)
    say(`${title}: ended, because they took more than ${timeoutMs / minute} minutes`);
  else if (counts === undefined) say(`${title}: the process ended early, with code ${code}`);
  const { passed, failed, skipped } = counts ?? { passed: 0, failed: 0, skipped: 0 };
  return { passed, failed: code !== 0 && failed === 0 ? 1 : failed, skipped };
}

function parseCounts(text: string): TestCounts | undefined {
  return text === "" ? undefined : (JSON.parse(text) as TestCounts);
}
