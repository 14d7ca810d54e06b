import assert from "node:assert/strict";
import { test } from "node:test";
import type { Analysis } from "../../../server/src/core/analysis.ts";
import { hoverAt } from "../../../server/src/core/views/hover.ts";
import { emptyHoverMemory } from "../../../server/src/core/views/hoverCard.ts";
import { cardToMarkdown } from "../../../server/src/core/views/hoverText.ts";
import { describedAnalysisOf, textAnalysisOf } from "../../support/analysisOf.ts";
import { anImage } from "../../support/imageBuilder.ts";
import { analysisOf } from "../../support/analysisOf.ts";
import { blockedAnalysis, programAnalysis, programFile, programImage } from "./scratchCase.ts";

function hoverOn(analysis: Analysis, at: string): string {
  const offset = analysis.dockerfile.text.indexOf(at);
  const card = hoverAt(analysis, offset, { state: "read" }, emptyHoverMemory());
  return card === undefined ? "" : cardToMarkdown(card);
}

test("the final FROM says that scratch can be had, and the best offer with its size", () => {
  const said = hoverOn(programAnalysis(), "FROM debian");
  assert.ok(said.includes("\n\n- To scratch: nothing stands in the way\n"), said);
  assert.ok(
    said.includes("\n- Best offer, in the light bulb: FROM scratch: 402 kB → 272 B\n"),
    said,
  );
  assert.ok(said.includes("\n\nTo scratch:\n\n- Fine: Program, "), said);
});

test("what goes along has its bytes, and what only a run can tell stands apart", () => {
  const dynamic = { interpreter: "/lib64/ld-linux-x86-64.so.2", needed: ["libc.so.6"] };
  const said = hoverOn(programAnalysis(dynamic), "FROM debian");
  assert.ok(said.includes("nothing known stands in the way"), said);
  assert.ok(said.includes("- Goes along: Shared libraries (672 B), Name service (97 B)\n"), said);
  assert.ok(said.includes("- Only a run can tell: Loading while it runs\n"), said);
});

test("what blocks is said with its evidence, and nothing is offered", () => {
  const said = hoverOn(blockedAnalysis(), "FROM debian");
  assert.ok(said.includes("\n\nTo scratch:\n\n- Shell: The start line needs a shell"), said);
});

test("other lines, files without a read image and stages from scratch say nothing of it", () => {
  const quiet = [
    hoverOn(programAnalysis(), "FROM golang"),
    hoverOn(programAnalysis(), "COPY"),
    hoverOn(describedAnalysisOf(programFile, programImage()), "FROM debian"),
    hoverOn(textAnalysisOf(programFile), "FROM debian"),
    hoverOn(analysisOf('FROM scratch\nCMD ["/a"]\n', anImage().layer("a 1kB")), "FROM"),
  ];
  for (const said of quiet) assert.ok(!said.includes("To scratch"), said);
});
