import assert from "node:assert/strict";
import { test } from "node:test";
import { inTurns } from "../../server/src/lsp/turns.ts";

/** A clock on which each piece takes three milliseconds, and what ran in which order. */
function world() {
  let clockMs = 0;
  const ran: string[] = [];
  const host = {
    nowMs: () => clockMs,
    after: (_: number, run: () => void) => {
      const timer = setImmediate(() => {
        ran.push("others");
        run();
      });
      return () => clearImmediate(timer);
    },
  };
  function* work(pieces: number): Generator<undefined, string> {
    for (let piece = 0; piece < pieces; piece += 1) {
      clockMs += 3;
      ran.push("piece");
      yield;
    }
    return "done";
  }
  return { host, ran, work };
}

const wanted = () => false;

test("work that fits into one turn is done at once", () => {
  const { host, work } = world();
  assert.equal(inTurns(host, work(2), wanted), "done");
});

test("longer work lets others have their turn between its pieces", async () => {
  const { host, ran, work } = world();
  assert.equal(await inTurns(host, work(7), wanted), "done");
  const turns = ran.join(" ").split(" others ");
  assert.deepEqual(turns, ["piece piece piece", "piece piece piece", "piece"]);
});

test("work that nobody wants any more stops after its turn", async () => {
  const { host, ran, work } = world();
  assert.equal(await inTurns(host, work(100), () => true), undefined);
  assert.equal(ran.filter((one) => one === "piece").length, 3);
});

test("a mistake in a later turn reaches who waits", async () => {
  const { host, work } = world();
  function* broken(): Generator<undefined, string> {
    yield* work(5);
    throw new Error("broken");
  }
  await assert.rejects(async () => inTurns(host, broken(), wanted), /broken/);
});
