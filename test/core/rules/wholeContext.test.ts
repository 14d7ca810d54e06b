import assert from "node:assert/strict";
import { test } from "node:test";
import { wholeContext } from "../../../server/src/core/rules/wholeContext.ts";
import { checkFix, checkRule, ruleFindings } from "../../support/checkRule.ts";
import { type LayerSpec, anImage } from "../../support/imageBuilder.ts";

const missing =
  "The whole build context is copied and no .dockerignore keeps anything out of it: version history, local builds and secrets go into the image where there are any.";

test("text alone: only where it is known that there is no .dockerignore", () => {
  const text = "FROM node:22\nWORKDIR /app\nCOPY . .\n";
  checkRule(wholeContext, undefined, `${text}#    ^ whole-context: ${missing}\n`, {
    dockerignore: null,
  });
  checkRule(wholeContext, undefined, text);
  checkRule(wholeContext, undefined, text, { dockerignore: ".git\n" });
});

test("the ways to say the whole context, and what is not the whole", () => {
  const isReported = (copy: string) =>
    ruleFindings(wholeContext, undefined, `FROM a\n${copy}\n`, { dockerignore: null }).length > 0;
  for (const copy of ["COPY ./ /app", "ADD . /", "COPY * /app/", "COPY / /a", 'COPY [".", "/a"]']) {
    assert.ok(isReported(copy), copy);
  }
  for (const copy of [
    "COPY src .",
    "COPY --from=b . .",
    "COPY .env .",
    "COPY $D /",
    "COPY *.js /",
  ]) {
    assert.ok(!isReported(copy), copy);
  }
});

test("a build stage may copy all", () =>
  checkRule(wholeContext, undefined, "FROM a AS b\nCOPY . .\nFROM c\nCOPY --from=b /x /x\n", {
    dockerignore: null,
  }));

test("a new .dockerignore has what is certain to be of no use", () => {
  const text = "FROM node:22\nWORKDIR /app\nCOPY package.json .\nRUN npm ci\nCOPY . .\n";
  checkFix(wholeContext, undefined, text, text, {
    dockerignore: null,
    dockerignoreAfter: "# Not needed in the image\n.git\nnode_modules\n",
  });
  const python = "FROM python:3\nCOPY . .\nRUN git describe > v && pip install .\n";
  checkFix(wholeContext, undefined, python, python, {
    dockerignore: null,
    dockerignoreAfter: "# Not needed in the image\n**/__pycache__\n",
  });
});

const imageOf = (files: LayerSpec) =>
  anImage().base("bin/sh 10MB").layer(files, { createdBy: "COPY . /app # buildkit" });
const text = "FROM alpine\nWORKDIR /app\nCOPY . /app\n";
const image = imageOf(
  "app/.git/pack 50MB, app/src/a.js 1MB, app/.vscode/x 200kB, app/lib/__pycache__/a.pyc 2MB, app/tests/a 3MB, app/.env.example 1kB",
);

test("the image says what came along, and the .dockerignore gets exactly that", () => {
  checkRule(
    wholeContext,
    image,
    `${text}#    ^ whole-context: 55.2 MB come along with the build context: \`.git\` (50 MB), \`tests\` (3 MB), \`**/__pycache__\` (2 MB), \`.vscode\` (200 kB).
`,
  );
  checkFix(wholeContext, image, text, text, {
    dockerignore: "dist\n",
    dockerignoreAfter: "dist\n\n# Not needed in the image\n.git\ntests\n**/__pycache__\n.vscode\n",
  });
  const [finding] = ruleFindings(wholeContext, image, text, { dockerignore: null });
  assert.deepEqual(finding?.saving, { bytes: 55_200_000, basis: "measured" });
  const [fix] = finding.fixes;
  const saved = 55_200_000 - (fix?.dockerignore?.length ?? 0);
  assert.deepEqual(fix?.saving, { bytes: saved, basis: "measured" }, "the file is copied too");
  assert.deepEqual(ruleFindings(wholeContext, image, text)[0]?.fixes, [], "nobody looked for one");
});

