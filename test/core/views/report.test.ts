import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { Ajv2020 } from "ajv/dist/2020.js";
import fc from "fast-check";
import { analyse, parseDockerfile } from "../../../server/src/core/analysis.ts";
import type { AnalysisSettings } from "../../../server/src/core/analysis.ts";
import type { ReadImage } from "../../../server/src/core/image/image.ts";
import type { Report } from "../../../server/src/core/views/report.ts";
import { reportOf } from "../../../server/src/core/views/report.ts";
import { reportJson } from "../../../server/src/core/views/reportJson.ts";
import type { LayerSpec } from "../../support/imageBuilder.ts";
import { anImage } from "../../support/imageBuilder.ts";

const schema = JSON.parse(
  readFileSync(new URL("../../../server/schema/report.schema.json", import.meta.url), "utf8"),
) as object;
const isValid = new Ajv2020({ allErrors: true, allowUnionTypes: true }).compile(schema);

/** The report as a reader of `--json` sees it: through text and back, checked against the schema. */
function printed(
  read: ReadImage,
  dockerfile = "",
  settings: AnalysisSettings = {},
): Omit<Report, "waste"> & { readonly waste: readonly Record<string, unknown>[] } {
  const image = { state: "read", description: read.description, read } as const;
  const report = reportOf(read, analyse(parseDockerfile(dockerfile), image, settings));
  const parsed: unknown = JSON.parse([...reportJson(report)].join(""));
  assert.ok(isValid(parsed), JSON.stringify(isValid.errors, undefined, 2));
  return parsed as ReturnType<typeof printed>;
}

const web = anImage()
  .reference("web:1")
  .base({ "etc/motd": { size: 1000, seed: "motd" }, "usr/lib/libc.so": "2MB" })
  .emptyRow("ENV A=b")
  .layer(
    { "var/lists": "300kB", "app/main.js": { size: 50_000, seed: "main" }, "etc/motd": "900" },
    { createdBy: "RUN /bin/sh -c apt-get update # buildkit" },
  )
  .layer(
    { "var/.wh.lists": "0", "app/main.js": { size: 50_000, seed: "main", mode: 0o755 } },
    { createdBy: "RUN /bin/sh -c rm /var/lists # buildkit" },
  );

const dockerfile = `ARG V=1
FROM debian AS base
ENV A=b
RUN \\
  apt-get update
RUN rm /var/lists
`;

test("the report has exactly the fields of the contract, in its order", () => {
  const report = printed(web.read(), dockerfile);
  assert.deepEqual(Object.keys(report), [
    "schemaVersion",
    "image",
    "totals",
    "layers",
    "waste",
    "instructions",
    "findings",
    "budgets",
  ]);
  assert.deepEqual(Object.keys(report.layers[0] ?? {}), [
    "index",
    "diffId",
    "contentBytes",
    "tarBytes",
    "transferBytes",
    "createdBy",
    "origin",
    "lineNumber",
  ]);
  assert.deepEqual(Object.keys(report.instructions[0] ?? {}), [
    "lineNumber",
    "stage",
    "keyword",
    "text",
    "contentBytes",
    "wastedBytes",
    "basis",
    "confidence",
  ]);
});

test("the image and its totals", () => {
  const read = web.read();
  const { image, totals } = printed(read);
  assert.deepEqual(image, {
    reference: "web:1",
    imageId: read.description.imageId,
    platform: "linux/amd64",
    source: "engine",
  });
  assert.deepEqual(totals, {
    layerContentBytes: 2_401_900,
    finalContentBytes: 2_050_900,
    wastedBytes: 351_000,
    tarBytes: read.tarBytes,
    transferBytes: null,
    fileCount: 3,
  });
});

test("only real layers are listed, base first, with the line that wrote each", () => {
  const { layers } = printed(web.read(), dockerfile);
  assert.deepEqual(
    layers.map(({ index, contentBytes, origin, lineNumber, createdBy }) => ({
      index,
      contentBytes,
      origin,
      lineNumber,
      createdBy: createdBy?.slice(0, 34),
    })),
    [
      {
        index: 0,
        contentBytes: 2_001_000,
        origin: "base",
        lineNumber: null,
        createdBy: "/bin/sh -c #(nop) ADD file:0000000",
      },
      {
        index: 1,
        contentBytes: 350_900,
        origin: "own",
        lineNumber: 4,
        createdBy: "RUN /bin/sh -c apt-get update # bu",
      },
      {
        index: 2,
        contentBytes: 50_000,
        origin: "own",
        lineNumber: 6,
        createdBy: "RUN /bin/sh -c rm /var/lists # bui",
      },
    ],
  );
});

