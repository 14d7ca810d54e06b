import assert from "node:assert/strict";
import { suite, test } from "node:test";
import type { ReadImage } from "../../server/src/core/image/image.ts";
import { sharedBytesOf, type SharedBytes } from "../../server/src/core/image/sharedBytes.ts";
import { listImageLayers, type EngineLayers } from "../../server/src/io/engineLayers.ts";
import { valueOf } from "../io/openedImage.ts";
import {
  addBusybox,
  startEngine,
  startPodmanService,
  type TestEngine,
  withEngine,
} from "../machine/engine.ts";
import { readTagged } from "../support/readTagged.ts";

const own = { "a.txt": "a".repeat(5000), "b.txt": "b".repeat(700) };

/** Two images on one base, one of them built twice, and a stranger. */
async function buildAll(engine: TestEngine): Promise<void> {
  await addBusybox(engine);
  const onBase = (file: string): string => `FROM busybox:local\nCOPY ${file} /srv/\n`;
  const build = (tag: string, dockerfile: string): Promise<void> =>
    engine.build({ tag, dockerfile, files: own, builder: "classic" });
  await build("shared/one:1", onBase("a.txt"));
  await build("shared/two:1", onBase("b.txt"));
  await build("shared/stranger:1", "FROM scratch\nCOPY b.txt /\n");
}

async function layersOf(
  { endpoint, folder }: TestEngine,
  known: ReadonlyMap<string, readonly string[]> = new Map(),
): Promise<EngineLayers> {
  const options = { endpoint, environment: {}, homeFolder: folder };
  return valueOf(await listImageLayers(options, known, AbortSignal.timeout(60_000)));
}

async function sharedIn(engine: TestEngine, tag: string): Promise<SharedBytes> {
  const { images, isComplete } = await layersOf(engine);
  assert.ok(isComplete);
  const read: ReadImage = await readTagged(engine, tag);
  const others = images.filter(({ imageId }) => imageId !== read.description.imageId);
  assert.equal(others.length, images.length - 1, `${tag} is in the list`);
  return sharedBytesOf({ state: "read", description: read.description, read }, others);
}

suite("bytes that images of a real engine share", () => {
  const engines = {
    docker: withEngine(startEngine, buildAll),
    podman: withEngine(startPodmanService, buildAll),
  };
  for (const [kind, engineOf] of Object.entries(engines)) {
    test(`${kind}: two images on one base share its bytes to the last one, a stranger none`, async (context) => {
      const engine = engineOf(context);
      if (engine === undefined) return;
      const base = await readTagged(engine, "busybox:local");
      for (const [tag, ownBytes] of [
        ["shared/one:1", 5000],
        ["shared/two:1", 700],
      ] as const) {
        const { contentBytes, imageCount, layerCount, ...shared } = await sharedIn(engine, tag);
        assert.equal(contentBytes, base.layerContentBytes);
        assert.equal(layerCount, base.layers.length);
        assert.equal(shared.ownBytes, ownBytes);
        assert.equal(imageCount, 2, "the other one and the base itself");
      }
      const stranger = await sharedIn(engine, "shared/stranger:1");
      assert.equal(stranger.layerCount, 0);
      assert.equal(stranger.imageCount, 0);
      assert.equal(stranger.ownBytes, 700);
      const busybox = await sharedIn(engine, "busybox:local");
      assert.equal(busybox.ownBytes, 0, "all of the base lies below others");
    });

    test(`${kind}: layers that are known are not asked for again, images that are gone are left out`, async (context) => {
      const engine = engineOf(context);
      if (engine === undefined) return;
      const { images } = await layersOf(engine);
      const [first] = images;
      const made = ["sha256:made up"];
      const known = new Map([
        [first?.imageId ?? "", made],
        ["sha256:gone", made],
      ]);
      const again = await layersOf(engine, known);
      assert.equal(again.images.length, images.length);
      assert.equal(again.images.find(({ imageId }) => imageId === first?.imageId)?.diffIds, made);
    });
  }

  test("docker: what it calls shared and unique is what is told here", async (context) => {
    const engine = engines.docker(context);
    if (engine === undefined) return;
    const printed = await engine.run(["system", "df", "-v", "--format", "{{json .Images}}"]);
    const rows = JSON.parse(printed) as readonly Record<string, string>[];
    const row = rows.find(({ Repository }) => Repository === "shared/one");
    const { ownBytes } = await sharedIn(engine, "shared/one:1");
    assert.equal(row?.["UniqueSize"], "5kB");
    assert.equal(ownBytes, 5000);
  });
});
