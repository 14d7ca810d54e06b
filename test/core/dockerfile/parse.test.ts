import assert from "node:assert/strict";
import { test } from "node:test";
import { parseDockerfile } from "../../../server/src/core/dockerfile/parse.ts";
import type { Instruction } from "../../../server/src/core/dockerfile/syntax.ts";
import { textOf } from "../../../server/src/core/text/span.ts";

/** Prints each instruction as `first-last line KEYWORD argument text`, with one-based lines. */
function outline(text: string): readonly string[] {
  return parseDockerfile(text).instructions.map(
    ({ startLine, endLine, keyword, argumentText }) =>
      `${startLine + 1}-${endLine + 1} ${keyword} ${argumentText}`,
  );
}

function first(text: string): Instruction {
  const [instruction] = parseDockerfile(text).instructions;
  assert.ok(instruction);
  return instruction;
}

function checkOutline(name: string, text: string, ...expected: readonly string[]): void {
  test(name, () => assert.deepEqual(outline(text), expected));
}

checkOutline("an empty text has no instructions", "");
checkOutline("blank lines and comments have none", "\n  \n# a\n");
checkOutline(
  "keywords count without case, unknown ones stay visible",
  "from a\nRun b\nFOO bar",
  "1-1 FROM a",
  "2-2 RUN b",
  "3-3 unknown bar",
);
checkOutline(
  "continued lines are one, comments and blank lines inside vanish, indents stay",
  "FROM a\nRUN b \\\n  # note \\\n\n    && c\nRUN d",
  "1-1 FROM a",
  "2-5 RUN b     && c",
  "6-6 RUN d",
);
checkOutline(
  "blanks may follow the escape character",
  "RUN a \\  \n  b\nRUN c",
  "1-2 RUN a   b",
  "3-3 RUN c",
);
checkOutline(
  "a doubled escape ends the line",
  "RUN echo \\\\\nRUN b",
  "1-1 RUN echo \\\\",
  "2-2 RUN b",
);
checkOutline("an escape inside the line is text", "RUN a\\ b\nRUN c", "1-1 RUN a\\ b", "2-2 RUN c");
checkOutline("an escape at the end of the text ends it", "RUN a \\", "1-1 RUN a");
checkOutline("a keyword may be continued", "FR\\\nOM a\nRUN b", "1-2 FROM a", "3-3 RUN b");
checkOutline(
  "the escape directive changes the escape character",
  "# syntax=x\n# Escape = `\nFROM a\nRUN b `\n c\nRUN d \\\nRUN e",
  "3-3 FROM a",
  "4-5 RUN b  c",
  "6-6 RUN d \\",
  "7-7 RUN e",
);
checkOutline(
  "a directive behind a blank line or another comment is a comment",
  "\n# escape=`\nRUN a `\nRUN b",
  "3-3 RUN a `",
  "4-4 RUN b",
);
checkOutline(
  "an unknown key ends the directives",
  "# weight=1\n# escape=`\nRUN a `\nRUN b",
  "3-3 RUN a `",
  "4-4 RUN b",
);
checkOutline(
  "escapes alone on their lines are no instruction, and may stand before one",
  "\\\n\\\n  RUN a\n\\\n",
  "3-3 RUN a",
);
checkOutline(
  "an escaped heredoc name ends at the bare one",
  "RUN <<\\EOF\na\nEOF\nRUN b",
  "1-3 RUN <<\\EOF",
  "4-4 RUN b",
);
checkOutline(
  "carriage returns and a byte order mark are no text",
  "\ufeffFROM a\r\nRUN b \\\r\n  c\r\nRUN d\r\n",
  "1-1 FROM a",
  "2-3 RUN b   c",
  "4-4 RUN d",
);
checkOutline(
  "a heredoc takes the lines up to its name",
  "RUN <<EOF\na\n# no comment\n\nEOF\nRUN b",
  "1-5 RUN <<EOF",
  "6-6 RUN b",
);
checkOutline(
  "several heredocs follow each other",
  "RUN <<A cat <<B\na\nA\nb\nB\nRUN c",
  "1-5 RUN <<A cat <<B",
  "6-6 RUN c",
);
checkOutline(
  "a quoted name may hold blanks, and a file descriptor may stand before",
  "COPY <<'A B' /x\nfoo\nA B\nRUN cat 3<<X\nx\nX\nRUN c",
  "1-3 COPY <<'A B' /x",
  "4-6 RUN cat 3<<X",
  "7-7 RUN c",
);
checkOutline(
  "a dash takes tabs away before the name",
  "RUN <<-A cat <<B\n\tfoo\n\tA\n\tB\nB\nRUN c",
  "1-5 RUN <<-A cat <<B",
  "6-6 RUN c",
);
checkOutline(
  "what looks like a heredoc is none: quoted text, arithmetic, here-strings, other instructions",
  'RUN echo "<<A"\nRUN echo $((1<<2))\nRUN cat <<<foo\nENV A=<<B\nRUN z',
  '1-1 RUN echo "<<A"',
  "2-2 RUN echo $((1<<2))",
  "3-3 RUN cat <<<foo",
  "4-4 ENV A=<<B",
  "5-5 RUN z",
);
checkOutline("a heredoc that is not closed takes the rest", "RUN <<EOF\na\nRUN b", "1-3 RUN <<EOF");
checkOutline(
  "ONBUILD carries the heredoc of what it defers",
  "ONBUILD RUN <<A\nx\nA\nRUN c",
  "1-3 ONBUILD RUN <<A",
  "4-4 RUN c",
);

