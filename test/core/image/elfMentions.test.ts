import assert from "node:assert/strict";
import { test } from "node:test";
import { readMentions } from "../../../server/src/core/image/elfMentions.ts";

/** Mentions of a file that has no section table. */
function mentionsIn(content: string): readonly string[] | undefined {
  const bytes = new TextEncoder().encode(content);
  const read = (offset: number, length: number): Uint8Array =>
    bytes.subarray(offset, offset + length);
  return readMentions({ bits: 64, isLittleEndian: true, fileBytes: bytes.length, read }, []);
}

test("a program mentions the files whose names are in its constants", () => {
  assert.deepEqual(mentionsIn("a\0/etc/ssl/certs/ca-certificates.crt\0b"), ["certificates"]);
  assert.deepEqual(mentionsIn("/usr/share/zoneinfo/\0/etc/passwd\0/tmp\0"), [
    "time-zones",
    "users",
    "temporary-files",
  ]);
  assert.deepEqual(mentionsIn("/etc/nsswitch.conf\0/bin/sh\0"), ["resolver", "shell"]);
  assert.deepEqual(mentionsIn("nothing of the kind, nor /tmpfile or etc/passw"), []);
});

test("a name across the border of two windows is found", () => {
  const start = 256 * 1024 - 5;
  assert.deepEqual(mentionsIn(`${"x".repeat(start)}/etc/passwd\0`), ["users"]);
});

test("constants that cannot be read are not taken for empty", () => {
  const source = { bits: 64, isLittleEndian: true, fileBytes: 10, read: () => undefined } as const;
  assert.equal(readMentions(source, []), undefined);
});
