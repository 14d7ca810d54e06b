import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { parseDockerfile } from "../../../../server/src/core/dockerfile/parse.ts";
import { applyEdits } from "../../../../server/src/core/text/edit.ts";
import { smallerOf } from "./nextBestCase.ts";

const bases = [
  "node:20",
  "node:22-slim",
  "node:20-alpine",
  "python:3.11",
  "python:3.13-slim AS app",
  "eclipse-temurin:21",
  "maven:3-eclipse-temurin-17 AS build",
  "ruby:3.3",
  "php:8.2",
  "debian:12",
  "golang:1.24",
  "$BASE",
  "",
];

const lines = [
  "WORKDIR /app",
  "WORKDIR sub",
  "COPY . .",
  "COPY --chown=node:node . /app",
  "COPY --from=builder /x /y",
  "RUN npm ci",
  "RUN pip install -r requirements.txt",
  "RUN apt-get update && apt-get install -y ffmpeg gcc",
  "RUN <<EOF\nnpm ci\nnpm run build\nEOF",
  "RUN mvn \\\n  # quietly\n  package",
  "ENV A=1 B=$A",
  "ENV PATH=/opt/bin:$PATH",
  "ARG V=1",
  "LABEL v=$V",
  "# a comment",
  "",
  "EXPOSE 80",
  "VOLUME /data",
  "USER node",
  "USER 1000:1000",
  "HEALTHCHECK CMD curl -f localhost",
  'HEALTHCHECK CMD ["node", "ping.js"]',
  'CMD ["node", "x.js"]',
  "CMD python app.py",
  'ENTRYPOINT ["java", "-jar", "a.jar"]',
  "ENTRYPOINT ruby a.rb",
  'CMD ["--all"]',
  "CMD node x.js | tee log",
  'SHELL ["/bin/bash", "-c"]',
  "FROM node:20 AS builder",
  "ONBUILD RUN ls",
  "RUN",
];

const file = fc
  .record({
    base: fc.constantFrom(...bases),
    body: fc.array(fc.constantFrom(...lines), { maxLength: 10 }),
    lineBreak: fc.constantFrom("\n", "\r\n"),
    end: fc.constantFrom("", "\n"),
  })
  .map(({ base, body, lineBreak, end }) =>
    ([`FROM ${base}`, ...body].join("\n") + end).replaceAll("\n", lineBreak),
  );

test("what is offered parses as well as before, ends on the base it says, keeps its line ends, and comes to an end", () => {
  fc.assert(
    fc.property(file, (text) => {
      const { offers, refusals } = smallerOf(text);
      for (const { reason } of refusals) assert.match(reason, /^\S.*\.$/s);
      for (const { edits, base, target, caveats } of offers) {
        if (target === "scratch") assert.fail("that is another way");
        const after = applyEdits(text, edits);
        const [old, made] = [parseDockerfile(text), parseDockerfile(after)];
        assert.ok(made.problems.length <= old.problems.length, after);
        const final = made.stages.at(-1)!;
        const root = made.stages.find(
          ({ base: of }) => of.kind === "image" && of.name === base!.name,
        );
        assert.ok(root, after);
        if (text.includes("\r\n")) assert.doesNotMatch(after, /[^\r]\n/, after);
        const isBare = target === "distroless";
        const runs = final.instructions.some(({ keyword }) => keyword === "RUN");
        if (isBare) assert.ok(!runs, after);
        for (const wished of isBare ? ["CMD", "ENTRYPOINT"] : []) {
          const last = final.instructions.findLast(({ keyword }) => keyword === wished);
          assert.notEqual(last?.form, "shell", after);
        }
        const comments = (one: string): number => one.split("# a comment").length;
        assert.ok(comments(after) >= comments(text), after);
        for (const caveat of caveats) assert.match(caveat, /^\S.*[.]$/s);
        // A stage that was switched may be split, once.
        const [next] = smallerOf(after, undefined, target).offers;
        const last = next === undefined ? after : applyEdits(after, next.edits);
        assert.deepEqual(smallerOf(last, undefined, target).offers, [], last);
      }
    }),
    { numRuns: 300, seed: 20261121 },
  );
});