test("heredocs say how their body is read", () => {
  const { heredocs } = first("RUN <<-'A' cat <<B\n\tx\nA\ny");
  assert.deepEqual(
    heredocs.map(({ name, expands, stripsTabs, isClosed }) => [
      name,
      expands,
      stripsTabs,
      isClosed,
    ]),
    [
      ["A", false, true, true],
      ["B", true, false, false],
    ],
  );
});

test("ONBUILD knows what it defers, once", () => {
  assert.equal(first("ONBUILD COPY . /a").trigger?.keyword, "COPY");
  assert.equal(first("ONBUILD ONBUILD RUN a").trigger?.trigger, undefined);
  assert.equal(first("ONBUILD").trigger, undefined);
});

test("flags stand before the arguments", () => {
  const { flags, words } = first("COPY --from=build --chown=1:1 --link a b /c");
  assert.deepEqual(
    flags.map(({ name, value }) => [name, value]),
    [
      ["from", "build"],
      ["chown", "1:1"],
      ["link", undefined],
    ],
  );
  assert.deepEqual(
    words.map((word) => word.text),
    ["a", "b", "/c"],
  );
});

test("words lose quotes and escapes, and their spans cover what is written", () => {
  const text = `COPY "a b" 'c\\' d\\ e \\\n  /f`;
  const { words } = first(text);
  assert.deepEqual(
    words.map((word) => word.text),
    ["a b", "c\\", "d e", "/f"],
  );
  assert.deepEqual(
    words.map(({ span }) => textOf(text, span)),
    ['"a b"', "'c\\'", "d\\ e", "/f"],
  );
});

test("an array of strings is exec form, anything else shell form", () => {
  const text = 'CMD ["a", "b \\"c\\""]';
  const exec = first(text);
  assert.equal(exec.form, "exec");
  assert.deepEqual(
    exec.words.map((word) => word.text),
    ["a", 'b "c"'],
  );
  assert.deepEqual(
    exec.words.map(({ span }) => textOf(text, span)),
    ['"a"', '"b \\"c\\""'],
  );
  for (const shell of ["CMD [a]", 'CMD ["a", 1]', 'CMD ["a"', "CMD a b"]) {
    assert.equal(first(shell).form, "shell", shell);
  }
});

test("the place of a hint is the end of the written line, before any heredoc body", () => {
  const text = "RUN a \\\n  b  \r\nRUN <<E\nx\nE\n";
  const { instructions } = parseDockerfile(text);
  assert.deepEqual(
    instructions.map(({ lineEnd }) => text.slice(0, lineEnd).split("\n").at(-1)),
    ["  b", "RUN <<E"],
  );
});

test("half-typed text keeps everything else", () => {
  assert.deepEqual(outline('F\nFROM\nRUN\nCOPY --from\nCOPY ["a\nRUN x'), [
    "1-1 unknown ",
    "2-2 FROM ",
    "3-3 RUN ",
    "4-4 COPY ",
    '5-5 COPY ["a',
    "6-6 RUN x",
  ]);
});
