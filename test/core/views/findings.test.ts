import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { Ajv } from "ajv";
import { Ajv2020 } from "ajv/dist/2020.js";
import { findingCounts, fixTitle } from "../../../server/src/core/views/findings.ts";
import { findingsGithub } from "../../../server/src/core/views/findingsGithub.ts";
import { findingsMarkdown } from "../../../server/src/core/views/findingsMarkdown.ts";
import { findingsText } from "../../../server/src/core/views/findingsText.ts";
import { lintJson } from "../../../server/src/core/views/lintJson.ts";
import { sarifLog } from "../../../server/src/core/views/sarif.ts";
import { noticesOf } from "../../../server/src/core/views/diagnostics.ts";
import { analysisFinding } from "../../support/madeFindings.ts";

const text = "FROM x\nRUN fetch --all \\\n  lists\nCOPY . .\n";
const file = {
  path: "app/Dockerfile",
  analysis: analysisFinding(text, [
    {
      at: "fetch",
      code: "lists-kept",
      message: "19.1 MB of `lists` stay | here.",
      saving: { bytes: 19_100_000, basis: "measured" },
      related: [{ span: { start: 0, end: 4 }, message: "From here." }],
      fixes: [
        {
          title: "Delete them in the same RUN",
          saving: { bytes: 19_100_000, basis: "measured" },
          replace: { "--all": "--all && clean" },
        },
      ],
    },
    { at: "fetch --all \\\n  lists", severity: "hint" },
    {
      at: "COPY",
      severity: "error",
      code: "whole-context",
      message: "A *key* is in there: 100%.",
      fixes: [
        {
          title: "Keep it out",
          saving: { bytes: 2000, basis: "predicted" },
          isSafe: false,
          dockerignore: ".git\nkey\n",
        },
      ],
    },
  ]),
  dockerignorePath: "app/.dockerignore",
  dockerignoreText: ".git\n",
};
const clean = { path: "Clean, file", analysis: analysisFinding("FROM x\n", []) };

test("a fix says what it takes off, and whether only a build could tell", () => {
  const [first, , third] = file.analysis.findings;
  assert.equal(fixTitle(first!.fixes[0]!), "Delete them in the same RUN: −19.1 MB");
  assert.equal(fixTitle(third!.fixes[0]!), "Keep it out: about −2 kB");
  assert.equal(fixTitle({ ...first!.fixes[0]!, saving: undefined }), "Delete them in the same RUN");
});

test("findings are counted loudest first", () => {
  assert.equal(findingCounts(file.analysis.findings), "3 findings: 1 error, 1 warning, 1 hint");
  assert.equal(findingCounts([{ severity: "information" }]), "1 finding: 1 information");
  assert.equal(findingCounts([]), "No findings");
});

test("findings are told beside directives and budgets", () =>
  assert.deepEqual(
    noticesOf(file.analysis).map(({ code, severity }) => `${severity} ${code}`),
    ["warning lists-kept", "hint made-up", "error whole-context"],
  ));

test("as text: a line as compilers print it, its best fix below", () => {
  assert.deepEqual(findingsText([file], { color: false, unicode: true }), [
    "app/Dockerfile:2:5: warning: 19.1 MB of `lists` stay | here. [lists-kept]",
    "  fix: Delete them in the same RUN: −19.1 MB",
    "app/Dockerfile:2:5: hint: Something is there. [made-up]",
    "app/Dockerfile:4:1: error: A *key* is in there: 100%. [whole-context]",
    "  fix: Keep it out: about −2 kB",
    "",
    "3 findings: 1 error, 1 warning, 1 hint in app/Dockerfile",
  ]);
  assert.deepEqual(findingsText([clean], { color: false, unicode: true }), [
    "No findings in Clean, file",
  ]);
  const plain = findingsText([file, clean], { color: true, unicode: false });
  assert.match(plain[1] ?? "", /: -19\.1 MB/);
  assert.ok(plain[0]?.includes("\u001b[33mwarning:"));
  assert.equal(plain.at(-1), "3 findings: 1 error, 1 warning, 1 hint in 2 files");
});

test("as workflow commands: one line each, columns only within a line, everything escaped", () =>
  assert.deepEqual(findingsGithub([{ ...file, path: "a,b:c/Dockerfile" }]), [
    "::warning file=a%2Cb%3Ac/Dockerfile,line=2,endLine=2,col=5,endColumn=10,title=lists-kept::19.1 MB of `lists` stay | here.%0AFix: Delete them in the same RUN: −19.1 MB",
    "::notice file=a%2Cb%3Ac/Dockerfile,line=2,endLine=3,title=made-up::Something is there.",
    "::error file=a%2Cb%3Ac/Dockerfile,line=4,endLine=4,col=1,endColumn=5,title=whole-context::A *key* is in there: 100%25.%0AFix: Keep it out: about −2 kB",
  ]));

test("as Markdown: a table for each file with findings, nothing rendered that was not meant", () => {
  assert.equal(
    findingsMarkdown([file, clean]),
    `### Tare: 3 findings: 1 error, 1 warning, 1 hint

**\`app/Dockerfile\`**

|     | line | finding | saves |
| --- | ---: | --- | ---: |
| ⚠️ | 2 | 19.1 MB of \`lists\` stay \\| here. \`lists-kept\`<br>Fix: Delete them in the same RUN: −19.1 MB | <span title="19,100,000 B">19.1 MB</span> |
| 💡 | 2 | Something is there. \`made-up\` |  |
| ❌ | 4 | A \\*key\\* is in there: 100%. \`whole-context\`<br>Fix: Keep it out: about −2 kB |  |
`,
  );
  assert.equal(findingsMarkdown([clean]), "### Tare: no findings\n");
});

