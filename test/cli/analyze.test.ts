import assert from "node:assert/strict";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { stripVTControlCharacters } from "node:util";
import { columnsOf } from "../../server/src/core/views/reportCells.ts";
import { anImage } from "../support/imageBuilder.ts";
import { runTare } from "./fakeHost.ts";

const web = anImage()
  .reference("web:1")
  .base("usr/lib/libc.so 2MB, etc/motd 1kB")
  .layer("var/cache/lists 3MB, app/main.js 500kB", {
    createdBy: "RUN /bin/sh -c apt-get update && make # buildkit",
  })
  .layer(
    { "var/cache/.wh.lists": "0" },
    { createdBy: "RUN /bin/sh -c rm /var/cache/lists # buildkit" },
  )
  .read();
const images = { "web:1": web, "oci:out": web };

let folder: string;
before(async () => {
  folder = await mkdtemp(join(tmpdir(), "tare-cli-"));
  await writeFile(
    join(folder, "Dockerfile"),
    "# tare: image=oci:out budget=5MB\nFROM base\nRUN apt-get update && make\nRUN rm /var/cache/lists\n",
  );
  await writeFile(join(folder, "Plain.dockerfile"), "FROM scratch\nCOPY a /a\n");
  await writeFile(join(folder, "Odd.dockerfile"), "FROM scratch\n# tare: budget=ten\nCOP a\n");
});
after(() => rm(folder, { recursive: true }));

test("within all limits: the report on stdout, nothing on stderr, exit 0", async () => {
  const run = await runTare(["analyze", "web:1", "--budget", "6MB"], { images });
  assert.equal(run.exitCode, 0);
  assert.equal(run.stderr, "");
  assert.match(run.stdout, /^web:1\n/);
  assert.match(run.stdout, /✓ budget 6 MB: 5\.5 MB is 499 kB under it/);
  assert.equal(run.closedCount, 1);
});

test("over a budget: the same report, exit 1", async () => {
  const run = await runTare(["analyze", "web:1", "--budget", "5MB"], { images });
  assert.equal(run.exitCode, 1);
  assert.equal(run.stderr, "");
  assert.match(run.stdout, /✗ budget 5 MB: 5\.5 MB is 501 kB over it/);
});

test("too many layers fail the run, in the text and beside the budgets in JSON", async () => {
  const over = await runTare(["analyze", "web:1", "--max-layers", "2"], { images });
  assert.equal(over.exitCode, 1);
  assert.match(over.stdout, /✗ max-layers 2: 3 is 1 over it/);
  const json = await runTare(["analyze", "web:1", "--max-layers", "3", "--json"], { images });
  assert.equal(json.exitCode, 0);
  const { layerBudget, budgets } = JSON.parse(json.stdout) as Record<string, unknown>;
  assert.deepEqual(layerBudget, { mostLayers: 3, actualLayers: 3, ok: true });
  assert.deepEqual(budgets, []);
});

test("a limit for the image's platform goes before the one for all, one for another does not count", async () => {
  const argv = ["analyze", "web:1", "--budget", "5MB", "--budget"];
  const own = await runTare([...argv, "linux/amd64=6MB"], { images });
  assert.equal(own.exitCode, 0);
  assert.match(own.stdout, /✓ budget for linux\/amd64 6 MB: 5\.5 MB is 499 kB under it/);
  const other = await runTare([...argv, "linux/arm64=6MB"], { images });
  assert.equal(other.exitCode, 1);
  assert.match(other.stdout, /✗ budget 5 MB: 5\.5 MB is 501 kB over it/);
  const file = join(folder, "Dockerfile");
  const kept = await runTare(["analyze", "-f", file, "--budget", "linux/arm64=6MB"], { images });
  assert.match(kept.stdout, /✗ budget 5 MB/, "the file's own limit holds where no option does");
  assert.equal(kept.exitCode, 1);
});

test("where every limit is for another platform, it is said that none was checked", async () => {
  const run = await runTare(["analyze", "web:1", "--budget", "linux/arm46=1kB"], { images });
  assert.equal(run.exitCode, 0);
  assert.match(
    run.stderr,
    /No limit was checked: they are for linux\/arm46, and the image is for linux\/amd64\.\n$/,
  );
  const general = ["--budget", "9MB", "--budget", "linux/arm64=1kB"];
  assert.equal((await runTare(["analyze", "web:1", ...general], { images })).stderr, "");
});

test("exactly at the budget is within it", async () => {
  const run = await runTare(["analyze", "web:1", "--budget", "5501000"], { images });
  assert.equal(run.exitCode, 0);
  assert.match(run.stdout, /5\.5 MB is exactly at it/);
});

