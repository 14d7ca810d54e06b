import assert from "node:assert/strict";
import { test } from "node:test";
import type { Analysis } from "../../../server/src/core/analysis.ts";
import { sizeNotes } from "../../../server/src/core/views/inlay.ts";
import { analysisOf, describedAnalysisOf, textAnalysisOf } from "../../support/analysisOf.ts";
import { anImage } from "../../support/imageBuilder.ts";

/** The Dockerfile with each note behind its line, in brackets. */
function noted(analysis: Analysis, minimumBytes = 1): string {
  const notes = sizeNotes(analysis, { minimumBytes });
  return notes.reduceRight(
    (text, { offset, text: note }) => `${text.slice(0, offset)} [${note}]${text.slice(offset)}`,
    analysis.dockerfile.text,
  );
}

const file = `FROM debian:12
ENV A=1
RUN fetch
COPY app /app
WORKDIR /app
RUN clean
CMD ["/app"]
`;

const image = anImage()
  .base("bin/sh 70MB")
  .emptyRow("ENV A=1")
  .layer("var/lists 40MB, tool 16.4kB", { createdBy: "RUN /bin/sh -c fetch # buildkit" })
  .layer("app/app 812", { createdBy: "COPY app /app # buildkit" })
  .layer({}, { createdBy: "WORKDIR /app" })
  .layer({ "var/.wh.lists": "0" }, { createdBy: "RUN /bin/sh -c clean # buildkit" })
  .emptyRow('CMD ["/app"]');

test("each line with bytes has its size, with waste beside it; lines without bytes have nothing", () =>
  assert.equal(
    noted(analysisOf(file, image)),
    `FROM debian:12 [base 70 MB · image 110 MB · 40 MB wasted]
ENV A=1
RUN fetch [40 MB · 40 MB wasted]
COPY app /app [812 B]
WORKDIR /app
RUN clean
CMD ["/app"]
`,
  ));

test("lighter lines than the minimum stay silent, the image's total does not", () =>
  assert.equal(
    noted(analysisOf(file, image), 1e9),
    file.replace("debian:12", "debian:12 [image 110 MB · 40 MB wasted]"),
  ));

test("the last FROM shows the waste of the whole image only, for two figures in a row read as one", () => {
  const withWastedBase = anImage()
    .base("bin/sh 70MB, doc 5MB")
    .layer({ ".wh.doc": "0", tool: "1MB" }, { createdBy: "RUN /bin/sh -c fetch # buildkit" });
  assert.equal(
    noted(analysisOf("FROM debian:12\nRUN fetch\n", withWastedBase)),
    "FROM debian:12 [base 75 MB · image 76 MB · 5 MB wasted]\nRUN fetch [1 MB]\n",
  );
});

test("before the files are read, sizes of history are shown without waste", () =>
  assert.equal(
    noted(describedAnalysisOf(file, image)),
    `FROM debian:12 [base 70 MB · image 110 MB]
ENV A=1
RUN fetch [40 MB]
COPY app /app [812 B]
WORKDIR /app
RUN clean
CMD ["/app"]
`,
  ));

test("what is unknown is not shown, never as 0", () => {
  assert.equal(noted(describedAnalysisOf(file, image, { withHistoryBytes: false })), file);
  assert.equal(noted(textAnalysisOf(file)), file);
});

test("a line that changed since the build says what it was", () =>
  assert.match(
    noted(analysisOf(file.replace("RUN fetch", "RUN fetch --all"), image)),
    /^RUN fetch --all \[was 40 MB · 40 MB wasted\]$/m,
  ));

test("an image of nothing on scratch has nothing to note", () =>
  assert.equal(noted(analysisOf("FROM scratch\n", anImage())), "FROM scratch\n"));

test("the tooltip has the exact bytes and where they come from", () => {
  const [from, run] = sizeNotes(analysisOf(file, image), { minimumBytes: 1 });
  assert.deepEqual(run!.tooltip.split("\n").slice(0, 3), [
    "40,016,400 B in the image.",
    "40,000,000 B of it wasted: later lines hide it.",
    "Measured in the layers of the built image.",
  ]);
  assert.match(from!.tooltip, /The image holds 110,017,212 B in its layers, 40,000,000 B of it/);
});
