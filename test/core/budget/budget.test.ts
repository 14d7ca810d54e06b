import assert from "node:assert/strict";
import { test } from "node:test";
import type { BudgetSettings } from "../../../server/src/core/budget/budget.ts";
import { type ImageBuilder, anImage } from "../../support/imageBuilder.ts";
import { analysisOf, textAnalysisOf } from "../../support/analysisOf.ts";

const image = anImage()
  .layer("base 70MB", { createdBy: "/bin/sh -c #(nop) ADD file:0123 in /", comment: "" })
  .layer("app 20MB", { createdBy: "COPY app / # buildkit" })
  .layer("more 20MB", { createdBy: "COPY more / # buildkit" });
const text = "FROM debian\nCOPY app /\nCOPY more /\n";

/** Each verdict as `name limit actual within crossed-by line`. */
function verdictsOf(
  dockerfile: string,
  of: ImageBuilder,
  settings?: BudgetSettings,
): readonly string[] {
  return analysisOf(dockerfile, of, settings).budgets.map(
    ({ name, limitBytes, actualBytes, isWithin, crossedBy }) =>
      `${name} ${limitBytes} ${actualBytes ?? "?"} ${isWithin ? "within" : `over, crossed by ${crossedBy}`}`,
  );
}

test("without a limit there is no verdict", () => {
  assert.deepEqual(verdictsOf(text, image), []);
});

test("the line whose layer goes past the limit is named", () => {
  assert.deepEqual(verdictsOf(text, image, { budgetBytes: 100e6 }), [
    "budget 100000000 110000000 over, crossed by 2",
  ]);
  assert.deepEqual(verdictsOf(text, image, { budgetBytes: 60e6 }), [
    "budget 60000000 110000000 over, crossed by 0",
  ]);
});

test("a limit that is just met is kept", () => {
  assert.deepEqual(verdictsOf(text, image, { budgetBytes: 110e6 }), [
    "budget 110000000 110000000 within",
  ]);
});

test("the file's own limit wins over the settings", () => {
  assert.deepEqual(verdictsOf(`# tare: budget=1GB\n${text}`, image, { budgetBytes: 1 }), [
    "budget 1000000000 110000000 within",
  ]);
});

test("compressed bytes are held against the limit for them, and only when all are known", () => {
  const settings = { transferBudgetBytes: 30e6 };
  assert.deepEqual(verdictsOf(text, image.transferBytes(20e6, 9e6, 8e6), settings), [
    "transfer-budget 30000000 37000000 over, crossed by 2",
  ]);
  assert.deepEqual(verdictsOf(text, image, settings), ["transfer-budget 30000000 ? within"]);
});

test("without an image nothing is judged over", () => {
  const { budgets } = textAnalysisOf(`# tare: budget=1\n${text}`);
  assert.ok(budgets.every(({ isWithin, actualBytes }) => isWithin && actualBytes === undefined));
});