const ours = JSON.parse(
  readFileSync(new URL("../../../server/schema/report.schema.json", import.meta.url), "utf8"),
) as object;
const isOurs = new Ajv2020({ allErrors: true, allowUnionTypes: true }).compile(ours);

test("as JSON: the contract, valid against the schema", () => {
  const printed: unknown = JSON.parse(lintJson([file, clean]));
  assert.ok(isOurs(printed), JSON.stringify(isOurs.errors));
  assert.deepEqual(printed, {
    schemaVersion: 1,
    files: [
      {
        path: "app/Dockerfile",
        findings: [
          {
            code: "lists-kept",
            severity: "warning",
            message: "19.1 MB of `lists` stay | here.",
            lineNumber: 2,
            endLineNumber: 2,
            savingBytes: 19_100_000,
            fixable: true,
          },
          {
            code: "made-up",
            severity: "hint",
            message: "Something is there.",
            lineNumber: 2,
            endLineNumber: 3,
            savingBytes: null,
            fixable: false,
          },
          {
            code: "whole-context",
            severity: "error",
            message: "A *key* is in there: 100%.",
            lineNumber: 4,
            endLineNumber: 4,
            savingBytes: null,
            fixable: true,
          },
        ],
      },
      { path: "Clean, file", findings: [] },
    ],
  });
  assert.ok(isOurs(JSON.parse(lintJson([]))));
});

const sarifSchema = JSON.parse(
  readFileSync(new URL("../../fixtures/sarif/sarif-schema-2.1.0.json", import.meta.url), "utf8"),
) as object;
const isSarif = new Ajv({ strict: false, validateFormats: false }).compile(sarifSchema);

const tool = {
  version: "1.2.3",
  rules: [
    { code: "lists-kept", title: "Lists stay", severity: "warning", check: () => [] },
    { code: "whole-context", title: "All is copied", severity: "hint", check: () => [] },
  ],
} as const;

/** The log as its readers get it. */
const sarif = (files: Parameters<typeof sarifLog>[0]) =>
  JSON.parse(JSON.stringify(sarifLog(files, tool))) as {
    readonly runs: readonly [{ readonly results: readonly Record<string, unknown>[] }];
  };

test("as SARIF: valid against the schema of the standard, with rules, places, savings and fixes", () => {
  const log = sarif([file, clean]);
  assert.ok(isSarif(log), JSON.stringify(isSarif.errors));
  const [first, second, third] = log.runs[0].results;
  const artifactLocation = { uri: "app/Dockerfile", index: 0 };
  assert.deepEqual(first, {
    ruleId: "lists-kept",
    ruleIndex: 0,
    level: "warning",
    message: { text: "19.1 MB of `lists` stay | here." },
    locations: [
      {
        physicalLocation: {
          artifactLocation,
          region: { startLine: 2, startColumn: 5, endLine: 2, endColumn: 10 },
        },
      },
    ],
    relatedLocations: [
      {
        id: 0,
        physicalLocation: {
          artifactLocation,
          region: { startLine: 1, startColumn: 1, endLine: 1, endColumn: 5 },
        },
        message: { text: "From here." },
      },
    ],
    fixes: [
      {
        description: { text: "Delete them in the same RUN: −19.1 MB." },
        artifactChanges: [
          {
            artifactLocation,
            replacements: [
              {
                deletedRegion: { startLine: 2, startColumn: 11, endLine: 2, endColumn: 16 },
                insertedContent: { text: "--all && clean" },
              },
            ],
          },
        ],
      },
    ],
    properties: { savingBytes: 19_100_000, savingBasis: "measured" },
  });
  assert.deepEqual([second?.["ruleIndex"], second?.["level"]], [undefined, "note"]);
  assert.deepEqual((third!["fixes"] as readonly object[])[0], {
    description: { text: "Keep it out: about −2 kB." },
    artifactChanges: [
      {
        artifactLocation: { uri: "app/.dockerignore" },
        replacements: [
          {
            deletedRegion: { charOffset: 0, charLength: 5 },
            insertedContent: { text: ".git\nkey\n" },
          },
        ],
      },
    ],
  });
});

test("the schema of the standard refuses a log that is none", () => {
  assert.ok(!isSarif({ version: "2.1.0" }));
  assert.ok(!isSarif({ version: "2.0.0", runs: [] }));
});

test("SARIF names files by URI, and leaves out what it could not say", () => {
  const uriOf = (path: string) => {
    const log = sarif([{ path, analysis: file.analysis }]);
    assert.ok(isSarif(log), JSON.stringify(isSarif.errors));
    assert.deepEqual(log.runs[0].results[2]?.["fixes"], []);
    return JSON.stringify(log.runs[0].results[0]?.["locations"]).match(/"uri":"([^"]*)"/)?.[1];
  };
  assert.equal(uriOf("a b/Dockerfile#1"), "a%20b/Dockerfile%231");
  assert.equal(uriOf("/srv/ü"), "file:///srv/%C3%BC");
  assert.equal(uriOf("C:\\app\\Dockerfile"), "file:///C:/app/Dockerfile");
});
