import assert from "node:assert/strict";
import { test } from "node:test";
import { codeSpan, escapeMarkdown, pathSpan } from "../../../server/src/core/views/markdown.ts";

const rows: readonly (readonly [string, string])[] = [
  ["usr/lib", "`usr/lib`"],
  ["a`b", "``a`b``"],
  ["`a``", "``` `a`` ```"],
  ["a|b", "`a|b`"],
  ["a\nb", "`a\\x0ab`"],
  ["a\u202egnp.exe", "`a\\u202egnp.exe`"],
  ["\u0000\u001b[31m", "`\\x00\\x1b[31m`"],
];

for (const [text, expected] of rows) {
  test(`code span of ${JSON.stringify(text)}`, () => assert.equal(codeSpan(text), expected));
}

test("text from outside makes no link, image, emphasis, HTML, list or address", () => {
  assert.equal(
    escapeMarkdown("[x](command:evil) ![i](u) **b** <img> https://evil www.evil a@b.c"),
    String.raw`\[x\](command:evil) \!\[i\](u) \*\*b\*\* \<img\> https\://evil www\.evil a\@b.c`,
  );
  assert.equal(escapeMarkdown("- item"), String.raw`\- item`);
  assert.equal(escapeMarkdown("1. item"), String.raw`1\. item`);
  assert.equal(escapeMarkdown("a\nb"), String.raw`a\\x0ab`);
});

test("a long path keeps its beginning and its last name", () => {
  const path = `usr/${"deep/".repeat(40)}libLLVM.so`;
  const shown = pathSpan(path, 30);
  assert.match(shown, /^`usr\/.*….*libLLVM\.so`$/);
  assert.ok(shown.length <= 32);
  assert.equal(pathSpan(""), "`/`");
});
