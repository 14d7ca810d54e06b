import assert from "node:assert/strict";
import { test } from "node:test";
import { MessageType } from "vscode-languageserver/node";
import { fakeHost } from "../support/fakeHost.ts";
import type { LspPair, PairOptions } from "../support/lspPair.ts";
import { lspPair } from "../support/lspPair.ts";

async function withPair(
  options: Omit<PairOptions, "host">,
  run: (pair: LspPair) => Promise<void>,
): Promise<void> {
  const pair = await lspPair({ ...options, host: fakeHost({}) });
  try {
    await run(pair);
    assert.deepEqual(pair.logs, []);
  } finally {
    await pair.close();
  }
}

const pulls =
  "tare.cost.pulls should be a number from 0 on, but is -1: meanwhile it counts as not set.";
const target =
  'tare.target should be micro, sub-1mb, esp32-ota, raspberry-pi, lambda or edge, but is "mikro": meanwhile it counts as not set.';
const wrongPulls = { cost: { pulls: -1 } };
const wrongTarget = { target: "mikro" };

const said = (pair: LspPair): readonly string[] => pair.shown.map(({ message }) => message);

test("settings of a wrong kind are told once, for all folders and documents together", () =>
  withPair({ settings: { ...wrongPulls, ...wrongTarget } }, async (pair) => {
    await pair.until("told", () => pair.shown.length === 1);
    assert.deepEqual(pair.shown, [{ type: MessageType.Warning, message: `${target} ${pulls}` }]);
    await pair.open("file:///work/Dockerfile", "FROM scratch\n");
    await pair.open("file:///elsewhere/Dockerfile", "FROM scratch\n");
    await pair.configure(wrongTarget);
    await pair.until("told of the rest", () => pair.shown.length > 1);
    assert.deepEqual(said(pair).slice(1), [target]);
  }));

test("they are told again when they are others, or were right in between", () =>
  withPair({ settings: {}, capabilities: {} }, async (pair) => {
    for (const settings of [
      {},
      wrongPulls,
      { ...wrongPulls, budget: "10MB" },
      wrongTarget,
      { budget: "9MB" },
      wrongTarget,
      wrongPulls,
    ]) {
      await pair.configure(settings);
    }
    await pair.until("told of the last", () => pair.shown.length >= 4);
    assert.deepEqual(said(pair), [pulls, target, target, pulls]);
  }));

test("of many only some are told, and how many more there are", () =>
  withPair({ settings: { images: { a: 1, b: 1, c: 1, d: 1, e: 1, f: 1, g: 1 } } }, async (pair) => {
    await pair.until("told", () => pair.shown.length === 1);
    const [message = ""] = said(pair);
    assert.equal(message.match(/tare\.images/g)?.length, 5);
    assert.ok(message.endsWith(" Something is wrong with 2 more."), message);
  }));
