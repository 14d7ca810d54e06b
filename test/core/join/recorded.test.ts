import assert from "node:assert/strict";
import { test } from "node:test";
import { parseDockerfile } from "../../../server/src/core/dockerfile/parse.ts";
import { attribute } from "../../../server/src/core/join/attribute.ts";
import type { InstructionWeight } from "../../../server/src/core/join/attribution.ts";
import { describeHistory, recordedHistories } from "../../support/histories.ts";

/** `20`, `20~` when likely, `20*` when stale, `?` when unknown. */
function cell({ contentBytes, basis, confidence }: InstructionWeight): string {
  if (contentBytes === undefined) return "?";
  const mark = basis === "stale" ? "*" : confidence === "likely" ? "~" : "";
  return `${contentBytes}${mark}`;
}

/** One row for each instruction, one column for each builder; then the reasons and the bytes without a line. */
function table(name: string): string {
  const recorded = recordedHistories[name]!;
  const text = recorded.dockerfile.join("\n");
  const dockerfile = parseDockerfile(text);
  const builders = Object.keys(recorded.rows);
  const found = builders.map((builder) =>
    attribute(dockerfile, {
      state: "described",
      description: describeHistory(recorded.rows[builder]!),
    }),
  );
  const lines = dockerfile.instructions.map(({ index, span }) => {
    const cells = found.map(({ instructions }) => cell(instructions[index]!).padEnd(10));
    return `${cells.join("")}${text.slice(span.start, span.end).split("\n")[0]}`;
  });
  const notes = found.flatMap(({ reason, unattributedBytes }, at) =>
    reason === undefined ? [] : [`${builders[at]}: ${reason} ${unattributedBytes ?? "?"}`],
  );
  return [
    builders
      .map((one) => one.padEnd(10))
      .join("")
      .trimEnd(),
    ...lines,
    ...notes,
  ].join("\n");
}

/** Checks a Dockerfile against the histories that real builders wrote for it. */
function checkRecorded(name: string, what: string, expected: string): void {
  test(`recorded: ${what}`, () => assert.equal(table(name), expected.trim()));
}

checkRecorded(
  "stages",
  "several stages, every kind of metadata",
  `
classic   buildkit  podman
?         ?         ?         ARG BASE=busybox:local
?         ?         ?         FROM $BASE AS build
?         ?         ?         WORKDIR /src
?         ?         ?         COPY a.txt .
?         ?         ?         RUN mkdir /out && cat a.txt a.txt > /out/b
1982256~  1982256~  1982256~  FROM busybox:local AS mid
0         0         0         ENV A=1 B="two words"
0         0         0         WORKDIR /app
0         0         0         FROM mid
0         0         0~        ARG V=1.2
0         0         0         ARG W
0         0         0         LABEL b=2 a="one x" c='3'
20~       20~       20~       COPY --from=build /out/b /app/
30~       30~       30~       COPY --chown=1:1 a.txt b.txt ./docs/
4         4         4         RUN echo $V > v
3000      3000      3000      RUN echo $V \\
0         0         0         RUN rm /big
0         0         0         EXPOSE 80 443/udp
0         0         0         USER 1000:1000
0         0         0         VOLUME ["/data", "/more"]
0         0         0         VOLUME /x /y
0         0         0         STOPSIGNAL SIGTERM
0~        0~        0~        HEALTHCHECK --interval=5s CMD wget -q localhost || exit 1
0         0         0         ENTRYPOINT ["/bin/sh", "-c"]
0         0         0         CMD ["echo", "a \\"b\\""]`,
);

checkRecorded(
  "buildArguments",
  "build arguments with blanks, WORKDIR, exec forms",
  `
classic   buildkit  podman
1982256~  1982256~  1982256~  FROM busybox:local
0         0         0~        ARG V=1
0         0         0~        ARG W="x y"
8         8         8         RUN echo $V $W > /v
0         0         0         RUN ["/bin/busybox", "touch", "/exec file"]
0         0         0         ENV P=/opt/d
0         0         0         WORKDIR $P
0         0         0         WORKDIR sub
1~        1         1~        COPY a.txt $P/
1~        1         1~        COPY a.txt \${P}/b
1~        1         1~        ADD a.txt "/withquote/"
1~        1         1~        ADD ["a.txt", "/j/"]
0         0         0         RUN true
2         2         2         RUN chown -R 1:1 /opt
0         0         0         WORKDIR /
0         0         0         WORKDIR /bin
0         0         0         MAINTAINER someone <a@b.c>
0         0         0         CMD echo hi`,
);

