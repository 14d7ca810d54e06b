import assert from "node:assert/strict";
import { test } from "node:test";
import { parseDockerfile } from "../../../server/src/core/dockerfile/parse.ts";
import type { ImageDescription } from "../../../server/src/core/image/image.ts";
import type { HistoryEntry } from "../../../server/src/core/image/imageConfig.ts";
import { attribute } from "../../../server/src/core/join/attribute.ts";
import { matchHistory } from "../../../server/src/core/join/stageFit.ts";
import { anImage } from "../../support/imageBuilder.ts";

/** A history as `bytes|createdBy|comment` lines, `-` for a row without a layer. */
function describe(history: string): ImageDescription {
  const rows = history
    .trim()
    .split("\n")
    .map((line) => line.split("|").map((part) => part.trim().replaceAll("¦", "|")));
  const entries = rows.map(([bytes, createdBy, comment]): HistoryEntry => ({
    emptyLayer: bytes === "-",
    ...(createdBy === undefined ? {} : { createdBy }),
    ...(comment === undefined ? {} : { comment }),
  }));
  const historyBytes = rows.flatMap(([bytes]) => (bytes === "-" ? [] : [Number(bytes)]));
  const description = anImage().describe();
  const layers = historyBytes.map((_, index) => ({
    diffId: `sha256:${String(index).padStart(64, "0")}`,
  }));
  const diffIds = layers.map(({ diffId }) => diffId);
  return {
    ...description,
    config: { ...description.config, history: entries, diffIds },
    layers,
    historyBytes,
  };
}

/** Expected weights stand behind the lines as `#= bytes basis confidence`; lines without one are not looked at. */
function checkJoin(name: string, annotated: string, history: string): void {
  test(name, () => {
    const lines = annotated.trim().split("\n");
    const dockerfile = parseDockerfile(lines.map((line) => line.split("#=")[0]).join("\n"));
    const description = describe(history);
    const { instructions, reason } = attribute(dockerfile, { state: "described", description });
    assert.equal(reason, undefined);
    const found = dockerfile.instructions.map(({ startLine, index }) => {
      const { contentBytes = "?", basis, confidence = "" } = instructions[index]!;
      return lines[startLine]?.includes("#=") === true
        ? `${startLine + 1}: ${contentBytes} ${basis} ${confidence}`.trim()
        : undefined;
    });
    const expected = lines.flatMap((line, at) =>
      line.includes("#=") ? [`${at + 1}: ${line.split("#=")[1]?.trim()}`] : [],
    );
    assert.deepEqual(
      found.filter((one) => one !== undefined),
      expected,
    );
  });
}

const classicBase = `
100|/bin/sh -c #(nop) ADD file:0123 in /
-|/bin/sh -c #(nop)  CMD ["bash"]`;

checkJoin(
  "BuildKit: text agrees, COPY without its --from, WORKDIR resolved",
  `
FROM debian:12                                #= 100 measured likely
ENV A="b c" D=e                               #= 0 measured certain
WORKDIR /srv/                                 #= 0 measured certain
WORKDIR app                                   #= 0 measured certain
COPY --from=build --chown=1:1 /src/big /app/  #= 7 measured likely
RUN --mount=type=cache,target=/x make all     #= 8 measured likely
EXPOSE 80 443/udp                             #= 0 measured certain
CMD echo hi                                   #= 0 measured certain`,
  `${classicBase}
-|ENV A=b c D=e|buildkit.dockerfile.v0
0|WORKDIR /srv|buildkit.dockerfile.v0
0|WORKDIR /srv/app|buildkit.dockerfile.v0
7|COPY /src/big /app/ # buildkit|buildkit.dockerfile.v0
8|RUN /bin/sh -c make all # buildkit|buildkit.dockerfile.v0
-|EXPOSE map[443/udp:{} 80/tcp:{}]|buildkit.dockerfile.v0
-|CMD ["/bin/sh" "-c" "echo hi"]|buildkit.dockerfile.v0`,
);

checkJoin(
  "flags that the row does not show may be others than at the build; --link moves no byte",
  `
FROM scratch                          #= 0 measured certain
COPY --from=two /out /out             #= 1234 measured likely
COPY --link /in /in                   #= 5 measured certain
COPY --chmod=755 /a /a                #= 6 measured certain
RUN --network=none make               #= 8 measured likely`,
  `
1234|COPY /out /out # buildkit|buildkit.dockerfile.v0
5|COPY /in /in # buildkit|buildkit.dockerfile.v0
6|COPY --chmod=755 /a /a # buildkit|buildkit.dockerfile.v0
8|RUN /bin/sh -c make # buildkit|buildkit.dockerfile.v0`,
);

