import assert from "node:assert/strict";
import { test } from "node:test";
import { hoverAt } from "../../../server/src/core/views/hover.ts";
import { emptyHoverMemory } from "../../../server/src/core/views/hoverCard.ts";
import { savingCost } from "../../../server/src/core/views/savingCost.ts";
import { findingsText } from "../../../server/src/core/views/findingsText.ts";
import { analysisOf, textAnalysisOf } from "../../support/analysisOf.ts";
import { anImage } from "../../support/imageBuilder.ts";

const text = "FROM debian:12\nRUN apt-get update && apt-get install -y make\n";
const built = anImage()
  .base("usr/lib/libc.so 70MB")
  .layer(
    { "var/lib/apt/lists/main": "20MB", "usr/bin/make": "20MB" },
    { createdBy: "RUN /bin/sh -c apt-get update && apt-get install -y make # buildkit" },
  );
const packed = built.transferBytes(30e6, 10e6);
const saving = { bytes: 20e6, basis: "measured" } as const;

test("a saving is told before and after, with the ratio of its own layer, as a prediction", () => {
  const prices = { storagePricePerGb: 0.1, transferPricePerGb: 0.09, pullsPerMonth: 1000 };
  const cost = savingCost(analysisOf(text, packed, { cost: prices }), { instruction: 1 }, saving);
  assert.deepEqual(cost, {
    changes: [
      "pull 32 s → 28 s (−4 s) at 10 Mbit/s · 3.2 s → 2.8 s (−400 ms) at 100 Mbit/s · 320 ms → 280 ms (−40 ms) at 1 Gbit/s (40 MB → 35 MB × 8 bit ÷ speed)",
      "storage 0.004 → 0.0035 (−0.0005) a month to store it once (40 MB → 35 MB × 0.1 per GB and month)",
      "transfer 3.6 → 3.1 (−0.45) a month to send it (40 MB → 35 MB × 1000 pulls a month × 0.09 per GB)",
    ],
    assumption:
      "Predicted: 20 MB × 10 MB ÷ 40 MB = 5 MB less to send, if it compresses like all files of this line.",
  });
});

test("bytes that lie in other layers are told with the ratio of the whole image", () => {
  const cost = savingCost(analysisOf(text, packed), { instruction: 1 }, { ...saving, bytes: 55e6 });
  assert.equal(
    cost?.assumption,
    "Predicted: 55 MB × 40 MB ÷ 110 MB = 20 MB less to send, if it compresses like all files of the image.",
  );
});

test("where no layer's compressed size is known the reckoning says that it is of uncompressed layers", () => {
  const cost = savingCost(analysisOf(text, built), { instruction: 1 }, saving);
  assert.match(cost?.changes[0] ?? "", /^pull 1?\d+ s → \d+ s \(−16 s\) at 10 Mbit\/s/);
  assert.match(cost?.assumption ?? "", /^If all layers were sent uncompressed, 110 MB: /);
});

test("nothing is told without a saving, of nothing saved, and without an image", () => {
  const analysis = analysisOf(text, packed);
  assert.equal(savingCost(analysis, { instruction: 1 }, undefined), undefined);
  assert.equal(savingCost(analysis, { instruction: 1 }, { ...saving, bytes: 0 }), undefined);
  assert.equal(savingCost(textAnalysisOf(text), { instruction: 1 }, saving), undefined);
});

test("the hover of a line lists what its fix spares once the rules have spoken, and waits for none", () => {
  const analysis = analysisOf(text, packed);
  const listsOf = () =>
    hoverAt(analysis, text.indexOf("RUN"), { state: "read" }, emptyHoverMemory())?.lists ?? [];
  assert.ok(listsOf().every(({ rows }) => rows.every((row) => !row.text.startsWith("pull "))));
  assert.ok(analysis.findings.length > 0);
  const fix = listsOf().find(({ rows }) => rows.some((row) => row.text.startsWith("pull ")));
  assert.match(fix?.heading ?? "", /: −20 MB$/);
  assert.match(fix?.rows.at(-1)?.text ?? "", /^Predicted: 20 MB × 10 MB ÷ 40 MB/);
});

test("the text of findings has the costs where they are asked for, and no character that a plain terminal lacks", () => {
  const files = [{ path: "Dockerfile", analysis: analysisOf(text, packed) }];
  const plain = { color: false, unicode: false };
  const lines = findingsText(files, { ...plain, isCosted: true });
  assert.ok(lines.some((line) => line.startsWith("  pull 32 s -> 28 s (-4 s) at 10 Mbit/s, ")));
  assert.ok(lines.some((line) => line.startsWith("  Predicted: 20 MB * 10 MB / 40 MB = 5 MB")));
  assert.ok(!findingsText(files, plain).some((line) => line.includes("pull ")));
});
