import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { Ajv2020 } from "ajv/dist/2020.js";
import type { StartRun } from "../../server/src/core/image/startRun.ts";
import { succeed, fail } from "../../server/src/core/result.ts";
import type { StartRequest } from "../../server/src/io/startTime.ts";
import { runTare } from "./fakeHost.ts";

const output = (readyMs: number): StartRun => ({ readyMs, sign: { kind: "output" } });
const series = [
  { reference: "old", runs: [output(300), output(280.04), output(1310)] },
  {
    reference: "new",
    runs: [
      { readyMs: 20, sign: { kind: "exit", exitCode: 0 } },
      { readyMs: 21, sign: { kind: "port", port: 80 } },
    ],
  },
  { reference: "mute", runs: [{ readyMs: undefined, sign: undefined }] },
] as const;

test("a row for each image, and how each compares with the first", async () => {
  const asked: StartRequest[] = [];
  const run = await runTare(["start", "old", "new", "mute", "--runs", "3"], {
    starts: (request) => {
      asked.push(request);
      return succeed(series);
    },
  });
  assert.equal(run.exitCode, 0);
  assert.deepEqual(asked, [{ references: ["old", "new", "mute"], runs: 3, limitMs: 60_000 }]);
  assert.equal(
    run.stdout,
    `IMAGE  RUNS   MEDIAN   LEAST    MOST  FIRST SIGN
old       3   300 ms  280 ms  1.31 s  output
new       2  20.5 ms   20 ms   21 ms  exit 0 1×, port 80 1×
mute      1        ?       ?       ?  nothing in time

new shows its first sign 279.5 ms (93%) earlier than old, by the median.

From the request to create the container to its first output, its exit, or an open port.
`,
  );
});

test("times that overlap are not called a difference", async () => {
  const run = await runTare(["start", "a", "b"], {
    starts: () =>
      succeed([
        { reference: "a", runs: [output(10), output(20)] },
        { reference: "b", runs: [output(15), output(18)] },
      ]),
  });
  assert.match(run.stdout, /b: 1\.5 ms \(10%\) later than a by the median, but the times overlap/);
});

test("the JSON keeps to its schema", async () => {
  const run = await runTare(["start", "old", "--json"], { starts: () => succeed(series) });
  const schema: unknown = JSON.parse(
    readFileSync(new URL("../../server/schema/start.schema.json", import.meta.url), "utf8"),
  );
  const check = new Ajv2020({ allowUnionTypes: true }).compile(schema as object);
  assert.ok(check(JSON.parse(run.stdout)), JSON.stringify(check.errors));
});

test("trouble is one sentence on stderr", async () => {
  const starts = () =>
    fail({ code: "not-started", reference: "a", reason: "no such file" } as const);
  const run = await runTare(["start", "a"], { starts });
  assert.deepEqual([run.exitCode, run.stdout], [3, ""]);
  assert.match(run.stderr, /^tare: The engine cannot start a \(no such file\)[^\n]*\n$/);
  const stopped = await runTare(["start", "a"], { starts: () => fail({ code: "cancelled" }) });
  assert.equal(stopped.exitCode, 130);
});

test("wrong use starts nothing", async () => {
  for (const argv of [["start"], ["start", "oci:x"], ["start", "a", "--runs", "0"]]) {
    const run = await runTare(argv, { starts: () => assert.fail() });
    assert.equal(run.exitCode, 2);
  }
});
