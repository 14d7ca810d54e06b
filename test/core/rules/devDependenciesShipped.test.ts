import assert from "node:assert/strict";
import { test } from "node:test";
import { devDependenciesShipped } from "../../../server/src/core/rules/devDependenciesShipped.ts";
import { checkFix, checkRule, ruleFindings } from "../../support/checkRule.ts";
import { anImage } from "../../support/imageBuilder.ts";

const list = JSON.stringify({
  lockfileVersion: 3,
  packages: {
    "": { name: "app" },
    "node_modules/express": { version: "4.0.0" },
    "node_modules/jest": { version: "29.0.0", dev: true },
    "node_modules/jest/node_modules/chalk": { version: "4.0.0", dev: true },
    "node_modules/types": { version: "1.0.0", dev: true },
    "node_modules/gone": { version: "1.0.0", dev: true },
    "../../etc": { version: "1.0.0", dev: true },
  },
});

const modules = {
  "app/node_modules/.package-lock.json": { content: list },
  "app/node_modules/express/index.js": "1MB",
  "app/node_modules/jest/index.js": "20MB",
  "app/node_modules/jest/node_modules/chalk/index.js": "1MB",
  "app/node_modules/types/index.d.ts": "3MB",
};

const image = anImage()
  .base("etc/passwd 1kB")
  .layer(modules, { createdBy: "RUN /bin/sh -c npm ci # buildkit" });

test("npm's own list says which packages are for development, and the layer what they weigh", () => {
  const text = `
FROM node:22
RUN npm ci
#   ^^^^^^ dev-dependencies-shipped: 24 MB of 3 packages that are for development only.
`;
  checkRule(devDependenciesShipped, image, text);
  const [finding] = ruleFindings(devDependenciesShipped, image, text);
  assert.deepEqual(finding?.saving, { bytes: 24e6, basis: "predicted" });
  assert.equal(finding.severity, "warning");
  assert.equal(finding.fixes[0]?.isSafe, false);
});

test("a list without any is silent, whatever the text says", () => {
  const content = JSON.stringify({ packages: { "node_modules/express": {} } });
  const none = anImage()
    .base("etc/passwd 1kB")
    .layer(
      { ...modules, "app/node_modules/.package-lock.json": { content } },
      { createdBy: "RUN /bin/sh -c npm ci # buildkit" },
    );
  checkRule(devDependenciesShipped, none, "FROM node:22\nRUN npm ci\n");
});

test("a list that is none says nothing, and the text speaks", () => {
  const broken = anImage()
    .base("etc/passwd 1kB")
    .layer(
      { ...modules, "app/node_modules/.package-lock.json": { content: "{" } },
      { createdBy: "RUN /bin/sh -c npm ci # buildkit" },
    );
  checkRule(
    devDependenciesShipped,
    broken,
    `
FROM node:22
RUN npm ci
#   ^^^^^^ dev-dependencies-shipped: Dependencies for development are installed too.
`,
  );
});

test("a COPY out of a build stage brings them too", () => {
  const copied = anImage()
    .base("etc/passwd 1kB")
    .layer(modules, { createdBy: "COPY /app /app # buildkit" });
  checkRule(
    devDependenciesShipped,
    copied,
    `
FROM node:22 AS build
RUN npm ci
FROM node:22-slim
COPY --from=build /app /app
#^^^ dev-dependencies-shipped: 24 MB of 3 packages that are for development only.
`,
  );
});

test("a stage that builds with them gets no mechanical fix", () => {
  for (const use of ["RUN npm run build", "RUN npx tsc", "RUN ./node_modules/.bin/webpack"]) {
    const text = `
FROM node:22
RUN npm ci
#   ^^^^^^ dev-dependencies-shipped: Dependencies for development are installed too. This stage works with them: do that in a stage of its own, and copy the result.
${use}
`;
    checkRule(devDependenciesShipped, undefined, text);
    assert.deepEqual(ruleFindings(devDependenciesShipped, undefined, text)[0]?.fixes, []);
  }
});

