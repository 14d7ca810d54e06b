import assert from "node:assert/strict";
import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { suite, test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { linkTargetOf, nodeKind } from "../../server/src/core/image/fileTree.ts";
import { describeImageError } from "../../server/src/core/image/imageError.ts";
import { listImages, watchEngine } from "../../server/src/io/engineImages.ts";
import { openImage, type OpenOptions } from "../../server/src/io/openImage.ts";
import {
  contentsOf,
  eventually,
  errorOf,
  readWhole,
  valueOf,
  withImage,
} from "../io/openedImage.ts";
import {
  addBusybox,
  installPackages,
  runProgram,
  startEngine,
  startPodmanService,
  withEngine,
  type BuilderKind,
  type TestEngine,
} from "../machine/engine.ts";

const dockerfile = `
FROM busybox:local
ENV A=1
WORKDIR /srv/app
COPY a.txt b.txt ./
RUN echo hello > greeting && mkdir empty && ln -s greeting link && ln greeting hard
RUN rm a.txt && chmod 600 b.txt
RUN true
WORKDIR /
EXPOSE 80
CMD ["sh"]
`;

async function buildAll(engine: TestEngine): Promise<void> {
  await addBusybox(engine);
  for (const builder of ["classic", "buildkit"] as const) {
    const files = { "a.txt": "a".repeat(5000), "b.txt": "b".repeat(700) };
    await engine.build({ tag: `app:${builder}`, dockerfile, files, builder });
  }
  await engine.build({
    tag: "nothing:1",
    dockerfile: 'FROM scratch\nENV A=1\nCMD ["/x"]\n',
    builder: "classic",
  });
}

function optionsFor(engine: TestEngine): OpenOptions {
  return {
    signal: AbortSignal.timeout(60_000),
    baseFolder: engine.folder,
    endpoint: engine.endpoint,
    environment: {},
    homeFolder: engine.folder,
  };
}

suite("images of a real Docker engine", () => {
  const engineOf = withEngine(startEngine, buildAll);
  const podmanOf = withEngine(startPodmanService);

  for (const builder of ["classic", "buildkit"] satisfies BuilderKind[]) {
    test(`${builder}: are described from inspect and history as their config says`, async (context) => {
      const engine = engineOf(context);
      if (engine === undefined) return;
      await withImage(`app:${builder}`, optionsFor(engine), async (image) => {
        const { description } = image;
        const whole = valueOf(await image.read({ signal: AbortSignal.timeout(60_000) }));
        const rows = (from: typeof description): unknown =>
          from.config.history.map(({ createdBy, emptyLayer }) => [createdBy, emptyLayer]);
        assert.ok(description.config.history.length > 0, "the history is certain");
        assert.deepEqual(rows(description), rows(whole.description));
        assert.deepEqual(description.config.settings, whole.description.config.settings);
        assert.equal(description.imageId, whole.description.imageId);
        assert.equal(description.reference, `app:${builder}`);
      });
    });

    test(`${builder}: have the bytes that docker history prints`, async (context) => {
      const engine = engineOf(context);
      if (engine === undefined) return;
      const words = ["history", "--human=false", "--format", "{{.Size}}", `app:${builder}`];
      const printed = await engine.run(words);
      const read = await readWhole(`app:${builder}`, optionsFor(engine));
      const { historyBytes } = read.description;
      assert.deepEqual(
        historyBytes?.filter((bytes) => bytes > 0),
        printed
          .trim()
          .split("\n")
          .map(Number)
          .reverse()
          .filter((bytes) => bytes > 0),
      );
      const symlinkBytes = read.layers.map(({ tree }) =>
        Array.from({ length: tree.nodeCount }, (_, node) =>
          tree.kind[node] === nodeKind.symlink ? linkTargetOf(tree, node).length : 0,
        ).reduce((sum, bytes) => sum + bytes, 0),
      );
      // For layers of the classic builder, and such as were loaded, the overlay2 driver counts the targets of symlinks too.
      read.layers.forEach(({ contentBytes }, index) => {
        const more = (historyBytes?.[index] ?? Number.NaN) - contentBytes;
        assert.ok(more === 0 || more === symlinkBytes[index], `layer ${index}: ${more}`);
      });
    });
  }

  test("read the same from the engine and from every archive made of them", async (context) => {
    const engine = engineOf(context);
    const reason = await installPackages({ skopeo: "skopeo" });
    if (engine === undefined || reason !== undefined) return context.skip(reason);
    const options = optionsFor(engine);
    const expected = contentsOf(await readWhole("app:buildkit", options));
    const saved = join(engine.folder, "saved.tar");
    await engine.run(["save", "-o", saved, "app:buildkit"]);
    const copy = (to: string, ...words: readonly string[]): Promise<unknown> =>
      runProgram("skopeo", ["copy", "-q", ...words, `docker-archive:${saved}`, to]);
    const at = (name: string): string => join(engine.folder, name);
    await copy(`oci:${at("gzip")}:x`);
    await copy(`oci:${at("zstd")}:x`, "--dest-compress-format", "zstd");
    await copy(`oci-archive:${at("oci.tar")}:x`);
    await copy(`docker-archive:${at("skopeo.tar")}:app:1`);
    await runProgram("gzip", ["-k", saved]);
    await runProgram("zstd", ["-q", saved]);
    for (const reference of [
      `docker-archive:${saved}`,
      `docker-archive:${saved}:app:buildkit`,
      `${saved}.gz`,
      `${saved}.zst`,
      `docker-archive:${at("skopeo.tar")}`,
      `oci:${at("gzip")}`,
      `oci:${at("zstd")}:x`,
      `oci:${at("oci.tar")}:x`,
    ]) {
      assert.deepEqual(contentsOf(await readWhole(reference, options)), expected, reference);
    }
  });

  test("read the same from podman, by its socket and by what it saves", async (context) => {
    const engine = engineOf(context);
    const podman = engine && podmanOf(context);
    if (engine === undefined || podman === undefined) return;
    const expected = contentsOf(await readWhole("app:classic", optionsFor(engine)));
    const saved = join(podman.folder, "from-docker.tar");
    await engine.run(["save", "-o", saved, "app:classic"]);
    await podman.run(["load", "-q", "-i", saved]);
    const options = optionsFor(podman);
    const name = "app:classic";
    const read = await readWhole(name, options);
    assert.deepEqual(contentsOf(read), expected);
    assert.equal(read.description.historyBytes, undefined, "podman prints lengths of tars");
    await withImage(name, options, async ({ description }) =>
      assert.equal(description.config.history.length, read.description.config.history.length),
    );
    for (const format of ["docker-archive", "oci-archive", "oci-dir"]) {
      const out = join(podman.folder, format);
      await podman.run(["save", "-q", "--format", format, "-o", out, name]);
      assert.deepEqual(contentsOf(await readWhole(out, options)), expected, format);
    }
  });

  test("built by podman are found by their short name", async (context) => {
    const podman = podmanOf(context);
    if (podman === undefined) return;
    await addBusybox(podman);
    await podman.build({ tag: "own:1", dockerfile: "FROM busybox:local\nRUN echo x > /x\n" });
    const read = await readWhole("own:1", optionsFor(podman));
    assert.equal(read.layers.length, 2);
    const history = read.description.config.history;
    await withImage("own:1", optionsFor(podman), async ({ description }) =>
      assert.deepEqual(
        description.config.history.map(({ emptyLayer }) => emptyLayer),
        history.map(({ emptyLayer }) => emptyLayer),
      ),
    );
  });

  test("without layers are read without an export, which the engine refuses", async (context) => {
    const engine = engineOf(context);
    if (engine === undefined) return;
    const read = await readWhole("nothing:1", optionsFor(engine));
    assert.equal(read.layers.length, 0);
    assert.equal(read.finalContentBytes, 0);
    assert.deepEqual(
      read.description.config.history.map(({ emptyLayer }) => emptyLayer),
      [true, true],
    );
  });

  test("are read by id as by name, and again from the cache", async (context) => {
    const engine = engineOf(context);
    if (engine === undefined) return;
    const cacheFolder = join(engine.folder, "cache");
    await mkdir(cacheFolder, { recursive: true });
    const options = { ...optionsFor(engine), cacheFolder };
    const first = await readWhole("app:buildkit", options);
    const id = first.description.imageId;
    const again = await readWhole(id, options);
    assert.deepEqual(contentsOf(again), contentsOf(first));
    assert.equal((await readWhole(id.slice(7, 19), options)).layers.length, first.layers.length);
  });

  test("that do not exist are not found, whatever their name", async (context) => {
    const engine = engineOf(context);
    if (engine === undefined) return;
    for (const name of ["nope", "nope:1", "localhost:5000/a/b", `x@sha256:${"0".repeat(64)}`]) {
      const error = errorOf(await openImage(name, optionsFor(engine)));
      assert.equal(
        describeImageError(error),
        `${name} is not in the Docker engine at ${engine.endpoint}: build it once, or name another image.`,
      );
    }
  });

  test("for another platform than asked for are not found", async (context) => {
    const engine = engineOf(context);
    if (engine === undefined) return;
    const options = { ...optionsFor(engine), platform: "linux/s390x" };
    const error = errorOf(await openImage("app:classic", options));
    assert.match(describeImageError(error), /^app:classic for linux\/s390x is not in .* linux\//);
  });

  test("are listed with their names", async (context) => {
    const engine = engineOf(context);
    if (engine === undefined) return;
    const listed = valueOf(await listImages(optionsFor(engine), AbortSignal.timeout(10_000)));
    const names = listed.map(({ reference }) => reference);
    for (const name of ["app:classic", "app:buildkit", "busybox:local", "nothing:1"]) {
      assert.ok(names.includes(name), name);
    }
    assert.ok(listed.every(({ imageId }) => imageId.startsWith("sha256:")));
  });

  test("are noticed when they change", async (context) => {
    const engine = engineOf(context);
    if (engine === undefined) return;
    const stop = new AbortController();
    let changes = 0;
    try {
      watchEngine(optionsFor(engine), () => (changes += 1), stop.signal);
      await sleep(1_000);
      await engine.run(["save", "-o", join(engine.folder, "s.tar"), "app:classic"]);
      await sleep(500);
      assert.equal(changes, 0, "an export is no change");
      await engine.run(["tag", "app:classic", "app:other"]);
      await eventually(() => changes > 0, "a tag is a change");
    } finally {
      stop.abort();
    }
  });

  test("stop being read when cancelled", async (context) => {
    const engine = engineOf(context);
    if (engine === undefined) return;
    await withImage("app:classic", optionsFor(engine), async (image) => {
      const stop = new AbortController();
      const reading = image.read({ signal: stop.signal });
      await sleep(5);
      stop.abort();
      assert.equal(errorOf(await reading).code, "cancelled");
    });
  });
});
