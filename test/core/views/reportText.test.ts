import assert from "node:assert/strict";
import { test } from "node:test";
import { analyse, parseDockerfile } from "../../../server/src/core/analysis.ts";
import type { AnalysisSettings } from "../../../server/src/core/analysis.ts";
import { columnsOf } from "../../../server/src/core/views/reportCells.ts";
import type { TextOptions } from "../../../server/src/core/views/reportPaint.ts";
import { reportText } from "../../../server/src/core/views/reportText.ts";
import type { ImageBuilder } from "../../support/imageBuilder.ts";
import { anImage } from "../../support/imageBuilder.ts";
import { analysisFinding, type MadeFinding, withFindings } from "../../support/madeFindings.ts";

const plain: TextOptions = { columns: 80, color: false, unicode: true, top: 10 };

interface TextCase {
  readonly dockerfile?: string;
  readonly settings?: AnalysisSettings;
  readonly options?: Partial<TextOptions>;
  /** Whatever the rules say of it. */
  readonly findings?: readonly MadeFinding[];
}

function textOf(
  builder: ImageBuilder,
  { dockerfile = "", settings, options, findings = [] }: TextCase = {},
): string {
  const read = builder.read();
  const image = { state: "read", description: read.description, read } as const;
  const analysis = analyse(parseDockerfile(dockerfile), image, settings);
  const made = withFindings(analysis, analysisFinding(dockerfile, findings).findings);
  const lines = reportText(read, made, { ...plain, ...options });
  return `${lines.map((line) => line.trimEnd()).join("\n")}\n`;
}

const web = anImage()
  .reference("web:1")
  .base("usr/lib/libc.so 2MB, usr/bin/sh 100kB, etc/motd 1kB")
  .layer("var/lists/a 200kB, var/lists/b 100kB, app/main.js 50kB", {
    createdBy: "RUN /bin/sh -c apt-get update # buildkit",
  })
  .layer({ "var/.wh.lists": "0" }, { createdBy: "RUN /bin/sh -c rm -rf /var/lists # buildkit" })
  .transferBytes(900_000, 150_000, 200);

const dockerfile = "FROM debian\nRUN apt-get update\nRUN rm -rf /var/lists\n";

function idOf(builder: ImageBuilder): string {
  return builder.read().description.imageId.slice(7, 19);
}

test("with a Dockerfile: totals, lines, waste and what is largest", () => {
  assert.equal(
    textOf(web, { dockerfile, settings: { budgetBytes: 2_400_000 } }),
    `web:1
linux/amd64 · container engine · id ${idOf(web)}

  Layers        2.45 MB   2,451,000 B in 3 layers
  Final files   2.15 MB   2,151,000 B in 4 files
  Waste          300 kB   300,000 B, 12% of the layers
  Tar           2.46 MB   ${web.read().tarBytes.toLocaleString("en-US")} B as uncompressed layer tars
  Transfer      1.05 MB   1,050,200 B as compressed layers

  ✗ budget 2.4 MB: 2.45 MB is 51 kB over it, crossed by line 2

 LINE     SIZE   WASTED  SHARE          INSTRUCTION
    1   2.1 MB      0 B  ████████  86%  FROM debian (likely)
    2   350 kB   300 kB  ▍░        14%  RUN apt-get update
    3      0 B      0 B             0%  RUN rm -rf /var/lists (hides 300 kB)

Waste  300 kB in layers, not in the final files
  deleted 300 kB
    WASTED  KIND           WRITTEN BY  HIDDEN BY   PATH
    200 kB  deleted        line 2      line 3      var/lists/a
    100 kB  deleted        line 2      line 3      var/lists/b

Final files  2.15 MB, largest first
      SIZE  BROUGHT BY  PATH
      2 MB  base        usr/lib/libc.so
    100 kB  base        usr/bin/sh
     50 kB  line 2      app/main.js
      1 kB  base        etc/motd
`,
  );
});