test("without a Dockerfile origins are unknown and history still names each layer", () => {
  const { layers, instructions } = printed(web.read());
  assert.deepEqual(instructions, []);
  assert.deepEqual(
    layers.map(({ origin, lineNumber }) => [origin, lineNumber]),
    [
      ["unknown", null],
      ["unknown", null],
      ["unknown", null],
    ],
  );
  assert.deepEqual(
    layers.map(({ createdBy }) => createdBy?.includes("apt-get")),
    [false, true, false],
  );
});

test("without a history createdBy is null", () => {
  const { layers } = printed(web.withoutHistory().read());
  assert.deepEqual(
    layers.map(({ createdBy }) => createdBy),
    [null, null, null],
  );
});

test("every instruction is listed in order, with stage, joined text and bytes", () => {
  const { instructions } = printed(web.read(), dockerfile);
  assert.deepEqual(instructions, [
    {
      lineNumber: 1,
      stage: null,
      keyword: "ARG",
      text: "ARG V=1",
      ...(instructions[0]?.basis === "unknown"
        ? { contentBytes: null, wastedBytes: null, basis: "unknown", confidence: null }
        : { contentBytes: 0, wastedBytes: 0, basis: "measured", confidence: "certain" }),
    },
    {
      lineNumber: 2,
      stage: 0,
      keyword: "FROM",
      text: "FROM debian AS base",
      contentBytes: 2_001_000,
      wastedBytes: 1000,
      basis: "measured",
      confidence: instructions[1]?.confidence,
    },
    {
      lineNumber: 3,
      stage: 0,
      keyword: "ENV",
      text: "ENV A=b",
      contentBytes: 0,
      wastedBytes: 0,
      basis: "measured",
      confidence: "certain",
    },
    {
      lineNumber: 4,
      stage: 0,
      keyword: "RUN",
      text: "RUN apt-get update",
      contentBytes: 350_900,
      wastedBytes: 350_000,
      basis: "measured",
      confidence: "certain",
    },
    {
      lineNumber: 6,
      stage: 0,
      keyword: "RUN",
      text: "RUN rm /var/lists",
      contentBytes: 50_000,
      wastedBytes: 0,
      basis: "measured",
      confidence: "certain",
    },
  ]);
});

test("waste is listed largest first with writer and hider", () =>
  assert.deepEqual(printed(web.read()).waste, [
    { path: "var/lists", bytes: 300_000, kind: "deleted", writtenByLayer: 1, hiddenByLayer: 2 },
    {
      path: "app/main.js",
      bytes: 50_000,
      kind: "metadata-only",
      writtenByLayer: 1,
      hiddenByLayer: 2,
    },
    { path: "etc/motd", bytes: 1000, kind: "overwritten", writtenByLayer: 0, hiddenByLayer: 1 },
  ]));

test("waste of equal size is ordered by path, equal paths by layer", () => {
  const read = anImage()
    .layer({ "a-b": "10", "a/x": "10", b: "10", Z: "10" })
    .layer({ "a-b": "10", "a/x": "10", b: "10", Z: "10" })
    .layer({ ".wh.a-b": "0", ".wh.a": "0", ".wh.b": "0", ".wh.Z": "0" })
    .read();
  assert.deepEqual(
    printed(read).waste.map(
      ({ path, writtenByLayer }) => `${String(path)} ${String(writtenByLayer)}`,
    ),
    ["Z 0", "Z 1", "a-b 0", "a-b 1", "a/x 0", "a/x 1", "b 0", "b 1"],
  );
});

