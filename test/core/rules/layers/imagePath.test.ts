import assert from "node:assert/strict";
import { test } from "node:test";
import { resolvePath, toPathPattern } from "../../../../server/src/core/rules/layers/imagePath.ts";

test("paths are worked out as a shell in that folder sees them", () => {
  const cases: readonly (readonly [folder: string, written: string, path: string | undefined])[] = [
    ["", "/a/b/", "a/b"],
    ["app", "a", "app/a"],
    ["app", "./a/../b", "app/b"],
    ["app", "../..", ""],
    ["app", "/", ""],
    ["?", "a", "?/a"],
    ["?", "/a", "a"],
    ["?", "../a", undefined],
  ];
  for (const [folder, written, path] of cases) assert.equal(resolvePath(folder, written), path);
});

test("patterns match what they name and all below", () => {
  const cases: readonly (readonly [pattern: string, yes: string, no: string])[] = [
    ["tmp/*", "tmp/a", "tmp"],
    ["tmp/*", "tmp/d/.hidden", "tmp/.hidden"],
    ["tmp/*.deb", "tmp/a.deb", "tmp/a.rpm"],
    ["tmp/{a,b}.tgz", "tmp/b.tgz", "tmp/c.tgz"],
    ["var/lib/apt/lists/*", "var/lib/apt/lists/*", "var/lib/apt"],
    ["*/x?", "a/x1", "a/x"],
    ["a+b.[0-9]", "a+b.7", "aab.7"],
    ["?.*", "☺.a", ".a.b"],
    ["{a,c*}{b,}", "ab", "ac"],
    [`${"*a".repeat(100)}b`, `${"a".repeat(255)}b`, "a".repeat(255)],
    ["*".repeat(100_000), "a", ".a"],
  ];
  for (const [text, yes, no] of cases) {
    const pattern = toPathPattern(text, true);
    assert.equal(pattern?.matches(yes), true, `${text} ${yes}`);
    assert.equal(pattern?.matches(no), false, `${text} ${no}`);
  }
  assert.equal(toPathPattern("a*b", false)?.matches("a*b/c"), true);
});

test("patterns that are not followed are left alone", () => {
  for (const text of ["[!a]*", "a{b", "{a,{b,c}}", "[z-a]", "a]", "{a,b}".repeat(20)]) {
    assert.equal(toPathPattern(text, true), undefined, text);
  }
});
