import assert from "node:assert/strict";
import { test } from "node:test";
import { rehearseLayers } from "../../server/src/io/layerRehearsal.ts";

test("a rehearsal reads layers with files of all sizes, links, and what hides others", () => {
  const { layers, waste, fileCount } = rehearseLayers();
  const contentBytes = 12 + 700 + 5000 + 20_000 + 3;
  assert.deepEqual(
    layers.map((layer) => [layer.contentBytes, layer.wastedBytes]),
    [
      [3 * contentBytes, 2 * contentBytes],
      [contentBytes, 0],
      [2 * contentBytes, 0],
    ],
  );
  assert.deepEqual([...new Set(waste.hiddenByLayer)], [1]);
  // Of two folders five files, one below, one more name; of two others all but the name.
  assert.equal(fileCount, 2 * 7 + 2 * 6);
});
