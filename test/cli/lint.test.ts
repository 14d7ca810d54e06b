import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { Ajv2020 } from "ajv/dist/2020.js";
import { anImage } from "../support/imageBuilder.ts";
import { runTare } from "./fakeHost.ts";

const web = anImage()
  .reference("web:1")
  .base("usr/lib/libc.so 2MB")
  .layer("var/lib/apt/lists/main 3MB, usr/bin/make 500kB", {
    createdBy: "RUN /bin/sh -c apt-get update && apt-get install -y make # buildkit",
  })
  .read();
const images = { "web:1": web };

const fetching = "FROM debian:12\nRUN apt-get update && apt-get install -y make\n";

let folder: string;
before(async () => {
  folder = await mkdtemp(join(tmpdir(), "tare-lint-"));
  await writeFile(join(folder, "Dockerfile"), fetching);
  await writeFile(join(folder, "Named"), `# tare: image=web:1 budget=1MB\n${fetching}`);
  await writeFile(join(folder, "Unbuilt"), `# tare: image=later:1\n${fetching}`);
  await writeFile(join(folder, "Clean"), 'FROM scratch\nCOPY app /app\nCMD ["/app"]\n');
  await writeFile(join(folder, "Odd"), "# tare: ignore=apt-list-kept\nFROM scratch\n");
  await writeFile(join(folder, "Latin"), Buffer.from("FROM x\nLABEL a=\xe9\n", "latin1"));
});
after(() => rm(folder, { recursive: true }));

const tare = (...argv: readonly string[]) => runTare(argv, { images, cwd: folder });

test("findings of the text go to stdout, and fail nothing unless told to", async () => {
  const run = await tare("lint", "Dockerfile");
  assert.deepEqual([run.exitCode, run.stderr], [0, ""]);
  assert.match(run.stdout, /^Dockerfile:2:\d+: \w+: .* \[apt-lists-kept\]\n/m);
  assert.equal((await tare("lint", "Dockerfile", "--fail-on", "any")).exitCode, 1);
  assert.equal((await tare("lint", "Dockerfile", "--fail-on", "error")).exitCode, 0);
  assert.deepEqual(run.opened, []);
});

test("a limit on layers that the image breaks is exit 1, told on stderr; one for another platform is not", async () => {
  await writeFile(join(folder, "Deep"), `# tare: image=web:1 max-layers=1\n${fetching}`);
  const run = await tare("lint", "Deep");
  assert.equal(run.exitCode, 1);
  assert.match(run.stderr, /^tare: Deep:2: The image has \d layers, \d over the limit of 1\./);
  const text = `# tare: image=web:1\n# tare: platform=linux/arm64 max-layers=1\n${fetching}`;
  await writeFile(join(folder, "Deep"), text);
  assert.equal((await tare("lint", "Deep")).exitCode, 0);
});

test("--cost says what a fix spares, and from which bytes", async () => {
  const run = await tare("lint", "Dockerfile", "--image", "web:1", "--cost");
  assert.match(run.stdout, /^ {2}pull [\d.]+ s → [\d.]+ s \(−[\d.]+ s\) at 10 Mbit\/s · /m);
  assert.match(run.stdout, /^ {2}If all layers were sent uncompressed, 5\.\d+ MB: /m);
});

test("with an image they state bytes", async () => {
  const run = await tare("lint", "Dockerfile", "--image", "web:1");
  assert.match(run.stdout, /3 MB .*\[apt-lists-kept\]/);
  assert.equal(run.opened.length, 1);
});

test("nothing to find is said, exit 0 whatever the level", async () => {
  const run = await tare("lint", "Clean", "--fail-on", "any");
  assert.deepEqual([run.exitCode, run.stdout, run.stderr], [0, "No findings in Clean\n", ""]);
});

test("a budget of the file that the image breaks is exit 1, told on stderr", async () => {
  const run = await tare("lint", "Named", "--json");
  assert.equal(run.exitCode, 1);
  assert.match(run.stderr, /^tare: Named:2: The image weighs 5\.5 MB, 4\.5 MB over the budget/);
});

test("an image that only the Dockerfile names may not be built yet: the text is looked at, and that is said", async () => {
  const run = await tare("lint", "Unbuilt");
  assert.equal(run.exitCode, 0);
  assert.match(run.stdout, /\[apt-lists-kept\]/);
  assert.match(run.stderr, /^tare: Unbuilt: only the text was looked at\. [^\n]+\n$/);
});

test("an image of the command line, or a Dockerfile, that cannot be read is exit 3 and prints nothing", async () => {
  for (const argv of [
    ["Dockerfile", "--image", "missing:1"],
    ["Dockerfile", "Missing"],
  ]) {
    const run = await tare("lint", ...argv);
    assert.deepEqual([run.exitCode, run.stdout], [3, ""]);
    assert.match(run.stderr, /^tare: [^\n]+\n$/);
  }
});

