import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { suite, test } from "node:test";
import { startEngine, type TestEngine, withEngine } from "../machine/engine.ts";
import { inRoot } from "../machine/place.ts";
import { type ScratchBase, basesOf } from "../support/scratchBases.ts";
import { type BuiltFile, checkOffer, judge, run } from "../support/scratchCases.ts";

/** A program in an image that is built, taken to scratch in every way offered, built again and run each time. */
interface Case {
  readonly bases: readonly ScratchBase[];
  readonly dockerfile: string;
  /** Built before as `own:local`. */
  readonly base?: string;
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
    says: /^Hello at \/home\/web from 1234:1235: one, two\n$/,
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
  "an applet of busybox by a link, with a start line in shell form": {
    bases: ["zig"],
    dockerfile: `FROM zig:local
ENV LANG=C
CMD exec echo "one  two" three
`,
    says: /^one {2}two three\n$/,
    offers: ["FROM scratch"],
  },
  "what the base image starts, by a hard link, where it says": {
    bases: ["zig"],
    base: `FROM zig:local
RUN mkdir -p /usr/bin && ln /bin/busybox /usr/bin/echo
WORKDIR /usr
ENTRYPOINT ["bin/echo", "said"]
CMD ["nothing"]
`,
    dockerfile: `FROM own:local
LABEL kind=test
CMD ["one", "two"]
`,
    says: /^said one two\n$/,
    offers: ["FROM scratch"],
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
    because: ["entry.sh is a script that /bin/sh runs; in the end it hands over to curl."],
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

async function fixtures(names: readonly string[]): Promise<BuiltFile["files"]> {
  const entries = names.map(async (name) => [
    name,
    await readFile(inRoot("test/fixtures/scratch", name)),
  ]);
  return Object.fromEntries(await Promise.all(entries));
}

async function checkCase(engine: TestEngine, tag: string, one: Case): Promise<void> {
  const { dockerfile, base, files = [], says, exitCode = 0, offers } = one;
  if (base !== undefined) {
    await engine.build({ tag: "own:local", dockerfile: base, builder: "buildkit" });
  }
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
});
