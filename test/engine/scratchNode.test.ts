import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { suite, test } from "node:test";
import { localSizes } from "../../server/src/core/bases/baseSize.ts";
import { rewritesToSmaller } from "../../server/src/core/scratch/nextBest/rewritesToSmaller.ts";
import { applyEdits } from "../../server/src/core/text/edit.ts";
import { startEngine, type TestEngine, withEngine } from "../machine/engine.ts";
import { addScratchBase } from "../support/scratchBases.ts";
import { readTagged } from "../support/readTagged.ts";
import { freePort, judge, serve } from "../support/scratchCases.ts";

/** Installs what a lock file would name, and takes away what is for development; fetches nothing. */
const npm = `#!/bin/sh -e
case "$1" in
  ci)
    mkdir -p node_modules/greeting node_modules/compiler
    echo 'module.exports = "hello from production"' > node_modules/greeting/index.js
    head -c 20000000 /dev/zero > node_modules/compiler/index.js
    echo '{"packages":{"node_modules/greeting":{},"node_modules/compiler":{"dev":true}}}' > node_modules/.package-lock.json
    ;;
  prune) rm -r node_modules/compiler ;;
esac
`;

const entrypoint = `#!/bin/sh
set -e
exec "$@"
`;

/** Stand-ins for the public images: the full one has 50 MB that no program reads. */
async function addNode(engine: TestEngine): Promise<string | undefined> {
  const reason = await addScratchBase(engine, "debian");
  if (reason !== undefined) return reason;
  const files = {
    node: await readFile(process.execPath),
    npm,
    "docker-entrypoint.sh": entrypoint,
    "os-release": "ID=debian\nVERSION_ID=12\nVERSION_CODENAME=bookworm\n",
  };
  const slim = `FROM debian:local
COPY --chmod=755 node npm docker-entrypoint.sh /usr/local/bin/
COPY os-release /etc/os-release
RUN echo 'node:x:1000:1000::/home/node:/bin/sh' >> /etc/passwd && echo 'node:x:1000:' >> /etc/group
ENTRYPOINT ["docker-entrypoint.sh"]
CMD ["node"]
`;
  await engine.build({ tag: "node:20-slim", dockerfile: slim, files, builder: "buildkit" });
  const full = "FROM node:20-slim\nRUN head -c 50000000 /dev/zero > /usr/lib/headers\n";
  await engine.build({ tag: "node:20", dockerfile: full, builder: "buildkit" });
  return undefined;
}

suite("a Node.js program on a smaller base answers as before", { timeout: 180_000 }, () => {
  const engineOf = withEngine(startEngine);

  test("from the full image to the slim one, with production dependencies only", async (context) => {
    const engine = engineOf(context);
    if (engine === undefined) return;
    const reason = await addNode(engine);
    if (reason !== undefined) return context.skip(reason);
    const port = await freePort();
    const dockerfile = `FROM node:20
WORKDIR /app
COPY package.json package-lock.json ./
RUN npm ci
COPY . .
ENV PORT=${port}
EXPOSE ${port}
USER node
CMD ["node", "server.js"]
`;
    const files = {
      "package.json": "{}",
      "package-lock.json": "{}",
      "server.js": `const { createServer } = require("node:http");
const { userInfo } = require("node:os");
const greeting = require("greeting");
const server = createServer((_, response) => response.end(greeting + " as " + userInfo().username));
server.listen(process.env.PORT);
process.on("SIGTERM", () => process.exit(0));
`,
    };
    const before = await judge(engine, "node-app:before", { dockerfile, files });
    assert.deepEqual(before.rewrites.offers, []);
    const [refusal] = before.rewrites.refusals;
    assert.match(
      refusal?.reason ?? "",
      /docker-entrypoint\.sh is a script that \/bin\/sh runs; in the end it hands over to node\.$/,
    );
    const url = `http://127.0.0.1:${port}/`;
    const expected = await serve(engine, "node-app:before", url);
    assert.deepEqual(expected, { output: "200 hello from production as node", exitCode: 0 });
    const slim = await readTagged(engine, "node:20-slim");
    const { platform } = slim.description.config;
    const { offers, refusals } = rewritesToSmaller(before.input, before.readiness, "slim", {
      platforms: { target: platform, build: platform },
      findingsOf: (name) =>
        name === "node:20-slim" ? { engine: localSizes(slim.description, slim) } : undefined,
      isRegistryOn: false,
    });
    const [offer] = offers;
    assert.ok(offer, JSON.stringify(refusals));
    assert.equal(offer.title, "FROM node:20-slim with production dependencies only");
    const after = await judge(engine, "node-app:after", {
      dockerfile: applyEdits(dockerfile, offer.edits),
      files,
    });
    assert.deepEqual(await serve(engine, "node-app:after", url), expected);
    assert.deepEqual(
      [offer.size?.beforeBytes, offer.size?.basis],
      [before.read.layerContentBytes, "predicted"],
    );
    // `npm prune` keeps books of its own.
    const offBy = (offer.size?.afterBytes ?? 0) - after.read.layerContentBytes;
    assert.ok(Math.abs(offBy) < 0.01 * after.read.layerContentBytes, `${offBy} bytes off`);
    assert.ok(before.read.layerContentBytes - after.read.layerContentBytes >= 70_000_000);
  });
});