test("a misspelt rule in ignore is told with the one that was meant", async () => {
  const run = await tare("lint", "Odd");
  assert.match(run.stderr, /^tare: Odd:1: .* did you mean apt-lists-kept\?\n$/);
});

const schema = JSON.parse(
  readFileSync(new URL("../../server/schema/report.schema.json", import.meta.url), "utf8"),
) as object;
const isValid = new Ajv2020({ allErrors: true, allowUnionTypes: true }).compile(schema);

test("--json is one object that the schema knows, for lint and analyze", async () => {
  for (const argv of [
    ["lint", "Dockerfile", "Clean", "--json"],
    ["analyze", "web:1", "-f", "Dockerfile", "--json"],
    ["analyze", "web:1", "-f", "Dockerfile", "--json", "--max-layers", "9"],
    ["analyze", "web:1", "-f", "Dockerfile", "--json", "--budget", "linux/amd64=9MB"],
  ]) {
    const { stdout } = await tare(...argv);
    assert.ok(isValid(JSON.parse(stdout)), JSON.stringify(isValid.errors));
    assert.match(stdout, /"code":"apt-lists-kept"/);
  }
});

test("every format prints", async () => {
  const printed = async (format: string) =>
    (await tare("lint", "Dockerfile", "--format", format)).stdout;
  assert.match(await printed("github"), /^::warning file=Dockerfile,line=2,/);
  assert.match(await printed("markdown"), /^### Tare: \d+ findings?/);
  assert.equal((JSON.parse(await printed("sarif")) as { version: string }).version, "2.1.0");
});

test("analyze fails at the level that is asked for", async () => {
  const run = await tare("analyze", "web:1", "-f", "Dockerfile", "--fail-on", "any");
  assert.equal(run.exitCode, 1);
  assert.match(run.stdout, /^Findings/m);
  assert.equal((await tare("analyze", "web:1", "-f", "Dockerfile")).exitCode, 0);
});

test("fix prints the whole mended text, and says on stderr what it did", async () => {
  const run = await tare("fix", "Dockerfile", "--rule", "apt-lists-kept", "--image", "web:1");
  assert.equal(run.exitCode, 0);
  assert.equal(
    run.stdout,
    "FROM debian:12\nRUN apt-get update && apt-get install -y make && rm -rf /var/lib/apt/lists/*\n",
  );
  assert.match(run.stderr, /^tare: Dockerfile:2: .*: −3 MB\.\n$/);
  assert.equal(await readFile(join(folder, "Dockerfile"), "utf8"), fetching);
});

test("fix --write changes the file and prints nothing; a second time there is nothing to fix", async () => {
  await writeFile(join(folder, "Writable"), fetching);
  const run = await tare("fix", "Writable", "--rule", "apt-lists-kept", "--write");
  assert.deepEqual([run.exitCode, run.stdout], [0, ""]);
  assert.match(await readFile(join(folder, "Writable"), "utf8"), /rm -rf/);
  const again = await tare("fix", "Writable", "--rule", "apt-lists-kept", "--write");
  assert.equal(again.stderr, "tare: Writable: there is nothing to fix.\n");
});

test("fixes that touch each other are made one after the other in a single run", async () => {
  const path = join(folder, "Touching");
  await writeFile(path, "FROM node:22\nRUN npm ci\n");
  const words = ["fix", "Touching", "--rule", "npm-cache-kept,dev-dependencies-shipped", "--write"];
  const run = await tare(...words);
  assert.equal(run.exitCode, 0);
  assert.doesNotMatch(run.stderr, /left for the next run/);
  const fixed = await readFile(path, "utf8");
  assert.match(fixed, /^RUN npm ci --omit=dev && npm cache clean --force/m);
  assert.match((await tare(...words)).stderr, /there is nothing to fix/);
  assert.equal(await readFile(path, "utf8"), fixed);
});

test("fix does not touch a file whose bytes it would lose", async () => {
  const run = await tare("fix", "Latin", "--write");
  assert.deepEqual([run.exitCode, run.stdout], [3, ""]);
  assert.match(run.stderr, /no UTF-8: convert it first/);
});

test("without an image a budget is held against the prediction, which is said and fails nothing", async () => {
  await writeFile(join(folder, "payload"), "x".repeat(3000));
  await writeFile(
    join(folder, "Foreseen"),
    "# tare: budget=2kB\nFROM scratch\nCOPY payload /\nADD payload /again\n",
  );
  const run = await tare("lint", "Foreseen");
  assert.equal(run.exitCode, 0);
  assert.match(
    run.stderr,
    /Foreseen:2: The image is predicted to weigh 6 kB, 4 kB over the budget/,
  );
});
