import assert from "node:assert/strict";
import { test } from "node:test";
import { succeed } from "../../server/src/core/result.ts";
import type { StartOutcome } from "../../server/src/protocol.ts";
import { methods } from "../../server/src/protocol.ts";
import { fakeHost } from "../support/fakeHost.ts";
import { lspPair } from "../support/lspPair.ts";

const uri = "file:///work/Dockerfile";

async function outcomeIn(trusted: boolean, settings: unknown): Promise<StartOutcome> {
  const host = {
    ...fakeHost(),
    measureStart: async () =>
      succeed([{ reference: "app", runs: [{ readyMs: 12, sign: { kind: "output" } as const }] }]),
  };
  const pair = await lspPair({
    host,
    settings,
    initialize: { initializationOptions: { trusted } },
  });
  try {
    await pair.open(uri, "FROM scratch\n");
    await pair.until("the settings are known", () => pair.statuses.length > 0);
    return await pair.client.sendRequest(methods.measureStart, {
      uri,
      references: ["app"],
      runs: 1,
    });
  } finally {
    await pair.close();
  }
}

test("start times are told as the command line tells them", async () => {
  const outcome = await outcomeIn(true, {});
  assert.ok(outcome.kind === "measured");
  assert.equal(
    outcome.lines[0],
    "app: 12 ms by the median of 1 run, 12 ms to 12 ms. First sign: output.",
  );
});

test("nothing is started without trust, or with the engine switched off", async () => {
  assert.equal((await outcomeIn(false, {})).kind, "failed");
  assert.equal((await outcomeIn(true, { engine: { enabled: false } })).kind, "failed");
});
