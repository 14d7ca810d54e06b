import assert from "node:assert/strict";
import { mkdir, mkdtemp, readdir, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { suite, test, type TestContext } from "node:test";
import { pathToFileURL } from "node:url";
import { nodeHost } from "../../server/src/lsp/nodeHost.ts";
import type { BuildHistory, BuildsComparison } from "../../server/src/protocol/builds.ts";
import { methods } from "../../server/src/protocol.ts";
import { addBusybox, startEngine, type TestEngine, withEngine } from "../machine/engine.ts";
import { until } from "../editor/support/until.ts";
import { lspPair, type LspPair } from "../support/lspPair.ts";

const dockerfile = "# tare: image=app:1\nFROM busybox:local\nCOPY a.txt /srv/\nCOPY b.txt /srv/\n";
const commit = "0123456789abcdef0123456789abcdef01234567";

const build = (engine: TestEngine, bytes: number): Promise<void> =>
  engine.build({
    tag: "app:1",
    dockerfile,
    files: { "a.txt": "a".repeat(bytes), "b.txt": "b".repeat(700) },
    builder: "classic",
  });

/** A server of this machine's on a Dockerfile that was checked out, over the engine. */
async function withServer(
  engine: TestEngine,
  context: TestContext,
  run: (pair: LspPair, uri: string, history: string) => Promise<void>,
): Promise<void> {
  const folder = await mkdtemp(join(engine.folder, "work-"));
  context.after(() => rm(folder, { recursive: true, force: true }));
  await mkdir(join(folder, ".git"));
  await writeFile(join(folder, ".git/HEAD"), `${commit}\n`);
  await writeFile(join(folder, "Dockerfile"), dockerfile);
  const history = join(folder, "history");
  const pair = await lspPair({
    host: nodeHost(),
    settings: { engine: { endpoint: engine.endpoint } },
    initialize: {
      initializationOptions: { cacheFolder: join(folder, "cache"), historyFolder: history },
    },
  });
  const uri = pathToFileURL(join(folder, "Dockerfile")).href;
  try {
    await pair.open(uri, dockerfile);
    await run(pair, uri, history);
  } finally {
    await pair.close();
  }
}

suite("the history of builds on a real engine", () => {
  const engineOf = withEngine(startEngine, async (engine) => {
    await addBusybox(engine);
    await build(engine, 5000);
  });

  test("a rebuild shows on its line, and all that grew while the old image is there", async (context) => {
    const engine = engineOf(context);
    if (engine === undefined) return;
    await withServer(engine, context, async (pair, uri, history) => {
      const builds = async () =>
        (await pair.client.sendRequest<BuildHistory>(methods.buildHistory, { uri })).builds;
      const untilBuilds = (count: number) =>
        until(
          builds,
          (all) => all.length === count,
          (all) => `${all.length} builds, not ${count}`,
        );
      await untilBuilds(1);
      await build(engine, 8000);
      await untilBuilds(2);
      const hints = await pair.hintTexts(uri);
      assert.ok(hints.includes("2: 8 kB · +3 kB since the last build"), hints.join("\n"));
      assert.ok(hints.includes("3: 700 B"), hints.join("\n"));
      const [first, second] = await builds();
      // It was checked out when the first build was there already.
      assert.deepEqual([first?.commit, second?.commit], [undefined, commit]);
      assert.equal((second?.totalBytes ?? 0) - (first?.totalBytes ?? 0), 3000);
      const compared = await pair.client.sendRequest<BuildsComparison>(methods.compareBuilds, {
        uri,
      });
      assert.ok(compared.kind === "compared");
      assert.match(compared.markdown, /\*\*By line\*\*[^*]*\| \+3 kB \| line 3 {2}COPY a\.txt/);
      assert.match(compared.markdown, /\*\*By path\*\*[^*]*\| \+3 kB \| srv\/a\.txt/);
      await until(
        async () => pair.statuses.at(-1)?.sharedText ?? "",
        (text) =>
          /^\d.* \(layer 1\) with 2 other images; this image alone adds 8\.7 kB$/.test(text),
        (text) => `it shares ${text}`,
      );
      assert.equal((await readdir(history)).length, 1);
      await pair.client.sendRequest(methods.forgetHistory, { uri });
      assert.deepEqual(await readdir(history), []);
    });
  });
});