checkJoin(
  "classic builder: build arguments, another shell, COPY by its destination alone",
  `
FROM debian:12                         #= 100 measured likely
SHELL ["/bin/bash", "-eo", "pipefail", "-c"]
ARG V=1                                #= 0 measured certain
RUN echo $V                            #= 5 measured certain
COPY --chown=2:2 a.txt /app/           #= 6 measured likely
RUN ["/bin/true", "x"]                 #= 0 measured certain`,
  `${classicBase}
-|/bin/bash -eo pipefail -c #(nop)  SHELL [/bin/bash -eo pipefail -c]
-|/bin/bash -eo pipefail -c #(nop)  ARG V=1
5|¦1 V=2 3 /bin/bash -eo pipefail -c echo $V
6|/bin/bash -eo pipefail -c #(nop) COPY --chown=2:2file:0123abc in /app/
-|¦1 V=2 3 /bin/true x`,
);

checkJoin(
  "variables in COPY stand for what they were at the build",
  `
FROM scratch                #= 0 measured certain
COPY app-$V.jar /app.jar    #= 9 measured likely`,
  `9|COPY app-1.2.jar /app.jar # buildkit|buildkit.dockerfile.v0`,
);

checkJoin(
  "a RUN that ends like another one is not taken for it",
  `
FROM debian:12             #= ? unknown
RUN make                   #= ? unknown
COPY a /a                  #= 7 measured certain`,
  `${classicBase}
5|RUN /bin/sh -c cd x && ./configure && make # buildkit|buildkit.dockerfile.v0
7|COPY a /a # buildkit|buildkit.dockerfile.v0`,
);

checkJoin(
  "an edited line is stale, an added one unknown, a deleted one takes its bytes along",
  `
FROM debian:12             #= 100 measured likely
RUN one                    #= 1 measured certain
RUN two changed            #= 2 stale likely
COPY a /a                  #= 3 measured certain
COPY b /b                  #= 4 measured certain
RUN added                  #= ? unknown
CMD x                      #= 0 measured certain`,
  `${classicBase}
1|RUN /bin/sh -c one # buildkit|buildkit.dockerfile.v0
2|RUN /bin/sh -c two # buildkit|buildkit.dockerfile.v0
3|COPY a /a # buildkit|buildkit.dockerfile.v0
9|RUN /bin/sh -c deleted meanwhile # buildkit|buildkit.dockerfile.v0
4|COPY b /b # buildkit|buildkit.dockerfile.v0
-|CMD ["/bin/sh" "-c" "x"]|buildkit.dockerfile.v0`,
);

checkJoin(
  "the first line edited is found by what is still alike, not by what the base ends with",
  `
FROM debian:12                                   #= 100 measured likely
RUN apt-get update && apt-get install -y curl git   #= 50 stale likely
COPY a /a                                        #= 3 measured certain`,
  `${classicBase}
50|RUN /bin/sh -c apt-get update && apt-get install -y curl # buildkit|buildkit.dockerfile.v0
3|COPY a /a # buildkit|buildkit.dockerfile.v0`,
);

checkJoin(
  "the first line keeps its bytes when commands were added at its end, however many",
  `
FROM debian:12                                   #= 100 measured likely
RUN fetch app && find /app -type f -name '*.map' -o -name '*.md' -delete && rm -rf /var/cache/app   #= 50 stale likely
COPY a /a                                        #= 3 measured certain`,
  `${classicBase}
50|RUN /bin/sh -c fetch app # buildkit|buildkit.dockerfile.v0
3|COPY a /a # buildkit|buildkit.dockerfile.v0`,
);

checkJoin(
  "a new first line does not take the base's bytes, which are in doubt",
  `
FROM python:3              #= ? unknown
RUN pip install flask      #= ? unknown
COPY a /a                  #= 3 measured certain`,
  `
100|/bin/sh -c #(nop) ADD file:0123 in /
200|RUN /bin/sh -c set -eux; wget python; make # buildkit|buildkit.dockerfile.v0
3|COPY a /a # buildkit|buildkit.dockerfile.v0`,
);