checkRecorded(
  "shells",
  "backtick escapes and other shells",
  `
classic   buildkit  podman
1982256~  1982256~  1982256~  FROM busybox:local
0         0         0         SHELL ["/bin/sh", "-ec"]
2         2         2         RUN echo a \`
0         0         0         LABEL k=v
0         0         0         SHELL ["/bin/busybox", "sh", "-o", "pipefail", "-c"]
2         2         2         RUN echo c > /c
0         0         0         ENV OLD some value
0~        0~        0         HEALTHCHECK NONE
0         0         0         ENTRYPOINT run me
0         0         0         CMD []`,
);

checkRecorded(
  "triggersSet",
  "ONBUILD, which BuildKit does not record",
  `
classic   buildkit  podman
1982256~  1982256~  1982256~  FROM busybox:local
0         0         0         ONBUILD RUN echo on > /on
0         0         0         ONBUILD COPY a.txt /onb/
0         0         0         ONBUILD ENV X=y
5         5         5         RUN echo base > /base`,
);

checkRecorded(
  "triggersRun",
  "triggers of the base belong to its FROM",
  `
classic   buildkit  podman
1982266~  1982266~  1982261~  FROM onbuildbase:local
5         5         5         RUN echo mine > /mine
2~        2         2~        COPY a.txt /mine2`,
);

checkRecorded(
  "scratch",
  "FROM scratch leaves nothing to a base",
  `
classic   buildkit  podman
0         0         0         FROM scratch
30~       30        30~       COPY a.txt b.txt /
1~        1         1~        ADD t.tar /t/
0         0         0         CMD ["/a"]`,
);

checkRecorded(
  "squash",
  "one layer for all lines is not split",
  `
classic   podman
1982256   1982256~  FROM busybox:local
?         ?         RUN echo a > /a
?         ?         RUN rm /a && echo b > /b
?         ?         ENV A=1
classic: The image was squashed: its own lines share one layer and cannot be told apart. 2
podman: The builder put several lines into one layer, so they cannot be told apart. 2`,
);

checkRecorded(
  "emptyLayers",
  "lines that change nothing",
  `
classic   buildkit  podman
1982256~  1982256~  1982256~  FROM busybox:local
0         0         0         RUN true
0         0         0         RUN true
0         0         0         WORKDIR /bin
0         0         0         WORKDIR /new
1~        1         1~        COPY a.txt /new/
0         0         0         RUN true`,
);

checkRecorded(
  "target",
  "a target that is not the last stage",
  `
classic   buildkit  podman
1982256~  1982256~  1982256~  FROM busybox:local AS one
2         2         2         RUN echo 1 > /one
0         0         0         FROM one AS two
2         2         2         RUN echo 2 > /two
?         ?         ?         FROM scratch
?         ?         ?         COPY --from=two /two /`,
);

checkRecorded(
  "metadata",
  "metadata as each builder reprints it",
  `
classic   buildkit  podman
1982256~  1982256~  1982256~  FROM busybox:local
0         0         0         ENV A=1
0         0         0         ENV B=$A/c D="e f" E='g' F=h\\ i
31        31        31        RUN echo "quoted  double   space" 'and	tab' > /q
0         0         0         RUN    echo   lead
0         0         0~        EXPOSE 8080-8082/tcp $A
0         0         0         LABEL "com.example"="multi \\
0         0         0         LABEL one two three
0         0         0         VOLUME /v
0         0         0         USER $A
0         0         0         STOPSIGNAL 9
0         0         0         CMD ["a","b c"]
0         0         0         ENTRYPOINT ["x"]
0~        0~        0~        HEALTHCHECK --interval=5m --timeout=3s --retries=2 CMD ["curl","-f"]`,
);

checkRecorded(
  "squashKeepingBase",
  "the layer on the last row is not that row's alone",
  `
podman
1982256~  FROM bb
?         RUN echo a > /a
?         WORKDIR /x
?         COPY a.txt /c
?         RUN rm /a && echo b > /b
podman: The builder put several lines into one layer, so they cannot be told apart. 5`,
);

checkRecorded(
  "squashWithBase",
  "nor is it when the base is in it",
  `
podman
?         FROM bb
?         RUN echo a > /a
?         WORKDIR /x
?         COPY a.txt /c
?         RUN rm /a && echo b > /b
podman: The builder put several lines into one layer, so they cannot be told apart. ?`,
);

test("recorded: each history says who wrote it, and fits its file", () => {
  for (const [name, { dockerfile, rows }] of Object.entries(recordedHistories)) {
    for (const [builder, history] of Object.entries(rows)) {
      const description = describeHistory(history);
      const found = attribute(parseDockerfile(dockerfile.join("\n")), {
        state: "described",
        description,
      });
      const expected = builder === "podman" ? "buildah" : builder;
      assert.equal(found.builder, expected, `${name} ${builder}`);
      assert.ok(found.matchRatio > 0.9, `${name} ${builder}`);
    }
  }
});
