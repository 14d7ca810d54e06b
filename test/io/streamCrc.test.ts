import assert from "node:assert/strict";
import { test } from "node:test";
import { crc32 } from "node:zlib";
import fc from "fast-check";
import { memoryToHashIn } from "../../server/src/io/hashMemory.ts";
import { streamCrc } from "../../server/src/io/streamCrc.ts";

test("is the CRC-32 of zlib, wherever the bytes lie and whatever came before", () =>
  fc.assert(
    fc.property(
      fc.uint8Array({ maxLength: 300, size: "max" }),
      fc.integer({ min: 1, max: 800 }),
      fc.nat(40),
      fc.nat(0xffffffff),
      (pattern, times, offset, before) => {
        const bytes = Buffer.concat(Array.from({ length: times }, () => pattern));
        const expected = crc32(bytes, before);
        assert.equal(streamCrc(bytes, before), expected);
        const memory = memoryToHashIn();
        memory.set(bytes, offset);
        const there = memory.subarray(offset, offset + bytes.length);
        assert.equal(streamCrc(there, before), expected);
        assert.deepEqual(Buffer.from(there), bytes);
      },
    ),
  ));

test("every single bit counts, in a piece that is folded at once and in one that is not", () => {
  for (const [bytes, step] of [
    [12_000, 1],
    [100_000, 997],
  ] as const) {
    const memory = memoryToHashIn(bytes);
    memory.fill(0);
    for (let bit = 0; bit < 8 * bytes; bit += step) {
      memory[bit >> 3] = 1 << (bit & 7);
      assert.equal(streamCrc(memory, 0), crc32(memory, 0), `bit ${bit} of ${bytes} bytes`);
      memory[bit >> 3] = 0;
    }
  }
});
