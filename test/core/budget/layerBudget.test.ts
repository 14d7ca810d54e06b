import assert from "node:assert/strict";
import { test } from "node:test";
import type { Analysis } from "../../../server/src/core/analysis.ts";
import { noticesOf } from "../../../server/src/core/views/diagnostics.ts";
import { directiveHelpAt } from "../../../server/src/core/views/directiveHelp.ts";
import { statusOf } from "../../../server/src/core/views/status.ts";
import { analysisOf, textAnalysisOf } from "../../support/analysisOf.ts";
import { anImage } from "../../support/imageBuilder.ts";

const image = anImage()
  .base("base 70MB")
  .layer("app 20MB", { createdBy: "COPY app / # buildkit" })
  .layer("more 20MB", { createdBy: "COPY more / # buildkit" });
const text = "FROM debian\nCOPY app /\nCOPY more /\n";

/** Each notice as `severity code @line: message`. */
function told(analysis: Analysis): readonly string[] {
  return noticesOf(analysis)
    .filter(({ code }) => code.startsWith("over-"))
    .map(({ severity, code, span, message }) => {
      const line = analysis.dockerfile.text.slice(0, span.start).split("\n").length;
      return `${severity} ${code} @${line}: ${message}`;
    });
}

function valueHelp(analysis: Analysis, word: string): string | undefined {
  return directiveHelpAt(analysis, analysis.dockerfile.text.indexOf(word))?.help.meaning;
}

test("as many layers as there may be are within, one more is told at the image and at its line", () => {
  assert.deepEqual(told(analysisOf(`# tare: max-layers=3\n${text}`, image)), []);
  assert.deepEqual(told(analysisOf(`# tare: max-layers=2\n${text}`, image)), [
    "error over-max-layers @2: The image has 3 layers, 1 over the limit of 2.",
    "error over-max-layers @4: This line writes the first layer over the limit of 2; the image ends 1 over it.",
  ]);
});

test("the file's number wins over the settings, and none is no verdict", () => {
  assert.equal(analysisOf(text, image).layerBudget, undefined);
  assert.equal(analysisOf(text, image, { maxLayers: 2 }).layerBudget?.isWithin, false);
  const own = analysisOf(`# tare: max-layers=9\n${text}`, image, { maxLayers: 2 });
  assert.equal(own.layerBudget?.isWithin, true);
});

test("without an image only too many RUN, COPY and ADD are told, as a prediction; few are no verdict", () => {
  const few = textAnalysisOf("# tare: max-layers=2\nFROM scratch\nCOPY a /\nWORKDIR /a\n");
  assert.deepEqual(
    [few.layerBudget?.actualLayers, few.layerBudget?.basis, told(few)],
    [undefined, "unknown", []],
  );
  const many = textAnalysisOf("# tare: max-layers=1\nFROM debian\nCOPY a /\nRUN b\n");
  assert.deepEqual(told(many), [
    "warning over-max-layers @2: The image is predicted to have 2 layers or more, 1 over the limit of 1: one for each RUN, COPY and ADD, and those of its base where they are known; it is not built yet.",
  ]);
  assert.equal(many.layerBudget?.crossedBy, 2);
});

test("hover and status bar say how many there are and may be", () => {
  const analysis = analysisOf(`# tare: max-layers=2\n${text}`, image);
  assert.equal(
    valueHelp(analysis, "2\n"),
    "2 layers, those of the base included. The image has 3, 1 over it.",
  );
  assert.deepEqual(statusOf(analysis, { state: "read" }).layerBudget, {
    mostLayers: 2,
    actualLayers: 3,
    isWithin: false,
  });
});
