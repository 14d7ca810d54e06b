import assert from "node:assert/strict";
import { test } from "node:test";
import { crc32, deflateRawSync, gzipSync, zstdCompressSync } from "node:zlib";
import { type Compression, createDecoder, sniffCompression } from "../../server/src/io/decoder.ts";
import { portableZstd } from "../../server/src/io/zstdDecoder.ts";
import { concat } from "../support/tarWriter.ts";

const helloText = "hello ".repeat(20_000);
const worldText = "world ".repeat(10_000);
const hello = Buffer.from(helloText);
const world = Buffer.from(worldText);

/** Decodes what comes in portions; the text, or what is wrong. */
function decode(compression: Compression, stored: Uint8Array, portion: number): string {
  const parts: Uint8Array[] = [];
  const decoder = createDecoder(compression, (chunk) => {
    parts.push(chunk.slice());
    return true;
  });
  try {
    for (let at = 0; at < stored.length; at += portion) {
      const problem = decoder.push(stored.subarray(at, at + portion));
      if (problem !== undefined) return `refused: ${problem}`;
    }
    const problem = decoder.finish();
    return problem === undefined ? Buffer.concat(parts).toString() : `refused: ${problem}`;
  } finally {
    decoder.close();
  }
}

function checkDecoded(compression: Compression, stored: Uint8Array, expected: string): void {
  for (const portion of [1, 2, 7, 100, stored.length]) {
    assert.equal(decode(compression, stored, portion), expected, `portions of ${portion}`);
  }
}

/** A gzip member with every optional field. RFC 1952 § 2.3. */
function fullMember(content: Uint8Array): Uint8Array {
  const trailer = Buffer.alloc(8);
  trailer.writeUInt32LE(crc32(content), 0);
  trailer.writeUInt32LE(content.length, 4);
  const header = Buffer.from([
    0x1f,
    0x8b,
    8,
    2 | 4 | 8 | 16,
    0,
    0,
    0,
    0,
    0,
    255,
    5,
    0,
    1,
    2,
    3,
    4,
    5,
  ]);
  const names = Buffer.from("name\0comment\0");
  return concat([header, names, Buffer.from([0, 0]), deflateRawSync(content), trailer]);
}

test("gzip members one after the other are one stream", () =>
  checkDecoded("gzip", concat([gzipSync(hello), gzipSync(world)]), helloText + worldText));

test("gzip headers may carry extra fields, a name, a comment and a checksum", () =>
  checkDecoded("gzip", concat([fullMember(hello), fullMember(world)]), helloText + worldText));

test("gzip of nothing is nothing", () => checkDecoded("gzip", gzipSync(""), ""));

test("zeros may follow the last gzip member", () =>
  checkDecoded("gzip", concat([gzipSync(hello), new Uint8Array(5000)]), helloText));

test("anything else behind the last gzip member is refused", () => {
  for (const tail of ["garbage", "\0\0garbage", "\x1f\x8bgarbage"]) {
    const stored = concat([gzipSync(world), Buffer.from(tail, "latin1")]);
    for (const portion of [1, 9, stored.length]) {
      assert.match(decode("gzip", stored, portion), /^refused/, JSON.stringify(tail));
    }
  }
});

test("gzip that is cut off is refused wherever it was cut, but between members", () => {
  const first = gzipSync("some text");
  const stored = concat([first, gzipSync("more text")]);
  for (let length = 1; length < stored.length; length += 1) {
    if (length === first.length) continue;
    const decoded = decode("gzip", stored.subarray(0, length), 5);
    assert.equal(decoded, "refused: its compressed data is cut off", `cut at ${length}`);
  }
});

test("gzip with a wrong checksum or length is refused", () => {
  const stored = gzipSync(hello);
  for (const at of [stored.length - 1, stored.length - 8]) {
    const damaged = Buffer.from(stored);
    damaged[at]! ^= 1;
    assert.match(decode("gzip", damaged, 1000), /incorrect data check/);
  }
});

