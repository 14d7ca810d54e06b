import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { analyse, parseDockerfile } from "../../server/src/core/analysis.ts";
import { noticesOf } from "../../server/src/core/views/diagnostics.ts";
import { hoverAt } from "../../server/src/core/views/hover.ts";
import { emptyHoverMemory } from "../../server/src/core/views/hoverCard.ts";
import { cardToMarkdown } from "../../server/src/core/views/hoverText.ts";
import { sizeNotes } from "../../server/src/core/views/inlay.ts";
import { layerTreeRows, layerTreeVersion } from "../../server/src/core/views/layerTree.ts";
import { statusOf } from "../../server/src/core/views/status.ts";
import { analysisOf } from "../support/analysisOf.ts";
import { anImage } from "../support/imageBuilder.ts";

const image = anImage()
  .base("bin/sh 70MB")
  .layer("var/lists 40MB, tool 1MB", { createdBy: "RUN /bin/sh -c fetch # buildkit" })
  .layer({ "var/.wh.lists": "0" }, { createdBy: "RUN /bin/sh -c clean # buildkit" });

test("without an image there is the text, and no number", () => {
  const analysis = analyse(parseDockerfile("# tare: budget=1kB\nFROM x\n"), undefined);
  assert.equal(analysis.attribution, undefined);
  assert.equal(analysis.dockerfile.instructions.length, 1);
  assert.ok(
    analysis.budgets.every(({ actualBytes, isWithin }) => actualBytes === undefined && isWithin),
  );
});

test("an empty file stands for none: the image is there, no line is", () => {
  const analysis = analysisOf("", image);
  assert.equal(analysis.image?.state, "read");
  assert.deepEqual(analysis.attribution?.instructions, []);
});

test("the file's budget wins over that of the settings", () => {
  const [verdict] = analysisOf("# tare: budget=1GB\nFROM x\n", image, { budgetBytes: 1 }).budgets;
  assert.equal(verdict?.limitBytes, 1e9);
  assert.equal(verdict?.isWithin, true);
});

const line = fc.oneof(
  fc.constantFrom(
    "FROM debian:12",
    "FROM scratch AS a",
    "FROM a",
    "RUN fetch",
    "RUN clean",
    "RUN fetch \\",
    "RUN <<EOF",
    "EOF",
    "# tare: budget=1MB",
    "# tare: bugdet=1MB image",
    "ONBUILD RUN x",
    "COPY --from=a / /",
    "\ufeff",
    "",
  ),
  fc.string({ maxLength: 40 }),
);

test("whatever the text, every view has an answer and no number is made up", () =>
  fc.assert(
    fc.property(fc.array(line, { maxLength: 12 }), fc.nat(400), (lines, offset) => {
      const analysis = analysisOf(lines.join("\n"), image);
      const { length } = analysis.dockerfile.text;
      for (const note of sizeNotes(analysis, { minimumBytes: 1 })) {
        assert.ok(note.offset <= length);
        assert.doesNotMatch(note.text, /\b0 B|NaN|undefined|\?/);
      }
      for (const { span } of noticesOf(analysis)) {
        assert.ok(0 <= span.start && span.start <= span.end && span.end <= length);
      }
      const card = hoverAt(
        analysis,
        offset % (length + 1),
        { state: "read", reference: "app:latest" },
        emptyHoverMemory(),
      );
      if (card !== undefined) assert.doesNotMatch(cardToMarkdown(card), /NaN|undefined/);
      const [root] = layerTreeRows(analysis, undefined);
      assert.equal(layerTreeRows(analysis, root!.id).length, 3);
      assert.equal(statusOf(analysis, { state: "read" }).totalText, "111 MB");
      assert.notEqual(layerTreeVersion(analysis), undefined);
    }),
    { numRuns: 200 },
  ));
