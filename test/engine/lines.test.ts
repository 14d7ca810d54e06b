import assert from "node:assert/strict";
import { suite, test } from "node:test";
import { attribute } from "../../server/src/core/join/attribute.ts";
import type { Attribution } from "../../server/src/core/join/attribution.ts";
import { parseDockerfile } from "../../server/src/core/dockerfile/parse.ts";
import { linkTargetOf, nodeKind } from "../../server/src/core/image/fileTree.ts";
import type { Layer, ReadImage } from "../../server/src/core/image/image.ts";
import {
  addBusybox,
  startEngine,
  startPodmanService,
  type BuilderKind,
  type TestEngine,
  withEngine,
} from "../machine/engine.ts";
import { readTagged } from "../support/readTagged.ts";

/** A Dockerfile and, by one-based line, the bytes that its lines must weigh; undefined where the image does not hold the line. */
interface Case {
  readonly dockerfile: string;
  readonly bytes: Readonly<Record<number, number | undefined>>;
  readonly arguments?: readonly string[];
}

const files = { "a.txt": "aaaa", "b.txt": "bb" };

const cases: Readonly<Record<string, Case>> = {
  "several stages, build arguments, WORKDIR, a metadata copy and a delete": {
    dockerfile: `ARG BASE=busybox:local
FROM \${BASE} AS build
ARG VERSION=1.2
ENV APP=/app VER=\${VERSION}
WORKDIR /src
COPY a.txt b.txt ./
RUN echo \${VERSION} > out && \\
    # a comment in a continued line
    dd if=/dev/zero of=big bs=1000 count=300 2>/dev/null

FROM busybox:local
LABEL org.name="tare test" org.v=1
WORKDIR /app
WORKDIR sub
COPY --from=build --chown=1:1 /src/big /app/big
COPY --chown=2:2 a.txt /app/
RUN chmod 755 /app/big
RUN rm /app/big && echo x > /y
RUN true
USER 65532:65532
EXPOSE 80 443/udp
VOLUME /data
STOPSIGNAL SIGINT
HEALTHCHECK --interval=5s CMD echo ok
ENTRYPOINT ["/bin/sh", "-c"]
CMD echo hi there
`,
    bytes: {
      2: undefined,
      6: undefined,
      7: undefined,
      13: 0,
      15: 300_000,
      16: 4,
      17: 300_000,
      18: 2,
      19: 0,
      26: 0,
    },
  },
  "another shell, build arguments with blanks, exec form and old spellings": {
    dockerfile: `FROM busybox:local
SHELL ["/bin/sh", "-e", "-c"]
ARG A
ARG B="x y"
RUN echo $A $B > /ab
RUN ["/bin/sh", "-c", "echo exec > /exec"]
MAINTAINER me <me@example.org>
ONBUILD RUN echo later
ADD a.txt /add/
ENV P="a b" Q=c\\ d
ENV OLD old style
CMD ["a", "b c"]
`,
    bytes: { 2: 0, 5: 6, 6: 5, 7: 0, 9: 4, 10: 0, 12: 0 },
    arguments: ["--build-arg", "A=1 2", "--build-arg", "B=q"],
  },
  "stages made of stages": {
    dockerfile: `FROM busybox:local AS one
RUN echo one > /one
FROM one AS two
RUN echo two! > /two
FROM two
COPY a.txt /three
`,
    bytes: { 2: 4, 3: 0, 4: 5, 5: 0, 6: 4 },
  },
  "nothing below": {
    dockerfile: `FROM scratch
COPY a.txt /
COPY b.txt /b/
CMD ["/a.txt"]
`,
    bytes: { 1: 0, 2: 4, 3: 2, 4: 0 },
  },
};

function attributionOf(dockerfile: string, read: ReadImage): Attribution {
  return attribute(parseDockerfile(dockerfile), {
    state: "read",
    description: read.description,
    read,
  });
}

function bytesByLine(
  dockerfile: string,
  { instructions }: Attribution,
): ReadonlyMap<number, number | undefined> {
  return new Map(
    parseDockerfile(dockerfile).instructions.map(({ index, startLine }) => [
      startLine + 1,
      instructions[index]?.contentBytes,
    ]),
  );
}

/** Bytes of each row of `docker history` that are not 0, base first. */
async function historyBytes(engine: TestEngine, tag: string): Promise<readonly number[]> {
  const printed = await engine.run(["history", "--human=false", "--format", "{{.Size}}", tag]);
  return printed
    .trim()
    .split("\n")
    .map(Number)
    .reverse()
    .filter((bytes) => bytes > 0);
}

/** The engine counts a symlink with the length of its target when it has built the layer itself; contentBytes are those of regular files alone. */
function symlinkBytes({ tree }: Layer): number {
  return [...tree.kind.keys()]
    .filter((node) => tree.kind[node] === nodeKind.symlink)
    .reduce((sum, node) => sum + linkTargetOf(tree, node).length, 0);
}

