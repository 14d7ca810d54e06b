import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { suite, test } from "node:test";
import { installPackages, startEngine, type TestEngine, withEngine } from "../machine/engine.ts";
import { inRoot } from "../machine/place.ts";
import { type ScratchBase, addScratchBase } from "../support/scratchBases.ts";
import {
  type BuiltFile,
  checkOffer,
  freePort,
  judge,
  run,
  serve,
} from "../support/scratchCases.ts";
import { startTlsServer } from "../support/tlsServer.ts";

/** A program in an image that is built, taken to scratch in every way offered, built again and run each time. */
interface Case {
  readonly bases: readonly ScratchBase[];
  readonly dockerfile: string;
  /** Names of files in test/fixtures/scratch. */
  readonly files?: readonly string[];
  readonly says: RegExp;
  readonly exitCode?: number;
  /** Titles of what is offered. */
  readonly offers: readonly string[];
}

const cases: Readonly<Record<string, Case>> = {
  "C on glibc takes its libraries along": {
    bases: ["debian", "compilers"],
    files: ["sum.c"],
    dockerfile: `FROM compilers:local AS build
COPY sum.c .
RUN gcc -O2 -o /sum sum.c -lm
FROM debian:local
WORKDIR /work
COPY --from=build /sum /usr/local/bin/sum
ENTRYPOINT ["sum"]
CMD ["2", "0.5"]
`,
    says: /^1\.4142 from \/work\n$/,
    exitCode: 3,
    offers: ["FROM scratch with its libraries", "FROM scratch, linked statically"],
  },
  "C on musl, compiled in the only stage": {
    bases: ["compilers"],
    files: ["sum.c"],
    dockerfile: `FROM compilers:local
COPY sum.c /src/
RUN cd /src && musl-gcc -Os -o /usr/local/bin/sum sum.c
CMD sum 3 2
`,
    says: /^9\.0000 from \/\n$/,
    exitCode: 3,
    offers: [
      "FROM scratch with its libraries",
      "FROM scratch with its libraries and the copied files",
      "FROM scratch, linked statically",
      "FROM scratch, linked statically, with the copied files",
    ],
  },
  "Go in one stage": {
    bases: ["go"],
    files: ["words.go"],
    dockerfile: `FROM go:local
ENV GOCACHE=/tmp/go GREETING=Hello
WORKDIR /src
COPY words.go .
RUN go build -o /usr/local/bin/words words.go
USER web
CMD ["words", "one", "two"]
`,
    says: /^Hello from 1234:1235: one, two\n$/,
    offers: ["FROM scratch with the copied files", "FROM scratch"],
  },
  "Go that resolves names by libc, in two stages": {
    bases: ["debian", "go"],
    files: ["lookup.go"],
    dockerfile: `FROM go:local AS build
ENV GOCACHE=/tmp/go GO111MODULE=off
COPY lookup.go .
RUN go build -o /lookup lookup.go

FROM debian:local
COPY --from=build /lookup /lookup
ENTRYPOINT ["/lookup", "localhost"]
`,
    says: /127\.0\.0\.1/,
    offers: ["FROM scratch, built without cgo", "FROM scratch with its libraries"],
  },
  "Rust with nothing but std": {
    bases: ["debian", "compilers"],
    files: ["words.rs"],
    dockerfile: `FROM compilers:local AS build
COPY words.rs .
RUN rustc -O -o /words words.rs
FROM debian:local
COPY --from=build --chmod=755 /words /bin/words
STOPSIGNAL SIGINT
USER web
CMD ["words", "one", "two"]
`,
    says: /^one, two\n$/,
    offers: ["FROM scratch with its libraries"],
  },
  "a user by name, and a program that asks for its own name": {
    bases: ["debian", "compilers"],
    files: ["user.c"],
    dockerfile: `FROM compilers:local AS build
COPY user.c .
RUN gcc -O2 -o /user user.c
FROM debian:local
COPY --from=build /user /user
USER web
CMD /user
`,
    says: /^1234:1235 web \/home\/web\n$/,
    offers: ["FROM scratch with its libraries", "FROM scratch, linked statically"],
  },
  "a program that reads a time zone": {
    bases: ["debian", "compilers"],
    files: ["zone.c"],
    dockerfile: `FROM compilers:local AS build
COPY zone.c .
RUN gcc -O2 -o /zone zone.c
FROM debian:local
ENV TZ=Asia/Kathmandu
COPY --from=build /zone /zone
CMD ["/zone"]
`,
    says: /^1970-01-01 05:30 \+0530\n$/,
    offers: ["FROM scratch with its libraries", "FROM scratch, linked statically"],
  },
};

