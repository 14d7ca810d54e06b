import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { contentHashOf, createContentHasher } from "../../server/src/io/contentHash.ts";
import { memoryToHashIn } from "../../server/src/io/hashMemory.ts";

function hashOf(text: string): number {
  const bytes = Buffer.from(text);
  return contentHashOf(bytes, 0, bytes.length);
}

test("a content's hash is the lower half of what xxhsum -H1 says", () => {
  assert.equal(hashOf(""), 0x51d8e999);
  assert.equal(hashOf("a"), 0xa98c6e5b);
  assert.equal(hashOf("abc"), 0xad770999);
  assert.equal(hashOf("hello, world"), 0x6d1b1242);
  assert.equal(hashOf("x".repeat(1_000_000)), 0x6b9adc14);
});

test("bytes are hashed alike wherever they lie and however they come", () =>
  fc.assert(
    fc.property(
      fc.uint8Array({ maxLength: 500 }),
      fc.array(fc.nat(500), { maxLength: 4 }),
      fc.nat(100),
      (bytes, cuts, offset) => {
        const expected = contentHashOf(bytes, 0, bytes.length);
        const memory = memoryToHashIn();
        memory.set(bytes, offset);
        assert.equal(contentHashOf(memory, offset, offset + bytes.length), expected);
        const hasher = createContentHasher();
        hasher.begin();
        const places = [0, ...cuts.map((cut) => Math.min(cut, bytes.length)), bytes.length];
        places
          .sort((a, b) => a - b)
          .forEach((end, at) => hasher.add(bytes, places[at - 1] ?? 0, end));
        assert.equal(hasher.end(), expected);
      },
    ),
  ));

test("contents that come in turns do not mix", () => {
  const [one, other] = [createContentHasher(), createContentHasher()];
  const [first, second] = [Buffer.from("a".repeat(70_000)), Buffer.from("b".repeat(40))];
  one.begin();
  one.add(first, 0, 33);
  other.begin();
  other.add(second, 0, 7);
  one.add(first, 33, first.length);
  assert.equal(hashOf("c"), contentHashOf(Buffer.from("c"), 0, 1));
  other.add(second, 7, second.length);
  assert.equal(one.end(), hashOf("a".repeat(70_000)));
  assert.equal(other.end(), hashOf("b".repeat(40)));
});

test("a hasher takes one content after the other", () => {
  const hasher = createContentHasher();
  for (const text of ["first", "", "second"]) {
    hasher.begin();
    hasher.add(Buffer.from(text), 0, text.length);
    assert.equal(hasher.end(), hashOf(text));
  }
});
