import assert from "node:assert/strict";
import { createHash, randomBytes } from "node:crypto";
import { type AddressInfo, type Socket, connect, createServer } from "node:net";
import { join } from "node:path";
import { after, suite, test } from "node:test";
import type { FileContent } from "../../server/src/io/fileContent.ts";
import type { OpenedImage } from "../../server/src/io/imageSource.ts";
import type { OpenOptions } from "../../server/src/io/openImage.ts";
import { createThreadStock } from "../../server/src/io/threadStock.ts";
import { readWhole, valueOf, withImage } from "../io/openedImage.ts";
import {
  addBusybox,
  type BuilderKind,
  startEngine,
  startPodmanService,
  type TestEngine,
  withEngine,
} from "../machine/engine.ts";

const dockerfile = `
FROM busybox:local
COPY settings.json /etc/app/settings.json
COPY program /usr/bin/program
RUN echo changed > /etc/app/settings.json && ln /usr/bin/program /usr/bin/again && ln -s program /usr/bin/link && echo u > /ünï
RUN rm /etc/app/settings.json && : > /empty && ln /etc/app /nothing 2>/dev/null; chmod 640 /ünï
`;

const settings = '{ "level": "quiet" }\n';
const program = randomBytes(3_000_000);

/** The engine over TCP, as one that is elsewhere: its storage is not looked for. All that it is asked is noted. */
async function startRelay(engine: TestEngine): Promise<{
  readonly endpoint: string;
  readonly requests: string[];
  receivedBytes(): number;
  stop(): Promise<void>;
}> {
  const requests: string[] = [];
  const sockets: Socket[] = [];
  let receivedBytes = 0;
  const server = createServer((client) => {
    const behind = connect(engine.socketPath);
    sockets.push(client, behind);
    client.on("data", (chunk) => requests.push(...(String(chunk).match(/^[A-Z]+ \/\S+/gm) ?? [])));
    behind.on("data", (chunk) => {
      receivedBytes += chunk.length;
    });
    client.on("error", () => behind.destroy()).pipe(behind);
    behind.on("error", () => client.destroy()).pipe(client);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  return {
    endpoint: `tcp://127.0.0.1:${port}`,
    requests,
    receivedBytes: () => receivedBytes,
    stop: () => {
      for (const socket of sockets) socket.destroy();
      return new Promise((resolve) => server.close(() => resolve()));
    },
  };
}

/** The layers that have something at the path, base first, with what it is. */
async function everyLayer(image: OpenedImage, path: string): Promise<readonly string[]> {
  const signal = AbortSignal.timeout(60_000);
  const all: FileContent[] = [];
  for (const layer of image.description.layers.keys()) {
    all.push(valueOf(await image.readFile({ layer, path, maxBytes: 10_000_000, signal })));
  }
  return all.flatMap((content) => {
    if (content.kind === "absent") return [];
    if (content.kind === "symlink") return [`→ ${content.target}`];
    if (content.kind === "link-below") return [`= ${content.target}`];
    if (content.kind !== "file") return [content.kind];
    return content.bytes.length > 1000
      ? [createHash("sha256").update(content.bytes).digest("hex")]
      : [Buffer.from(content.bytes).toString("utf8")];
  });
}

const programDigest = createHash("sha256").update(program).digest("hex");

/** Each of these costs an export where there is no storage. */
async function checkSome(reference: string, options: OpenOptions): Promise<void> {
  await withImage(reference, options, async (image) => {
    assert.deepEqual(await everyLayer(image, "etc/app/settings.json"), [
      settings,
      "changed\n",
      "whiteout",
    ]);
    assert.deepEqual(await everyLayer(image, "usr/bin/again"), [programDigest]);
  });
}

async function checkAll(reference: string, options: OpenOptions): Promise<void> {
  await checkSome(reference, options);
  await withImage(reference, options, async (image) => {
    // A hard link to a file of a lower layer copies it up.
    assert.deepEqual(new Set(await everyLayer(image, "usr/bin/program")), new Set([programDigest]));
    assert.deepEqual(await everyLayer(image, "usr/bin/link"), ["→ program"]);
    assert.deepEqual(await everyLayer(image, "empty"), [""]);
    assert.deepEqual(new Set(await everyLayer(image, "ünï")), new Set(["u\n"]));
    assert.deepEqual(await everyLayer(image, "etc/app/other"), []);
  });
}

const files = { "settings.json": settings, program };

const optionsWith = (engine: TestEngine, endpoint: string): OpenOptions => ({
  signal: AbortSignal.timeout(120_000),
  baseFolder: engine.folder,
  endpoint,
  environment: {},
  homeFolder: engine.folder,
  threads,
});

const threads = createThreadStock({ idleThreads: 1 });
after(() => threads.close());

suite("files of images of a real Docker engine", () => {
  const engineOf = withEngine(startEngine, (engine) => addBusybox(engine));

  for (const builder of ["classic", "buildkit"] satisfies BuilderKind[]) {
    test(`${builder}: are what was copied, out of the storage as out of the export`, async (context) => {
      const engine = engineOf(context);
      if (engine === undefined) return;
      const tag = `files:${builder}`;
      await engine.build({ tag, dockerfile, files, builder });
      await checkAll(tag, optionsWith(engine, engine.endpoint));
      // Both builders leave the same storage, and one export is as good as the other.
      if (builder === "classic") return;
      const relay = await startRelay(engine);
      const cacheFolder = join(engine.folder, `files-${builder}`);
      const far = { ...optionsWith(engine, relay.endpoint), cacheFolder };
      await readWhole(tag, far);
      const whole = relay.receivedBytes();
      await checkSome(tag, far);
      assert.ok(relay.requests.length > 0);
      assert.deepEqual(
        relay.requests.filter((line) => !/^GET \S*\/(_ping|json|history|get|info)\b/.test(line)),
        [],
      );
      assert.ok(whole > program.length);
      await relay.stop();
      assert.equal(await engine.run(["ps", "-aq"]), "");
    });
  }
});

suite("files of images of a real Podman engine", () => {
  const engineOf = withEngine(startPodmanService, (engine) => addBusybox(engine));

  test("are what was copied", async (context) => {
    const engine = engineOf(context);
    if (engine === undefined) return;
    await engine.build({ tag: "files:podman", dockerfile, files });
    const cacheFolder = join(engine.folder, "files-podman");
    const options = { ...optionsWith(engine, engine.endpoint), cacheFolder };
    await checkSome("localhost/files:podman", options);
  });
});
