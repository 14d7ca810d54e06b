import { Reading } from "./reading";

const blank: u8 = 0x20;
const newline: u8 = 0x0a;
const equals: u8 = 0x3d;

/** As `ordinaryPathBytes` in core/image/ordinaryEntries.ts: the room for the path of a directory. */
const mostPathBytes: usize = 4096;

/**
 * Reads the body [at … end) of a PAX header; false where it says more than a path, a link target and what core/image/paxRecords.ts passes over, or
 * says it in a form of which that may think otherwise.
 */
export function readPaxHeader(reading: Reading, at: usize, end: usize): bool {
  while (at < end) {
    const next = endOfRecord(at, end);
    if (next === 0) return false;
    let key = at;
    while (load<u8>(key) !== blank) key++;
    key++;
    let value = key;
    while (value < next && load<u8>(value) !== equals) value++;
    if (value >= next || !note(reading, key, value, value + 1, next - 1)) return false;
    at = next;
  }
  return true;
}

/** Where the next record begins, as this one says: its length, a blank, key and value, a newline. 0 where that is odd. */
function endOfRecord(at: usize, end: usize): usize {
  let length: usize = 0;
  let byte = at;
  for (; byte < end && load<u8>(byte) !== blank; byte++) {
    const digit = <usize>load<u8>(byte) - 0x30;
    if (digit > 9 || byte - at > 5) return 0;
    length = length * 10 + digit;
  }
  const next = at + length;
  return next > end || next <= byte + 1 || load<u8>(next - 1) !== newline ? 0 : next;
}

/** Takes the record of the key [key … keyEnd) with the value [value … end), which says nothing where it is empty. */
function note(reading: Reading, key: usize, keyEnd: usize, value: usize, end: usize): bool {
  const length = keyEnd - key;
  if (value === end) return true;
  if (length < 4) return !isOwner(key, length);
  const start = load<u32>(key);
  const isPath = length === 4 && start === 0x68746170;
  const isTarget = length === 8 && start === 0x6b6e696c && load<u32>(key, 4) === 0x68746170;
  if (isPath || isTarget) {
    if (end - value > mostPathBytes) return false;
    if (isPath) {
      reading.paxPath = value;
      reading.paxPathEnd = end;
    } else {
      reading.paxTarget = value;
      reading.paxTargetEnd = end;
    }
    return true;
  }
  // size, GNU.sparse…
  return !(length === 4 && start === 0x657a6973) && start !== 0x2e554e47;
}

/** uid, gid. */
function isOwner(key: usize, length: usize): bool {
  return length === 3 && load<u16>(key, 1) === 0x6469;
}
