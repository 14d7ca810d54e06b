import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { hexLines } from "../../../server/src/core/views/hexLines.ts";

test("sixteen bytes stand on a line, with their offset and what of them is printable", () =>
  assert.equal(
    hexLines(Buffer.from("\u007fELF\u0002\u0001 is a program~\u0080", "latin1"), 0x10, 0x24),
    `00000010  7f 45 4c 46 02 01 20 69  73 20 61 20 70 72 6f 67  |.ELF.. is a prog|
00000020  72 61 6d 7e 80                                    |ram~.|
`,
  ));

test("offsets are as wide as the last one needs", () => {
  assert.equal(
    hexLines(Uint8Array.of(10), 0x1_0000_0000, 0x1_0000_0001).split("  ")[0],
    "100000000",
  );
  assert.equal(hexLines(new Uint8Array(0), 0, 0), "");
});

test("the bytes can be read back, and every line but the last is as long as the others", () =>
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 100 }), (bytes) => {
      const lines = hexLines(bytes, 0, bytes.length).split("\n").slice(0, -1);
      const hex = lines.map((line) => line.slice(10, 58).replaceAll(" ", "")).join("");
      assert.deepEqual(new Uint8Array(Buffer.from(hex, "hex")), bytes);
      assert.ok(lines.slice(0, -1).every((line) => line.length === 78));
    }),
  ));
