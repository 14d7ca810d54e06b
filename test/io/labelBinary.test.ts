import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { setImmediate as nextTurn } from "node:timers/promises";
import { suite, test } from "node:test";
import { labelElf } from "../../server/src/core/image/elfLabels.ts";
import { elfMapOf } from "../../server/src/core/image/elfMap.ts";
import { labelBinary } from "../../server/src/io/labelBinary.ts";
import { inRoot } from "../machine/place.ts";

/** A program of Go that is there wherever the tests are. */
const program = (): Uint8Array => Uint8Array.from(readFileSync(inRoot("examples/micro/server")));

const never = new AbortController().signal;

suite("binaries are labelled in a thread", () => {
  test("it says what would be said here", async () => {
    const bytes = program();
    const labels = labelElf((at, length) => bytes.subarray(at, at + length), bytes.length);
    const labelled = await labelBinary(program(), { limit: 500, signal: never });
    assert.deepEqual(labelled, { ok: true, value: elfMapOf(labels!, 500) });
  });

  test("what is no ELF file has no map", async () => {
    const labelled = await labelBinary(new Uint8Array(100), { limit: 500, signal: never });
    assert.deepEqual(labelled, { ok: true, value: undefined });
  });

  test("bytes that share their memory with others leave those where they are", async () => {
    const bytes = program();
    const shared = new Uint8Array(bytes.length + 8);
    shared.set(bytes, 8);
    const labelled = await labelBinary(shared.subarray(8), { limit: 500, signal: never });
    assert.equal(labelled.ok && labelled.value?.fileBytes, bytes.length);
    assert.equal(shared.length, bytes.length + 8);
  });

  test("meanwhile others have their turn", async () => {
    let turns = 0;
    let isDone = false;
    const work = labelBinary(program(), { limit: 500, signal: never }).finally(() => {
      isDone = true;
    });
    for (; !isDone; turns += 1) await nextTurn();
    await work;
    assert.ok(turns > 20, `${turns} turns`);
  });

  test("who gives up waits no longer", async () => {
    const controller = new AbortController();
    const work = labelBinary(program(), { limit: 500, signal: controller.signal });
    await nextTurn();
    controller.abort();
    assert.deepEqual(await work, { ok: false, error: { code: "cancelled" } });
    const again = await labelBinary(program(), { limit: 500, signal: controller.signal });
    assert.deepEqual(again, { ok: false, error: { code: "cancelled" } });
  });
});
