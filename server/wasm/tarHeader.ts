// Fields of a ustar header, as core/image/tarFields.ts reads them, without what only odd tars have: that is left to it.

/** Length of a header. */
export const blockBytes: usize = 512;

/** What a body of that many bytes takes in the tar. */
export function paddedBytes(bodyBytes: f64): f64 {
  return ceil(bodyBytes / <f64>blockBytes) * <f64>blockBytes;
}

/** Whether the checksum field fits the sum of the block's bytes, in which it counts as blanks. */
export function hasChecksum(at: usize): bool {
  let sums = i32x4.splat(0);
  for (let from = at; from < at + blockBytes; from += 16) {
    const pairs = i16x8.extadd_pairwise_i8x16_u(v128.load(from));
    sums = i32x4.add(sums, i32x4.extadd_pairwise_i16x8_u(pairs));
  }
  const two = i32x4.extract_lane(sums, 0) + i32x4.extract_lane(sums, 1);
  let sum = two + i32x4.extract_lane(sums, 2) + i32x4.extract_lane(sums, 3);
  for (let byte: usize = 148; byte < 156; byte++) sum += 0x20 - <i32>load<u8>(at + byte);
  return octal(at + 148, 8) === <i64>sum;
}

/** A number field of octal digits between blanks and NULs; -1 for any other. */
export function octal(at: usize, length: usize): i64 {
  const end = at + length;
  let byte = at;
  while (byte < end && isBlank(load<u8>(byte))) byte++;
  let value: i64 = 0;
  for (; byte < end && !isBlank(load<u8>(byte)); byte++) {
    const digit = <i64>load<u8>(byte) - 0x30;
    if (digit < 0 || digit > 7) return -1;
    value = value * 8 + digit;
  }
  while (byte < end && isBlank(load<u8>(byte))) byte++;
  return byte === end ? value : -1;
}

function isBlank(byte: u8): bool {
  return byte === 0x20 || byte === 0;
}

/** Length of the field before the name: up to 155 bytes in ustar, 131 in star; none in v7 and GNU. */
export function prefixLengthOf(at: usize): usize {
  const isUstar = load<u32>(at, 257) === 0x61747375 && load<u16>(at, 261) === 0x0072;
  if (!isUstar) return 0;
  const isStar = load<u16>(at, 508) === 0x6174 && load<u8>(at, 510) === 0x72;
  return textLength(at + 345, isStar ? 131 : 155);
}

/** Up to a NUL or the end of the field. */
export function textLength(at: usize, most: usize): usize {
  let length: usize = 0;
  while (length < most && load<u8>(at + length) !== 0) length++;
  return length;
}