function checkLines(
  engineOf: (context: { skip(reason: string): void }) => TestEngine | undefined,
  builder: BuilderKind | undefined,
): void {
  for (const [name, { dockerfile, bytes, ...options }] of Object.entries(cases)) {
    test(`${builder ?? "podman"}: ${name}`, async (context) => {
      const engine = engineOf(context);
      if (engine === undefined) return;
      const tag = `lines-${Object.keys(cases).indexOf(name)}-${builder ?? "podman"}:1`;
      await engine.build({ tag, dockerfile, files, ...(builder ? { builder } : {}), ...options });
      const read = await readTagged(engine, tag);
      const attribution = attributionOf(dockerfile, read);
      assert.equal(attribution.reason, undefined);
      assert.equal(attribution.builder, builder ?? "buildah");
      const measured = bytesByLine(dockerfile, attribution);
      for (const [line, expected] of Object.entries(bytes)) {
        assert.equal(measured.get(Number(line)), expected, `line ${line}`);
      }
      const stale = attribution.instructions.filter(({ basis }) => basis === "stale");
      assert.deepEqual(stale, [], "nothing was edited");
      const sum = [...measured.values()].reduce<number>((total, one) => total + (one ?? 0), 0);
      assert.equal(sum, read.layerContentBytes, "every byte belongs to a line");
      if (engine.kind !== "docker") return;
      assert.deepEqual(
        read.layers
          .map((layer) => layer.contentBytes + symlinkBytes(layer))
          .filter((one) => one > 0),
        await historyBytes(engine, tag),
        "as docker history prints them",
      );
    });
  }
}

suite("lines of a Dockerfile weigh what the engine says", () => {
  const engineOf = withEngine(startEngine, addBusybox);
  checkLines(engineOf, "classic");
  checkLines(engineOf, "buildkit");

  test("a line edited after the build is stale, one added is unknown, and the others stay", async (context) => {
    const engine = engineOf(context);
    if (engine === undefined) return;
    const built = `FROM busybox:local
RUN echo first > /first
RUN echo second > /second
COPY a.txt /
`;
    await engine.build({ tag: "edited:1", dockerfile: built, files, builder: "buildkit" });
    const read = await readTagged(engine, "edited:1");
    const edited = `FROM busybox:local
RUN echo first > /first
RUN echo changed a lot > /other
COPY a.txt /
RUN echo new
`;
    const { instructions } = attributionOf(edited, read);
    assert.deepEqual(
      instructions.map(({ basis, contentBytes }) => [basis, contentBytes]),
      [
        ["measured", read.layers[0]?.contentBytes],
        ["measured", 6],
        ["stale", 7],
        ["measured", 4],
        ["unknown", undefined],
      ],
    );
  });

  test("triggers of the base image belong to its FROM, and a target to its own stage", async (context) => {
    const engine = engineOf(context);
    if (engine === undefined) return;
    const base = "FROM busybox:local\nONBUILD RUN echo trigger > /trigger\n";
    await engine.build({ tag: "onbuild:1", dockerfile: base, builder: "classic" });
    const dockerfile = `FROM onbuild:1 AS first
COPY a.txt /
FROM busybox:local
COPY b.txt /
CMD ["sh"]
`;
    await engine.build({
      tag: "target:1",
      dockerfile,
      files,
      builder: "classic",
      arguments: ["--target", "first"],
    });
    const read = await readTagged(engine, "target:1");
    const measured = bytesByLine(dockerfile, attributionOf(dockerfile, read));
    assert.equal(measured.get(1), (read.layers[0]?.contentBytes ?? 0) + 8);
    assert.equal(measured.get(2), 4);
    assert.equal(measured.get(4), undefined);
  });
});

suite("lines of a Dockerfile weigh what podman built", () => {
  const engineOf = withEngine(startPodmanService, addBusybox);
  checkLines(engineOf, undefined);

  test("lines that podman put into one layer get no number of their own", async (context) => {
    const engine = engineOf(context);
    if (engine === undefined) return;
    const dockerfile = `FROM busybox:local
RUN echo first > /first
COPY a.txt /
RUN echo second > /second
`;
    for (const how of ["--layers=false", "--squash", "--squash-all"]) {
      const tag = `merged${how.replaceAll(/[^a-z]/g, "")}:1`;
      await engine.build({ tag, dockerfile, files, arguments: [how] });
      const read = await readTagged(engine, tag);
      const found = attributionOf(dockerfile, read);
      const isWithBase = how === "--squash-all";
      assert.match(found.reason ?? "", /several lines into one layer/, how);
      assert.equal(found.unattributedBytes, isWithBase ? undefined : 6 + 4 + 7, how);
      assert.deepEqual(
        found.instructions.map(({ contentBytes }) => contentBytes),
        [isWithBase ? undefined : read.layers[0]?.contentBytes, undefined, undefined, undefined],
        how,
      );
    }
  });
});
