import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { parseDockerfile } from "../../server/src/core/dockerfile/parse.ts";
import type { Instruction } from "../../server/src/core/dockerfile/syntax.ts";
import type { Span } from "../../server/src/core/text/span.ts";

/** Pieces that mean something in a Dockerfile, put together without sense. */
const pieces = fc.constantFrom(
  "FROM ",
  "from x AS y",
  "RUN ",
  "COPY --from=a b /c",
  "ONBUILD ",
  "ARG A=${B:-c}",
  'CMD ["a", "b"]',
  "CMD [",
  "<<EOF",
  "<<-'A B'",
  "3<<X",
  "EOF",
  "# tare: image=a ignore=b",
  "# tare: budget=",
  "# escape=`",
  "#",
  "\\",
  "`",
  "\n",
  "\r\n",
  "\t",
  " ",
  '"',
  "'",
  "$",
  "${",
  "--",
  "\ufeff",
  "\u0000",
  "é😀",
);
const text = fc.oneof(
  fc.string({ unit: "binary", maxLength: 200 }),
  fc.array(pieces, { maxLength: 60 }).map((parts) => parts.join("")),
);

function checkInside(outer: Span, inner: Span, what: string): void {
  assert.ok(inner.start <= inner.end, `${what} runs backwards`);
  assert.ok(outer.start <= inner.start && inner.end <= outer.end, `${what} leaves its place`);
}

function checkInstruction(instruction: Instruction, whole: Span): void {
  const { span, keywordSpan, argumentSpan, words, flags, heredocs, lineEnd, trigger } = instruction;
  checkInside(whole, span, "an instruction");
  checkInside(span, keywordSpan, "a keyword");
  checkInside(span, argumentSpan, "arguments");
  assert.ok(span.start <= lineEnd && lineEnd <= span.end, "the line ends outside");
  for (const { span: inner } of [...words, ...flags]) checkInside(span, inner, "a word");
  for (const { bodySpan } of heredocs) checkInside(whole, bodySpan, "a heredoc");
  if (trigger !== undefined) checkInstruction(trigger, span);
}

test("any text is understood as far as it goes, and every span lies inside it", () => {
  fc.assert(
    fc.property(text, (source) => {
      const { instructions, stages, directives, problems } = parseDockerfile(source);
      const whole = { start: 0, end: source.length };
      let end = 0;
      for (const [index, instruction] of instructions.entries()) {
        assert.equal(instruction.index, index);
        assert.ok(instruction.span.start >= end, "instructions overlap");
        checkInstruction(instruction, whole);
        end = instruction.span.end;
      }
      const froms = instructions.filter(({ keyword }) => keyword === "FROM");
      assert.deepEqual(
        stages.map(({ from }) => from),
        froms,
      );
      for (const { span } of [...directives, ...problems]) checkInside(whole, span, "a directive");
    }),
    { numRuns: 500 },
  );
});

test("line endings change offsets and nothing else", () => {
  const unixText = text.map((source) => source.replaceAll("\r", ""));
  fc.assert(
    fc.property(unixText, (source) => {
      const shape = (one: string): unknown =>
        parseDockerfile(one).instructions.map(({ keyword, startLine, argumentText, form }) => [
          keyword,
          startLine,
          argumentText,
          form,
        ]);
      assert.deepEqual(shape(source.replaceAll("\n", "\r\n")), shape(source));
    }),
    { numRuns: 300 },
  );
});