test("no flipped bit of a gzip stream goes unnoticed, but in the fields nobody reads", () => {
  const stored = gzipSync("a text that is somewhat longer, a text that is not");
  for (let at = 10; at < stored.length; at += 1) {
    const damaged = Buffer.from(stored);
    damaged[at]! ^= 0x10;
    assert.match(decode("gzip", damaged, 1000), /^refused/, `byte ${at}`);
  }
});

test("zstd frames one after the other are one stream, skippable ones between them", () => {
  const skippable = Buffer.from([0x50, 0x2a, 0x4d, 0x18, 4, 0, 0, 0, 1, 2, 3, 4]);
  const frames = [
    skippable,
    zstdCompressSync(hello),
    skippable,
    zstdCompressSync(world),
    skippable,
  ];
  checkDecoded("zstd", concat(frames), helloText + worldText);
});

test("many small zstd frames, as zstd:chunked layers have them", () => {
  const frames = Array.from({ length: 3000 }, (_, at) => zstdCompressSync(`file ${at}\n`));
  const expected = Array.from({ length: 3000 }, (_, at) => `file ${at}\n`).join("");
  assert.equal(decode("zstd", concat(frames), 256 * 1024), expected);
});

test("zstd that is cut off is refused wherever it was cut, but between frames", () => {
  const first = zstdCompressSync("some text, some text, some text");
  const stored = concat([first, zstdCompressSync("more text")]);
  for (let length = 1; length < stored.length; length += 1) {
    if (length === first.length) continue;
    assert.match(decode("zstd", stored.subarray(0, length), 5), /^refused/, `cut at ${length}`);
  }
});

test("garbage behind the last zstd frame is refused", () => {
  const stored = concat([zstdCompressSync(hello), Buffer.from("garbage, garbage, garbage")]);
  assert.match(decode("zstd", stored, 1000), /^refused/);
});

test("the decoder for Node without zstd reads the same", () => {
  const frames = concat([zstdCompressSync(hello), zstdCompressSync(world)]);
  for (const portion of [7, 1000, frames.length]) {
    const parts: Uint8Array[] = [];
    const decoder = portableZstd((chunk) => parts.push(chunk.slice()) > 0);
    for (let at = 0; at < frames.length; at += portion) {
      assert.equal(decoder.push(frames.subarray(at, at + portion)), undefined);
    }
    assert.equal(String(Buffer.concat(parts)), helloText + worldText);
  }
  const damaged = portableZstd(() => true);
  assert.match(damaged.push(Buffer.from("garbage ".repeat(20))) ?? "", /damaged/);
});

test("a decoder stops when its bytes are not wanted any more", () => {
  for (const [compression, stored] of [
    ["gzip", gzipSync(Buffer.alloc(5e6))],
    ["zstd", zstdCompressSync(Buffer.alloc(5e6))],
  ] as const) {
    let taken = 0;
    const decoder = createDecoder(compression, (chunk) => {
      taken += chunk.length;
      return taken < 1e6;
    });
    decoder.push(stored);
    decoder.close();
    assert.ok(taken < 2e6, compression);
  }
});

test("compressions are told by their first bytes", () => {
  assert.equal(sniffCompression(gzipSync("")), "gzip");
  assert.equal(sniffCompression(zstdCompressSync("")), "zstd");
  assert.equal(sniffCompression(Buffer.from([0x5f, 0x2a, 0x4d, 0x18])), "zstd");
  assert.equal(sniffCompression(Buffer.from("etc/passwd")), "plain");
  assert.equal(sniffCompression(new Uint8Array(0)), "plain");
  assert.deepEqual(sniffCompression(Buffer.from("\xfd7zXZ\0", "latin1")), { unsupported: "xz" });
  assert.deepEqual(sniffCompression(Buffer.from("BZh91AY&SY")), { unsupported: "bzip2" });
});