test("what the .dockerignore keeps out by now is not spoken of", () =>
  checkRule(wholeContext, image, text, { dockerignore: ".*\ntests\n**/*.pyc\n**/__pycache__\n" }));

test("what some line of the file uses stays", () => {
  const said = (lines: string) =>
    ruleFindings(wholeContext, image, text + lines)[0]?.message.replace(/\.$/, "");
  assert.match(said("RUN npm test\n") ?? "", /: `\.git` \(50 MB\), `\*\*\/__pycache__`/);
  assert.doesNotMatch(said("RUN cp -r tests /x\n") ?? "", /`tests`/);
  assert.doesNotMatch(said("RUN git rev-parse HEAD > /v\n") ?? "", /\.git/);
  assert.match(said("RUN git clone https://example.com/x /x\n") ?? "", /\.git/);
});

test("secrets are named however small they are", () => {
  checkRule(
    wholeContext,
    imageOf("app/.env 1kB, app/main 5MB"),
    `${text}#    ^ whole-context: 1 kB come along with the build context: \`.env\` (1 kB). \`.env\` may hold secrets: whoever pulls the image can read them.
`,
  );
});

test("nothing where the image shows nothing, or too little", () => {
  checkRule(wholeContext, imageOf("app/main 5MB, app/.env.example 1kB"), text, {
    dockerignore: null,
  });
  checkRule(wholeContext, imageOf("app/main 5MB, app/.vscode/a 1kB"), text, { dockerignore: null });
});

test("node_modules of the context only where the image installs its own", () => {
  const modules = "app/node_modules/a/index.js 30MB";
  const found = (file: string, rows: readonly string[]) => {
    const layers = rows.reduce(
      (sum, row) =>
        sum.layer(row.startsWith("COPY .") ? modules : "x 1kB", { createdBy: `${row} # buildkit` }),
      anImage().base("bin/sh 10MB"),
    );
    return ruleFindings(wholeContext, layers, file).length;
  };
  const ci = "RUN /bin/sh -c npm ci";
  const install = "RUN /bin/sh -c npm install";
  assert.equal(found("FROM n\nWORKDIR /app\nCOPY . /app\n", ["COPY . /app"]), 0);
  assert.equal(
    found("FROM n\nWORKDIR /app\nRUN npm install\nCOPY . /app\n", [install, "COPY . /app"]),
    1,
  );
  assert.equal(found("FROM n\nWORKDIR /app\nCOPY . /app\nRUN npm ci\n", ["COPY . /app", ci]), 1);
  assert.equal(
    found("FROM n\nWORKDIR /app\nCOPY . /app\nRUN npm install\n", ["COPY . /app", install]),
    0,
  );
  const elsewhere = "FROM n\nWORKDIR /other\nRUN npm install\nCOPY . /app\n";
  assert.equal(found(elsewhere, [install, "COPY . /app"]), 0);
});

test("what comes through a build stage counts too, as far as no build makes it", () => {
  const through = anImage()
    .base("bin/sh 10MB")
    .layer("app/.git/pack 50MB, app/node_modules/a 9MB, app/.turbo/x 3MB, app/main 1MB", {
      createdBy: "COPY /app /app # buildkit",
    });
  checkRule(
    wholeContext,
    through,
    `FROM node:22 AS build
WORKDIR /app
COPY . .
RUN npm ci && npm run build
FROM alpine
COPY --from=build /app /app
#                 ^^^^ whole-context: 50 MB come along with the build context: \`.git\` (50 MB).
`,
  );
  checkRule(
    wholeContext,
    through,
    "FROM node:22 AS build\nRUN git clone x /app\nFROM alpine\nCOPY --from=build /app /app\n",
  );
});