test("a target stands for its limits and wins over the file's", async () => {
  const run = await runTare(["analyze", "-f", "Dockerfile", "--target", "sub-1mb"], {
    images: { [`oci:out`]: web },
    cwd: folder,
  });
  assert.equal(run.exitCode, 1);
  assert.match(run.stdout, /✗ budget of target sub-1mb 1 MB: 5\.5 MB is 4\.5 MB over it/);
  assert.doesNotMatch(run.stdout, /budget 5 MB/);
  const wrong = await runTare(["analyze", "web:1", "--target", "sub"], { images });
  assert.equal(wrong.exitCode, 2);
  assert.match(wrong.stderr, /no target “sub”: write one of micro, sub-1mb/);
});

test("costs are told when asked for, with their formulas", async () => {
  const words = ["--cost", "--transfer-price", "0.09", "--pulls", "1000"];
  const run = await runTare(["analyze", "web:1", ...words], { images });
  assert.equal(run.exitCode, 0);
  assert.match(run.stdout, /What the weight costs.*\n {2}at most [\d.]+ s at 10 Mbit\/s/);
  assert.match(run.stdout, /a month to send it {3}.* × 1000 pulls a month × 0\.09 per GB/);
  const half = await runTare(["analyze", "web:1", "--pulls", "3"], { images });
  assert.equal(half.exitCode, 2);
});

test("wrong use: one sentence on stderr, nothing on stdout, exit 2", async () => {
  for (const argv of [[], ["lint"], ["analyze"], ["analyze", "a", "b"], ["analyze", "a", "--x"]]) {
    const run = await runTare(argv, { images });
    assert.equal(run.exitCode, 2);
    assert.equal(run.stdout, "");
    assert.match(run.stderr, /^tare: [^\n]+\n$/);
    assert.deepEqual(run.opened, []);
  }
});

test("an image that cannot be read: one sentence on stderr, nothing on stdout, exit 3, also with --json", async () => {
  const broken = { code: "layer-unreadable", layer: "2", reason: "it ends early" } as const;
  for (const reference of ["missing:1", "broken:1"]) {
    const run = await runTare(["analyze", reference, "--json"], {
      images: { ...images, "broken:1": broken },
    });
    assert.equal(run.exitCode, 3);
    assert.equal(run.stdout, "");
    assert.match(run.stderr, /^tare: [^\n]+\n$/);
  }
});

test("a Dockerfile that cannot be read is exit 3 before any image is opened", async () => {
  for (const path of ["Missing", "."]) {
    const run = await runTare(["analyze", "web:1", "-f", path], { images, cwd: folder });
    assert.equal(run.exitCode, 3);
    assert.equal(run.stdout, "");
    assert.match(
      run.stderr,
      /^tare: The Dockerfile \S+ cannot be read \(\w+\): check the path[^\n]+\n$/,
    );
    assert.deepEqual(run.opened, []);
  }
});

test("--json prints one object and nothing else", async () => {
  const run = await runTare(["analyze", "web:1", "--json"], { images });
  assert.equal(run.exitCode, 0);
  const report = JSON.parse(run.stdout) as {
    readonly schemaVersion: number;
    readonly totals: object;
  };
  assert.equal(report.schemaVersion, 1);
  assert.deepEqual(report.totals, {
    layerContentBytes: 5_501_000,
    finalContentBytes: 2_501_000,
    wastedBytes: 3_000_000,
    tarBytes: web.tarBytes,
    transferBytes: null,
    fileCount: 3,
  });
});

test("relative paths start at the working directory for the argument, at the Dockerfile for its directive", async () => {
  const byName = await runTare(["analyze", "oci:out", "--json"], { images, cwd: "/work" });
  assert.deepEqual(byName.opened, [
    { reference: "oci:out", baseFolder: "/work", platform: undefined, isCached: true },
  ]);
  const byDirective = await runTare(["analyze", "-f", "Dockerfile"], { images, cwd: folder });
  assert.deepEqual(
    byDirective.opened.map(({ reference, baseFolder }) => [reference, baseFolder]),
    [["oci:out", folder]],
  );
});

test("the argument wins over the directive's image, the option over its budget", async () => {
  const over = await runTare(["analyze", "-f", "Dockerfile"], { images, cwd: folder });
  assert.equal(over.exitCode, 1);
  assert.match(over.stdout, /✗ budget 5 MB/);
  const within = await runTare(["analyze", "web:1", "-f", "Dockerfile", "--budget", "6MB"], {
    images,
    cwd: folder,
  });
  assert.equal(within.exitCode, 0);
  assert.equal(within.opened[0]?.reference, "web:1");
  assert.match(within.stdout, /✓ budget 6 MB/);
  assert.doesNotMatch(within.stdout, /budget 5 MB/);
});

