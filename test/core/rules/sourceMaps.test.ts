import { test } from "node:test";
import { sourceMaps } from "../../../server/src/core/rules/sourceMaps.ts";
import { checkFix, checkRule } from "../../support/checkRule.ts";
import { anImage } from "../../support/imageBuilder.ts";

const run = { createdBy: "RUN /bin/sh -c npm ci # buildkit" };
const image = anImage().base("bin/sh 10MB").layer(
  {
    "app/node_modules/a/index.js": "1MB",
    "app/node_modules/a/index.js.map": "2MB",
    "app/node_modules/a/index.mjs.map": "1MB",
    "app/node_modules/a/city.map": "4MB",
  },
  run,
);
const text = "FROM node:22\nWORKDIR /app\nRUN npm ci\n";

test("source maps are told from other maps", () => {
  checkRule(
    sourceMaps,
    image,
    `FROM node:22
RUN npm ci
#^^ source-maps: 3 MB of source maps are in this layer; programs run without them.
`,
  );
});

test("they are deleted in the same RUN, other maps are not", () => {
  checkFix(
    sourceMaps,
    image,
    "FROM node:22\nRUN npm ci\n",
    String.raw`FROM node:22
RUN npm ci && find /app/node_modules/a -type f \( -name '*.js.map' -o -name '*.[cm]js.map' -o -name '*.ts.map' -o -name '*.[cm]ts.map' -o -name '*.css.map' \) -exec rm -f {} +
`,
  );
});

test("Node told to read them needs them", () => {
  checkRule(sourceMaps, image, `${text}CMD ["node", "--enable-source-maps", "app.js"]\n`);
  checkRule(sourceMaps, undefined, text);
});
