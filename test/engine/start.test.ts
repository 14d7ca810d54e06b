import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { suite, test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { spreadOf } from "../../server/src/core/image/startRun.ts";
import type { StartSeries } from "../../server/src/core/image/startRun.ts";
import type { StartRequest } from "../../server/src/io/startTime.ts";
import { measureStart } from "../../server/src/io/startTime.ts";
import type { TestEngine } from "../machine/engine.ts";
import { addBusybox, startEngine, startPodmanService, withEngine } from "../machine/engine.ts";

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

const main = fileURLToPath(new URL("../../server/src/main.ts", import.meta.url));

/** `tare start` as a process of its own, that is interrupted once the engine has a container. */
async function interrupted(engine: TestEngine) {
  const { endpoint, folder } = engine;
  const child = spawn(process.execPath, [main, "start", "waits", "--runs", "3"], {
    env: { ...process.env, DOCKER_HOST: endpoint, HOME: folder },
    stdio: ["ignore", "pipe", "pipe"],
  });
  const printed = { stdout: "", stderr: "" };
  child.stdout.on("data", (chunk: Buffer) => (printed.stdout += chunk.toString()));
  child.stderr.on("data", (chunk: Buffer) => (printed.stderr += chunk.toString()));
  const ended = once(child, "close");
  const until = Date.now() + 20_000;
  while ((await engine.run(["ps", "-q"])).trim() === "" && Date.now() < until) await sleep(100);
  child.kill("SIGINT");
  const [exitCode] = await ended;
  return { exitCode, ...printed };
}

const starts = { docker: startEngine, podman: startPodmanService };

for (const [kind, start] of Object.entries(starts)) startTimes(kind, start);

function startTimes(kind: string, start: () => Promise<TestEngine | undefined>): void {
  suite(`start times on a real ${kind} engine`, () => {
    const engineOf = withEngine(start, addImages);
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

    test("Ctrl-C in the middle of `tare start` removes the container, says so and exits as interrupted", async (context) => {
      const engine = engineOf(context);
      if (engine === undefined) return;
      const { exitCode, stdout, stderr } = await interrupted(engine);
      assert.equal(stdout, "");
      assert.match(stderr, /Interrupted: the container that was being measured is removed\.\n$/);
      assert.equal(exitCode, 130);
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
}