test("an option wins over the limit of a target that the file names, and only over that one", async () => {
  const text = "# tare: target=micro\nFROM base\nRUN apt-get update && make\nRUN rm /x\n";
  await writeFile(join(folder, "Target.dockerfile"), text);
  const argv = ["analyze", "web:1", "-f", "Target.dockerfile"];
  const own = await runTare(argv, { images, cwd: folder });
  assert.match(own.stdout, /✗ budget of target micro 100 kB/);
  const set = await runTare([...argv, "--budget", "100MB"], { images, cwd: folder });
  assert.equal(set.exitCode, 0);
  assert.match(set.stdout, /✓ budget 100 MB/);
  assert.doesNotMatch(set.stdout, /micro/);
  const other = await runTare([...argv, "--transfer-budget", "1MB"], { images, cwd: folder });
  assert.match(other.stdout, /✗ budget of target micro 100 kB/);
});

test("a budget of a stage that is not in the image says how it can be checked", async () => {
  const text =
    "FROM base AS one\nCOPY a /a\n# tare: budget=2B\nFROM one AS two\nRUN x\nFROM base\nRUN make\n";
  await writeFile(join(folder, "Stages.dockerfile"), text);
  const run = await runTare(["analyze", "web:1", "-f", "Stages.dockerfile"], {
    images,
    cwd: folder,
  });
  assert.match(
    run.stderr,
    /^tare: The budget of stage two was not checked, .* with --target two and analyse it\.$/m,
  );
  assert.doesNotMatch(run.stderr, /compressed layers/);
});

test("a Dockerfile without an end is not read to it", async (context) => {
  if (process.platform === "win32") return context.skip("has no such device");
  const run = await runTare(["analyze", "web:1", "-f", "/dev/zero"], { images });
  assert.equal(run.exitCode, 3);
  assert.equal(run.stderr, "tare: /dev/zero is too large for a Dockerfile: check the path.\n");
});

