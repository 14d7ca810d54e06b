import assert from "node:assert/strict";
import { type Socket, connect, createServer } from "node:net";
import { join } from "node:path";
import { suite, test } from "node:test";
import { contentsOf, readWhole } from "../io/openedImage.ts";
import {
  type BuilderKind,
  type TestEngine,
  addBusybox,
  runProgram,
  startEngine,
  withEngine,
} from "../machine/engine.ts";

/** Hard links, long and odd names, holes, devices, changed owners, deleted and replaced folders, moved and copied files, in thousands. */
const allKinds = `
FROM busybox:local
RUN mkdir -p /d/e && for i in $(seq 1 2000); do echo "content $i" > /d/f$i; done && ln /d/f1 /d/hard && ln /d/f2 /h2
RUN chown 5:6 /d/f3 /d/f4 && chmod 600 /d/f5 && rm /d/f6 && mkdir /gone && echo hi > /gone/x
RUN head -c 300000 /dev/urandom > /big && dd if=/dev/zero of=/lastlog bs=1 count=1 seek=292000 && printf '#!/bin/sh\\necho x' > /s.sh && chmod 755 /s.sh
RUN mv /big /d/big && rm -rf /gone && mkdir /gone && echo y > /gone/y && chown 1 /bin/busybox
RUN L=$(printf 'x%.0s' $(seq 1 150)); mkdir -p /long/$L/$L && echo l > /long/$L/$L/$L && echo raw > /$(printf 'b\\377d') && echo u > /ünï && mknod /null c 1 3 && mkfifo /pipe && cp /d/big /copy
RUN rm -rf /d/e && mkdir /d/e && rm /d/f7 && mkdir /d/f7 && ln /d/f8 /d/f8b && mv /long /longer
`;

/** The engine at another socket, with the first line of each request noted. */
async function startProxy(engine: TestEngine): Promise<{
  readonly endpoint: string;
  readonly requests: readonly string[];
  readonly stop: () => Promise<void>;
}> {
  const path = join(engine.folder, `proxy-${process.hrtime.bigint()}.sock`);
  const requests: string[] = [];
  const sockets: Socket[] = [];
  const server = createServer((client) => {
    const behind = connect(engine.socketPath);
    sockets.push(client, behind);
    client.on("data", (chunk) => requests.push(...(/^GET .*/m.exec(String(chunk)) ?? [])));
    client.on("error", () => behind.destroy()).pipe(behind);
    behind.on("error", () => client.destroy()).pipe(client);
  });
  await new Promise<void>((resolve) => server.listen(path, resolve));
  return {
    endpoint: `unix://${path}`,
    requests,
    stop: () => {
      for (const socket of sockets) socket.destroy();
      return new Promise((resolve) => server.close(() => resolve()));
    },
  };
}

suite("the storage of a real Docker engine", () => {
  const engineOf = withEngine(startEngine, (engine) => addBusybox(engine));

  for (const builder of ["classic", "buildkit"] satisfies BuilderKind[]) {
    test(`${builder}: gives what its export gives, which is not asked for`, async (context) => {
      const engine = engineOf(context);
      if (engine === undefined) return;
      const tag = `kinds:${builder}`;
      await engine.build({ tag, dockerfile: allKinds, builder });
      const saved = join(engine.folder, `kinds-${builder}.tar`);
      await engine.run(["save", "-o", saved, tag]);
      await runProgram("gzip", [saved]);
      const options = {
        signal: AbortSignal.timeout(120_000),
        baseFolder: engine.folder,
        endpoint: engine.endpoint,
        environment: {},
        homeFolder: engine.folder,
      };
      const fromExport = await readWhole(`docker-archive:${saved}.gz`, options);
      const proxy = await startProxy(engine);
      const near = await readWhole(tag, { ...options, endpoint: proxy.endpoint });
      await proxy.stop();
      assert.ok(proxy.requests.length > 0);
      assert.deepEqual(
        proxy.requests.filter((line) => line.includes("/get")),
        [],
      );
      assert.deepEqual(contentsOf(near), contentsOf(fromExport));
      assert.deepEqual(near.copies, fromExport.copies);
      assert.deepEqual(near.description.config, fromExport.description.config);
      assert.equal(near.description.imageId, fromExport.description.imageId);
    });
  }
});
