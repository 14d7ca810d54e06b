import assert from "node:assert/strict";
import { test } from "node:test";
import { parseBaseName } from "../../../server/src/core/bases/baseName.ts";
import { traitsOf } from "../../../server/src/core/bases/traitsOf.ts";
import { parsePlatform } from "../../../server/src/core/image/manifest.ts";
import table from "../../../server/src/core/bases/recordedSizes.json" with { type: "json" };

test("every row of the table has a name, a date, a source, a measure and whole bytes of its rounding", () => {
  for (const row of table) {
    const name = parseBaseName(`${row.image}:${row.tag}`);
    assert.equal(name?.familiar, row.image);
    assert.match(row.date, /^20\d\d-\d\d-\d\d$/);
    assert.match(row.dateIs, /^(recorded|base-layer)$/);
    assert.match(row.measure, /^(content|transfer)$/);
    assert.match(row.source, /^\S+(\/\S*)+( \S+)*$/);
    for (const [platform, bytes] of Object.entries(row.bytes)) {
      assert.ok(platform === "unstated" || parsePlatform(platform) !== undefined, platform);
      assert.ok(Number.isSafeInteger(bytes) && bytes > 0);
      assert.equal(bytes % row.roundedToBytes, 0, `${row.image}:${row.tag}`);
    }
  }
});

test("no tag has two figures of one measure for one platform", () => {
  const seen = table.flatMap(({ image, tag, measure, bytes }) =>
    Object.keys(bytes).map((platform) => `${image}:${tag} ${measure} ${platform}`),
  );
  assert.equal(new Set(seen).size, seen.length);
});

test("of every image for Linux in the table it is known what it holds", () => {
  for (const { image, tag, bytes } of table) {
    if (Object.keys(bytes).some((platform) => platform.startsWith("windows"))) continue;
    const name = parseBaseName(`${image}:${tag}`);
    assert.ok(image === "hello-world" || (name && traitsOf(name)) !== undefined, image);
  }
});