for (const lines of [
  "RUN npm ci --omit=dev",
  "RUN npm ci --omit dev",
  "RUN npm install --only=production",
  "RUN npm install --production",
  "RUN npm install express",
  "RUN npm install -g typescript",
  "ENV NODE_ENV=production\nRUN npm ci",
  "ENV NODE_ENV=development\nRUN npm ci",
  "ARG NODE_ENV\nRUN npm ci",
  "RUN NODE_ENV=production npm ci",
  "RUN export NODE_ENV=production && npm ci",
  "RUN npm ci && npm run build && npm prune --omit=dev",
  'RUN npm ci\nCMD ["npm", "run", "dev"]',
  "RUN npm ci\nCMD nodemon index.js",
  "RUN yarn install --frozen-lockfile --production",
  "RUN yarn add express",
  "RUN pnpm install --prod --frozen-lockfile",
  "RUN pnpm i -P",
  "RUN bun install --production",
  "RUN composer install --no-dev",
  "ENV COMPOSER_NO_DEV=1\nRUN composer install",
  "ENV BUNDLE_WITHOUT=development\nRUN bundle install",
  "RUN bundle config set --local without 'development test' && bundle install",
  "RUN bundle config set --global without development\nRUN bundle install",
  "RUN pip install -r requirements.txt",
  "RUN pip install pytest",
  "RUN pip install .[server]",
  "RUN poetry install --only main",
  "RUN poetry install --without dev",
  "RUN uv sync --no-dev",
  "RUN uv sync --locked --no-default-groups",
  "RUN if test -n x; then npm ci; fi",
]) {
  test(`silent: ${lines}`, () =>
    checkRule(devDependenciesShipped, undefined, `FROM base\n${lines}\n`));
}

for (const [before, after] of [
  ["RUN npm ci", "RUN npm ci --omit=dev"],
  ["RUN set -e; npm install --no-audit", "RUN set -e; npm install --omit=dev --no-audit"],
  ["RUN <<EOF\nset -e\nnpm ci\nEOF", "RUN <<EOF\nset -e\nnpm ci --omit=dev\nEOF"],
  ["RUN yarn install --frozen-lockfile", "RUN yarn install --production --frozen-lockfile"],
  ["RUN pnpm install --frozen-lockfile", "RUN pnpm install --prod --frozen-lockfile"],
  ["RUN bun install", "RUN bun install --production"],
  ["RUN composer install", "RUN composer install --no-dev"],
  ["RUN bundle install", "ENV BUNDLE_WITHOUT=development:test\nRUN bundle install"],
  [
    "RUN pip install -r requirements.txt -r requirements-dev.txt",
    "RUN pip install -r requirements.txt",
  ],
  ["RUN poetry install", "RUN poetry install --only main"],
  ["RUN uv sync --locked", "RUN uv sync --no-dev --locked"],
] as const) {
  test(`mended: ${before}`, () =>
    checkFix(
      devDependenciesShipped,
      undefined,
      `FROM base\n# dependencies\n${before}\n`,
      `FROM base\n# dependencies\n${after}\n`,
    ));
}

for (const run of [
  "yarn",
  "yarn install --immutable",
  "pip install -r requirements-dev.txt",
  "pip install -e .[dev]",
  "pip install '.[server,test]'",
]) {
  test(`by hand: ${run}`, () => {
    const found = ruleFindings(devDependenciesShipped, undefined, `FROM base\nRUN ${run}\n`);
    assert.deepEqual(
      found.map(({ message, severity, fixes }) => [message, severity, fixes.length]),
      [["Dependencies for development are installed too.", "information", 0]],
    );
  });
}

test("a stage that is not shipped may have them", () => {
  checkRule(
    devDependenciesShipped,
    undefined,
    "FROM node:22 AS build\nRUN npm ci && npm run build\nFROM nginx\nCOPY --from=build /app/dist /www\n",
  );
});
