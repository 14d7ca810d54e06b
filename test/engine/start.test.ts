import assert from "node:assert/strict";
import { suite, test } from "node:test";
import { spreadOf } from "../../server/src/core/image/startRun.ts";
import type { StartSeries } from "../../server/src/core/image/startRun.ts";
import type { StartRequest } from "../../server/src/io/startTime.ts";
import { measureStart } from "../../server/src/io/startTime.ts";
import type { TestEngine } from "../machine/engine.ts";
import { addBusybox, startEngine, withEngine } from "../machine/engine.ts";

async function addImages(engine: TestEngine): Promise<void> {
  await addBusybox(engine);
  const images = {
    speaks: 'FROM busybox:local\nCMD ["sh", "-c", "sleep 0.3; echo ready; sleep 60"]\n',
    ends: 'FROM busybox:local\nVOLUME /data\nCMD ["sh", "-c", "exit 7"]\n',
    waits: 'FROM busybox:local\nCMD ["sleep", "60"]\n',
    broken: 'FROM busybox:local\nCMD ["/no/such/program"]\n',
  };
  for (const [tag, dockerfile] of Object.entries(images)) {
    await engine.build({ tag, dockerfile, files: {}, builder: "classic" });
  }
}

async function measured(
  { endpoint, folder }: TestEngine,
  request: StartRequest,
): Promise<readonly StartSeries[]> {
  const place = { endpoint, environment: {}, homeFolder: folder };
  const series = await measureStart(place, request, AbortSignal.timeout(60_000));
  assert.ok(series.ok, JSON.stringify(series));
  return series.value;
}

suite("start times on a real Docker engine", () => {
  const engineOf = withEngine(startEngine, addImages);
  const nothingLeft = async (engine: TestEngine): Promise<void> => {
    assert.equal((await engine.run(["ps", "-aq"])).trim(), "");
    assert.equal((await engine.run(["volume", "ls", "-q"])).trim(), "");
  };
  const placeOf = ({ endpoint, folder }: TestEngine) => ({
    endpoint,
    environment: {},
    homeFolder: folder,
  });

  test("output and exit end a run, images are measured in turn, and nothing is left", async (context) => {
    const engine = engineOf(context);
    if (engine === undefined) return;
    const request = { references: ["speaks", "ends"], runs: 2, limitMs: 30_000 };
    const series = await measured(engine, request);
    const signs = series.map(({ runs }) => runs.map(({ sign }) => sign));
    const exit = { kind: "exit", exitCode: 7 };
    assert.deepEqual(signs, [
      [{ kind: "output" }, { kind: "output" }],
      [exit, exit],
    ]);
    const [speaks, ends] = series.map(spreadOf);
    assert.ok(speaks!.leastMs >= 300, `${speaks!.leastMs} ms`);
    assert.ok(ends!.leastMs > 0 && ends!.leastMs <= ends!.medianMs);
    await nothingLeft(engine);
  });

  test("a container that shows nothing within the limit has no time, and is removed", async (context) => {
    const engine = engineOf(context);
    if (engine === undefined) return;
    const request = { references: ["waits"], runs: 1, limitMs: 200 };
    const [series] = await measured(engine, request);
    assert.deepEqual(series!.runs, [{ readyMs: undefined, sign: undefined }]);
    await nothingLeft(engine);
  });

  test("cancelling removes the container that runs", async (context) => {
    const engine = engineOf(context);
    if (engine === undefined) return;
    const request = { references: ["waits"], runs: 5, limitMs: 60_000 };
    const answer = await measureStart(placeOf(engine), request, AbortSignal.timeout(800));
    assert.deepEqual(answer, { ok: false, error: { code: "cancelled" } });
    await nothingLeft(engine);
  });

  test("an image that is missing is not pulled, and one that cannot start says why", async (context) => {
    const engine = engineOf(context);
    if (engine === undefined) return;
    const codes: string[] = [];
    for (const reference of ["missing:1", "broken"]) {
      const request = { references: [reference], runs: 1, limitMs: 1000 };
      const answer = await measureStart(placeOf(engine), request, AbortSignal.timeout(60_000));
      assert.ok(!answer.ok);
      codes.push(answer.error.code);
    }
    assert.deepEqual(codes, ["image-not-found", "not-started"]);
    await nothingLeft(engine);
  });
});
