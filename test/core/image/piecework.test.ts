import assert from "node:assert/strict";
import { test } from "node:test";
import { finish, type Piecework, share } from "../../../server/src/core/image/piecework.ts";

/** Work of some pieces that notes each, and throws at one the first time it comes there. */
function pieces(count: number, ran: number[], broken = -1): () => Piecework<string> {
  let isBroken = true;
  return function* work() {
    for (let piece = 0; piece < count; piece += 1) {
      if (piece === broken && isBroken) {
        isBroken = false;
        throw new Error("broken");
      }
      ran.push(piece);
      yield;
    }
    return "done";
  };
}

test("shared work is carried on by whoever asks, and done once", () => {
  const ran: number[] = [];
  const shared = share(pieces(4, ran));
  const one = shared.carryOn();
  one.next();
  one.next();
  const other = shared.carryOn();
  other.next();
  assert.equal(shared.made(), undefined);
  assert.equal(finish(one), "done");
  assert.equal(finish(other), "done");
  assert.equal(finish(shared.carryOn()), "done");
  assert.equal(shared.made(), "done");
  assert.deepEqual(ran, [0, 1, 2, 3]);
});

test("shared work is not begun before it is carried on", () => {
  const ran: number[] = [];
  share(pieces(1, ran)).carryOn();
  assert.deepEqual(ran, []);
});

test("shared work that threw is begun anew", () => {
  const ran: number[] = [];
  const shared = share(pieces(3, ran, 1));
  assert.throws(() => finish(shared.carryOn()), /broken/);
  assert.equal(finish(shared.carryOn()), "done");
  assert.deepEqual(ran, [0, 0, 1, 2]);
});