/** What cannot be had from scratch, and why. */
const refused: Readonly<
  Record<string, Pick<Case, "dockerfile" | "files"> & { readonly because: readonly string[] }>
> = {
  "a script that a shell runs": {
    files: ["entry.sh"],
    dockerfile: `FROM debian:local
COPY --chmod=755 entry.sh /entry.sh
ENTRYPOINT ["/entry.sh"]
CMD ["curl", "--version"]
`,
    because: ["entry.sh is a script that /bin/sh runs."],
  },
  "a program without one of its libraries": {
    files: ["sum.c"],
    dockerfile: `FROM compilers:local AS build
COPY sum.c .
RUN gcc -O2 -o /sum sum.c -lm
FROM debian:local
RUN rm /usr/lib/x86_64-linux-gnu/libm.so.6
COPY --from=build /sum /sum
CMD ["/sum"]
`,
    because: ["sum needs libm.so.6, which the image does not have."],
  },
  "a start line with variables": {
    dockerfile: `FROM debian:local
ENV OPTIONS=--version
CMD curl $OPTIONS
`,
    because: [
      "The start line needs a shell: variables, several commands or redirections are in it.",
    ],
  },
};

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

/** Adds each base when it is first asked for; why it cannot be had, or undefined. */
function basesOf(): (engine: TestEngine, base: ScratchBase) => Promise<string | undefined> {
  const added = new Map<ScratchBase, Promise<string | undefined>>();
  return (engine, base) => {
    const adding = added.get(base) ?? addScratchBase(engine, base);
    added.set(base, adding);
    return adding;
  };
}

async function fixtures(names: readonly string[]): Promise<BuiltFile["files"]> {
  const entries = names.map(async (name) => [
    name,
    await readFile(inRoot("test/fixtures/scratch", name)),
  ]);
  return Object.fromEntries(await Promise.all(entries));
}

async function checkCase(engine: TestEngine, tag: string, one: Case): Promise<void> {
  const { dockerfile, files = [], says, exitCode = 0, offers } = one;
  const built = { dockerfile, files: await fixtures(files) };
  const before = await judge(engine, `${tag}:before`, built);
  const expected = await run(engine, `${tag}:before`);
  assert.match(expected.output, says);
  assert.equal(expected.exitCode, exitCode);
  const beforeBytes = before.read.layerContentBytes;
  for (const [index, offer] of before.rewrites.offers.entries()) {
    assert.equal(offer.size?.beforeBytes ?? beforeBytes, beforeBytes);
    await checkOffer(engine, `${tag}:after-${index}`, built, offer, async (after) => {
      assert.deepEqual(await run(engine, after), expected, offer.title);
    });
  }
  assert.deepEqual(
    before.rewrites.offers.map(({ title }) => title),
    offers,
  );
}

suite("programs in an image from scratch answer as before", { timeout: 300_000 }, () => {
  const engineOf = withEngine(startEngine);
  const addBase = basesOf();
  for (const [index, [name, one]] of Object.entries(cases).entries()) {
    test(name, async (context) => {
      const engine = engineOf(context);
      if (engine === undefined) return;
      for (const base of one.bases) {
        const reason = await addBase(engine, base);
        if (reason !== undefined) return context.skip(reason);
      }
      await checkCase(engine, `scratch-${index}`, one);
    });
  }

  test("an HTTP server in Zig is a whole image of less than 20 kB", async (context) => {
    const engine = engineOf(context);
    if (engine === undefined) return;
    const reason = await addBase(engine, "zig");
    if (reason !== undefined) return context.skip(reason);
    await checkServer(engine);
  });

  for (const [index, [name, { dockerfile, files = [], because }]] of Object.entries(
    refused,
  ).entries()) {
    test(name, async (context) => {
      const engine = engineOf(context);
      if (engine === undefined) return;
      for (const base of ["debian", "compilers"] as const) {
        const reason = await addBase(engine, base);
        if (reason !== undefined) return context.skip(reason);
      }
      const built = { dockerfile, files: await fixtures(files) };
      const { rewrites, readiness } = await judge(engine, `refused-${index}`, built);
      assert.equal(readiness.verdict, "blocked");
      assert.deepEqual(rewrites, {
        offers: [],
        refusals: because.map((sentence) => ({ target: "scratch", reason: sentence })),
      });
    });
  }

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
