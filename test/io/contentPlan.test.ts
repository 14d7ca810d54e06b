import assert from "node:assert/strict";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { compareContents } from "../../server/src/io/contentCompare.ts";
import { planContents } from "../../server/src/io/contentPlan.ts";
import type { LayerRegion } from "../../server/src/io/layerSource.ts";

function places(...bytes: readonly number[]) {
  return { offset: Float64Array.from(bytes, (_, at) => at * 512), bytes: Float64Array.from(bytes) };
}

function regionOf(path: string, length: number): LayerRegion {
  return { kind: "file", diffId: "sha256:0", path, offset: 0, length };
}

const file = regionOf("layer.tar", 1);
const folder = {
  kind: "split",
  diffId: "sha256:1",
  path: "tar-split.json.gz",
  length: 1,
  folder: "diff",
  contentBytes: 1,
} as const;

test("two of a size are compared, more are hashed, one is neither", () => {
  const wanted = { places: [places(10, 20, 30), places(20, 10, 10, 40)], areHashesNew: true };
  assert.deepEqual(planContents(wanted, [file, file]), {
    hashed: [
      { layer: 0, rows: [0] },
      { layer: 1, rows: [1, 2] },
    ],
    compared: [{ one: { layer: 0, rows: [1] }, other: { layer: 1, rows: [0] } }],
    alone: [
      { layer: 0, rows: [2] },
      { layer: 1, rows: [3] },
    ],
  });
});

test("all are hashed where another has a hash already or contents lie in a folder, none where nothing can be read", () => {
  const one = [places(10), places(10)];
  const both = [
    { layer: 0, rows: [0] },
    { layer: 1, rows: [0] },
  ];
  const plans = [
    planContents({ places: one, areHashesNew: false }, [file, file]),
    planContents({ places: one, areHashesNew: true }, [file, folder]),
    planContents({ places: one, areHashesNew: true }, [undefined, undefined]),
  ];
  assert.deepEqual(
    plans.map(({ hashed }) => hashed),
    [both, both, []],
  );
  for (const { compared, alone } of plans) assert.deepEqual([...compared, ...alone], []);
});

test("contents are the same only to their last byte", async (context) => {
  const place = await mkdtemp(join(tmpdir(), "tare-compare-"));
  context.after(() => rm(place, { recursive: true }));
  const bytes = 600_000;
  const content = Buffer.alloc(bytes, "content");
  const other = Buffer.from(content);
  other[bytes - 1] = 0;
  await writeFile(join(place, "one"), Buffer.concat([content, content]));
  await writeFile(join(place, "other"), Buffer.concat([content, other]));
  const between = {
    one: regionOf(join(place, "one"), 2 * bytes),
    other: regionOf(join(place, "other"), 2 * bytes),
    oneOffset: Float64Array.of(0, bytes, bytes),
    otherOffset: Float64Array.of(0, bytes, 0),
  };
  const sizes = Float64Array.of(bytes, bytes, bytes);
  assert.deepEqual(compareContents({ ...between, bytes: sizes }), {
    ok: true,
    value: Uint8Array.of(1, 0, 1),
  });
  const beyond = Float64Array.of(bytes, bytes, 2 * bytes);
  const late = { ...between, otherOffset: Float64Array.of(0, 0, 0) };
  assert.equal(compareContents({ ...late, bytes: beyond }).ok, false);
});
