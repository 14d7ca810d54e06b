/** A table of functions as Go's linker writes it, in one of its four layouts; each function is as long as it says. */
export interface GoTableSpec {
  readonly magic: number;
  readonly bits: 32 | 64;
  readonly isLittleEndian: boolean;
  /** Where the first function begins. */
  readonly textAddress: number;
  /** Names and lengths, in the order of the text. */
  readonly functions: readonly (readonly [string, number])[];
  /** Go 1.26 and position-independent programs leave the start of the text out. */
  readonly isTextStartLeftOut?: boolean;
}

/** Magic numbers by the Go that brought them. */
export const goMagic = {
  "1.2": 0xfffffffb,
  "1.16": 0xfffffffa,
  "1.18": 0xfffffff0,
  "1.20": 0xfffffff1,
} as const;

/** The bytes of the table. */
export function goTable(spec: GoTableSpec): Buffer {
  const { bits, functions } = spec;
  const { isRelative, header, isFirst } = layoutOf(spec);
  const fieldBytes = isRelative ? 4 : bits / 8;
  const recordBytes = fieldBytes + 4;
  const rowsBytes = (2 * functions.length + 1) * fieldBytes;
  const names = Buffer.from(functions.map(([name]) => `${name}\0`).join(""), "latin1");
  const headerBytes = 8 + (header(0, 0).length * bits) / 8;
  const bodyBytes = rowsBytes + functions.length * recordBytes;
  // The first layout counts all from the start of the table, the later ones from where their rows begin.
  const namesAt = isFirst ? headerBytes + bodyBytes : headerBytes;
  const rowsAt = isFirst ? headerBytes : headerBytes + names.length;
  const recordsAt = isFirst ? rowsAt + rowsBytes : rowsBytes;
  const out = numbersOf(spec);
  out.write(spec.magic, 4);
  out.bytes.push(0, 0, 1, bits / 8);
  for (const value of header(namesAt, rowsAt)) out.write(value, bits / 8);
  if (!isFirst) out.bytes.push(...names);
  const starts = [isRelative ? 0 : spec.textAddress];
  for (const [, length] of functions) starts.push(starts.at(-1)! + length);
  starts.forEach((start, row) => {
    out.write(start, fieldBytes);
    if (row < functions.length) out.write(recordsAt + row * recordBytes, fieldBytes);
  });
  let nameAt = isFirst ? namesAt : 0;
  functions.forEach(([name], row) => {
    out.write(starts[row]!, fieldBytes);
    out.write(nameAt, 4);
    nameAt += name.length + 1;
  });
  if (isFirst) out.bytes.push(...names);
  return Buffer.from(out.bytes);
}

interface Layout {
  readonly isFirst: boolean;
  readonly isRelative: boolean;
  /** The words behind the first eight bytes. */
  readonly header: (namesAt: number, rowsAt: number) => readonly number[];
}

function layoutOf({ magic, functions, textAddress, isTextStartLeftOut }: GoTableSpec): Layout {
  const count = functions.length;
  const start = isTextStartLeftOut === true ? 0 : textAddress;
  switch (magic) {
    case goMagic["1.2"]:
      return { isFirst: true, isRelative: false, header: () => [count] };
    case goMagic["1.16"]:
      return {
        isFirst: false,
        isRelative: false,
        header: (namesAt, rowsAt) => [count, 1, namesAt, 0, 0, 0, rowsAt],
      };
    default:
      return {
        isFirst: false,
        isRelative: true,
        header: (namesAt, rowsAt) => [count, 1, start, namesAt, 0, 0, 0, rowsAt],
      };
  }
}

/** The record of the module, as far as the start of the text. */
export function goModule(spec: GoTableSpec, tableAddress: number): Buffer {
  const out = numbersOf(spec);
  const length = spec.functions.reduce((sum, [, bytes]) => sum + bytes, 0);
  const last = spec.textAddress + length;
  const words = [tableAddress, ...Array<number>(19).fill(7), spec.textAddress, last];
  for (const value of [...words, spec.textAddress, last]) out.write(value, spec.bits / 8);
  return Buffer.from(out.bytes);
}

function numbersOf({ isLittleEndian }: GoTableSpec) {
  const bytes: number[] = [];
  return {
    bytes,
    write(value: number, width: number): void {
      const places = Array.from({ length: width }, (_, at) => Math.floor(value / 256 ** at) % 256);
      bytes.push(...(isLittleEndian ? places : places.reverse()));
    },
  };
}
