import assert from "node:assert/strict";
import { test } from "node:test";
import type { BudgetSettings } from "../../../server/src/core/budget/limits.ts";
import { targets } from "../../../server/src/core/bases/targets.ts";
import { type ImageBuilder, anImage } from "../../support/imageBuilder.ts";
import { analysisOf, textAnalysisOf } from "../../support/analysisOf.ts";

const image = anImage()
  .layer("base 70MB", { createdBy: "/bin/sh -c #(nop) ADD file:0123 in /", comment: "" })
  .layer("app 20MB", { createdBy: "COPY app / # buildkit" })
  .layer("more 20MB", { createdBy: "COPY more / # buildkit" });
const text = "FROM debian\nCOPY app /\nCOPY more /\n";

/** Each verdict as `name target stage limit actual within crossed-by line`. */
function verdictsOf(
  dockerfile: string,
  of: ImageBuilder,
  settings?: BudgetSettings,
): readonly string[] {
  return analysisOf(dockerfile, of, settings).budgets.map(
    ({ name, target, stage, limitBytes, actualBytes, isWithin, crossedBy }) =>
      `${[name, target, stage].filter((word) => word !== undefined).join(" ")} ${limitBytes} ${actualBytes ?? "?"} ${isWithin ? "within" : `over, crossed by ${crossedBy}`}`,
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

test("a target states the limits that are written nowhere as a size", () => {
  assert.deepEqual(verdictsOf(`# tare: target=micro\n${text}`, image), [
    "budget micro 100000 110000000 over, crossed by 0",
  ]);
  assert.deepEqual(verdictsOf(`# tare: target=edge budget=1GB\n${text}`, image), [
    "budget 1000000000 110000000 within",
    "transfer-budget edge 10000000 ? within",
  ]);
});

test("the nearest limit wins: a size in the file, its target, a size in the settings, their target", () => {
  const settings = { budgetBytes: 7, target: "sub-1mb" };
  assert.deepEqual(verdictsOf(`# tare: target=lambda\n${text}`, image, settings), [
    "budget lambda 10000000000 110000000 within",
  ]);
  assert.deepEqual(verdictsOf(text, image, settings), ["budget 7 110000000 over, crossed by 0"]);
  assert.deepEqual(verdictsOf(text, image, { target: "sub-1mb" }), [
    "budget sub-1mb 1000000 110000000 over, crossed by 0",
  ]);
});

test("a target that does not exist limits nothing and is reported", () => {
  const { budgets, problems } = textAnalysisOf(`# tare: target=mikro\n${text}`);
  assert.deepEqual(budgets, []);
  assert.deepEqual(
    problems.map(({ message }) => message),
    ['Tare has no target "mikro", so this limits nothing: did you mean micro?'],
  );
});

test("above the FROM of a stage a limit holds for that stage", () => {
  const staged =
    "FROM scratch AS base\n# tare: budget=60MB\nFROM debian AS middle\nCOPY app /\n# tare: budget=1GB\nFROM middle\nCOPY more /\n";
  assert.deepEqual(verdictsOf(staged, image), [
    "budget 1000000000 110000000 within",
    "budget 1 60000000 90000000 over, crossed by 1",
  ]);
  assert.deepEqual(analysisOf(staged, image).problems, []);
});

test("a stage whose bytes are not known is judged only when its known lines are over the limit", () => {
  const staged = (base: string): string =>
    `FROM ${base} AS first\n# tare: budget=1\nFROM scratch AS build\nRUN make\nFROM debian\nCOPY app /\nCOPY more /\n`;
  assert.deepEqual(verdictsOf(staged("scratch"), image), ["budget 1 1 ? within"]);
});

test("every target states a limit, why, and where it comes from", () => {
  for (const { budgetBytes, transferBudgetBytes, reason, source } of targets) {
    assert.ok(budgetBytes !== undefined || transferBudgetBytes !== undefined);
    assert.ok(reason.endsWith(".") && source.endsWith("."));
  }
});

test("each of very many stages has its own limit, the final one that of the image", () => {
  const stages = Array.from(
    { length: 5000 },
    (_, index) => `# tare: budget=${index + 1}kB\nFROM scratch\n`,
  );
  const { budgets } = textAnalysisOf(`ARG A\n${stages.join("")}`);
  assert.equal(budgets.length, 5000);
  assert.deepEqual(
    [budgets[0], budgets[1], budgets.at(-1)].map((one) => [one?.stage, one?.limitBytes]),
    [
      [undefined, 5_000_000],
      [0, 1000],
      [4998, 4_999_000],
    ],
  );
});
