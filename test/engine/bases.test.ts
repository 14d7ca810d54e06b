import assert from "node:assert/strict";
import { join } from "node:path";
import { suite, test } from "node:test";
import { localSizes } from "../../server/src/core/bases/baseSize.ts";
import { describeBase } from "../../server/src/core/bases/describeBase.ts";
import { heldImageId } from "../../server/src/core/bases/wantedBases.ts";
import { parseDockerfile } from "../../server/src/core/dockerfile/parse.ts";
import { linkTargetOf, nodeKind, type FileTree } from "../../server/src/core/image/fileTree.ts";
import { baseContentsOf } from "../../server/src/core/image/baseContents.ts";
import { listImages } from "../../server/src/io/engineImages.ts";
import { readIndexedImage } from "../../server/src/io/indexedImage.ts";
import { valueOf, withImage } from "../io/openedImage.ts";
import { addBusybox, startEngine, startPodmanService, withEngine } from "../machine/engine.ts";

/** Lengths of the targets of all symbolic links. */
function symlinkBytes(tree: FileTree): number {
  return Array.from(tree.kind.keys())
    .filter((node) => tree.kind[node] === nodeKind.symlink)
    .reduce((sum, node) => sum + Buffer.byteLength(linkTargetOf(tree, node)), 0);
}

suite("bases that a real Docker engine holds", () => {
  const engineOf = withEngine(startEngine, addBusybox);

  test("their size is known at once from the history, and exactly once their layers are read", async (context) => {
    const engine = engineOf(context);
    if (engine === undefined) return;
    const signal = AbortSignal.timeout(60_000);
    const place = { endpoint: engine.endpoint, environment: {}, homeFolder: engine.folder };
    const listed = valueOf(await listImages(place, signal));
    const imageId = heldImageId("docker.io/library/busybox:local", listed);
    assert.ok(imageId !== undefined);
    await withImage(imageId, { ...place, baseFolder: engine.folder, signal }, async (image) => {
      const early = localSizes(image.description).content;
      const read = valueOf(await image.read({ signal }));
      const sizes = localSizes(image.description, read);
      const { platform } = image.description.config;
      const dockerfile = parseDockerfile("FROM library/busybox:local AS a\nFROM a\nCOPY x /\n");
      const facts = describeBase(dockerfile, dockerfile.stages[1]!, {
        platforms: { target: platform, build: platform },
        findingsOf: () => ({ engine: sizes }),
        isRegistryOn: false,
      });
      const root = facts.kind === "stage" ? facts.root : facts;
      assert.equal(root.kind === "image" && root.sizes.content?.bytes, read.layerContentBytes);
      assert.equal(root.kind === "image" && root.howToKnow, undefined);
      // The history counts the targets of BusyBox's symbolic links, too.
      assert.deepEqual(early?.source, { kind: "engine", countedIn: "history" });
      assert.equal((early?.bytes ?? 0) - read.layerContentBytes, symlinkBytes(read.finalTree));
    });
  });
});

suite("bases that a real podman holds", () => {
  const engineOf = withEngine(startPodmanService, addBusybox);

  test("what they hold is told from what is remembered of their layers, and never by reading one", async (context) => {
    const engine = engineOf(context);
    if (engine === undefined) return;
    const cacheFolder = join(engine.folder, "layer-cache");
    const options = {
      endpoint: engine.endpoint,
      environment: {},
      homeFolder: engine.folder,
      baseFolder: engine.folder,
      cacheFolder,
      signal: AbortSignal.timeout(60_000),
    };
    assert.equal(await readIndexedImage("busybox:local", options), undefined);
    await withImage("busybox:local", options, async (image) => {
      valueOf(await image.read({ signal: options.signal }));
    });
    const indexed = await readIndexedImage("busybox:local", options);
    assert.ok(indexed !== undefined);
    const layers = indexed.layers.map(({ index }) => index);
    assert.deepEqual(baseContentsOf(indexed, layers), {
      libcs: [],
      shells: ["busybox"],
      packageManagers: [],
      interpreters: [],
    });
  });
});
