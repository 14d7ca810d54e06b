/**
 * CRC-32 of the second part of two that follow each other, from the CRC of the first and that of both: so one pass over a stream gives the
 * CRC of the whole and of each piece in it. CRCs are polynomials over GF(2); appending n bytes multiplies by x^8n (RFC 1952 § 8).
 */
export type CrcOfSecondPart = (first: number, both: number, secondBytes: number) => number;

/** Makes its table of powers, which takes milliseconds where code is new: only for those who need it. */
export function createCrcOfSecondPart(): CrcOfSecondPart {
  const powers = tableOfPowers();
  return (first, both, secondBytes) => (both ^ multiply(powerOf(powers, secondBytes), first)) >>> 0;
}

const polynomial = 0xedb88320;
const one = 0x80000000 | 0;

function powerOf(powers: Int32Array, bytes: number): number {
  let power = one;
  for (let rest = bytes, place = 0; rest > 0; rest = Math.floor(rest / 256), place += 1) {
    const digit = rest % 256;
    if (digit !== 0) power = multiply(powers[place * 256 + digit] ?? one, power);
  }
  return power;
}

/** x^8n for n = digit · 256^place. Seven digits: whole numbers go up to 2^53. */
function tableOfPowers(): Int32Array {
  const table = new Int32Array(7 * 256);
  // x^8
  let base = 0x00800000;
  for (let place = 0; place < 7; place += 1) {
    let power = one;
    for (let digit = 0; digit < 256; digit += 1) {
      table[place * 256 + digit] = power;
      power = multiply(power, base);
    }
    base = power;
  }
  return table;
}

/** Product modulo the CRC polynomial, highest power in the lowest bit. */
function multiply(a: number, b: number): number {
  let product = 0;
  let shifted = b;
  // No branches on the bits: they are as good as random.
  for (let rest = a; rest !== 0; rest <<= 1) {
    product ^= shifted & (rest >> 31);
    shifted = (shifted >>> 1) ^ (polynomial & -(shifted & 1));
  }
  return product;
}
