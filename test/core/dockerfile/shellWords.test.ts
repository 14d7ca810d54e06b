import assert from "node:assert/strict";
import { test } from "node:test";
import { parseDockerfile } from "../../../server/src/core/dockerfile/parse.ts";
import { shellOf } from "../../../server/src/core/dockerfile/shell.ts";

type Seen = readonly [text: string, isLiteral: boolean, isPattern: boolean];

/** Words as written, with what they stand for. */
const words: readonly (readonly [written: string, seen: Seen])[] = [
  ["plain", ["plain", true, false]],
  ["'single'", ["single", true, false]],
  ["'a $b *'", ["a $b *", true, false]],
  ['"double"', ["double", true, false]],
  ['"a b"', ["a b", true, false]],
  ['"a*"', ["a*", true, false]],
  ['"a$b"', ["a$b", false, false]],
  ['"${a}/b"', ["${a}/b", false, false]],
  ['"${a:-b}"', ["${a:-b}", false, false]],
  ['"a\\"b"', ['a"b', true, false]],
  ['"$(a)"', ["$(a)", false, false]],
  ["a'b'c", ["abc", true, false]],
  ['"a"b', ["ab", true, false]],
  ['""', ["", true, false]],
  ["''", ["", true, false]],
  ["$a", ["$a", false, false]],
  ["a*", ["a*", true, true]],
  ["'a'*", ["a*", true, true]],
];

for (const [written, seen] of words) {
  test(`the word ${written}`, () => {
    const dockerfile = parseDockerfile(`FROM scratch\nRUN echo ${written} end\n`);
    const script = shellOf(dockerfile, dockerfile.instructions[1]!);
    const [word, end] = script!.commands[0]!.args;
    assert.deepEqual([word!.text, word!.isLiteral, word!.isPattern], seen);
    assert.equal(dockerfile.text.slice(word!.span.start, word!.span.end), written);
    assert.equal(end!.text, "end");
  });
}

test("what runs inside quotes is found, whatever else stands there", () => {
  const dockerfile = parseDockerfile(
    'FROM scratch\nRUN echo "a $(b)" "`c`" <(d) "$e" "${f:-$(g)}"\n',
  );
  const { commands } = shellOf(dockerfile, dockerfile.instructions[1]!)!;
  assert.deepEqual(
    commands.map(({ name }) => name),
    ["echo", "b", "c", "d", "g"],
  );
});
