import assert from "node:assert/strict";
import { suite, test } from "node:test";
import type { BaseFindings } from "../../server/src/core/bases/baseFacts.ts";
import { localSizes } from "../../server/src/core/bases/baseSize.ts";
import { rewritesToSmaller } from "../../server/src/core/scratch/nextBest/rewritesToSmaller.ts";
import { applyEdits } from "../../server/src/core/text/edit.ts";
import { startEngine, withEngine } from "../machine/engine.ts";
import { addNodeBases, smallNode } from "../support/nodeBases.ts";
import { readTagged } from "../support/readTagged.ts";
import { judge, run } from "../support/scratchCases.ts";

const dockerfile = `FROM node:24
WORKDIR /app
COPY --chown=node:node package.json ./
COPY --chown=node:node vendor vendor
RUN npm install --no-audit --no-fund --install-links
COPY --chown=node:node . .
# made here
RUN node -e 'fs.writeFileSync("dist.js", "console.log(require(\\"hello\\"), process.getuid())")' && mkdir data && chown node:node data
ENV NODE_ENV=production
USER node
HEALTHCHECK CMD node -e 0 || exit 1
CMD ["node", "server.js"]
`;

const manifest = (name: string, more: object = {}): string =>
  JSON.stringify({ name, version: "1.0.0", ...more });

const files = {
  "package.json": manifest("app", {
    dependencies: { hello: "file:./vendor/hello" },
    devDependencies: { big: "file:./vendor/big" },
  }),
  "vendor/hello/package.json": manifest("hello"),
  "vendor/hello/index.js": 'module.exports = "hello";\n',
  "vendor/big/package.json": manifest("big"),
  "vendor/big/index.js": `// ${"x".repeat(3e6)}\n`,
  "server.js": `require("./dist.js");
require("fs").writeFileSync("data/x", "1");
console.log(require("fs").existsSync("node_modules/big"));
`,
};

suite("a smaller base on a real engine", { concurrency: false }, () => {
  const engineFor = withEngine(startEngine);

  test("a Node.js program answers the same from a base without npm and shell, and weighs what was said", async (context) => {
    const engine = engineFor(context);
    if (engine === undefined) return;
    const reason = await addNodeBases(engine);
    if (reason !== undefined) return context.skip(reason);
    const before = await judge(engine, "node-app:before", { dockerfile, files });
    assert.deepEqual(await run(engine, "node-app:before"), {
      output: "hello 1000\ntrue\n",
      exitCode: 0,
    });
    const small = await readTagged(engine, smallNode);
    const platform = small.description.config.platform;
    const known: BaseFindings = { engine: localSizes(small.description, small) };
    const { offers, refusals } = rewritesToSmaller(before.input, before.readiness, "distroless", {
      platforms: { target: platform, build: platform },
      findingsOf: (name) => (name.startsWith(smallNode) ? known : undefined),
      isRegistryOn: false,
    });
    const [offer] = offers;
    assert.ok(offer, JSON.stringify(refusals));
    const text = applyEdits(dockerfile, offer.edits);
    const after = await judge(engine, "node-app:after", { dockerfile: text, files });
    assert.deepEqual(
      await run(engine, "node-app:after"),
      { output: "hello 1000\nfalse\n", exitCode: 0 },
      text,
    );
    const builtBytes = after.read.layerContentBytes;
    const offBy = Math.abs(builtBytes - (offer.size?.afterBytes ?? 0)) / builtBytes;
    assert.ok(offBy <= 0.01, `${offer.size?.afterBytes} predicted, ${builtBytes} built`);
    assert.ok(builtBytes < before.read.layerContentBytes);
  });
});
