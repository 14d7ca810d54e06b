import assert from "node:assert/strict";
import { mkdtemp, readdir, writeFile } from "node:fs/promises";
import type { ServerResponse } from "node:http";
import { join } from "node:path";
import { suite, test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { describeImageError } from "../../server/src/core/image/imageError.ts";
import { listImages, watchEngine } from "../../server/src/io/engineImages.ts";
import type { EngineTimeouts } from "../../server/src/io/engineRequest.ts";
import { openImage } from "../../server/src/io/openImage.ts";
import { anImage, digestOf } from "../support/imageBuilder.ts";
import { dockerArchiveTar, ociFiles } from "../support/imageWriters.ts";
import { writeTar } from "../support/tarWriter.ts";
import {
  fakeImage,
  onlyEngine,
  routesFor,
  patientTimeouts,
  shortTimeouts,
  startFakeEngine,
  type FakeAnswer,
  type FakeEngine,
  type FakeRoutes,
} from "./fakeEngine.ts";
import {
  contentsOf,
  eventually,
  errorOf,
  readWhole,
  troubleOf,
  valueOf,
  withFolder,
  withImage,
} from "./openedImage.ts";

const app = anImage()
  .base("usr/lib/libc.so 40kB")
  .emptyRow("ENV A=1")
  .layer("app/server 30kB", { createdBy: "COPY server /app # buildkit" })
  .layer({ "app/dir/": "0" }, { createdBy: "WORKDIR /app/dir" });

/** Ambiguous: two classic rows without bytes, one layer between them. */
const unclear = anImage()
  .base("usr/lib/libc.so 40kB")
  .layer({ "srv/": "0" }, { createdBy: "/bin/sh -c #(nop) WORKDIR /srv", comment: "" })
  .emptyRow("/bin/sh -c true", { comment: "" });

suite("an image of an engine", () => {
  const folder = withFolder();

  async function withFake<T>(
    routes: FakeRoutes,
    use: (engine: FakeEngine) => Promise<T>,
    headers?: Readonly<Record<string, string>>,
  ): Promise<T> {
    const engine = await startFakeEngine(folder(), routes, headers);
    try {
      return await use(engine);
    } finally {
      await engine.stop();
    }
  }

  const archive = (image = app): FakeAnswer => ({
    bytes: dockerArchiveTar(image, { layout: "layer.tar" }),
  });

  test("has history and bytes before any layer is read", () =>
    withFake(routesFor("app:1", fakeImage(app), archive()), async (engine) => {
      await withImage("app:1", onlyEngine(engine, folder()), async ({ description }) => {
        assert.deepEqual(description.historyBytes, [40_000, 30_000, 0]);
        assert.deepEqual(
          description.config.history.map(({ createdBy, emptyLayer }) => [createdBy, emptyLayer]),
          app.describe().config.history.map(({ createdBy, emptyLayer }) => [createdBy, emptyLayer]),
        );
      });
      assert.deepEqual(engine.requests, ["/images/app:1/json", "/images/app:1/history"]);
    }));

  test("keeps quiet about rows that could be either, until the export says", () =>
    withFake(routesFor("x", fakeImage(unclear), archive(unclear)), async (engine) => {
      const options = onlyEngine(engine, folder());
      await withImage("x", options, async (image) => {
        assert.deepEqual(image.description.config.history, []);
        assert.equal(image.description.historyBytes, undefined);
        const read = valueOf(await image.read({ signal: options.signal }));
        assert.deepEqual(
          read.description.config.history.map(({ emptyLayer }) => emptyLayer),
          [false, false, true],
        );
      });
    }));

  test("remembers its config, so that the next look is certain at once and needs no export", () =>
    withFake(routesFor("x", fakeImage(unclear), archive(unclear)), async (engine) => {
      const cacheFolder = await mkdtemp(join(folder(), "cache-"));
      const options = { ...onlyEngine(engine, folder()), cacheFolder };
      const first = await readWhole("x", options);
      await withImage("x", options, async ({ description }) => {
        assert.deepEqual(description.historyBytes, [40_000, 0]);
        assert.deepEqual(description.config.history, first.description.config.history);
      });
      assert.deepEqual(contentsOf(await readWhole("x", options)), contentsOf(first));
      assert.equal(engine.requests.filter((path) => path.endsWith("/get")).length, 1);
      // What stands in the cache is not believed when it is another image's.
      const config = app.configJson();
      const remembered = JSON.stringify({ config, blobs: [{}, {}, {}] });
      const [name = ""] = await readdir(join(cacheFolder, "exports-1"));
      await writeFile(join(cacheFolder, "exports-1", name), remembered);
      await withImage("x", options, async ({ description }) =>
        assert.deepEqual(description.config.history, []),
      );
    }));

  test("exports only once more when one layer is new, and gives the same as all anew", () =>
    withFake(routesFor("a", fakeImage(app), archive()), async (engine) => {
      const cacheFolder = await mkdtemp(join(folder(), "cache-"));
      const more = app.layer("new 5kB");
      await readWhole("a", { ...onlyEngine(engine, folder()), cacheFolder });
      for (const layout of ["layer.tar", "blobs"] as const) {
        const bytes = dockerArchiveTar(more, { layout });
        await withFake(routesFor("a", fakeImage(more), { bytes }), async (renewed) => {
          const options = onlyEngine(renewed, folder());
          const cached = await readWhole("a", { ...options, cacheFolder });
          assert.deepEqual(contentsOf(cached), contentsOf(await readWhole("a", options)));
        });
      }
    }));

  test("is exported by its id, never by its name", () =>
    withFake(routesFor("app", fakeImage(app), archive()), async (engine) => {
      await readWhole("app", onlyEngine(engine, folder()));
      const id = digestOf(app.configJson());
      assert.equal(engine.requests.at(-1), `/images/${id}/get`);
    }));

  test("has no bytes from a history that prints something else", async () => {
    const info = (status: unknown): FakeRoutes => ({ "/info": { json: { DriverStatus: status } } });
    const containerd = [["driver-type", "io.containerd.snapshotter.v1"]];
    const rows: readonly (readonly [unknown, FakeRoutes, string, boolean])[] = [
      [{ Name: "overlay2", Data: {} }, {}, "Docker/20.10", true],
      [{ Name: "overlay2", Data: {} }, {}, "Libpod/4.3.1 (linux)", false],
      [{ Name: "overlay", Data: {} }, {}, "Libpod/4.3.1 (linux)", false],
      [{ Name: "overlayfs", Data: null }, info(containerd), "Docker/28", false],
      [{ Name: "btrfs", Data: null }, info(containerd), "Docker/28", false],
      [{ Name: "vfs", Data: null }, info([]), "Docker/28", true],
      [{ Name: "vfs", Data: null }, {}, "Docker/28", false],
      [undefined, {}, "Docker/29", false],
    ];
    for (const [driver, more, server, hasBytes] of rows) {
      const image = fakeImage(app);
      const routes = routesFor(
        "app",
        { ...image, inspect: { ...image.inspect, GraphDriver: driver } },
        archive(),
      );
      await withFake(
        { ...routes, ...more },
        (engine) =>
          withImage("app", onlyEngine(engine, folder()), async ({ description }) =>
            assert.equal(
              description.historyBytes !== undefined,
              hasBytes,
              JSON.stringify([driver, server]),
            ),
          ),
        { Server: server, "Api-Version": "1.48" },
      );
    }
  });

  test("of the containerd store: compressed blobs, and the config's own digest once it is known", async () => {
    const files = ociFiles(app, { compression: "gzip", nestedIndex: true });
    const id = digestOf("an index");
    const fake = fakeImage(app, { id, driver: { Name: "overlayfs", Data: null } });
    const tar = writeTar(files.map(([path, body]) => ({ path, body })));
    const containerd = {
      "/info": { json: { DriverStatus: [["driver-type", "io.containerd.snapshotter.v1"]] } },
    };
    await withFake(
      { ...routesFor("app", fake, { bytes: tar }), ...containerd },
      async (engine) => {
        const cacheFolder = await mkdtemp(join(folder(), "cache-"));
        const options = { ...onlyEngine(engine, folder()), cacheFolder };
        const read = await readWhole("app", options);
        assert.equal(read.description.imageId, digestOf(app.configJson()));
        assert.ok((read.transferBytes ?? 0) > 0);
        assert.equal(read.layerContentBytes, 70_000);
        const again = await readWhole("app", options);
        assert.deepEqual(again.description.layers, read.description.layers);
        assert.equal(again.description.imageId, read.description.imageId);
        assert.equal(engine.requests.filter((path) => path.endsWith("/get")).length, 1);
      },
      { "Api-Version": "1.48" },
    );
  });

  test("asks for a platform only where the engine knows the question", async () => {
    const routes = routesFor("app", fakeImage(app), archive());
    const ask = (version: string): Promise<readonly string[]> =>
      withFake(
        routes,
        async (engine) => {
          const options = { ...onlyEngine(engine, folder()), platform: "linux/amd64" };
          await readWhole("app", options);
          return engine.requests.map((url) => url.replace(/^\/images\/[^/]*\//, ""));
        },
        { "Api-Version": version },
      );
    const platform = '?platform={"os":"linux","architecture":"amd64"}';
    assert.deepEqual(await ask("1.41"), ["json", "history", "get"]);
    assert.deepEqual(await ask("1.48"), ["json", `history${platform}`, `get${platform}`]);
    assert.deepEqual(await ask("1.52"), [
      `json${platform}`,
      `history${platform}`,
      `get${platform}`,
    ]);
  });

  test("that moved between two questions keeps no history of the other", () => {
    const routes = routesFor("app", fakeImage(app), archive());
    const other = fakeImage(app.layer("more 1kB"));
    return withFake({ ...routes, "/images/app/history": { json: other.history } }, (engine) =>
      withImage("app", onlyEngine(engine, folder()), async ({ description }) => {
        assert.deepEqual(description.config.history, []);
        assert.equal(description.historyBytes, undefined);
      }),
    );
  });

  test("whose export is another image is refused", () => {
    const routes = routesFor("app", fakeImage(app), archive(unclear));
    return withFake(routes, async (engine) => {
      const error = await troubleOf("app", onlyEngine(engine, folder()));
      assert.match(describeImageError(error), /exported another image than it described/);
    });
  });

  test("whose export breaks off is refused, and what came is not shown as whole", () => {
    const bytes = dockerArchiveTar(app, { layout: "layer.tar" });
    const cut: FakeAnswer = (_, response) => {
      response.writeHead(200, { "Content-Length": bytes.length });
      response.write(bytes.subarray(0, bytes.length / 2), () => response.destroy());
    };
    return withFake(routesFor("app", fakeImage(app), cut), async (engine) => {
      const error = await troubleOf("app", onlyEngine(engine, folder()));
      assert.equal(error.code, "engine-unreachable");
    });
  });

  test("whose export ends early without a word is refused", () => {
    const bytes = dockerArchiveTar(app, { layout: "layer.tar" }).subarray(0, 20_000);
    return withFake(routesFor("app", fakeImage(app), { bytes }), async (engine) => {
      const error = await troubleOf("app", onlyEngine(engine, folder()));
      assert.equal(error.code, "manifest-invalid");
    });
  });

  test("shows how far its export has come", () => {
    const bytes = dockerArchiveTar(app, { layout: "layer.tar" });
    const slow: FakeAnswer = (_, response) => {
      const send = (at: number): void => {
        if (at >= bytes.length) return void response.end();
        response.write(bytes.subarray(at, at + 20_000));
        setTimeout(send, 120, at + 20_000);
      };
      send(0);
    };
    return withFake(routesFor("app", fakeImage(app), slow), (engine) =>
      withImage("app", onlyEngine(engine, folder()), async (image) => {
        const told: number[] = [];
        valueOf(
          await image.read({
            signal: AbortSignal.timeout(10_000),
            onProgress: ({ bytesRead }) => told.push(bytesRead),
          }),
        );
        assert.ok(told.length >= 3, String(told));
        assert.deepEqual(
          told.toSorted((a, b) => a - b),
          told,
        );
      }),
    );
  });

  test("that never comes does not hang: engines have so long to answer", async () => {
    const silent: FakeAnswer = () => undefined;
    const halting: FakeAnswer = (_, response) => void response.write(new Uint8Array(512));
    // Only what is silent is impatient: the rest may take as long as a busy machine takes.
    const rows: readonly (readonly [FakeRoutes, Partial<EngineTimeouts>, RegExp])[] = [
      [{ "/_ping": silent }, { connectMs: 300 }, /no answer within 0\.3 s/],
      [
        { "/images/app/json": silent, "/images/app/history": silent },
        { answerMs: 400 },
        /no answer within 0\.4 s/,
      ],
      [routesFor("app", fakeImage(app), silent), { silenceMs: 500 }, /no answer within 0\.5 s/],
      [routesFor("app", fakeImage(app), halting), { silenceMs: 500 }, /no answer within 0\.5 s/],
    ];
    for (const [routes, timeouts, reason] of rows) {
      await withFake(routes, async (engine) => {
        const options = onlyEngine(engine, folder(), { ...patientTimeouts, ...timeouts });
        const error = await troubleOf("app", options);
        assert.equal(error.code, "engine-unreachable");
        assert.match(describeImageError(error), reason);
      });
    }
  });

  test("is dropped at once when cancelled, whatever the engine does", async () => {
    const silent: FakeAnswer = () => undefined;
    for (const routes of [
      { "/_ping": silent },
      { "/images/app/json": silent },
      routesFor("app", fakeImage(app), silent),
    ]) {
      await withFake(routes, async (engine) => {
        const options = onlyEngine(engine, folder());
        const signal = AbortSignal.any([AbortSignal.timeout(200), options.signal]);
        const error = await troubleOf("app", { ...options, signal });
        assert.equal(error.code, "cancelled");
      });
    }
  });

  test("of which the engine says nonsense is refused in one sentence", async () => {
    const good = fakeImage(app);
    const inspect = (json: unknown): FakeRoutes => ({
      ...routesFor("app", good, archive()),
      "/images/app/json": { json },
    });
    const rows: readonly (readonly [FakeRoutes, RegExp])[] = [
      [inspect(null), /the engine gives no id/],
      [inspect([]), /the engine gives no id/],
      [inspect({ Id: "banana" }), /the engine gives no id/],
      [
        inspect({ ...good.inspect, RootFS: { Layers: [1] } }),
        /holds something that is not a string|another image/,
      ],
      [inspect({ ...good.inspect, Config: { Env: 1 } }), /Env is not an array/],
      [{ "/images/app/json": { bytes: Buffer.from("<html>") } }, /its answer is not JSON/],
      [{ "/images/app/json": { status: 500, message: "disk on fire" } }, /disk on fire/],
      [
        {
          ...inspect(good.inspect),
          [`/images/${good.id}/get`]: { status: 500, message: "empty export" },
        },
        /empty export/,
      ],
      [
        {
          ...inspect(good.inspect),
          [`/images/${good.id}/get`]: { bytes: Buffer.from("<html>".repeat(200)) },
        },
        /checksum/,
      ],
    ];
    for (const [routes, reason] of rows) {
      await withFake(routes, async (engine) => {
        const sentence = describeImageError(await troubleOf("app", onlyEngine(engine, folder())));
        assert.match(sentence, reason);
        assert.ok(!sentence.includes("\n"));
      });
    }
    for (const history of [null, {}, [1, null], "x", [{ Size: "1", CreatedBy: 7 }]]) {
      const routes = {
        ...routesFor("app", good, archive()),
        "/images/app/history": { json: history },
      };
      await withFake(routes, async (engine) => {
        const read = await readWhole("app", onlyEngine(engine, folder()));
        assert.equal(read.description.config.history.length, 4, "the export knows");
      });
    }
  });
});

suite("the images of an engine", () => {
  const folder = withFolder();

  test("are listed newest first, by each of their names", async () => {
    const engine = await startFakeEngine(folder(), {
      "/images/json": {
        json: [
          { Id: "sha256:1", RepoTags: ["a:1", "a:2"], Created: 10, Size: 5 },
          { Id: "sha256:2", RepoTags: null, Created: 30, Size: -1 },
          { Id: "sha256:3", RepoTags: ["<none>:<none>"] },
          null,
          { RepoTags: ["x"] },
        ],
      },
    });
    const listed = valueOf(
      await listImages(onlyEngine(engine, folder()), AbortSignal.timeout(5_000)),
    );
    await engine.stop();
    assert.deepEqual(
      listed.map(({ reference, sizeBytes, createdMs }) => [reference, sizeBytes, createdMs]),
      [
        ["sha256:2", undefined, 30_000],
        ["a:1", 5, 10_000],
        ["a:2", 5, 10_000],
        ["sha256:3", undefined, undefined],
      ],
    );
  });

  test("are looked at again when an engine comes back", async () => {
    const event = `${JSON.stringify({ Type: "image", Action: "tag" })}\n`;
    const streams: ServerResponse[] = [];
    const routes: FakeRoutes = {
      "/events": (_, response) => {
        streams.push(response);
        response.write(event.slice(0, 10));
        setTimeout(() => response.write(event.slice(10)), 20);
      },
    };
    const engine = await startFakeEngine(folder(), routes);
    const stop = new AbortController();
    let changes = 0;
    try {
      watchEngine(onlyEngine(engine, folder()), () => (changes += 1), stop.signal);
      await eventually(() => changes === 1, "one event in two pieces");
      streams[0]?.destroy();
      await eventually(() => changes === 3, "coming back, and its event");
      assert.equal(streams.length, 2);
    } finally {
      stop.abort();
      await engine.stop();
    }
  });

  test("are no reason to fail while there is no engine", async () => {
    const nowhere = onlyEngine({ endpoint: "unix:///nowhere.sock" }, folder(), shortTimeouts);
    const listed = await listImages(nowhere, AbortSignal.timeout(5_000));
    assert.equal(errorOf(listed).code, "engine-unreachable");
    const stop = new AbortController();
    watchEngine(nowhere, () => assert.fail("nothing changed"), stop.signal);
    await sleep(100);
    stop.abort();
    assert.equal(errorOf(await openImage("x", nowhere)).code, "engine-unreachable");
  });
});
