import assert from "node:assert/strict";
import { test } from "node:test";
import type { Finding } from "../../../server/src/core/analysis.ts";
import { carryFindings } from "../../../server/src/core/views/carriedFindings.ts";

/** A finding for each word in capitals. */
function findingsIn(text: string): readonly Finding[] {
  return [...text.matchAll(/[A-Z]+/g)].map(({ index, 0: word }) => ({
    code: word,
    severity: "warning",
    span: { start: index, end: index + word.length },
    instruction: 0,
    message: word,
    saving: undefined,
    fixes: [],
    related: [{ span: { start: index, end: index + 1 }, message: "" }],
  }));
}

/** What stands at the places of carried findings. */
function carried(before: string, after: string): readonly string[] {
  return carryFindings(findingsIn(before), before, after).map(({ span, related }) => {
    assert.equal(related[0]?.span.start, span.start);
    return after.slice(span.start, span.end);
  });
}

test("findings move with the text around a change", () => {
  assert.deepEqual(carried("A x B", "A xyz B"), ["A", "B"]);
  assert.deepEqual(carried("A xyz B", "A x B"), ["A", "B"]);
  assert.deepEqual(carried("A B C", "A B C"), ["A", "B", "C"]);
  assert.deepEqual(carried(" A B", "x A B"), ["A", "B"]);
});

test("a finding that the change touches is left out", () => {
  assert.deepEqual(carried("A BCD E", "A BxD E"), ["A", "E"]);
  assert.deepEqual(carried("A B C", "A  C"), ["A", "C"]);
  assert.deepEqual(carried("A B", "A Bx"), ["A"]);
  assert.deepEqual(carried("A", ""), []);
});
