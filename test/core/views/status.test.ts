import assert from "node:assert/strict";
import { test } from "node:test";
import { statusOf } from "../../../server/src/core/views/status.ts";
import { analysisOf, describedAnalysisOf, textAnalysisOf } from "../../support/analysisOf.ts";
import { anImage } from "../../support/imageBuilder.ts";

const image = anImage()
  .base("a 100MB")
  .layer({ ".wh.a": "0" }, { createdBy: "RUN /bin/sh -c x # buildkit" });
const file = "FROM x\nRUN x\n";

test("a read image has its total, its waste and the budget", () =>
  assert.deepEqual(statusOf(analysisOf(file, image, { budgetBytes: 50e6 }), { state: "read" }), {
    state: "read",
    totalBytes: 100e6,
    totalText: "100 MB",
    wastedText: "100 MB",
    budget: { limitText: "50 MB", actualText: "100 MB", isWithin: false },
  }));

test("what is not known is absent, not 0", () => {
  const context = { state: "reading", reference: "app" } as const;
  assert.deepEqual(
    statusOf(describedAnalysisOf(file, image, { withHistoryBytes: false }), context),
    context,
  );
  assert.deepEqual(statusOf(textAnalysisOf(file), { state: "looking" }), { state: "looking" });
});
