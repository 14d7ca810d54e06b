import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { Ajv2020 } from "ajv/dist/2020.js";
import type { DiffReport } from "../../server/src/core/views/diffReport.ts";
import { anImage } from "../support/imageBuilder.ts";
import { runTare } from "./fakeHost.ts";

const base = anImage().base("usr/lib/libc.so 2MB");
const copied = { createdBy: "COPY app /app # buildkit" };
const old = base.reference("web:1").layer("app/main.js 1MB, app/old.js 500kB", copied).read();
const now = base.reference("web:2").layer("app/main.js 4MB, app/new|odd.js 1kB", copied).read();
/** Debian's package `tool` of a version, of these bytes, installed by a line. */
const withTool = (reference: string, version: string, size: string) =>
  anImage()
    .reference(reference)
    .base("usr/lib/libc.so 2MB")
    .layer(
      {
        "usr/bin/tool": size,
        "var/lib/dpkg/status": {
          content: `Package: tool\nStatus: install ok installed\nArchitecture: amd64\nVersion: ${version}\n`,
        },
        "var/lib/dpkg/info/tool.list": { content: "/.\n/usr\n/usr/bin\n/usr/bin/tool\n" },
      },
      { createdBy: "RUN /bin/sh -c apt-get install -y tool # buildkit" },
    )
    .read();
const sameSizes = (reference: string, link: string, uid: number) =>
  base
    .reference(reference)
    .layer({
      "app/link": { symlink: link },
      "app/main.js": { size: 9, seed: reference },
      "app/owned.js": { size: 9, seed: "same", uid },
      "app/run": { size: 0, uid },
    })
    .read();
const images = {
  "same:1": sameSizes("same:1", "a", 0),
  "same:2": sameSizes("same:2", "b", 5),
  "web:1": old,
  "web:2": now,
  "tool:1": withTool("tool:1", "1.0-1", "1MB"),
  "tool:2": withTool("tool:2", "1.1-1", "4MB"),
};

let folder: string;
before(async () => {
  folder = await mkdtemp(join(tmpdir(), "tare-diff-"));
  await writeFile(join(folder, "Dockerfile"), "FROM debian\nCOPY app /app\n");
  await writeFile(join(folder, "Tool.Dockerfile"), "FROM debian\nRUN apt-get install -y tool\n");
});
after(() => rm(folder, { recursive: true }));

const tare = (...argv: readonly string[]) => runTare(argv, { images, cwd: folder });

test("what grew comes first, by line where the Dockerfile is given", async () => {
  const run = await tare("diff", "web:1", "web:2", "-f", "Dockerfile");
  assert.deepEqual([run.exitCode, run.stderr], [0, ""]);
  assert.equal(
    run.stdout,
    `web:1
→ web:2
  Layers         3.5 MB →     6 MB   +2.5 MB
  Final files    3.5 MB →     6 MB   +2.5 MB
  Waste             0 B →      0 B   ±0
  Transfer            ? →        ?   ?
  1 layers are the same, 2 MB of them

By line
  +2.5 MB  line 2  COPY app /app

By path
    +3 MB  app/main.js  changed
  −500 kB  app/old.js  removed
    +1 kB  app/new|odd.js  added
`,
  );
});

test("JSON keeps to its schema and adds up", async () => {
  const run = await tare("diff", "web:1", "web:2", "-f", "Dockerfile", "--json");
  const schema = JSON.parse(readFileSync("server/schema/diff.schema.json", "utf8")) as object;
  const report = JSON.parse(run.stdout) as {
    readonly paths: readonly { readonly beforeBytes: number; readonly afterBytes: number }[];
  };
  const check = new Ajv2020({ allowUnionTypes: true }).compile(schema);
  assert.ok(check(report), JSON.stringify(check.errors));
  const sum = report.paths.reduce((total, row) => total + row.afterBytes - row.beforeBytes, 0);
  assert.equal(sum, now.finalContentBytes - old.finalContentBytes);
});

