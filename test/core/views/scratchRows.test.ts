import assert from "node:assert/strict";
import { test } from "node:test";
import type { ScratchRow } from "../../../server/src/core/views/scratchRows.ts";
import { scratchRows } from "../../../server/src/core/views/scratchRows.ts";
import { analysisOf, textAnalysisOf } from "../../support/analysisOf.ts";
import { anImage } from "../../support/imageBuilder.ts";
import { blockedAnalysis, programAnalysis } from "./scratchCase.ts";

const dynamic = { interpreter: "/lib64/ld-linux-x86-64.so.2", needed: ["libc.so.6"] };

/** The rows as a person reads them, two blanks for each level. */
function textOf(rows: readonly ScratchRow[], indent = ""): string {
  return rows
    .map(
      ({ icon, label, description, children, line }) =>
        `${indent}(${icon}) ${label}${description === undefined ? "" : ` | ${description}`}${line === undefined ? "" : ` @${line}`}\n${textOf(children, `${indent}  `)}`,
    )
    .join("");
}

test("a static program: scratch can be had, with its size, its offer and every check", () => {
  const rows = scratchRows(programAnalysis());
  const [verdict, offer] = rows;
  const program = rows.find(({ label }) => label === "Program");
  assert.equal(
    textOf([verdict!, offer!, program!]),
    `(pass) Scratch can be had | 402 kB → 272 B @2
(wand) FROM scratch | 402 kB → 272 B · proven
(pass) Program | app is a static program for amd64.
`,
  );
  assert.equal(offer!.offerId, "scratch: FROM scratch");
});

test("what is not proven stands below its offer, and files to carry are listed heaviest first", () => {
  const rows = scratchRows(programAnalysis(dynamic));
  const shown = textOf(rows.filter(({ kind, id }) => kind !== "check" && id !== "refusals"));
  assert.equal(
    shown,
    `(question) Scratch may do | 402 kB → 1.25 kB @2
(lightbulb) FROM scratch with its libraries | 402 kB → 1.25 kB · 1 thing to know
  (info) A dynamic program may load further libraries (dlopen) that its headers do not name.
(files) Has to go along | 1.25 kB
  (file) /app | 480 B
  (file) /usr/lib/x86_64-linux-gnu/libc.so.6 | 400 B
  (file) /lib64/ld-linux-x86-64.so.2 | 272 B
  (file) /etc/passwd | 61 B
  (file) /etc/group | 36 B
`,
  );
  const libraries = rows.find(({ label }) => label === "Shared libraries")!;
  assert.match(libraries.description!, /^672 B · 2 files are loaded/);
});

test("what blocks leads to its line and is said again where an offer would stand", () => {
  const rows = scratchRows(blockedAnalysis());
  const shell = rows.find(({ label }) => label === "Shell")!;
  assert.equal(shell.line, 4);
  assert.equal(shell.tone, "bad");
  const refusals = rows.find(({ label }) => label === "Cannot be had")!;
  assert.match(textOf([refusals]), /\(circle-slash\) scratch \| The start line needs a shell/);
  const slim = rows.find(({ label }) => label === "FROM debian:12-slim")!;
  assert.match(slim.description!, /^not proven$/);
  assert.match(
    slim.tooltip!,
    /\ndebian:12-slim weighs \d+\.\d MB as recorded on \d{4}-\d\d-\d\d\.$/,
  );
});

test("without an image the rows are what the text tells, and nothing has bytes", () => {
  const rows = scratchRows(textAnalysisOf('FROM debian:12\nCMD ["/app"]\n'));
  assert.match(rows[0]!.tooltip!, /its files are not read/);
  assert.ok(rows.every(({ description }) => !/\d B/.test(description ?? "")));
  assert.deepEqual(scratchRows(textAnalysisOf("# nothing\n")), []);
});

test("a stage from scratch is said to be there", () => {
  const image = anImage()
    .layer("app 1kB", { createdBy: "COPY app /app # buildkit" })
    .settings({ entrypoint: ["/app"] });
  const [verdict] = scratchRows(
    analysisOf('FROM scratch\nCOPY app /app\nENTRYPOINT ["/app"]\n', image),
  );
  assert.equal(verdict!.label, "From scratch already");
});

test("very many lines have a row each", () => {
  const lines = Array.from({ length: 10_000 }, (_, index) => `RUN echo ${index}\n`);
  const analysis = textAnalysisOf(`FROM debian\n${lines.join("")}`);
  assert.ok(scratchRows(analysis).length > 10_000);
});

test("rows have ids of their own and words for a screen reader", () => {
  const all = (rows: readonly ScratchRow[]): readonly ScratchRow[] =>
    rows.flatMap((row) => [row, ...all(row.children)]);
  for (const analysis of [programAnalysis(), programAnalysis(dynamic), blockedAnalysis()]) {
    const rows = all(scratchRows(analysis));
    assert.equal(new Set(rows.map(({ id }) => id)).size, rows.length);
    for (const { accessibilityLabel } of rows) assert.notEqual(accessibilityLabel, "");
  }
});
