import { test } from "node:test";
import assert from "node:assert/strict";
import fc from "fast-check";
import { parseDockerfile } from "../../server/src/core/dockerfile/parse.ts";
import { applyEdits } from "../../server/src/core/text/edit.ts";
import { aProgram, aSystem, checkSound, rewritesOf } from "../core/scratch/toScratchCase.ts";

/** Lines of a final stage that leave the image as it is, so that the same image fits any of them. */
const lines = fc.array(
  fc.constantFrom(
    "ENV MODE=prod",
    "ENV MODE=$MODE A='b c' \\\n  D=e",
    "ENV PATH=/opt:$PATH",
    "ARG V=1",
    "LABEL a=b v=$V",
    "label c=d",
    "EXPOSE 80 8000-8002/udp",
    "EXPOSE $PORT",
    "STOPSIGNAL SIGQUIT",
    "VOLUME /data",
    'VOLUME ["/data", "/x y"]',
    "USER web",
    "USER 7",
    "WORKDIR /srv",
    "WORKDIR sub",
    "HEALTHCHECK NONE",
    "HEALTHCHECK CMD curl localhost || exit 1",
    "HEALTHCHECK --timeout=3s \\\n  CMD /app ping",
    "MAINTAINER me",
    'SHELL ["/bin/sh", "-ec"]',
    "ONBUILD RUN x",
    "RUN true",
    "RUN <<EOF\ntrue\nEOF",
    "# a comment",
    "# tare: ignore=apt-lists-kept",
    "# tare: budget=1MB",
    "   # indented",
    "",
    "\t",
    'ENTRYPOINT ["/app"]',
    "ENTRYPOINT /app -x",
    'CMD ["-v"]',
    "CMD exec /app",
    "CMD /app $V",
    "CMD []",
    "CMD /app \\",
    "bogus",
  ),
  { maxLength: 10 },
);

const heads = fc.constantFrom(
  "FROM debian:12\n",
  "# syntax=docker/dockerfile:1\n\nARG BASE=debian:12\nfrom $BASE as Final\n",
  "FROM golang AS build\nRUN go build -o /app\n\n# ships\nFROM --platform=$TARGETPLATFORM debian:12 AS files\n",
  "FROM golang AS build\nFROM debian:12 AS base\nENV MODE=x\nFROM base\n",
  "# escape=`\nFROM debian:12\n",
);

const copies = fc.constantFrom(
  "COPY app /app\n",
  "COPY --from=build /app /\n",
  "COPY --chown=web app /app\n",
  "RUN make\n",
);

const file = fc
  .tuple(heads, copies, lines, fc.constantFrom("\n", "\r\n"), fc.boolean())
  .map(([head, copy, rest, lineBreak, isEnded]) =>
    (head + copy + rest.join("\n") + (isEnded ? "\n" : "")).replaceAll("\n", lineBreak),
  );

const image = fc
  .tuple(
    fc.constantFrom("static", "dynamic", "hidden"),
    fc.constantFrom(undefined, ["/app"]),
    fc.constantFrom("", "web", "7:8"),
    fc.constantFrom("", "/srv", "/srv/sub"),
  )
  .map(([kind, entrypoint, user, workingDir]) =>
    aSystem()
      .layer(
        {
          app: aProgram(
            kind === "dynamic"
              ? { interpreter: "/lib64/ld-linux-x86-64.so.2", needed: ["libc.so.6"] }
              : { isUpx: kind === "hidden" },
          ),
          "data/": { uid: 1000 },
        },
        { createdBy: "COPY app /app # buildkit" },
      )
      .settings({
        cmd: ["/app"],
        ...(entrypoint === undefined ? {} : { entrypoint }),
        ...(user === "" ? {} : { user }),
        ...(workingDir === "" ? {} : { workingDir }),
        env: ["PATH=/opt:/usr/bin:/bin", "MODE=prod", "A=b c", "D=e", "V=1"],
        labels: { a: "b", v: "1" },
        volumes: ["/data"],
        exposedPorts: ["80/tcp"],
      }),
  );

test("whatever is offered parses, ends from scratch without a RUN and in exec form, and is not offered again", () => {
  let offered = 0;
  fc.assert(
    fc.property(file, image, (text, beside) => {
      const { offers, refusals } = rewritesOf(text, beside);
      assert.ok(offers.length === 0 || refusals.length === 0);
      for (const offer of offers) checkSound(text, beside, offer);
      offered += offers.length;
    }),
    { numRuns: 200 },
  );
  assert.ok(offered > 40, `only ${offered} offers`);
});

test("what is built stays as it was written", () => {
  fc.assert(
    fc.property(file, image, (text, beside) => {
      const runsOf = (one: string) =>
        parseDockerfile(one)
          .instructions.filter(({ keyword }) => keyword === "RUN" || keyword === "ARG")
          .map(({ argumentText }) => argumentText);
      for (const { edits } of rewritesOf(text, beside).offers) {
        const after = runsOf(applyEdits(text, edits));
        const kept = runsOf(text).filter((run) => after.includes(run));
        assert.deepEqual(kept, runsOf(text));
      }
    }),
    { numRuns: 200 },
  );
});
