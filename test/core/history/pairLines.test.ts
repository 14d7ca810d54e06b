import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import type { BuildLine } from "../../../server/src/core/history/buildRecord.ts";
import { pairLines } from "../../../server/src/core/history/pairLines.ts";
import { textKey } from "../../../server/src/core/history/textKey.ts";

const linesOf = (text: string): readonly BuildLine[] =>
  text
    .split("\n")
    .map((line) => line.trim())
    .filter((line) => line !== "")
    .map((line) => ({
      keyword: line.split(" ")[0] as BuildLine["keyword"],
      text: line,
      key: textKey(line),
      bytes: 0,
    }));

/** One word for each line of `after`: the number of its other half, `~` before it when edited, `new` or `?`. */
function checkPairs(before: string, after: string, expected: string): void {
  const pairs = pairLines(linesOf(before), linesOf(after)).map((pair) => {
    switch (pair.kind) {
      case "same":
        return String(pair.before);
      case "edited":
        return `~${pair.before}`;
      case "new":
        return "new";
      case "unclear":
        return "?";
    }
  });
  assert.equal(pairs.join(" "), expected);
}

const base = "FROM debian:12\nRUN fetch one two\nCOPY app /app\nRUN clean all";

test("lines of one text are the same, wherever they stand", () => {
  checkPairs(base, base, "0 1 2 3");
  checkPairs(base, "FROM debian:12\nCOPY app /app\nRUN fetch one two\nRUN clean all", "0 2 1 3");
});

test("the base is the base, whatever its name", () =>
  checkPairs(base, base.replace("debian:12", "alpine:3"), "0 1 2 3"));

test("a line edited in its place is paired with what it was", () => {
  checkPairs(base, base.replace("two", "two three"), "0 ~1 2 3");
  checkPairs(base, base.replace("clean all", "clean all of it"), "0 1 2 ~3");
});

test("another command, another keyword, or two edited lines in a row are no pair", () => {
  checkPairs(base, base.replace("fetch one two", "make everything"), "0 ? 2 3");
  checkPairs(base, base.replace("RUN fetch", "ADD fetch"), "0 ? 2 3");
  checkPairs(
    base,
    base.replace("one two", "one two three").replace("app /app", "app /app/"),
    "0 ? ? 3",
  );
});

test("a line between two that stood together is new, unless it may have come from elsewhere", () => {
  checkPairs(base, base.replace("COPY", "ADD x /x\nCOPY"), "0 1 new 2 3");
  checkPairs(base, `${base}\nRUN last`, "0 1 2 3 new");
  checkPairs(
    base,
    "FROM debian:12\nCOPY app /app\nRUN fetch one two three\nRUN clean all",
    "0 2 ? 3",
  );
});

test("lines that stand there more often than before are all unclear", () => {
  checkPairs(base, base.replace("COPY", "RUN fetch one two\nCOPY"), "0 ? ? 2 3");
  checkPairs("RUN a\nRUN a", "RUN a\nRUN a", "0 1");
});

test("a file without a base, and an empty one", () => {
  checkPairs("", base, "? new new new");
  checkPairs(base, "", "");
});

test("no line of the earlier build is paired twice, and equal files are paired line by line", () => {
  const line = fc.constantFrom("RUN a b", "RUN a b c", "RUN a b d", "COPY x /y", "ADD x /y");
  const file = fc.array(line, { maxLength: 12 }).map((lines) => lines.join("\n"));
  fc.assert(
    fc.property(file, file, (before, after) => {
      const pairs = pairLines(linesOf(before), linesOf(after));
      const taken = pairs.flatMap((pair) => ("before" in pair ? [pair.before] : []));
      assert.equal(new Set(taken).size, taken.length);
      const same = pairLines(linesOf(after), linesOf(after));
      assert.deepEqual(
        same.map((pair) => ("before" in pair ? pair.before : -1)),
        linesOf(after).map((_, at) => at),
      );
    }),
  );
});
