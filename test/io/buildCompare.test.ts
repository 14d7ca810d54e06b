import assert from "node:assert/strict";
import { test } from "node:test";
import { buildTemporaryImage } from "../../server/src/io/buildCompare.ts";

test("a build context whose name holds a NUL gives one sentence, and no builder is started", async () => {
  const lines: string[] = [];
  const built = await buildTemporaryImage(
    {
      text: "FROM scratch\n",
      dockerfilePath: "/nowhere/Dockerfile",
      contextDirective: "a\0b",
      workspaceFolder: undefined,
      platform: undefined,
      // Nothing answers there, should one be started after all.
      endpoint: "tcp://127.0.0.1:1",
      onLine: (line) => lines.push(line),
    },
    AbortSignal.timeout(10_000),
  );
  assert.deepEqual(built, {
    ok: false,
    error: "The build failed: no path or name that a builder takes holds a NUL",
  });
  assert.deepEqual(lines, []);
});
