import assert from "node:assert/strict";
import { suite, test } from "node:test";
import { localSizes } from "../../server/src/core/bases/baseSize.ts";
import { describeBase } from "../../server/src/core/bases/describeBase.ts";
import { heldImageId } from "../../server/src/core/bases/wantedBases.ts";
import { parseDockerfile } from "../../server/src/core/dockerfile/parse.ts";
import { linkTargetOf, nodeKind, type FileTree } from "../../server/src/core/image/fileTree.ts";
import { listImages } from "../../server/src/io/engineImages.ts";
import { valueOf, withImage } from "../io/openedImage.ts";
import { addBusybox, startEngine, withEngine } from "../machine/engine.ts";

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
