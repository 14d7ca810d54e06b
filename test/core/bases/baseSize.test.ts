import assert from "node:assert/strict";
import { test } from "node:test";
import {
  bestSizes,
  isForPlatform,
  localSizes,
  noSizes,
  registrySizes,
  scratchSizes,
  type BaseSize,
} from "../../../server/src/core/bases/baseSize.ts";
import { recordedSizes } from "../../../server/src/core/bases/recordedSizes.ts";
import { describeSizeSource, formatBaseSize } from "../../../server/src/core/bases/sizeText.ts";
import { heldImageId, wantedBases } from "../../../server/src/core/bases/wantedBases.ts";
import { parseDockerfile } from "../../../server/src/core/dockerfile/parse.ts";
import { anImage } from "../../support/imageBuilder.ts";
import { amd64, arm64, engineSize, showSize } from "./world.ts";

const image = anImage().layer("base 70MB").layer("app 20MB");

test("an image that the engine holds has a figure at once where the history prints content bytes, marked as such", () => {
  const { content, transfer } = localSizes(image.describe({ withHistoryBytes: true }));
  assert.equal(showSize(content, "content"), "content 90000000 linux/amd64 engine");
  assert.deepEqual(content?.source, { kind: "engine", countedIn: "history" });
  assert.equal(showSize(transfer, "transfer"), "transfer ?");
});

test("where the history prints something else, the layers have to be read first", () => {
  assert.equal(localSizes(image.describe()).content, undefined);
  const read = image.read();
  const { content } = localSizes(read.description, read);
  assert.equal(content?.bytes, 90e6);
  assert.deepEqual(content?.source, { kind: "engine", countedIn: "layers" });
});

test("compressed bytes are known where the store keeps them for every layer", () => {
  assert.equal(localSizes(image.transferBytes(30e6, 9e6).describe()).transfer?.bytes, 39e6);
  assert.equal(localSizes(image.transferBytes(30e6).describe()).transfer, undefined);
});

test("an image without layers weighs 0, an unknown one is no 0", () => {
  assert.equal(localSizes(anImage().describe({ withHistoryBytes: true })).content?.bytes, 0);
  assert.equal(localSizes(anImage().describe()).content, undefined);
  const unknown = registrySizes({ transferBytes: undefined, platform: amd64, askedMs: 0 });
  assert.deepEqual(unknown, noSizes);
});

test("the first figure of each measure wins, and measures stay apart", () => {
  const registry = registrySizes({ transferBytes: 7, platform: amd64, askedMs: 5 });
  const engine = { content: engineSize(9), transfer: undefined };
  const best = bestSizes(engine, registry, { ...noSizes, content: engineSize(1) });
  assert.deepEqual([best.content?.bytes, best.transfer?.bytes], [9, 7]);
});

test("arm64 is the same with its variant and without, arm is not", () => {
  assert.ok(isForPlatform({ ...arm64, variant: "v8" }, arm64));
  assert.ok(isForPlatform(arm64, { ...arm64, variant: "v8" }));
  const arm = { os: "linux", architecture: "arm" };
  assert.ok(!isForPlatform({ ...arm, variant: "v6" }, { ...arm, variant: "v7" }));
  assert.ok(!isForPlatform(arm, { ...arm, variant: "v7" }));
  assert.ok(!isForPlatform(amd64, { ...amd64, os: "windows" }));
});

test("what is worth asking for: bases in text order, then variants, each once for a platform", () => {
  const text = `
ARG V
FROM --platform=$BUILDPLATFORM nginx:1.27 AS a
FROM nginx:1.27
FROM a
FROM scratch
FROM acme/app:$V
FROM ghcr.io/acme/app
FROM nginx:1.27`;
  const wanted = wantedBases(parseDockerfile(text), { target: arm64, build: amd64 });
  assert.deepEqual(
    wanted.map(({ name, platform, role }) => `${role} ${name} ${platform.architecture}`),
    [
      "base nginx:1.27 amd64",
      "base nginx:1.27 arm64",
      "base ghcr.io/acme/app arm64",
      "variant nginx:1.27-alpine amd64",
      "variant nginx:1.27-alpine-slim amd64",
      "variant nginx:1.27-alpine arm64",
      "variant nginx:1.27-alpine-slim arm64",
    ],
  );
});

test("an engine's list is searched by what names mean", () => {
  const listed = [
    { reference: "node:20", imageId: "sha256:1" },
    { reference: "ghcr.io/acme/app:latest", imageId: "sha256:2" },
    { reference: "sha256:3", imageId: "sha256:3" },
  ];
  assert.equal(heldImageId("docker.io/library/node:20", listed), "sha256:1");
  assert.equal(heldImageId("ghcr.io/acme/app", listed), "sha256:2");
  assert.equal(heldImageId("node", listed), undefined);
  assert.equal(heldImageId(`node:20@sha256:${"a".repeat(64)}`, listed), undefined);
});

test("a figure is told with its measure, its source and its date", () => {
  const told = (size: BaseSize | undefined): string =>
    size === undefined ? "?" : `${formatBaseSize(size)} ${describeSizeSource(size)}`;
  const table = recordedSizes("debian", "bookworm-slim", amd64);
  assert.equal(told(table.content), "74.8 MB as recorded on 2026-09-18");
  assert.equal(told(table.transfer), "28.2 MB compressed as recorded on 2026-08-03");
  assert.equal(
    told(recordedSizes("rust", "1", amd64).transfer),
    "481 MB compressed as recorded when its lowest layer was of 2022-12-06",
  );
  assert.equal(
    told(recordedSizes("gcr.io/distroless/static", "latest", amd64).content),
    "2.4 MB as recorded on 2023-08-26, for a platform that was not written down",
  );
  assert.equal(told(scratchSizes.content), "0 B by definition");
  assert.equal(told(engineSize(5e6)), "5 MB as the engine holds it");
  const asked = registrySizes({ transferBytes: 7e6, platform: amd64, askedMs: 1_790_000_000_000 });
  assert.equal(told(asked.transfer), "7 MB compressed as its registry said on 2026-09-21");
});