test("without a Dockerfile: layers with what the history says of them", () => {
  const text = textOf(web);
  assert.match(text, /^LAYER {5}SIZE {3}WASTED {2}SHARE {10}CREATED BY$/m);
  assert.match(text, /^ {4}0 {3}2\.1 MB {6}0 B .* ADD file:0+… *$/m);
  assert.match(text, /^ {4}1 .* RUN apt-get update$/m);
  assert.match(text, /^ {4}2 .* RUN rm -rf \/var\/lists \(hides 300 kB\)$/m);
  assert.match(text, /^ {4}200 kB {2}deleted {8}layer 1 {5}layer 2 {5}var\/lists\/a$/m);
});

test("what is not known prints as a question mark, never as 0", () => {
  const text = textOf(anImage().layer("a 1kB"), { settings: { transferBudgetBytes: 10 } });
  assert.match(text, /^ {2}Transfer {12}\? {3}this source keeps no compressed layers$/m);
  assert.match(text, /^ {2}\? transfer-budget 10 B: not checked/m);
});

test("layers without a history say so", () => {
  assert.match(textOf(anImage().layer("a 1kB").withoutHistory()), /\(the image does not say/);
});

test("an image without waste has no waste section, one without files no list of them", () => {
  assert.doesNotMatch(textOf(anImage().layer("a 1kB")), /^Waste {2}\d/m);
  assert.doesNotMatch(textOf(anImage().layer({ "d/": "0" })), /^Final files {2}\d/m);
  assert.match(textOf(anImage()), /^ {2}Layers {12}0 B {3}0 B in 0 layers$/m);
});

test("`top` cuts the lists, and what is left is said", () => {
  const text = textOf(anImage().layer("a 4kB, b 3kB, c 2kB, d 1kB"), { options: { top: 2 } });
  assert.match(text, /4 kB .* a\n.* 3 kB .* b\n.* 3 kB {2}elsewhere\n$/);
});

test("no line is wider than the terminal, whatever the names", () => {
  const names = ["x".repeat(300), `${"日本語/".repeat(40)}終`, "a\u001b[31m".repeat(30)];
  const image = anImage()
    .reference(`oci:${"deep/".repeat(60)}image`)
    .layer(Object.fromEntries(names.map((name) => [name, "1MB"])), {
      createdBy: `RUN ${"y".repeat(500)}`,
    })
    .layer(Object.fromEntries(names.map((name) => [name, "1MB"])));
  for (const columns of [60, 80, 100, 140, 200]) {
    for (const line of textOf(image, { options: { columns }, settings: { budgetBytes: 1 } }).split(
      "\n",
    )) {
      assert.ok(columnsOf(line) <= columns, `${columnsOf(line)} > ${columns}: ${line}`);
    }
  }
});

/** The part of the report that lists findings. */
function findingsIn(options: Partial<TextOptions>): string {
  const text = textOf(web, {
    dockerfile,
    options,
    findings: [
      { at: "debian", severity: "hint", message: "The base is larger than it need be." },
      {
        at: "apt-get",
        message:
          "300 kB of package lists stay in this layer, where no container will ever read them again.",
        saving: { bytes: 300_000, basis: "measured" },
      },
      {
        at: "rm",
        message: "Nobody needs\u001b[2J this.",
        saving: { bytes: 1_250_000, basis: "predicted" },
      },
    ],
  });
  return /^Findings[^]*?\n\n/m.exec(text)?.[0] ?? "";
}

test("findings: what saves most first, predictions marked, cut to the width", () =>
  assert.equal(
    findingsIn({}),
    `Findings  2 warnings, 1 hint
 LINE    SAVES  FINDING
    3 ~1.25 MB  Nobody needs\\x1b[2J this.
    2   300 kB  300 kB of package lists stay in this layer, where no container …
    1           The base is larger than it need be.

`,
  ));

test("findings: no more than asked for, and how many more there are", () =>
  assert.equal(
    findingsIn({ top: 1 }),
    `Findings  2 warnings, 1 hint
 LINE    SAVES  FINDING
    3 ~1.25 MB  Nobody needs\\x1b[2J this.
  2 more: tare lint lists them

`,
  ));
