import assert from "node:assert/strict";
import { test } from "node:test";
import { DockerfileParser } from "dockerfile-ast";
import fc from "fast-check";
import { parseDockerfile } from "../../server/src/core/dockerfile/parse.ts";
import { recordedHistories } from "../support/histories.ts";

/*
 * A second opinion by the parser that other Dockerfile extensions use. Left out is where it departs from Docker's own parser, which ours
 * follows: a doubled escape at the end of a line, a heredoc with a quoted name that holds blanks, with a file descriptor, or with tab
 * stripping beside one without.
 */

const line = fc.constantFrom(
  "FROM debian:12 AS build",
  "FROM --platform=linux/amd64 build",
  "from scratch",
  "RUN apt-get update && \\\n    apt-get install -y curl",
  "RUN a \\\n  # note\n\n  && b",
  "RUN <<EOF\na\n\n# b\nEOF",
  "COPY <<-A /x\n\tb\n\tA",
  "RUN <<A cat <<B\na\nA\nb\nB",
  "ONBUILD RUN <<EOF\na\nEOF",
  "RUN echo \"<<A\" 'b \\\n c'",
  "COPY --from=build --chown=1:1 /a /b",
  "ADD https://example.org/a.tar.gz /",
  'CMD ["a", "b \\"c\\""]',
  "ENV A=b C='d e' \\\n  F=g",
  "LABEL a=b",
  "WORKDIR /srv",
  "# a comment",
  "  # tare: budget=1MB",
  "",
  "\tUSER 1:1",
  "HEALTHCHECK --interval=5s CMD a",
  "FOO bar",
);
const file = fc
  .tuple(
    fc.constantFrom("", "# syntax=docker/dockerfile:1\n", "\ufeff"),
    fc.array(line, { maxLength: 20 }),
    fc.constantFrom("\n", "\r\n"),
  )
  .map(([head, lines, newline]) => `${head}${lines.join("\n")}\n`.replaceAll("\n", newline));

function checkSame(text: string): void {
  const ours = parseDockerfile(text).instructions.map(({ keywordText, startLine, endLine }) => [
    keywordText,
    startLine,
    endLine,
  ]);
  const theirs = DockerfileParser.parse(text)
    .getInstructions()
    .map((instruction) => [
      instruction.getInstruction(),
      instruction.getRange().start.line,
      instruction.getRange().end.line,
    ]);
  assert.deepEqual(ours, theirs);
}

test("ordinary files have the same instructions on the same lines for another parser", () => {
  for (const { dockerfile } of Object.values(recordedHistories)) {
    if (dockerfile.join("\n").includes("<<")) continue;
    checkSame(`${dockerfile.join("\n")}\n`);
  }
  fc.assert(fc.property(file, checkSame), { numRuns: 200 });
});

test("a real file with any part of it changed is still understood, and its other stages stay", () => {
  const text = `${recordedHistories["stages"]!.dockerfile.join("\n")}\n`;
  const change = fc.record({
    at: fc.nat(text.length),
    deleted: fc.nat(20),
    inserted: fc.oneof(
      fc.string({ maxLength: 8 }),
      fc.constantFrom("\\", "\n", '"', "<<EOF", "#", "\\\n", "FROM ", "[", "${"),
    ),
  });
  fc.assert(
    fc.property(change, ({ at, deleted, inserted }) => {
      const changed = text.slice(0, at) + inserted + text.slice(at + deleted);
      const { instructions } = parseDockerfile(changed);
      const before = parseDockerfile(text).instructions.filter(({ span }) => span.end < at - 1);
      // What stands on the lines above a change is not touched by it.
      const line = text.slice(0, at).split("\n").length - 1;
      const above = before.filter(({ endLine }) => endLine < line);
      assert.deepEqual(instructions.slice(0, above.length), above);
    }),
    { numRuns: 500 },
  );
});
