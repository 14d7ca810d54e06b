import assert from "node:assert/strict";
import { test } from "node:test";
import { packageTests } from "../../../server/src/core/rules/packageTests.ts";
import { checkFix, checkRule, ruleFindings } from "../../support/checkRule.ts";
import { anImage } from "../../support/imageBuilder.ts";

const run = { createdBy: "RUN /bin/sh -c pip install pandas # buildkit" };
const site = "usr/local/lib/python3.12/site-packages";

test("tests inside packages are reported and deleted, a package called tests is left alone", () => {
  const image = anImage()
    .base("bin/sh 10MB")
    .layer(
      {
        [`${site}/pandas/__init__.py`]: "1MB",
        [`${site}/pandas/tests/test_a.py`]: "2MB",
        [`${site}/pandas/tests/__pycache__/test_a.pyc`]: "1MB",
        [`${site}/tests/__init__.py`]: "4MB",
      },
      run,
    );
  checkRule(
    packageTests,
    image,
    `FROM python:3.12
RUN pip install pandas
#^^ package-tests: 3 MB of tests that packages brought along are in this layer.
`,
  );
  checkFix(
    packageTests,
    image,
    "FROM python:3.12\nRUN pip install pandas\n",
    `FROM python:3.12\nRUN pip install pandas && rm -rf /${site}/pandas/tests\n`,
  );
});

test("many of them are searched where Python keeps packages", () => {
  const names = Array.from({ length: 12 }, (_, at) => `p${at}`);
  const image = anImage()
    .base("bin/sh 10MB")
    .layer(
      Object.fromEntries([
        ...names.map((name) => [`${site}/${name}/tests/a.py`, "1MB"]),
        ["usr/local/lib/python3.12/test/b.py", "1MB"],
      ]),
      run,
    );
  checkFix(
    packageTests,
    image,
    "FROM python:3.12\nRUN pip install pandas\n",
    String.raw`FROM python:3.12
RUN pip install pandas && find /usr/local/lib/python3.12/site-packages -mindepth 2 -type d \( -name test -o -name tests \) -prune -exec rm -rf {} + && rm -rf /usr/local/lib/python3.12/test
`,
  );
});

test("packages of Node that are called test are no tests", () => {
  checkRule(
    packageTests,
    anImage()
      .base("bin/sh 1MB")
      .layer("app/node_modules/test/a.js 2MB, app/node_modules/@x/test/a.js 2MB", {
        createdBy: "RUN /bin/sh -c npm ci # buildkit",
      }),
    "FROM node:22\nRUN npm ci\n",
  );
});

test("tests of Node's packages are reported", () => {
  const image = anImage().base("bin/sh 1MB").layer("app/node_modules/@x/y/lib/test/a.js 2MB", {
    createdBy: "RUN /bin/sh -c npm ci # buildkit",
  });
  const text = `FROM node:22
RUN npm ci
#^^ package-tests: 2 MB of tests that packages brought along are in this layer.
`;
  checkRule(packageTests, image, text);
  const [finding] = ruleFindings(packageTests, image, text);
  assert.equal(finding?.fixes[0]?.edits[0]?.newText, " && rm -rf /app/node_modules/@x/y/lib/test");
});

test("the program's own tests are another matter", () => {
  checkRule(
    packageTests,
    anImage().base("bin/sh 1MB").layer("app/tests/a.py 2MB"),
    "FROM python:3.12\nCOPY . /\n",
  );
});
