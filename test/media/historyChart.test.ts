import assert from "node:assert/strict";
import { test } from "node:test";
import { barsOf, barText } from "../../media/history/chart.ts";
import type { HistoryBuild } from "../../server/src/protocol/builds.ts";

const build = (totalBytes: number): HistoryBuild => ({
  id: String(totalBytes),
  imageId: "0123456789ab",
  reference: "app",
  timeMs: 0,
  totalBytes,
  totalText: `${totalBytes} B`,
  isShown: false,
});

test("heights begin at nothing: half the bytes, half the height", () => {
  const bars = barsOf([build(50), build(100), build(0)]);
  assert.deepEqual(
    bars.map(({ y, height }) => [y, height]),
    [
      [50, 50],
      [0, 100],
      [100, 0],
    ],
  );
});

test("bars stand side by side up to the right edge, the newest there, none wider than an eighth", () => {
  for (const count of [1, 2, 9, 50]) {
    const bars = barsOf(Array.from({ length: count }, (_, at) => build(at)));
    assert.equal(bars.length, count);
    for (const [at, bar] of bars.entries()) {
      const next = bars[at + 1];
      assert.ok(bar.x > -1e-9 && bar.width <= 12.5);
      assert.ok(bar.x + bar.width <= (next?.x ?? 100) + 1e-9);
    }
  }
});

test("a bar says its bytes, what changed, when, and what was checked out", () => {
  assert.equal(barText(build(5), "today"), "5 B, no earlier build to compare with, today");
  assert.equal(
    barText({ ...build(5), changeText: "+1 B", commit: "0123456789abcdef" }, "today"),
    "5 B, +1 B since the build before, today, commit 0123456789ab checked out",
  );
});
