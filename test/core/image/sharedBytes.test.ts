import assert from "node:assert/strict";
import { test } from "node:test";
import { sharedBytesOf, type NeighbourImage } from "../../../server/src/core/image/sharedBytes.ts";
import { sharedText } from "../../../server/src/core/views/besideImage.ts";
import { anImage, type ImageBuilder } from "../../support/imageBuilder.ts";

const neighbour = (image: ImageBuilder): NeighbourImage => {
  const { imageId, layers } = image.describe();
  return { imageId, diffIds: layers.map(({ diffId }) => diffId) };
};

const base = anImage().base("bin/sh 70MB").layer("usr/lib/x 4MB");
const app = base.layer("app 9MB").layer("etc/app 1MB");

const shared = (neighbours: readonly NeighbourImage[], image = app) => {
  const read = image.read();
  return sharedBytesOf({ state: "read", description: read.description, read }, neighbours);
};

test("layers on the same ones below are shared, the rest is the image's own", () => {
  const found = shared([
    neighbour(base.layer("other 2MB")),
    neighbour(anImage().base("bin/sh 70MB").layer("another 1MB")),
    neighbour(anImage().base("bin/busybox 1MB")),
  ]);
  assert.deepEqual(found, {
    comparedCount: 3,
    imageCount: 2,
    layerCount: 2,
    contentBytes: 74_000_000,
    ownBytes: 10_000_000,
    repeated: { layerCount: 0, contentBytes: 0 },
  });
  assert.equal(
    sharedText(found),
    "74 MB (layers 1–2) with 2 other images; this image alone adds 10 MB",
  );
});

test("a layer on top of something else is stored again, and said so", () => {
  const diffIds = neighbour(app).diffIds;
  const found = shared([
    { imageId: "sha256:other", diffIds: [diffIds[0]!, diffIds[2]!, "sha256:else"] },
  ]);
  assert.equal(found.layerCount, 1);
  assert.equal(found.ownBytes, 14_000_000);
  assert.deepEqual(found.repeated, { layerCount: 1, contentBytes: 9_000_000 });
});

test("an image of the same layers leaves nothing to this one alone", () => {
  const found = shared([neighbour(app)]);
  assert.equal(found.ownBytes, 0);
  assert.match(sharedText(found) ?? "", /1 other image; this image alone adds 0 B$/);
});

test("nothing shared is said, nothing to compare with is not", () => {
  assert.equal(
    sharedText(shared([neighbour(anImage().base("x 1MB"))])),
    "nothing with the other image of this engine",
  );
  assert.equal(sharedText(shared([])), undefined);
});

test("sizes that are not known are not told", () => {
  const description = app.describe();
  const found = sharedBytesOf({ state: "described", description }, [neighbour(base)]);
  assert.equal(found.contentBytes, undefined);
  assert.equal(sharedText(found), "layers 1–2 with 1 other image");
});
