import assert from "node:assert/strict";
import { test } from "node:test";
import { buildComparison } from "../../../server/src/core/views/buildComparison.ts";
import { analysisOf, textAnalysisOf } from "../../support/analysisOf.ts";
import { anImage } from "../../support/imageBuilder.ts";
import { programAnalysis, programFile } from "./scratchCase.ts";

const small = programFile.replace("debian:12", "scratch");
const smallImage = anImage()
  .layer("app 272B", { createdBy: "COPY /app /app # buildkit" })
  .emptyRow('ENTRYPOINT ["/app"]')
  .settings({ entrypoint: ["/app"] });

test("both texts stand behind the bytes that each line wrote, under what both images weigh", () =>
  assert.deepEqual(buildComparison(programAnalysis(), analysisOf(small, smallImage)), {
    title: "402 kB → 272 B, as built",
    before: `       │ FROM golang AS build
       │ RUN go build -o /app
402 kB │ FROM debian:12
 272 B │ COPY --from=build /app /app
       │ ENTRYPOINT ["/app"]
       │`,
    after: `      │ FROM golang AS build
      │ RUN go build -o /app
      │ FROM scratch
272 B │ COPY --from=build /app /app
      │ ENTRYPOINT ["/app"]
      │`,
  }));

test("what is not known is no number", () => {
  const { title, before } = buildComparison(textAnalysisOf("FROM x\n"), textAnalysisOf(""));
  assert.equal(title, "? → ?, as built");
  assert.equal(before, " │ FROM x\n │");
});
