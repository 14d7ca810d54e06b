import assert from "node:assert/strict";
import { test } from "node:test";
import type { CostSettings } from "../../../server/src/core/cost/cost.ts";
import { costChanges, costsOf } from "../../../server/src/core/cost/cost.ts";
import { costFacts } from "../../../server/src/core/views/cost.ts";
import { anImage } from "../../support/imageBuilder.ts";

const linesOf = (settings: CostSettings, isCompressed = true): readonly string[] =>
  costsOf({ bytes: 250e6, isCompressed }, settings).map(
    ({ text, formula }) => `${text} = ${formula}`,
  );

const times = [
  "3.3 min at 10 Mbit/s = 250 MB × 8 bit ÷ 10 Mbit/s",
  "20 s at 100 Mbit/s = 250 MB × 8 bit ÷ 100 Mbit/s",
  "2 s at 1 Gbit/s = 250 MB × 8 bit ÷ 1 Gbit/s",
];

test("without a setting there are times at three speeds and nothing else", () => {
  assert.deepEqual(linesOf({}), times);
});

test("each cost is told only where all that it needs is set, with its reckoning", () => {
  assert.deepEqual(linesOf({ bandwidthMbits: 50 }), [
    ...times,
    "40 s at 50 Mbit/s = 250 MB × 8 bit ÷ 50 Mbit/s",
  ]);
  assert.deepEqual(linesOf({ storagePricePerGb: 0.1, currency: "EUR" }), [
    ...times,
    "0.025 EUR a month to store it once = 250 MB × 0.1 EUR per GB and month",
  ]);
  assert.deepEqual(linesOf({ transferPricePerGb: 0.09 }), times);
  assert.deepEqual(linesOf({ pullsPerMonth: 1000 }), times);
  assert.deepEqual(linesOf({ pullsPerMonth: 1000, transferPricePerGb: 0.08 }), [
    ...times,
    "20 a month to send it = 250 MB × 1000 pulls a month × 0.08 per GB",
  ]);
});

test("an amount that rounds to nothing is said to be under the least one", () => {
  const costs = costsOf({ bytes: 163, isCompressed: true }, { storagePricePerGb: 0.1 });
  assert.equal(costs.at(-1)?.text, "under 0.0001 a month to store it once");
});

test("a change has every cost before and after, and the difference", () => {
  const moved = { bytes: 250e6, isCompressed: true };
  assert.deepEqual(
    costChanges(moved, 50e6, { storagePricePerGb: 0.1 }).map(
      ({ text, formula }) => `${text} = ${formula}`,
    ),
    [
      "3.3 min → 2.7 min (−40 s) at 10 Mbit/s = 250 MB → 200 MB × 8 bit ÷ 10 Mbit/s",
      "20 s → 16 s (−4 s) at 100 Mbit/s = 250 MB → 200 MB × 8 bit ÷ 100 Mbit/s",
      "2 s → 1.6 s (−400 ms) at 1 Gbit/s = 250 MB → 200 MB × 8 bit ÷ 1 Gbit/s",
      "0.025 → 0.02 (−0.005) a month to store it once = 250 MB → 200 MB × 0.1 per GB and month",
    ],
  );
});

test("without compressed sizes all that is told is the most it can be", () => {
  assert.ok(linesOf({ storagePricePerGb: 1 }, false).every((line) => line.startsWith("at most ")));
});

test("the hover puts the times into one fact", () => {
  const read = anImage().layer("a 10MB").transferBytes(1e6).read();
  assert.deepEqual(costFacts(read, { cost: {} }), [
    {
      label: "Time to pull",
      value: "800 ms at 10 Mbit/s · 80 ms at 100 Mbit/s · 8 ms at 1 Gbit/s (1 MB × 8 bit ÷ speed)",
    },
  ]);
});