checkJoin(
  "rows that an exporter repaired stay without a line",
  `
FROM scratch               #= 0 measured certain
COPY a /a                  #= 3 measured certain
COPY b /b                  #= 4 measured certain`,
  `
3|COPY a /a # buildkit|buildkit.dockerfile.v0
0||buildkit.exporter.image.v0
4|COPY b /b # buildkit|buildkit.dockerfile.v0`,
);

checkJoin(
  "kaniko writes instructions as they stand and no metadata",
  `
FROM debian:12             #= 100 measured likely
ENV A=b                    #= 0 measured certain
RUN make all               #= 5 measured certain
COPY a /a                  #= 3 measured certain`,
  `${classicBase}
5|RUN make all
3|COPY a /a`,
);

checkJoin(
  "heredocs: a single one is the script, several are written out",
  `
FROM debian:12             #= 100 measured likely
RUN <<EOF                  #= 5 measured certain
make all
EOF
COPY <<name /file          #= 3 measured certain
x
name`,
  `${classicBase}
5|RUN /bin/sh -c make all # buildkit|buildkit.dockerfile.v0
3|COPY <<name /file # buildkit|buildkit.dockerfile.v0`,
);

checkJoin(
  "a stage made of another takes its rows along",
  `
FROM debian:12 AS one      #= 100 measured likely
RUN one                    #= 1 measured certain
FROM alpine AS other       #= ? unknown
RUN elsewhere              #= ? unknown
FROM one                   #= 0 measured certain
COPY a /a                  #= 3 measured certain`,
  `${classicBase}
1|RUN /bin/sh -c one # buildkit|buildkit.dockerfile.v0
3|COPY a /a # buildkit|buildkit.dockerfile.v0`,
);

/** Checks that no line gets a number, and why. */
function checkReason(name: string, text: string, history: string, reason: RegExp): void {
  test(name, () => {
    const description = describe(history);
    const found = attribute(parseDockerfile(text), { state: "described", description });
    assert.match(found.reason ?? "", reason);
    assert.ok(found.instructions.every(({ basis }) => basis === "unknown"));
    assert.ok(found.layers.every(({ instruction }) => instruction === undefined));
  });
}

checkReason(
  "an image of another Dockerfile gives no number",
  "FROM a\nRUN x\nCOPY y /z\n",
  `${classicBase}\n5|RUN /bin/sh -c other things entirely # buildkit|buildkit.dockerfile.v0`,
  /does not fit this Dockerfile/,
);
checkReason(
  "an image of a builder that knows no Dockerfile says so",
  "FROM a\nRUN x\n",
  "5|bazel build\n6|jib-maven-plugin:3.4",
  /not made from a Dockerfile/,
);

test("an image without history gives no number", () => {
  const description = anImage().layer("a 1kB").withoutHistory().describe();
  const found = attribute(parseDockerfile("FROM a\nRUN x"), { state: "described", description });
  assert.match(found.reason ?? "", /no history/);
  assert.deepEqual(
    found.layers.map(({ origin }) => origin),
    ["unknown"],
  );
});

test("more rows than layers give no number, and no crash", () => {
  const described = describe("1|RUN /bin/sh -c a # buildkit\n2|RUN /bin/sh -c b # buildkit");
  const description = {
    ...described,
    layers: described.layers.slice(0, 1),
    config: { ...described.config, diffIds: described.config.diffIds.slice(0, 1) },
  };
  const dockerfile = parseDockerfile("FROM x\nRUN a\nRUN b");
  const found = attribute(dockerfile, { state: "described", description });
  assert.match(found.reason ?? "", /2 layers and it has 1/);
});

test("a squashed image is one block: the base's bytes, and the rest without lines", () => {
  const description = describe(`
100|/bin/sh -c #(nop) ADD file:0123 in /
-|/bin/sh -c a
-|/bin/sh -c b
30||merge sha256:0123 to sha256:4567`);
  const dockerfile = parseDockerfile("FROM x\nRUN a\nRUN b");
  const found = attribute(dockerfile, { state: "described", description });
  assert.match(found.reason ?? "", /squashed/);
  assert.equal(found.unattributedBytes, 30);
  assert.deepEqual(
    found.instructions.map(({ contentBytes }) => contentBytes),
    [100, undefined, undefined],
  );
});

