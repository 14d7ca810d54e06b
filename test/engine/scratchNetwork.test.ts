import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { suite, test } from "node:test";
import { installPackages, startEngine, type TestEngine, withEngine } from "../machine/engine.ts";
import { inRoot } from "../machine/place.ts";
import { basesOf } from "../support/scratchBases.ts";
import { checkOffer, freePort, judge, run, serve } from "../support/scratchCases.ts";
import { startTlsServer } from "../support/tlsServer.ts";

/** The example of the repository, compiled in its only stage. */
async function checkServer(engine: TestEngine): Promise<void> {
  const port = await freePort();
  const source = await readFile(inRoot("examples/micro/main.zig"), "utf8");
  const dockerfile = `# Compiled where it is started
FROM zig:local
WORKDIR /src
COPY main.zig .
RUN zig build-exe main.zig -O ReleaseSmall -fstrip -fsingle-threaded -target x86_64-linux-none -femit-bin=/server
EXPOSE ${port}
USER 65532:65532
ENTRYPOINT ["/server"]
`;
  const files = { "main.zig": source.replace("port = 8080", `port = ${port}`) };
  const before = await judge(engine, "server:before", { dockerfile, files });
  const expected = await serve(engine, "server:before", `http://127.0.0.1:${port}/`);
  assert.deepEqual(expected, {
    output: "200 Hello from an image that weighs as much as its binary.\n",
    exitCode: 0,
  });
  const offer = before.rewrites.offers.find(({ title }) => title === "FROM scratch");
  assert.ok(offer, JSON.stringify(before.rewrites));
  const after = await checkOffer(
    engine,
    "server:after",
    { dockerfile, files },
    offer,
    async (tag) => {
      assert.deepEqual(await serve(engine, tag, `http://127.0.0.1:${port}/`), expected);
    },
  );
  assert.ok(after.layerContentBytes < 20_000, `${after.layerContentBytes} bytes`);
}

/** Programs that ask a server of this machine, whose certificate only the bundle of their base image vouches for. */
const clients: Readonly<Record<string, (port: number) => readonly string[]>> = {
  "curl with the bundle it names": (port) => ["curl", "-sS", `https://localhost:${port}/`],
  "a program that leaves the bundle to OpenSSL": (port) =>
    `openssl s_client -verify_return_error -brief -connect localhost:${port}`.split(" "),
};

async function checkClient(
  engine: TestEngine,
  tag: string,
  words: readonly string[],
): Promise<void> {
  const [program = "", ...rest] = words;
  const dockerfile = `FROM trusting:local
ENTRYPOINT ${JSON.stringify([program])}
CMD ${JSON.stringify(rest)}
`;
  const built = { dockerfile, files: {} };
  const before = await judge(engine, `${tag}:before`, built);
  const expected = await run(engine, `${tag}:before`);
  assert.equal(expected.exitCode, 0);
  const [offer] = before.rewrites.offers;
  assert.ok(offer, JSON.stringify(before.rewrites));
  await checkOffer(engine, `${tag}:after`, built, offer, async (after) => {
    assert.deepEqual(await run(engine, after), expected);
  });
  const hidden = ["-v", "/dev/null:/etc/ssl/certs/ca-certificates.crt"];
  const without = await run(engine, `${tag}:after`, hidden);
  assert.notEqual(without.exitCode, 0, "it answers by the bundle that went along");
}

suite("programs in an image from scratch answer over the network", { timeout: 180_000 }, () => {
  const engineOf = withEngine(startEngine);
  const addBase = basesOf();

  test("an HTTP server in Zig is a whole image of less than 20 kB", async (context) => {
    const engine = engineOf(context);
    if (engine === undefined) return;
    const reason = await addBase(engine, "zig");
    if (reason !== undefined) return context.skip(reason);
    await checkServer(engine);
  });

  for (const [index, [name, wordsFor]] of Object.entries(clients).entries()) {
    test(name, async (context) => {
      const engine = engineOf(context);
      if (engine === undefined) return;
      const reason =
        (await addBase(engine, "debian")) ?? (await installPackages({ openssl: "openssl" }));
      if (reason !== undefined) return context.skip(reason);
      const server = await startTlsServer(engine.folder);
      try {
        await engine.build({
          tag: "trusting:local",
          dockerfile: "FROM debian:local\nCOPY ca.crt /etc/ssl/certs/ca-certificates.crt\n",
          files: { "ca.crt": server.certificate },
          builder: "buildkit",
        });
        await checkClient(engine, `client-${index}`, wordsFor(server.port));
      } finally {
        await server.stop();
      }
    });
  }
});
