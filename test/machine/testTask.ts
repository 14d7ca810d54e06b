import { once } from "node:events";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { PassThrough, type Writable } from "node:stream";
import { bringBrowser } from "./browser.ts";
import { build } from "./build.ts";
import type { TestCounts } from "./countReporter.ts";
import { cacheFolder, inRoot } from "./place.ts";
import { runProcess } from "./processes.ts";
import { say, step } from "./progress.ts";
import { bringVscode } from "./vscode.ts";

/** A part of the tests that runs in one process, and is ended when it takes too long. */
interface Section {
  readonly title: string;
  readonly files: readonly string[];
  readonly timeoutMs: number;
}

const minute = 60_000;

/** More than any section prints. */
const mostHeldBytes = 256 * 1024 * 1024;

/** `npm test`: every test there is. Ends with one line of counts; 1 when a test failed. */
export async function testAll(filters: readonly string[]): Promise<number> {
  await step("Building the bundles", () => build({ production: true }));
  const all = testFiles(filters);
  const isOnEngine = (path: string): boolean => path.startsWith("test/engine/");
  const isInEditor = (path: string): boolean => path.startsWith("test/editor/");
  const needsBases = (path: string): boolean => /^test\/engine\/(?:nextBest|scratch)/.test(path);
  const editor = editorSection(all.filter(isInEditor));
  const counts = await runBeside({
    plain: {
      title: "Unit, property, server and command-line tests",
      files: all.filter((path) => !isOnEngine(path) && !isInEditor(path)),
      timeoutMs: 20 * minute,
    },
    engine: {
      title: "Tests on real engines",
      files: all.filter((path) => isOnEngine(path) && !needsBases(path)),
      timeoutMs: 30 * minute,
    },
    bases: {
      title: "Tests on a real engine with base images made for them",
      files: all.filter(needsBases),
      timeoutMs: 30 * minute,
    },
    bringsEditor: editor.files.length > 0,
  });
  return conclude([...counts, await runSection(editor)]);
}

/** `npm run e2e`: only what runs in the real editor. */
export async function testEditor(filters: readonly string[]): Promise<number> {
  await step("Building the bundles", () => build({ production: true }));
  const files = testFiles(filters).filter((path) => path.startsWith("test/editor/"));
  return conclude([await runSection(editorSection(files))]);
}

function editorSection(files: readonly string[]): Section {
  return { title: "Tests in the real editor", files, timeoutMs: 15 * minute };
}

/** Paths of the tests that have one of the filters in them, of all without filters. */
function testFiles(filters: readonly string[]): readonly string[] {
  return readdirSync(inRoot("test"), { recursive: true, encoding: "utf8" })
    .map((path) => `test/${path.replaceAll("\\", "/")}`)
    .filter((path) => path.endsWith(".test.ts"))
    .filter((path) => filters.length === 0 || filters.some((filter) => path.includes(filter)))
    .toSorted();
}

/** What runs before the editor's tests. */
interface Beside {
  readonly plain: Section;
  /** Holds every test on podman: its locks are the same for all stores, so two are never used at a time. */
  readonly engine: Section;
  readonly bases: Section;
  readonly bringsEditor: boolean;
}

/**
 * A test and its engine wait for each other, so that together they take one core: another does the plain tests meanwhile, and after those the tests that make
 * base images first. Each section prints when the one before is through. The editor's tests come later and alone: they wait for what is drawn.
 */
async function runBeside(sections: Beside): Promise<readonly TestCounts[]> {
  const ofEngine = new PassThrough({ highWaterMark: mostHeldBytes });
  const ofBases = new PassThrough({ highWaterMark: mostHeldBytes });
  const plain = runSection(sections.plain);
  const engine = runSection(sections.engine, ofEngine).finally(() => ofEngine.end());
  const bases = plain.then(() => runSection(sections.bases, ofBases)).finally(() => ofBases.end());
  const bringing = engine.then(() => (sections.bringsEditor ? bringEditor() : undefined));
  const showing = plain.then(() => show(ofEngine)).then(() => show(ofBases));
  const counts = await Promise.all([plain, engine, bases]);
  await Promise.all([showing, bringing]);
  return counts;
}

/** What is missing afterwards is asked for again by the tests that need it: they say why they cannot have it. */
async function bringEditor(): Promise<void> {
  if ("path" in (await bringBrowser())) await bringVscode().catch(() => undefined);
}

/** Resolves when all of it is printed. */
async function show(held: PassThrough): Promise<void> {
  held.on("data", (chunk: Buffer) => process.stdout.write(chunk));
  await once(held, "end");
}

/** One line of counts, and the exit code. */
function conclude(sections: readonly TestCounts[]): number {
  const sum = (count: (one: TestCounts) => number): number =>
    sections.reduce((total, one) => total + count(one), 0);
  const passed = sum((one) => one.passed);
  const failed = sum((one) => one.failed);
  const skipped = sum((one) => one.skipped);
  say(`${passed} passed, ${failed} failed${skipped === 0 ? "" : `, ${skipped} skipped`}`);
  return failed === 0 && passed > 0 ? 0 : 1;
}

/** A section that ends without a failed test and yet not well (a crash, a time-out) counts as one failure; one without files is nothing. */
async function runSection(
  { title, files, timeoutMs }: Section,
  output?: Writable,
): Promise<TestCounts> {
  if (files.length === 0) return { passed: 0, failed: 0, skipped: 0 };
  const tell = (sentence: string): unknown => (output ?? process.stdout).write(`${sentence}\n`);
  tell(`\n${title}`);
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
    { timeoutMs, output: output ?? "terminal" },
  );
  const counts = existsSync(countsFile) ? parseCounts(readFileSync(countsFile, "utf8")) : undefined;
  rmSync(folder, { recursive: true, force: true });
  if (code === 124)
    tell(`${title}: ended, because they took more than ${timeoutMs / minute} minutes`);
  else if (counts === undefined) tell(`${title}: the process ended early, with code ${code}`);
  const { passed, failed, skipped } = counts ?? { passed: 0, failed: 0, skipped: 0 };
  return { passed, failed: code !== 0 && failed === 0 ? 1 : failed, skipped };
}

function parseCounts(text: string): TestCounts | undefined {
  return text === "" ? undefined : (JSON.parse(text) as TestCounts);
}
