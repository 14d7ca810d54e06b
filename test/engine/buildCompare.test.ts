import assert from "node:assert/strict";
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { suite, test } from "node:test";
import { analyse, parseDockerfile } from "../../server/src/core/analysis.ts";
import { buildComparison } from "../../server/src/core/views/buildComparison.ts";
import { buildTemporaryImage, type BuildRequest } from "../../server/src/io/buildCompare.ts";
import type { Result } from "../../server/src/core/result.ts";
import { readWhole } from "../io/openedImage.ts";
import { addBusybox, startEngine, type TestEngine, withEngine } from "../machine/engine.ts";

const before = `FROM busybox:local
COPY app /app
RUN echo hello > /hello
CMD ["/app"]
`;
const after = 'FROM scratch\nCOPY app /app\nCMD ["/app"]\n';

/** What was built, or a failed test. */
function builtOf<T>(result: Result<T, string>): T {
  assert.ok(result.ok, JSON.stringify(result));
  return result.value;
}

/** Why nothing was built, or a failed test. */
function troubleOf(result: Result<unknown, string>): string {
  assert.ok(!result.ok, "it was built, and should not have been");
  return result.error;
}

suite("images that are built to be compared", () => {
  const get = withEngine(startEngine, (engine) => addBusybox(engine));

  async function requestIn(engine: TestEngine, text: string): Promise<BuildRequest> {
    const folder = join(engine.folder, "compared");
    await mkdir(folder, { recursive: true });
    await writeFile(join(folder, "app"), "a".repeat(5000));
    await writeFile(join(folder, "big"), "b".repeat(9000));
    await writeFile(join(folder, ".dockerignore"), "big\n");
    return {
      text,
      dockerfilePath: join(folder, "Dockerfile"),
      contextDirective: undefined,
      workspaceFolder: undefined,
      platform: undefined,
      endpoint: engine.endpoint,
      onLine: () => undefined,
    };
  }
  const signal = AbortSignal.timeout(60_000);
  const idsIn = async (engine: TestEngine) =>
    new Set((await engine.run(["image", "ls", "--quiet", "--no-trunc"])).trim().split("\n"));

  test("both are measured by line, and taken away without one of the user's", async (t) => {
    const engine = get(t);
    if (engine === undefined) return;
    // The same lines, built by the user, who gave the image no name.
    const mine = await requestIn(engine, before);
    await engine.build({
      tag: "mine:1",
      dockerfile: before,
      files: { app: "a".repeat(5000) },
      builder: "classic",
    });
    const userIds = await idsIn(engine);
    const analyses = [];
    for (const text of [before, after]) {
      const image = builtOf(await buildTemporaryImage({ ...mine, text }, signal));
      assert.match(image.reference, /^tare-compare:[0-9a-f]{16}$/);
      const read = await readWhole(image.reference, {
        signal,
        baseFolder: engine.folder,
        endpoint: engine.endpoint,
        environment: {},
        homeFolder: engine.folder,
      });
      const { description } = read;
      analyses.push(analyse(parseDockerfile(text), { state: "read", description, read }));
      assert.equal(await image.remove(), undefined);
    }
    const said = buildComparison(analyses[0]!, analyses[1]!);
    assert.match(said.title, /→ 5 kB, as built$/);
    assert.match(said.before, /^ *5 kB │ COPY app \/app$/m);
    assert.match(said.before, /^ *6 B │ RUN echo hello > \/hello$/m);
    assert.match(said.after, /^ *5 kB │ COPY app \/app$/m);
    assert.deepEqual(await idsIn(engine), userIds);
  });

  test("a build that fails says why, in one sentence", async (t) => {
    const engine = get(t);
    if (engine === undefined) return;
    const broken = await requestIn(engine, "FROM busybox:local\nRUN exit 3\n");
    assert.match(troubleOf(await buildTemporaryImage(broken, signal)), /^The build failed: .*3/);
    // The ignore file of the context holds for the copy too.
    const ignored = await requestIn(engine, "FROM busybox:local\nCOPY big /big\n");
    assert.match(troubleOf(await buildTemporaryImage(ignored, signal)), /^The build failed: .*big/);
  });

  test("a build that is cancelled ends and leaves nothing", async (t) => {
    const engine = get(t);
    if (engine === undefined) return;
    const ids = await idsIn(engine);
    const slow = await requestIn(engine, "FROM busybox:local\nRUN sleep 30\n");
    const stopping = new AbortController();
    setTimeout(() => stopping.abort(), 1500);
    const started = performance.now();
    const outcome = await buildTemporaryImage(slow, stopping.signal);
    assert.equal(troubleOf(outcome), "The build was cancelled.");
    assert.ok(performance.now() - started < 10_000);
    assert.deepEqual(await idsIn(engine), ids);
  });
});
