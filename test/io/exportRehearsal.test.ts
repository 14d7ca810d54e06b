import assert from "node:assert/strict";
import { test } from "node:test";
import { rehearseExport } from "../../server/src/io/exportRehearsal.ts";

test("a rehearsal receives an export of one layer", async () => {
  const read = await rehearseExport(() => false);
  assert(read?.ok);
  const file = read.value.get("0/layer.tar");
  assert(file?.kind === "blob" && file.layer?.ok);
  const { contentBytes, fileCount } = file.layer.value.index;
  assert.equal(contentBytes, 40 * (12 + 700 + 5000 + 20_000 + 3));
  // Five files, one below, one more name.
  assert.equal(fileCount, 40 * 7);
});

test("a rehearsal ends when the real export comes", async () => {
  assert.equal(await rehearseExport(() => true), undefined);
});
