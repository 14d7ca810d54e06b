import assert from "node:assert/strict";
import { test } from "node:test";
import type { Analysis } from "../../../server/src/core/analysis.ts";
import { layerTreeRows, layerTreeVersion } from "../../../server/src/core/views/layerTree.ts";
import { revealPath } from "../../../server/src/core/views/layerTreeReveal.ts";
import { analysisOf, describedAnalysisOf, textAnalysisOf } from "../../support/analysisOf.ts";
import { anImage } from "../../support/imageBuilder.ts";

const file = `FROM debian:12
RUN fetch
COPY app /app
RUN clean
`;

const image = anImage()
  .reference("app:latest")
  .base("bin/sh 70MB")
  .layer("var/lists 40MB, usr/lib/tool 1MB", { createdBy: "RUN /bin/sh -c fetch # buildkit" })
  .layer(
    { "app/app": "9MB", "app/link": { symlink: "app" }, "app/again": { hardlink: "app/app" } },
    { createdBy: "COPY app /app # buildkit" },
  )
  .layer({ "var/.wh.lists": "0" }, { createdBy: "RUN /bin/sh -c clean # buildkit" });

/** The whole tree as text, indented by two blanks a level. */
function drawn(analysis: Analysis, parent?: string, indent = ""): string {
  return layerTreeRows(analysis, parent)
    .map((row) => {
      const head = [`${indent}${row.icon} ${row.label}`, row.description]
        .filter(Boolean)
        .join(" | ");
      return `${head}\n${row.hasChildren ? drawn(analysis, row.id, `${indent}  `) : ""}`;
    })
    .join("");
}

test("the whole tree, heaviest first", () =>
  assert.equal(
    drawn(analysisOf(file, image)),
    `package app:latest | 120 MB · 4 layers
  lock ADD file:000000000000 in / | 70 MB · base
    folder bin | 70 MB
      file sh | 70 MB
  layers RUN fetch | 41 MB · 40 MB wasted · line 2
    folder var | 40 MB · added
      file lists | 40 MB
    folder usr | 1 MB · added
      folder lib | 1 MB
        file tool | 1 MB
  layers COPY app /app | 9 MB · line 3
    folder app | 9 MB · added
      file again | 9 MB
      file-symlink-file app | = app/again
      file-symlink-file link | → app
  layers RUN clean | 0 B · line 4
    folder var | 0 B
      trash lists | removed here, 40 MB stay below
trash Waste | 40 MB · 1 file
  trash var/lists | 40 MB · deleted by line 4
`,
  ));

test("before the files are read there are layers with the sizes of history, and a note", () => {
  const rows = drawn(describedAnalysisOf(file, image)).split("\n");
  assert.equal(rows[0], "package app:latest | 120 MB · 4 layers");
  assert.equal(rows[2], "  layers RUN fetch | 41 MB · line 2");
  assert.equal(rows.at(-2), "loading~spin Files are not read yet");
});

test("sizes that are not known are not shown as 0", () =>
  assert.match(
    drawn(describedAnalysisOf(file, image, { withHistoryBytes: false })),
    /RUN fetch \| size not known yet · line 2/,
  ));

test("no image, no rows; ids of another image or of nobody give none", () => {
  assert.deepEqual(layerTreeRows(textAnalysisOf(file), undefined), []);
  const analysis = analysisOf(file, image);
  const [root] = layerTreeRows(analysis, undefined);
  for (const id of [
    "",
    "x",
    "000000000000",
    `${root!.id}/layer/99/0`,
    `${root!.id}/layer/1/9999`,
    `${root!.id}/layer/1/-1`,
    `${root!.id}/wasted/0`,
  ]) {
    assert.deepEqual(layerTreeRows(analysis, id), [], id);
  }
});

test("rows go to their line, waste to the line that hid it, and say all to a screen reader", () => {
  const analysis = analysisOf(file, image);
  const [root, wasteGroup] = layerTreeRows(analysis, undefined);
  const run = layerTreeRows(analysis, root!.id)[1]!;
  assert.equal(run.line, 1);
  assert.equal(run.accessibilityLabel, "Layer 2, 41 MB, written by line 2: RUN fetch.");
  const [waste] = layerTreeRows(analysis, wasteGroup!.id);
  assert.equal(waste!.line, 3);
  assert.equal(
    waste!.accessibilityLabel,
    "Wasted file var/lists, 40 MB, written by line 2, deleted by line 4.",
  );
});

test("a directory of many is paged, and every child is on exactly one page", () => {
  const many = Object.fromEntries(
    Array.from({ length: 650 }, (_, index) => [`d/f${index}`, String(index % 50)]),
  );
  const analysis = analysisOf(
    "FROM scratch\nCOPY d /d\n",
    anImage().layer(many, { createdBy: "COPY d /d # buildkit" }),
  );
  const [root] = layerTreeRows(analysis, undefined);
  const [layer] = layerTreeRows(analysis, root!.id);
  const [directory] = layerTreeRows(analysis, layer!.id);
  const names: string[] = [];
  const pages: number[] = [];
  for (let parent: string | undefined = directory!.id; parent !== undefined;) {
    const rows = layerTreeRows(analysis, parent);
    const more = rows.find(({ kind }) => kind === "more");
    names.push(...rows.filter(({ kind }) => kind === "file").map(({ label }) => label));
    pages.push(rows.length);
    parent = more?.id;
  }
  assert.deepEqual(pages, [201, 201, 201, 50]);
  assert.equal(new Set(names).size, 650);
  assert.equal(layerTreeRows(analysis, directory!.id).at(-1)!.label, "450 more");

  const path = revealPath(analysis, { layer: 0, path: "d/f0" });
  assert.equal(path.length, 3 + 3 + 1);
  let parent: string | undefined;
  for (const id of path) {
    assert.ok(
      layerTreeRows(analysis, parent).some((row) => row.id === id),
      id,
    );
    parent = id;
  }
});

test("a line, a layer and a path lead to their row", () => {
  const analysis = analysisOf(file, image);
  const [root] = layerTreeRows(analysis, undefined);
  assert.deepEqual(revealPath(analysis, { line: 0 }), [root!.id]);
  assert.deepEqual(revealPath(analysis, { line: 9 }), []);
  assert.equal(revealPath(analysis, { line: 1 }).length, 2);
  assert.equal(revealPath(analysis, { layer: 1, path: "usr/lib/tool" }).length, 5);
  assert.equal(revealPath(analysis, { layer: 1, path: "no/such" }).length, 2);
  assert.deepEqual(revealPath(analysis, { layer: 77 }), []);
  assert.deepEqual(revealPath(textAnalysisOf(file), { line: 0 }), []);
});

test("the version changes with the image's state and with the lines of its layers", () => {
  const read = layerTreeVersion(analysisOf(file, image));
  assert.equal(layerTreeVersion(analysisOf(file, image)), read);
  assert.notEqual(layerTreeVersion(describedAnalysisOf(file, image)), read);
  assert.notEqual(layerTreeVersion(analysisOf(`\n${file}`, image)), read);
  assert.equal(layerTreeVersion(textAnalysisOf(file)), undefined);
});