test("the limit on layers stands beside the budgets, and only where there is one", () => {
  const plain = printed(web.read(), "") as { readonly layerBudget?: unknown };
  assert.equal(plain.layerBudget, undefined);
  const { layerBudget } = printed(web.read(), "", { maxLayers: 2 }) as {
    readonly layerBudget?: unknown;
  };
  assert.deepEqual(layerBudget, { mostLayers: 2, actualLayers: 3, ok: false });
});

test("budgets are listed with what was held against them", () => {
  const { budgets } = printed(web.transferBytes(900_000, 200_000, 30_000).read(), "", {
    budgetBytes: 2_000_000,
    transferBudgetBytes: 1_130_000,
  });
  assert.deepEqual(budgets, [
    { name: "budget", limitBytes: 2_000_000, actualBytes: 2_401_900, basis: "measured", ok: false },
    {
      name: "transfer-budget",
      limitBytes: 1_130_000,
      actualBytes: 1_130_000,
      basis: "measured",
      ok: true,
    },
  ]);
});

test("an image without layers has an honest report", () => {
  const { totals, layers, waste } = printed(anImage().emptyRow('CMD ["a"]').read());
  assert.deepEqual([layers, waste], [[], []]);
  assert.equal(totals.layerContentBytes, 0);
});

test("the schema refuses what the contract does not have", () => {
  const report = printed(web.read(), dockerfile);
  assert.ok(!isValid({ ...report, extra: 1 }));
  assert.ok(!isValid({ ...report, schemaVersion: 2 }));
  assert.ok(!isValid({ ...report, totals: { ...report.totals, tarBytes: null } }));
  assert.ok(!isValid({ ...report, waste: [{ ...report.waste[0], kind: "lost" }] }));
  const { budgets: _, ...without } = report;
  assert.ok(!isValid(without));
});

test("a large list leaves in small pieces", () => {
  const rows = Array.from(
    { length: 20_000 },
    (_, index) => `dir${index % 50}/some-longer-name-${index}`,
  );
  const files: LayerSpec = Object.fromEntries(rows.map((path) => [path, "7"]));
  const read = anImage().layer(files).layer({ ".wh..wh..opq": "0" }).read();
  const pieces = [...reportJson(reportOf(read, analyse(parseDockerfile(""), undefined)))];
  assert.ok(pieces.length > 20);
  for (const piece of pieces) assert.ok(piece.length < 70_000);
  const { waste } = JSON.parse(pieces.join("")) as {
    readonly waste: readonly { readonly path: string }[];
  };
  assert.deepEqual(
    waste.map(({ path }) => path),
    rows.toSorted(),
  );
});

const fileNames = fc.constantFrom(
  "a",
  "b",
  "d/a",
  "d/b",
  "d/e/a",
  ".wh.a",
  ".wh.d",
  "d/.wh.e",
  "d/.wh..wh..opq",
);
const layers = fc.array(
  fc.dictionary(fileNames, fc.record({ size: fc.nat(9999), seed: fc.constantFrom("s", "t") }), {
    noNullPrototype: true,
  }),
  { maxLength: 6 },
);

test("any image gives a valid report whose sums agree", () => {
  fc.assert(
    fc.property(
      layers,
      fc.string(),
      fc.option(fc.nat(20_000), { nil: undefined }),
      (specs, createdBy, limit) => {
        const read = specs
          .reduce((image, files) => image.layer(files, { createdBy }), anImage())
          .read();
        const settings = limit === undefined ? {} : { budgetBytes: limit };
        const {
          totals,
          layers: rows,
          waste,
          budgets,
        } = printed(read, "FROM a\nCOPY . /\n", settings);
        const sum = (numbers: readonly unknown[]): number =>
          numbers.reduce<number>((all, n) => all + Number(n), 0);
        assert.equal(totals.layerContentBytes, totals.finalContentBytes + totals.wastedBytes);
        assert.equal(sum(rows.map(({ contentBytes }) => contentBytes)), totals.layerContentBytes);
        assert.equal(sum(rows.map(({ tarBytes }) => tarBytes)), totals.tarBytes);
        assert.equal(sum(waste.map(({ bytes }) => bytes)), totals.wastedBytes);
        for (const { ok, actualBytes, limitBytes } of budgets) {
          assert.equal(ok, actualBytes === null || actualBytes <= limitBytes);
        }
      },
    ),
    { numRuns: 60 },
  );
});
