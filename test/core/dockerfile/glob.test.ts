import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { compileGlob, hasWildcards } from "../../../server/src/core/dockerfile/glob.ts";
import { cleanPath, pathBelowRoot } from "../../../server/src/core/dockerfile/goPath.ts";
import {
  fitsSteps,
  stepsMatcher,
  type PathStep,
} from "../../../server/src/core/dockerfile/pathSteps.ts";

test("a source pattern matches as Go's filepath.Match does", () => {
  const rows: readonly (readonly [string, string, boolean])[] = [
    ["abc", "abc", true],
    ["*", "abc", true],
    ["*", "", true],
    ["*c", "abc", true],
    ["a*", "ab/c", false],
    ["a*/b", "abc/b", true],
    ["a*/b", "a/c/b", false],
    ["a*b*c*d*e*/f", "axbxcxdxexxx/f", true],
    ["a*b*c*d*e*/f", "axbxcxdxe/xxx/f", false],
    ["a*b?c*x", "abxbbxdbxebxczzx", true],
    ["ab[b-d]", "abc", true],
    ["ab[e-g]", "abc", false],
    ["ab[^e-g]", "abc", true],
    ["a\\*b", "a*b", true],
    ["a\\*b", "ab", false],
    ["a?b", "a☺b", true],
    ["a[^a]b", "a☺b", true],
    ["a???b", "a☺b", false],
    ["[a-ζ]*", "α", true],
    ["a?b", "a/b", false],
    ["a[^b]c", "a/c", true],
    ["[\\]a]", "]", true],
    ["[x\\-]", "-", true],
    ["[\\-x]", "z", false],
    ["[z-a]", "m", false],
    ["a-b.c", "a-b.c", true],
    ["a.b", "axb", false],
    ["**", "ab", true],
    ["**/a", "x/y/a", false],
  ];
  for (const [pattern, path, expected] of rows) {
    assert.equal(compileGlob(pattern)?.(path), expected, `${pattern} on ${path}`);
  }
  for (const refused of ["[]a]", "[-]", "[x-]", "[-x]", "\\", "[a-b-c]", "[", "[^", "[^bc", "a["]) {
    assert.equal(compileGlob(refused), undefined, refused);
  }
});

test("wildcards that are escaped are none", () => {
  for (const name of ["a*", "?", "a[b", "\\\\*"]) assert.equal(hasWildcards(name), true, name);
  for (const name of ["abc", "a\\*b", "\\?", "]", ""])
    assert.equal(hasWildcards(name), false, name);
});

test("many stars take no longer than few", () => {
  const matches = compileGlob(`${"*a".repeat(60)}b`);
  const started = performance.now();
  assert.equal(matches?.("a".repeat(500)), false);
  assert.ok(performance.now() - started < 1000);
});

test("paths are cleaned as Go's path.Clean does", () => {
  const rows: readonly (readonly [string, string])[] = [
    ["", "."],
    ["abc//def//ghi/", "abc/def/ghi"],
    ["abc/./../def", "def"],
    ["../../abc", "../../abc"],
    ["/../abc", "/abc"],
    ["abc/../../././../def", "../../def"],
    ["abc/..", "."],
    ["/", "/"],
  ];
  for (const [path, clean] of rows) assert.equal(cleanPath(path), clean, path);
  assert.equal(pathBelowRoot("../a/./b/"), "a/b");
  assert.equal(pathBelowRoot("/"), "");
});

test("a matcher that compares both ends says what one that follows each step says", () => {
  const char = fc.constantFrom("a", "b", "/", "\u263a");
  const step: fc.Arbitrary<PathStep> = fc.oneof(
    { weight: 4, arbitrary: char.map((one) => ({ kind: "char", char: one }) as const) },
    { weight: 1, arbitrary: fc.constant({ kind: "many" } as const) },
    { weight: 1, arbitrary: fc.constant({ kind: "one" } as const) },
  );
  const path = fc.array(char, { maxLength: 6 }).map((chars) => chars.join(""));
  fc.assert(
    fc.property(fc.array(step, { maxLength: 5 }), path, (steps, text) => {
      assert.equal(stepsMatcher(steps)(text), fitsSteps(steps, text));
    }),
  );
});
