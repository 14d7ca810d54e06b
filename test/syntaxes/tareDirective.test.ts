import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { directiveKeys } from "../../server/src/core/views/directiveHelp.ts";

interface Pattern {
  readonly match?: string;
  readonly begin?: string;
  readonly patterns?: readonly Pattern[];
}

const grammar = JSON.parse(
  readFileSync(new URL("../../syntaxes/tare-directive.tmLanguage.json", import.meta.url), "utf8"),
) as { readonly patterns: readonly [Pattern] };
const [comment] = grammar.patterns;

/** The key that the grammar finds first in a setting. */
function keyIn(setting: string): string | undefined {
  const [first] = (comment.patterns ?? [])
    .flatMap(({ match, begin }) => {
      const found = new RegExp(match ?? begin ?? "").exec(setting);
      return found === null ? [] : [found];
    })
    .toSorted((a, b) => a.index - b.index);
  return first?.[1];
}

test("every key is coloured as one, with the value of its example", () => {
  for (const { key, example } of directiveKeys) assert.equal(keyIn(example), key);
});

test("a key that does not exist stays a comment", () => {
  assert.equal(keyIn("bugdet=1MB"), undefined);
  assert.equal(keyIn("xtarget=micro"), undefined);
});

test("the comment begins where the parser sees one", () => {
  const begin = new RegExp(comment.begin ?? "");
  for (const line of ["# tare: image=a", "#tare:image=a", "  #\ttare: image=a"]) {
    assert.match(line, begin);
  }
  assert.doesNotMatch("# tares: image=a", begin);
});
