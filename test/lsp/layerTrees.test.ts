import assert from "node:assert/strict";
import { test } from "node:test";
import type { DocumentParams } from "../../server/src/protocol.ts";
import type { TreeOptions, TreeRow } from "../../server/src/protocol/layerTree.ts";
import { methods } from "../../server/src/protocol.ts";
import { type FakeHost, fakeHost } from "../support/fakeHost.ts";
import type { ImageBuilder } from "../support/imageBuilder.ts";
import { anImage } from "../support/imageBuilder.ts";
import { type LspPair, lspPair } from "../support/lspPair.ts";

const uri = "file:///work/Dockerfile";
const text = "# tare: image=app\nFROM debian:12\nCOPY app /app\n";

const app = (files: string): ImageBuilder =>
  anImage()
    .reference("app")
    .base("bin/sh 70MB")
    .layer(files, { createdBy: "COPY app /app # buildkit" });

/** Runs with a tree whose image is read; `changes` counts how often it was said to be another one. */
async function withTree(
  host: FakeHost,
  run: (
    rows: (options: TreeOptions, parent?: string) => Promise<readonly string[]>,
    pair: LspPair,
    changes: readonly string[],
  ) => Promise<void>,
  trusted = true,
): Promise<void> {
  const pair = await lspPair({
    host,
    settings: {},
    initialize: { initializationOptions: { trusted } },
  });
  const changes: string[] = [];
  pair.client.onNotification(methods.treeChanged, (told: DocumentParams) => {
    changes.push(told.uri);
  });
  const rows = async (options: TreeOptions, parent?: string): Promise<readonly string[]> => {
    const found = await pair.client.sendRequest<readonly TreeRow[]>(methods.tree, {
      uri,
      parent,
      options,
    });
    return found.map(({ label, description }) => [label, description].filter(Boolean).join(" | "));
  };
  try {
    await pair.open(uri, text);
    if (trusted) await pair.until("read", () => pair.statuses.at(-1)?.state === "read");
    await run(rows, pair, changes);
    assert.deepEqual(pair.logs, []);
  } finally {
    await pair.close();
  }
}

test("rows follow the options that come with the question", () =>
  withTree(fakeHost({ app: app("app/a.js 9MB, app/b.txt 1MB") }), async (rows, pair) => {
    const [root] = await pair.client.sendRequest<readonly TreeRow[]>(methods.tree, { uri });
    assert.deepEqual(await rows({ filter: "*.js" }), ["app | 9 MB of 80 MB · 2 layers"]);
    assert.deepEqual(await rows({ groupBy: "kind" }, root!.id), [
      "Other | 70 MB",
      "Code | 9 MB",
      "Documents | 1 MB",
    ]);
    assert.deepEqual(await rows({ groupBy: "kind", sortBy: "name" }, root!.id), [
      "Code | 9 MB",
      "Documents | 1 MB",
      "Other | 70 MB",
    ]);
    const path = await pair.client.sendRequest<readonly string[]>(methods.reveal, {
      uri,
      path: "app/a.js",
      options: { groupBy: "directory" },
    });
    assert.equal(path.length, 3);
  }));

test("another image is read when it is first asked for, the client is told, and it is let go of afterwards", () => {
  const host = fakeHost({ app: app("app/a.js 9MB"), old: app("app/a.js 4MB, app/gone 1MB") });
  return withTree(host, async (rows, pair, changes) => {
    const options: TreeOptions = { comparedWith: "old" };
    assert.deepEqual(await rows(options), ["app | 79 MB · 2 layers", "old is being read"]);
    await pair.until("told", () => changes.length > 0);
    await pair.until("read", async () => (await rows(options)).length === 2);
    assert.deepEqual(await rows(options), [
      "app | 9 MB of 79 MB · 2 layers",
      "Only in old | 1 MB · removed",
    ]);
    assert.equal(host.watchedFiles, 2);
    assert.deepEqual(await rows({}), ["app | 79 MB · 2 layers"]);
    assert.equal(host.watchedFiles, 1);
    assert.deepEqual(
      changes.filter((told) => told !== uri),
      [],
    );
  });
});

test("an image that is not there is said to be so", () =>
  withTree(fakeHost({ app: app("app/a.js 9MB") }), async (rows, pair) => {
    await rows({ comparedWith: "no:such" });
    await pair.until(
      "failed",
      async () => !(await rows({ comparedWith: "no:such" }))[1]!.includes("being read"),
    );
    const [, note] = await rows({ comparedWith: "no:such" });
    assert.match(note!, /^no:such/);
  }));