test("text, JSON and Markdown say what grew by line, by package and by path", async () => {
  const diffAs = async (...more: readonly string[]): Promise<string> =>
    (await tare("diff", "tool:1", "tool:2", "-f", "Tool.Dockerfile", ...more)).stdout;
  assert.match(
    await diffAs(),
    /By line\n {2}\+3 MB {2}line 2 {2}RUN apt-get install -y tool\n\nBy package\n {2}\+3 MB {2}tool 1\.0-1 → 1\.1-1 \(dpkg\)\n\nBy path\n {2}\+3 MB {2}usr\/bin\/tool {2}changed/,
  );
  const { instructions, packages, paths } = JSON.parse(await diffAs("--json")) as DiffReport;
  const bytes = { beforeBytes: 1_000_000, afterBytes: 4_000_000 };
  const at = instructions.find(({ lineNumber }) => lineNumber === 2);
  assert.equal((at?.afterBytes ?? 0) - (at?.beforeBytes ?? 0), 3_000_000);
  assert.deepEqual(packages, [
    { manager: "dpkg", name: "tool", beforeVersion: "1.0-1", afterVersion: "1.1-1", ...bytes },
  ]);
  assert.deepEqual(paths[0], { path: "usr/bin/tool", kind: "changed", ...bytes, fileCount: 1 });
  assert.match(
    await diffAs("--format", "markdown"),
    /\*\*By line\*\*[^*]*\| \+3 MB \| line 2 {2}RUN apt-get install -y tool \|[^*]*\*\*By package\*\*[^*]*\| \+3 MB \| tool 1\.0-1 → 1\.1-1 \(dpkg\) \|[^*]*\*\*By path\*\*[^*]*\| \+3 MB \| usr\/bin\/tool {2}changed \|/,
  );
});

test("a file of the same size is not called another one, or the same one: contents are not compared", async () => {
  const kinds = JSON.parse((await tare("diff", "same:1", "same:2", "--json")).stdout) as DiffReport;
  assert.deepEqual(
    kinds.paths.map(({ path, kind }) => `${path} ${kind}`),
    ["app/link changed", "app/main.js rewritten", "app/owned.js rewritten", "app/run metadata"],
  );
  const said = [
    "1 changed",
    "2 written again, contents not compared",
    "1 with another owner or mode",
  ];
  const text = await tare("diff", "same:1", "same:2");
  const lines = said.map((line) => `  ${line}\n`).join("");
  assert.ok(text.stdout.endsWith(`\n\nPaths of the same weight\n${lines}`), text.stdout);
  const markdown = await tare("diff", "same:1", "same:2", "--format", "markdown");
  const sentence = `\n\nPaths of the same weight: ${said.join(", ")}\n`;
  assert.ok(markdown.stdout.endsWith(sentence), markdown.stdout);
});

test("Markdown is fit for a comment, whatever paths look like", async () => {
  const { stdout } = await tare("diff", "web:1", "web:2", "--format", "markdown");
  assert.match(stdout, /^### Tare: 3\.5 MB → 6 MB \(\+2\.5 MB\)\n/);
  assert.match(stdout, /\| \+1 kB \| app\/new\\\|odd\.js {2}added \|/);
});

test("growth past a limit is exit 1", async () => {
  const grown = await tare("diff", "web:1", "web:2", "--max-growth", "2MB");
  assert.equal(grown.exitCode, 1);
  assert.match(grown.stderr, /grew by 2\.5 MB, more than the 2 MB that --max-growth allows/);
  assert.equal((await tare("diff", "web:1", "web:2", "--max-growth", "3MB")).exitCode, 0);
  assert.equal((await tare("diff", "web:2", "web:1", "--max-growth", "0B")).exitCode, 0);
});

test("wrong use and images that are not there are told in a sentence", async () => {
  assert.deepEqual(
    (await tare("diff", "web:1")).stderr,
    "tare: Name two images: `tare diff BEFORE AFTER`.\n",
  );
  assert.equal((await tare("diff", "a", "b", "c")).exitCode, 2);
  assert.equal((await tare("diff", "web:1", "web:2", "--format", "sarif")).exitCode, 2);
  const missing = await tare("diff", "web:1", "web:9");
  assert.deepEqual([missing.exitCode, missing.stdout], [3, ""]);
});
