import assert from "node:assert/strict";
import { test } from "node:test";
import type { BudgetSettings } from "../../../server/src/core/budget/limits.ts";
import { isOfPlatform } from "../../../server/src/core/budget/ofPlatform.ts";
import { parsePlatform } from "../../../server/src/core/image/manifest.ts";
import { noticesOf } from "../../../server/src/core/views/diagnostics.ts";
import { directiveHelpAt } from "../../../server/src/core/views/directiveHelp.ts";
import { statusOf } from "../../../server/src/core/views/status.ts";
import { analysisOf, textAnalysisOf } from "../../support/analysisOf.ts";
import { anImage } from "../../support/imageBuilder.ts";

const text = "FROM debian\nCOPY app /\n";
const file = `# tare: platform=linux/arm64 budget=8MB max-layers=1
# tare: budget=50MB
${text}`;

function imageOf(platform: string) {
  const of = parsePlatform(platform);
  assert.ok(of);
  return anImage()
    .platform(of)
    .base("base 9MB")
    .layer("app 1MB", { createdBy: "COPY app / # buildkit" });
}

/** Each limit as `name target platform limit`. */
function limitsOf(dockerfile: string, platform: string, settings?: BudgetSettings) {
  return analysisOf(dockerfile, imageOf(platform), settings).budgets.map(
    ({ name, target, platform: only, limitBytes }) =>
      [name, target, only, limitBytes].filter((word) => word !== undefined).join(" "),
  );
}

test("a limit of one platform holds for images of it in place of the one for all", () => {
  assert.deepEqual(limitsOf(file, "linux/arm64/v8"), ["budget linux/arm64 8000000"]);
  assert.deepEqual(limitsOf(file, "linux/amd64"), ["budget 50000000"]);
});

test("what is not said of the platform is taken from what is said of all", () => {
  const both = `# tare: platform=linux/arm64 target=edge\n# tare: budget=50MB\n${text}`;
  assert.deepEqual(limitsOf(both, "linux/arm64"), [
    "budget 50000000",
    "transfer-budget edge linux/arm64 10000000",
  ]);
});

test("settings have limits for platforms, and whatever the file says wins", () => {
  const settings = {
    budgetBytes: 3,
    platforms: [{ platform: "linux/arm64", budgetBytes: 2, maxLayers: 1 }],
  };
  assert.deepEqual(limitsOf(text, "linux/arm64", settings), ["budget linux/arm64 2"]);
  assert.deepEqual(limitsOf(text, "linux/amd64", settings), ["budget 3"]);
  assert.deepEqual(limitsOf(`# tare: budget=1MB\n${text}`, "linux/arm64", settings), [
    "budget 1000000",
  ]);
  const { layerBudget } = analysisOf(text, imageOf("linux/arm64"), settings);
  assert.deepEqual([layerBudget?.platform, layerBudget?.isWithin], ["linux/arm64", false]);
});

test("the platform is named wherever the verdict is told", () => {
  const analysis = analysisOf(file, imageOf("linux/arm64"));
  assert.deepEqual(
    noticesOf(analysis)
      .filter(({ code }) => code.startsWith("over-"))
      .map(({ message }) => message),
    [
      "The image weighs 10 MB, 2 MB over the budget of 8 MB (linux/arm64).",
      "The image has 2 layers, 1 over the limit of 1 (linux/arm64).",
      "This line writes the first layer over the limit of 1 (linux/arm64); the image ends 1 over it.",
    ],
  );
  assert.equal(
    directiveHelpAt(analysis, file.indexOf("8MB"))?.help.meaning,
    "8 MB (8,000,000 B). Only for images of linux/arm64. The image weighs 10 MB, 2 MB over it.",
  );
  assert.equal(statusOf(analysis, { state: "read" }).budget?.platform, "linux/arm64");
});

test("the status bar is told which target states the limit", () => {
  const analysis = analysisOf(`# tare: target=micro\n${text}`, imageOf("linux/amd64"));
  assert.equal(statusOf(analysis, { state: "read" }).budget?.target, "micro");
});

test("of an image of another platform the hover says only whom the limit is for", () => {
  const analysis = analysisOf(file, imageOf("linux/amd64"));
  assert.equal(
    directiveHelpAt(analysis, file.indexOf("8MB"))?.help.meaning,
    "8 MB (8,000,000 B). Only for images of linux/arm64.",
  );
});

test("while the platform is not known no limit of one holds", () =>
  assert.deepEqual(
    textAnalysisOf(file).budgets.map(({ limitBytes }) => limitBytes),
    [50_000_000],
  ));

test("a platform without a variant stands for all of them, and usual variants need not be written", () => {
  const rows: readonly (readonly [image: string, written: string, isMeant: boolean])[] = [
    ["linux/arm64", "linux/arm64", true],
    ["linux/arm64/v8", "linux/arm64", true],
    ["linux/arm64", "linux/arm64/v8", true],
    ["linux/arm/v6", "linux/arm", true],
    ["linux/arm", "linux/arm/v7", true],
    ["linux/arm", "linux/arm/v6", false],
    ["linux/amd64", "linux/arm64", false],
    ["windows/amd64", "linux/amd64", false],
  ];
  for (const [image, written, isMeant] of rows) {
    assert.equal(isOfPlatform(parsePlatform(image), written), isMeant, `${image} ${written}`);
  }
  assert.equal(isOfPlatform(undefined, "linux/amd64"), false);
});
