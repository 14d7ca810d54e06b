import assert from "node:assert/strict";
import { type ElfLabels, labelElf } from "../../server/src/core/image/elfLabels.ts";

/** Labels of bytes, checked to cover each of them exactly once. */
export function labelBytes(bytes: Uint8Array, fileBytes = bytes.length): ElfLabels | undefined {
  const labels = labelElf((offset, length) => {
    const isThere = offset >= 0 && length >= 0 && offset + length <= bytes.length;
    return isThere ? bytes.subarray(offset, offset + length) : undefined;
  }, fileBytes);
  if (labels !== undefined) checkCover(labels, fileBytes);
  return labels;
}

function checkCover({ parts, fileBytes }: ElfLabels, expected: number): void {
  assert.equal(fileBytes, expected);
  let at = 0;
  for (const part of parts) {
    assert.equal(part.offset, at);
    assert.ok(part.bytes > 0, `${part.kind} ${part.name} is empty`);
    at += part.bytes;
    const named = part.packages.reduce((sum, { bytes }) => sum + bytes, 0);
    assert.ok(named <= part.bytes, `packages of ${part.name} are more than it`);
    assert.ok(part.packages.every(({ bytes, name }) => bytes > 0 && name !== ""));
  }
  assert.equal(at, expected);
}
