import assert from "node:assert/strict";
import { test } from "node:test";
import { analyse, parseDockerfile, registrySizes } from "../../../server/src/core/analysis.ts";
import { noticesOf } from "../../../server/src/core/views/diagnostics.ts";
import { directiveHelpAt } from "../../../server/src/core/views/directiveHelp.ts";
import { aWorld } from "../bases/world.ts";

const platform = { os: "linux", architecture: "amd64" };

function foreseen(limit: string) {
  const text = `# tare: transfer-budget=${limit}\nFROM base:1 AS build\nFROM build\nCOPY app /\n`;
  const registry = registrySizes({ transferBytes: 29e6, platform, askedMs: 0 });
  return analyse(
    parseDockerfile(text),
    undefined,
    {},
    {
      bases: {
        world: aWorld({ "base:1": { registry } }),
        heldOf: () => undefined,
        built: undefined,
      },
    },
  );
}

test("a base that is over the transfer budget alone is told before any build, as a prediction of the least", () => {
  const analysis = foreseen("10MB");
  assert.deepEqual(
    noticesOf(analysis).map(({ code, message }) => `${code}: ${message}`),
    [
      "over-transfer-budget: The image is predicted to send at least 29 MB, 19 MB over the transfer budget of 10 MB; it is not built yet.",
    ],
  );
  assert.equal(analysis.budgets[0]?.crossedBy, 0);
});

test("a base within it says nothing of the whole: that is not known, with the reason", () => {
  const analysis = foreseen("30MB");
  assert.deepEqual(noticesOf(analysis), []);
  assert.equal(
    directiveHelpAt(analysis, analysis.dockerfile.text.indexOf("30MB"))?.help.meaning,
    "30 MB (30,000,000 B). What the image sends is not known: that takes a built image with compressed layers.",
  );
});