test("a Dockerfile without a directive cannot stand for the image", async () => {
  const run = await runTare(["analyze", "-f", "Plain.dockerfile"], { images, cwd: folder });
  assert.equal(run.exitCode, 2);
  assert.match(run.stderr, /^tare: Plain\.dockerfile names no image: write `tare analyze IMAGE/);
});

test("a budget that cannot be checked is said on stderr and never fails", async () => {
  const run = await runTare(["analyze", "web:1", "--transfer-budget", "1kB"], { images });
  assert.equal(run.exitCode, 0);
  assert.match(run.stderr, /^tare: The transfer-budget was not checked[^\n]+\n$/);
  assert.match(run.stdout, /\? transfer-budget 1 kB: not checked/);
});

test("a directive that is not understood is said on stderr with its line, for it guards nothing", async () => {
  const run = await runTare(["analyze", "web:1", "-f", "Odd.dockerfile", "--json"], {
    images,
    cwd: folder,
  });
  assert.equal(run.exitCode, 0);
  assert.match(run.stderr, /^tare: Odd\.dockerfile:2: "ten" is not a size[^\n]*\n$/);
  assert.deepEqual((JSON.parse(run.stdout) as { readonly budgets: unknown }).budgets, []);
});

test("platform and cache are handed on", async () => {
  const argv = ["analyze", "web:1", "--platform", "linux/arm64", "--no-cache", "--json"];
  const run = await runTare(argv, { images });
  assert.deepEqual(run.opened, [
    { reference: "web:1", baseFolder: "/nowhere", platform: "linux/arm64", isCached: false },
  ]);
});

test("a reader that leaves early ends the run quietly, with the verdict as exit code", async () => {
  for (const [argv, exitCode] of [
    [["analyze", "web:1", "--json"], 0],
    [["analyze", "web:1", "--budget", "1MB"], 1],
    [["--help"], 0],
  ] as const) {
    const run = await runTare(argv, { images, brokenStdout: "EPIPE" });
    assert.equal(run.exitCode, exitCode);
    assert.equal(run.stderr, "");
  }
});

test("a report that cannot be written is said, exit 3", async () => {
  const run = await runTare(["analyze", "web:1"], { images, brokenStdout: "ENOSPC" });
  assert.equal(run.exitCode, 3);
  assert.match(run.stderr, /^tare: The report could not be written \(ENOSPC\)/);
});

test("an interrupt ends the run with 130 and no report", async () => {
  const run = await runTare(["analyze", "web:1"], { images, interruptsReading: true });
  assert.equal(run.exitCode, 130);
  assert.equal(run.stdout, "");
  assert.equal(run.stderr, "");
  assert.equal(run.closedCount, 1);
});

const progress = [
  { layersDone: 0, layerCount: 3, bytesRead: 1_200_000, totalBytes: 5_600_000 },
  { layersDone: 2, layerCount: 3, bytesRead: 3_100_000, totalBytes: undefined },
];

test("progress stands on one line of the terminal and is gone at the end", async () => {
  const run = await runTare(["analyze", "web:1"], { images, progress, terminalColumns: 60 });
  assert.deepEqual(run.stderr.split("\r\u001b[2K"), [
    "",
    "Looking for the image",
    "Reading layers: 0 of 3, 1.2 MB of 5.6 MB",
    "Reading layers: 2 of 3, 3.1 MB",
    "",
  ]);
});

test("there is no progress in pipes and files", async () => {
  const run = await runTare(["analyze", "web:1"], { images, progress });
  assert.equal(run.stderr, "");
});

test("colours are for terminals that want them", async () => {
  const colored = /\u001b\[\d+m/; // oxlint-disable-line no-control-regex
  const argv = ["analyze", "web:1"];
  const terminal = { images, terminalColumns: 100 };
  assert.match((await runTare(argv, terminal)).stdout, colored);
  assert.doesNotMatch((await runTare(argv, { images })).stdout, colored);
  assert.doesNotMatch(
    (await runTare(argv, { ...terminal, env: { NO_COLOR: "1" } })).stdout,
    colored,
  );
  assert.doesNotMatch(
    (await runTare(argv, { ...terminal, env: { TERM: "dumb" } })).stdout,
    colored,
  );
  assert.match((await runTare(argv, { ...terminal, env: { NO_COLOR: "" } })).stdout, colored);
});

test("a terminal that is not UTF-8 gets plain characters", async () => {
  for (const env of [{ TERM: "linux" }, { LANG: "de_DE.ISO-8859-1" }]) {
    const run = await runTare(["analyze", "web:1"], { images, terminalColumns: 80, env });
    // oxlint-disable-next-line no-control-regex -- ASCII is what it is about
    assert.match(run.stdout, /^[\u0000-\u007f]*$/);
  }
  const run = await runTare(["analyze", "web:1"], {
    images,
    terminalColumns: 80,
    env: { LANG: "C" },
  });
  assert.match(run.stdout, /█/);
});

test("the report keeps within the terminal", async () => {
  for (const terminalColumns of [60, 80, 100, 140, 200]) {
    const run = await runTare(["analyze", "-f", "Dockerfile"], {
      images,
      cwd: folder,
      terminalColumns,
    });
    for (const line of stripVTControlCharacters(run.stdout).split("\n")) {
      assert.ok(
        columnsOf(line) <= terminalColumns,
        `${columnsOf(line)} of ${terminalColumns}: ${line}`,
      );
    }
  }
});

test("names cannot steer the terminal, neither in reports nor in errors", async () => {
  const hostile = anImage()
    .reference("evil:1")
    .layer({ "etc/\u001b[2J\u202e.txt": "2MB" }, { createdBy: "RUN \u001b]0;pwned\u0007" })
    .layer({ "etc/.wh.\u001b[2J\u202e.txt": "0", "\u009b2J": "1kB" })
    .read();
  const steering = /[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u202a-\u202e]/; // oxlint-disable-line no-control-regex
  for (const options of [[], ["--json"]]) {
    const run = await runTare(["analyze", "evil:1", ...options], { images: { "evil:1": hostile } });
    assert.equal(run.exitCode, 0);
    assert.doesNotMatch(run.stdout, steering);
  }
  for (const argv of [
    ["\u001b[2J"],
    ["--\u001b[2J"],
    ["analyze", "a", "--top=\u001b[2J"],
    ["analyze", "\u009b2J"],
  ]) {
    const run = await runTare(argv);
    assert.notEqual(run.exitCode, 0);
    assert.doesNotMatch(run.stderr, steering);
  }
});

test("--version and --help go to stdout", async () => {
  const version = await runTare(["--version"]);
  assert.deepEqual([version.exitCode, version.stderr], [0, ""]);
  assert.match(version.stdout, /^\d+\.\d+\.\d+\n$/);
  const help = await runTare(["analyze", "--help"]);
  assert.deepEqual([help.exitCode, help.stderr], [0, ""]);
  assert.match(help.stdout, /^tare analyze IMAGE/);
});

test("a mistake in Tare itself is one line, exit 3", async () => {
  const run = await runTare(["analyze", "web:1"], {
    images: { "web:1": { ...web, finalTree: undefined as never } },
  });
  assert.equal(run.exitCode, 3);
  assert.match(run.stderr, /^tare: This is a mistake in Tare, please report it[^\n]+\n$/);
});
