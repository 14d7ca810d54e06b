import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer } from "node:http";
import { test } from "node:test";
import { warmEngineClient } from "../../server/src/io/dockerEngine.ts";

test("no engine hears of the client's warming up", async (context) => {
  let requests = 0;
  const engine = createServer((_, response) => {
    requests += 1;
    response.end("OK");
  });
  engine.listen(0, "127.0.0.1");
  await once(engine, "listening");
  context.after(() => engine.close());
  const address = engine.address();
  assert.ok(typeof address === "object" && address !== null);
  const before = process.env["DOCKER_HOST"];
  context.after(() => {
    if (before === undefined) delete process.env["DOCKER_HOST"];
    else process.env["DOCKER_HOST"] = before;
  });
  process.env["DOCKER_HOST"] = `tcp://127.0.0.1:${address.port}`;
  await warmEngineClient();
  assert.equal(requests, 0);
});
