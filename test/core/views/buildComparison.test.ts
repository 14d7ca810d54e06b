import assert from "node:assert/strict";
import { test } from "node:test";
import {
  buildComparison,
  type BuildComparison,
} from "../../../server/src/core/views/buildComparison.ts";
import { analysisOf, textAnalysisOf } from "../../support/analysisOf.ts";
import { anImage } from "../../support/imageBuilder.ts";
import { programAnalysis, programFile } from "./scratchCase.ts";

const small = programFile.replace("debian:12", "scratch");
const smallImage = anImage()
  .layer("app 272B", { createdBy: "COPY /app /app # buildkit" })
  .emptyRow('ENTRYPOINT ["/app"]')
  .settings({ entrypoint: ["/app"] });

/** Without what stands below the Dockerfiles. */
function textsOf({ title, before, after }: BuildComparison): BuildComparison {
  const textOf = (side: string): string => side.split("\n\n")[0]!;
  return { title, before: textOf(before), after: textOf(after) };
}

test("both texts stand behind the bytes that each line wrote, under what both images weigh", () =>
  assert.deepEqual(textsOf(buildComparison(programAnalysis(), analysisOf(small, smallImage))), {
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

test("below both texts stands what the weight costs and what is to be found inside", () => {
  const shell = anImage()
    .base({ "bin/sh": { size: "1MB", mode: 0o755 } })
    .transferBytes(1_250_000);
  const cost = { cost: { storagePricePerGb: 2, currency: "EUR" } };
  const none = anImage().layer("app 272B", { createdBy: "COPY app /app # buildkit" });
  const { before, after } = buildComparison(
    analysisOf("FROM debian:12\n", shell, cost),
    analysisOf("FROM scratch\nCOPY app /app\n", none, cost),
  );
  for (const part of [/^ {2}1 s at 10 Mbit\/s /m, /^ {2}.*EUR.* 2 /m, /^ {2}Shells +1 +sh$/m]) {
    assert.match(before, part);
  }
  assert.match(after, /at 10 Mbit\/s/);
  assert.doesNotMatch(after, /Shells/);
});

test("what is not known is no number", () => {
  const { title, before } = buildComparison(textAnalysisOf("FROM x\n"), textAnalysisOf(""));
  assert.equal(title, "? → ?, as built");
  assert.equal(before, " │ FROM x\n │");
});
