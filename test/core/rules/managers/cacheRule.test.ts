import assert from "node:assert/strict";
import { test } from "node:test";
import { goCacheKept } from "../../../../server/src/core/rules/goCacheKept.ts";
import { npmCacheKept } from "../../../../server/src/core/rules/npmCacheKept.ts";
import { pipCacheKept } from "../../../../server/src/core/rules/pipCacheKept.ts";
import { pnpmStoreKept } from "../../../../server/src/core/rules/pnpmStoreKept.ts";
import type { Rule, Saving } from "../../../../server/src/core/rules/rule.ts";
import { yarnCacheKept } from "../../../../server/src/core/rules/yarnCacheKept.ts";
import { checkFix, checkRule, ruleFindings } from "../../../support/checkRule.ts";
import { type ImageBuilder, type LayerSpec, anImage } from "../../../support/imageBuilder.ts";

const base = anImage().base("etc/passwd 1kB");

function built(run: string, files: LayerSpec, before: ImageBuilder = base): ImageBuilder {
  return before.layer(files, { createdBy: `RUN /bin/sh -c ${run} # buildkit` });
}

function savings(
  rule: Rule,
  image: ImageBuilder,
  text: string,
): readonly (readonly [string, Saving | undefined])[] {
  const [finding] = ruleFindings(rule, image, text);
  return (finding?.fixes ?? []).map(({ title, saving }) => [title, saving] as const);
}

test("an option's saving is measured where nothing else in the RUN could fill the cache", () => {
  const files = "root/.cache/pip/http/a 4MB";
  const measured = { bytes: 4e6, basis: "measured" } as const;
  const plain = "cd /app && pip install flask";
  assert.deepEqual(savings(pipCacheKept, built(plain, files), `FROM base\nRUN ${plain}\n`), [
    ["Add --no-cache-dir", measured],
    ["Delete pip's cache in the same RUN", measured],
    ["Keep files of pip's cache in a cache mount", measured],
  ]);
  const script = "pip install flask && ./more.sh";
  assert.deepEqual(savings(pipCacheKept, built(script, files), `FROM base\nRUN ${script}\n`)[0], [
    "Add --no-cache-dir",
    { bytes: 4e6, basis: "predicted" },
  ]);
});

test("folders that the usual command would miss are deleted by name", () => {
  checkFix(
    npmCacheKept,
    built("npm ci", "home/node/.npm/_cacache/a 4MB"),
    "FROM base\nRUN npm ci\n",
    "FROM base\nRUN npm ci && rm -rf /home/node/.npm/_cacache\n",
  );
  checkFix(
    npmCacheKept,
    built("npm ci", "root/.npm/_cacache/a 4MB"),
    "FROM base\nRUN npm ci\n",
    "FROM base\nRUN npm ci && npm cache clean --force\n",
  );
});

test("the home of a USER comes from the image", () => {
  const passwd = anImage().base({
    "etc/passwd": { content: "root:x:0:0::/root:/bin/sh\nweb:x:9:9::/srv/web:/bin/sh\n" },
  });
  const image = built("npm ci", "srv/web/.npm/_cacache/a 4MB", passwd.emptyRow("USER web"));
  checkFix(
    npmCacheKept,
    image,
    "FROM base\nUSER web\nRUN npm ci\n",
    "FROM base\nUSER web\nRUN npm ci && npm cache clean --force\n",
  );
});

test("no cache mount is offered to a user who could not write to it", () => {
  const found = ruleFindings(
    npmCacheKept,
    undefined,
    "# syntax=docker/dockerfile:1\nFROM base\nUSER node\nRUN npm ci\n",
  );
  assert.deepEqual(
    found.map(({ fixes }) => fixes.map(({ title }) => title)),
    [["Empty npm's cache in the same RUN"]],
  );
});

test("a later RUN that fills the cache too makes the saving a prediction", () => {
  const first = built("npm ci", "root/.npm/_cacache/a 4MB");
  const image = built("npm install -g pm2", "root/.npm/_cacache/b 2MB", first);
  assert.deepEqual(
    savings(npmCacheKept, image, "FROM base\nRUN npm ci\nRUN npm install -g pm2\n")[0]?.[1],
    { bytes: 4e6, basis: "predicted" },
  );
});

test("a later RUN that works from the files is mended with the first", () => {
  const first = built("go mod download", "go/pkg/mod/a/a.go 9MB").settings({
    env: ["GOPATH=/go"],
  });
  const image = built("go build -o /app .", "app 5MB", first);
  checkFix(
    goCacheKept,
    image,
    "FROM golang\nRUN go mod download\nRUN go build -o /app .\n",
    "FROM golang\nRUN go mod download && go clean -modcache\nRUN go build -o /app . && go clean -modcache\n",
    { remaining: 1 },
  );
});

test("hard links to what is used count nothing", () => {
  const files = {
    "root/.local/share/pnpm/store/v10/files/a": "3MB",
    "app/node_modules/a/index.js": { hardlink: "root/.local/share/pnpm/store/v10/files/a" },
    "root/.local/share/pnpm/store/v10/files/b": "1MB",
  };
  checkRule(
    pnpmStoreKept,
    built("pnpm install", files),
    `
FROM base
RUN pnpm install
#   ^^^^^^^^^^^^ pnpm-store-kept: 1 MB of files of pnpm's store stay in this layer.
`,
  );
});

test("yarn's cache is left alone where the program runs from it", () => {
  const files = "root/.yarn/berry/cache/a.zip 3MB, app/.pnp.cjs 1kB";
  checkRule(yarnCacheKept, built("yarn install", files), "FROM base\nRUN yarn install\n");
});

test("a cache mount added since the build leaves nothing to report of what the layer has", () => {
  const files = "root/.cache/pip/http/a 4MB, usr/lib/flask 1MB";
  const image = built("pip install flask", files);
  checkFix(
    pipCacheKept,
    image,
    "FROM base\nRUN pip install flask\n",
    "FROM base\nRUN --mount=type=cache,target=/root/.cache/pip pip install flask\n",
    { fix: "Keep files of pip's cache in a cache mount" },
  );
  checkRule(
    pipCacheKept,
    image,
    "FROM base\nRUN --mount=type=tmpfs,target=/root/.cache pip install flask\n",
  );
  checkRule(
    pipCacheKept,
    built("/install", files),
    "FROM base\nRUN --mount=type=cache,target=/root/.cache /install\n",
  );
  checkRule(
    pipCacheKept,
    image,
    `
FROM base
RUN --mount=type=cache,target=/root/.npm pip install flask
#                                        ^^^^^^^^^^^ pip-cache-kept: 4 MB of files of pip's cache stay in this layer.
`,
  );
});

test("words inside the quotes of another shell are not edited in place", () => {
  const found = ruleFindings(
    pipCacheKept,
    undefined,
    'FROM base\nRUN bash -c "pip install flask"\n',
  );
  assert.ok(found.every(({ fixes }) => fixes.every(({ title }) => !title.startsWith("Add"))));
});
