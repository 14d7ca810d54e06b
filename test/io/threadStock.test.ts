import assert from "node:assert/strict";
import { mock, test } from "node:test";
import type { ThreadListener } from "../../server/src/io/layerWorkers.ts";
import { createThreadStock, type StockOptions } from "../../server/src/io/threadStock.ts";

/** Threads that do nothing but note what becomes of them. */
function fakeThreads(): {
  readonly startThread: NonNullable<StockOptions["startThread"]>;
  readonly listeners: ThreadListener[];
  /** `+0` it starts, `rehearse 0` is what it is asked to do, `-0` it ends, `!0` it keeps the process alive, `.0` no longer. */
  readonly log: string[];
} {
  const listeners: ThreadListener[] = [];
  const log: string[] = [];
  return {
    listeners,
    log,
    startThread(listener) {
      const name = listeners.push(listener) - 1;
      log.push(`+${name}`);
      return {
        post: ({ kind }) => void log.push(`${kind} ${name}`),
        end: () => void log.push(`-${name}`),
        keepAlive: (wanted) => void log.push(wanted === "yes" ? `!${name}` : `.${name}`),
      };
    },
  };
}

const deaf: ThreadListener = { message: () => undefined, broken: () => undefined };

test("a thread that rests goes on to the next use, and who left it hears nothing more", () => {
  const { startThread, listeners, log } = fakeThreads();
  const stock = createThreadStock({ startThread });
  const heard: string[] = [];
  const listenAs = (who: string): ThreadListener => ({
    message: ({ kind }) => void heard.push(`${who} ${kind}`),
    broken: assert.fail,
  });
  const first = stock.start(listenAs("first"));
  listeners[0]?.message({ kind: "progress", bytes: 1 });
  first.rest();
  listeners[0]?.message({ kind: "idle" });
  stock.start(listenAs("second"));
  listeners[0]?.message({ kind: "idle" });
  assert.deepEqual(heard, ["first progress", "second idle"]);
  assert.deepEqual(log, ["+0", "!0", ".0", "!0"]);
});

test("no more of them rest than are wanted, and none longer than that", () => {
  mock.timers.enable({ apis: ["setTimeout"] });
  try {
    const { startThread, log } = fakeThreads();
    const stock = createThreadStock({ startThread, idleThreads: 1, idleMs: 1000 });
    const both = [stock.start(deaf), stock.start(deaf)];
    for (const thread of both) thread.rest();
    assert.deepEqual(log.splice(0), ["+0", "!0", "+1", "!1", ".0", "-1"]);
    mock.timers.tick(900);
    stock.start(deaf).rest();
    mock.timers.tick(900);
    assert.deepEqual(log.splice(0), ["!0", ".0"]);
    mock.timers.tick(200);
    assert.deepEqual(log.splice(0), ["-0"]);
    stock.start(deaf);
    assert.deepEqual(log, ["+2", "!2"]);
  } finally {
    mock.timers.reset();
  }
});

test("one that is prepared rehearses, and is the next to be used", () => {
  const { startThread, log } = fakeThreads();
  const stock = createThreadStock({ startThread });
  stock.prepare(2);
  assert.deepEqual(log.splice(0), ["+0", "rehearse 0", "rehearse 0", ".0"]);
  stock.start(deaf);
  assert.deepEqual(log, ["!0"]);
});

test("closing ends those that rest at once and the others when they do", () => {
  const { startThread, log } = fakeThreads();
  const stock = createThreadStock({ startThread });
  stock.prepare(0);
  stock.prepare(0);
  const busy = stock.start(deaf);
  stock.close();
  assert.deepEqual(log.splice(0), ["+0", ".0", "+1", ".1", "!1", "-0"]);
  busy.rest();
  assert.deepEqual(log, ["-1"]);
});

test("one that breaks while it rests is not used again", () => {
  const { startThread, listeners, log } = fakeThreads();
  const stock = createThreadStock({ startThread });
  stock.start(deaf).rest();
  listeners[0]?.broken(new Error("out of memory"));
  stock.start(deaf);
  assert.deepEqual(log, ["+0", "!0", ".0", "-0", "+1", "!1"]);
});
