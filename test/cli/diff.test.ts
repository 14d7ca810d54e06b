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
  1 layer is the same, 2 MB in all

By line
  +2.5 MB  line 2  COPY app /app

By path
    +3 MB  app/main.js  changed
  −500 kB  app/old.js  removed
    +1 kB  app/new|odd.js  added
`,
  );
});

/** An image of lines that wrote files of these bytes, on the base that all have. */
const written = (reference: string, lines: Readonly<Record<string, string>>) =>
  Object.entries(lines)
    .reduce(
      (image, [createdBy, files]) => image.layer(files, { createdBy: `${createdBy} # buildkit` }),
      base.reference(reference),
    )
    .read();

test("a line that one of the images does not have weighs nothing there, and the heaviest lines are shown", async () => {
  const copies = { "COPY a /a": "a 1MB", "COPY b /b": "b 2MB" };
  const lines = { "lines:1": written("lines:1", copies) };
  const more = { "COPY a /a": "a 2kB", "COPY b /b": "b 3MB", "RUN /bin/sh -c make": "bin/x 5MB" };
  const both = { ...lines, "lines:2": written("lines:2", more) };
  await writeFile(join(folder, "Lines"), "FROM debian\nCOPY a /a\nCOPY b /b\nRUN make\n");
  await writeFile(join(folder, "Fewer"), "FROM debian\nCOPY a /a\nCOPY b /b\n");
  const byLine = async (...argv: readonly string[]): Promise<string | undefined> => {
    const run = await runTare(["diff", ...argv], { images: both, cwd: folder });
    return /By line\n(.*?)\n\n/s.exec(run.stdout)?.[1];
  };
  assert.equal(
    await byLine("lines:1", "lines:2", "-f", "Lines"),
    "  −998 kB  line 2  COPY a /a\n    +1 MB  line 3  COPY b /b\n    +5 MB  line 4  RUN make",
  );
  assert.equal(
    await byLine("lines:2", "lines:1", "-f", "Lines", "--top", "1"),
    "  −5 MB  line 4  RUN make\n  and 2 more: −2 kB",
  );
  assert.equal(
    await byLine("lines:2", "lines:1", "-f", "Fewer"),
    "  +998 kB  line 2  COPY a /a\n    −1 MB  line 3  COPY b /b\n    −5 MB  layers that no line can be named for",
  );
});

test("a base that only grew on top is not said to have: that may be of lines the file does not have", async () => {
  const both = {
    "top:1": written("top:1", { "COPY a /a": "a 1MB" }),
    "top:2": written("top:2", { "RUN /bin/sh -c make": "bin/x 5MB", "COPY a /a": "a 1MB" }),
    "other:1": anImage()
      .reference("other:1")
      .base("usr/lib/libc.so 3MB")
      .layer("a 1MB", { createdBy: "COPY a /a # buildkit" })
      .read(),
  };
  await writeFile(join(folder, "Top"), "FROM debian\nCOPY a /a\n");
  const diffOf = (before: string, after: string, ...more: readonly string[]) =>
    runTare(["diff", before, after, "-f", "Top", ...more], { images: both, cwd: folder });
  assert.match(
    (await diffOf("top:1", "top:2")).stdout,
    /By line\n {2}\+5 MB {2}layers that no line can be named for\n\n/,
  );
  assert.match(
    (await diffOf("top:1", "other:1")).stdout,
    /\+1 MB {2}line 1 {2}FROM debian \(likely\)\n\n/,
  );
  const report = JSON.parse((await diffOf("top:1", "top:2", "--json")).stdout) as DiffReport;
  assert.deepEqual(report.noLine, { beforeBytes: 0, afterBytes: 5_000_000 });
});

test("what no package owns stands beside the packages, so that they add up", async () => {
  const withFiles = (reference: string, files: string) =>
    anImage()
      .reference(reference)
      .base("usr/lib/libc.so 2MB")
      .layer({
        "usr/bin/tool": "1MB",
        "srv/data": files,
        "var/lib/dpkg/status": {
          content: "Package: tool\nStatus: install ok installed\nVersion: 1\n",
        },
        "var/lib/dpkg/info/tool.list": { content: "/usr/bin/tool\n" },
      })
      .read();
  const owned = { "data:1": withFiles("data:1", "1kB"), "data:2": withFiles("data:2", "3MB") };
  const run = await runTare(["diff", "data:1", "data:2"], { images: owned, cwd: folder });
  assert.match(run.stdout, /By package\n {2}\+3 MB {2}files of no package\n\nBy path/);
  const all = { ...images, ...owned };
  for (const pair of [
    ["data:1", "data:2"],
    ["data:2", "tool:1"],
    ["tool:1", "tool:2"],
    ["tool:2", "web:1"],
    ["web:1", "web:2"],
  ] as const) {
    const { stdout } = await runTare(["diff", ...pair, "--json"], { images: all, cwd: folder });
    const { packages, noPackage, before: old, after: later } = JSON.parse(stdout) as DiffReport;
    if (packages.length === 0) continue;
    const grown = [...packages, noPackage!].reduce(
      (sum, row) => sum + row.afterBytes! - row.beforeBytes!,
      0,
    );
    assert.equal(grown, later.totals.finalContentBytes - old.totals.finalContentBytes);
  }
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

test("images for two platforms are named with them, whatever the format", async () => {
  const arm = { ...now.description.config, platform: { os: "linux", architecture: "arm64" } };
  const other = { ...now, description: { ...now.description, config: arm } };
  const both = { "web:1": old, "web:2": other };
  const diffAs = async (format: string): Promise<string> => {
    const argv = ["diff", "web:1", "web:2", "--format", format];
    return (await runTare(argv, { images: both, cwd: folder })).stdout;
  };
  assert.match(await diffAs("text"), /^web:1 \(linux\/amd64\)\n→ web:2 \(linux\/arm64\)\n/);
  assert.match(
    await diffAs("markdown"),
    /`web:1` \(linux\/amd64\) \(3,500,000 B\) → `web:2` \(linux\/arm64\)/,
  );
  const same = await tare("diff", "web:1", "web:2", "--format", "markdown");
  assert.match(same.stdout, /`web:1` \(3,500,000 B\) → `web:2` \(/);
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