test("without the sizes of a history a line has layers and no number", () => {
  const { historyBytes: _, ...description } = describe("5|RUN /bin/sh -c a # buildkit");
  const dockerfile = parseDockerfile("FROM scratch\nRUN a");
  const found = attribute(dockerfile, { state: "described", description });
  assert.deepEqual(
    found.instructions.map(({ layers, contentBytes }) => [layers, contentBytes]),
    [
      [[], 0],
      [[0], undefined],
    ],
  );
});

test("a RUN that mounts where its layer has files changed since the build", () => {
  const basisOf = (mount: string): string | undefined => {
    const dockerfile = parseDockerfile(`FROM base\nRUN ${mount} /install\n`);
    const read = anImage()
      .base("etc/passwd 1kB")
      .layer("var/cache/a 2kB, usr/bin/a 1kB, srv/", {
        createdBy: "RUN /bin/sh -c /install # buildkit",
      })
      .read();
    const { description } = read;
    return attribute(dockerfile, { state: "read", description, read }).instructions[1]?.basis;
  };
  assert.equal(basisOf("--mount=type=cache,target=/var/cache"), "stale");
  assert.equal(basisOf("--mount=type=tmpfs,dst=/var/"), "stale");
  assert.equal(basisOf("--mount=type=cache,target=/srv"), "measured");
  assert.equal(basisOf("--mount=type=cache,target=/opt"), "measured");
  assert.equal(basisOf("--mount=type=cache,target=$D"), "measured");
  assert.equal(basisOf("--mount=type=secret,target=/var/cache"), "measured");
  assert.equal(basisOf("--network=none"), "measured");
});

test("where the base's layers are known its share is certain", () => {
  const description = describe(
    `${classicBase}\n5|RUN /bin/sh -c gone # buildkit\n3|COPY a /a # buildkit`,
  );
  const dockerfile = parseDockerfile("FROM debian\nCOPY a /a");
  const baseDiffIds = [description.layers[0]!.diffId];
  const found = attribute(dockerfile, { state: "described", description }, { baseDiffIds });
  assert.deepEqual(
    found.instructions.map(({ contentBytes, confidence }) => [contentBytes, confidence]),
    [
      [100, "certain"],
      [3, "certain"],
    ],
  );
  assert.equal(found.unattributedBytes, 5);
});

const fits: readonly (readonly [string, string, number])[] = [
  ["the image of the file", "FROM x\nRUN a\nCOPY b /c", 1],
  ["one line edited", "FROM x\nRUN a changed\nCOPY b /c", 0.75],
  ["another file", "FROM x\nRUN z\nCOPY q /q\nCMD z", 0],
  ["nothing but a FROM", "FROM x", 0],
];
for (const [name, text, expected] of fits) {
  test(`how well a history fits: ${name}`, () => {
    const { config } = describe(
      `${classicBase}\n5|RUN /bin/sh -c a # buildkit\n3|COPY b /c # buildkit`,
    );
    assert.equal(matchHistory(parseDockerfile(text), config), expected);
  });
}

test("the stage that a history fits is found among many, and lines of other words are none of it", () => {
  const linesOf = (stage: number) =>
    Array.from({ length: 10 }, (_, at) => `RUN do ${stage} ${at}\n`);
  const stages = Array.from(
    { length: 100 },
    (_, stage) =>
      `FROM ${stage === 0 ? "scratch" : `s${stage - 1}`} AS s${stage}\n${linesOf(stage).join("")}`,
  );
  const dockerfile = parseDockerfile(stages.join(""));
  const rows = dockerfile.instructions.filter(({ keyword }) => keyword === "RUN");
  const historyOf = (script: (written: string) => string) =>
    rows
      .slice(0, 980)
      .map(({ argumentText }) => `1|RUN /bin/sh -c ${script(argumentText)} # buildkit`)
      .join("\n");
  assert.equal(matchHistory(dockerfile, describe(historyOf((written) => written)).config), 0.98);
  const other = describe(historyOf((written) => written.replace("do", "other"))).config;
  assert.equal(matchHistory(dockerfile, other), 0);
});

test("very many lines, each of them edited, do not prove that a short history is theirs", () => {
  const lines = Array.from({ length: 4000 }, (_, at) => `RUN do ${at} with what is here now\n`);
  const history = Array.from(
    { length: 120 },
    (_, at) => `1|RUN /bin/sh -c do ${at + 3880} with what is here # buildkit`,
  );
  const { config } = describe(history.join("\n"));
  assert.equal(
    matchHistory(parseDockerfile(`FROM scratch\n${lines.join("")}RUN last\n`), config),
    0,
  );
});
