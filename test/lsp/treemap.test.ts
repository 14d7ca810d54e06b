import assert from "node:assert/strict";
import { test } from "node:test";
import type { Hover } from "vscode-languageserver/node";
import type { TreeRow } from "../../server/src/protocol/layerTree.ts";
import type { Treemap, TreemapMatches, TreemapTarget } from "../../server/src/protocol/treemap.ts";
import { methods } from "../../server/src/protocol.ts";
import { appImage, dockerfile } from "../editor/support/workspace.ts";
import { fakeHost } from "../support/fakeHost.ts";
import { lspPair, type LspPair, saidIn } from "../support/lspPair.ts";

const uri = "file:///work/Dockerfile";

/** Runs with an open document whose image is read, and closes everything. */
async function withImage(run: (pair: LspPair) => Promise<void>): Promise<void> {
  const pair = await lspPair({ settings: {}, host: fakeHost({ app: appImage() }) });
  try {
    await pair.open(uri, dockerfile.replace("oci:image", "app"));
    await pair.until("image read", () => pair.statuses.at(-1)?.state === "read");
    await run(pair);
    assert.deepEqual(pair.logs, []);
  } finally {
    await pair.close();
  }
}

const mapOf = (pair: LspPair, target: Omit<TreemapTarget, "uri">) =>
  pair.client.sendRequest<Treemap | null>(methods.treemap, {
    target: { uri, ...target },
    limit: 100,
  });

test("the map of the image weighs what its row in the layer tree says", () =>
  withImage(async (pair) => {
    const map = await mapOf(pair, {});
    const [image] = await pair.client.sendRequest<readonly TreeRow[]>(methods.tree, { uri });
    assert.equal(map?.root.sizeText, "18 MB");
    assert.match(image!.description!, /^18 MB /);
    assert.equal(map.root.bytes, pair.statuses.at(-1)?.totalBytes);
    assert.deepEqual(
      map.root.children?.map(({ name, kind, sizeText }) => [name || kind, sizeText]),
      [
        ["usr", "12 MB"],
        ["var", "2 MB"],
        ["srv", "1 MB"],
        ["waste", "3 MB"],
      ],
    );
    assert.deepEqual(
      map.layers.map(({ label, line }) => [label, line]),
      [
        ["Layer 1 · base", 1],
        ["Layer 2 · line 3", 2],
        ["Layer 3 · line 4", 3],
        ["Layer 4 · line 5", 4],
      ],
    );
  }));

test("a directory of a layer and the waste of a layer have maps; what is not there has none", () =>
  withImage(async (pair) => {
    const app = await mapOf(pair, { layer: 2, path: "srv/app" });
    assert.deepEqual([app?.root.sizeText, app?.root.wastedText], ["4 MB", "3 MB"]);
    const waste = await mapOf(pair, { layer: 2, waste: true, path: "srv/app/cache" });
    assert.equal(waste?.root.children?.[0]?.hiddenText, "deleted by line 5");
    assert.equal(await mapOf(pair, { path: "no/such" }), null);
    assert.equal(await mapOf(pair, { uri: "file:///work/closed" } as never), null);
  }));

test("where there is nothing to draw the map says so", () =>
  withImage(async (pair) => {
    const saidOf = async (target: Omit<TreemapTarget, "uri">) =>
      (await mapOf(pair, target))?.remark;
    assert.equal(await saidOf({ layer: 3 }), "There are no bytes in this layer.");
    assert.equal(await saidOf({ layer: 0, waste: true }), "Nothing of this layer is wasted.");
    assert.equal(
      await saidOf({ layer: 0, waste: true, path: "usr" }),
      "Nothing of this place is wasted.",
    );
    assert.equal(await saidOf({}), undefined);
    assert.equal(await saidOf({ layer: 2, waste: true }), undefined);
  }));

test("a search names what it found, wasted files too", () =>
  withImage(async (pair) => {
    const found = await pair.client.sendRequest<TreemapMatches>(methods.treemapSearch, {
      target: { uri },
      query: "INDEX",
      limit: 10,
    });
    assert.deepEqual(found, {
      count: 1,
      matches: [
        {
          path: "srv/app/cache/index",
          kind: "file",
          bytes: 3_000_000,
          sizeText: "3 MB",
          layer: 2,
          waste: true,
        },
      ],
    });
  }));

test("a hover links to the treemap of its layer, that of FROM to the whole image", () =>
  withImage(async (pair) => {
    const linkAt = async (line: number): Promise<unknown> => {
      const hover = await pair.client.sendRequest<Hover>("textDocument/hover", {
        textDocument: { uri },
        position: { line, character: 1 },
      });
      const link = /\(command:tare\.showTreemap\?([^)]*)\)/.exec(saidIn(hover.contents))?.[1];
      return link && JSON.parse(decodeURIComponent(link));
    };
    assert.deepEqual(await linkAt(1), [{ uri }]);
    assert.deepEqual(await linkAt(3), [{ uri, layer: 2 }]);
    assert.equal(await linkAt(4), undefined);
  }));
