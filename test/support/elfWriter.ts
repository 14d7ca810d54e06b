/** What an ELF file is to say. Without `sections` it has no section table. */
export interface ElfSpec {
  readonly bits?: 32 | 64;
  readonly isLittleEndian?: boolean;
  /** 62, amd64, by default. */
  readonly machine?: number;
  /** 2, an executable, by default; 3 is shared. */
  readonly type?: number;
  readonly interpreter?: string;
  readonly needed?: readonly string[];
  readonly soname?: string;
  readonly runPath?: string;
  readonly rPath?: string;
  readonly isPie?: boolean;
  /** Any of these makes a dynamic section; so does this alone, as static-pie has it. */
  readonly isDynamic?: boolean;
  /** By name; a number stands for so many bytes. Flags 2 is SHF_ALLOC, type 8 takes no room. */
  readonly sections?: Readonly<Record<string, ElfSectionSpec | number>>;
  readonly go?: {
    readonly version: string;
    readonly modules: string;
    readonly form: "inline" | "pointers";
  };
  readonly isUpx?: boolean;
}

/** A section of a made-up ELF file. */
export interface ElfSectionSpec {
  readonly type?: number;
  readonly flags?: number;
  readonly bytes: number;
}

const baseAddress = 0x400000;

/** An ELF file that tools read as such, all of it one loaded segment. */
export function anElf(asked: ElfSpec = {}): Uint8Array {
  const spec = { ...defaults, ...asked };
  const out = writerOf(spec.bits, spec.isLittleEndian);
  const segmentCount = [true, spec.interpreter !== undefined, hasDynamic(spec)].filter(Boolean);
  const headerBytes = spec.bits === 64 ? 64 : 52;
  out.skip(headerBytes + segmentCount.length * (spec.bits === 64 ? 56 : 32));
  if (spec.isUpx === true) out.text("\0\0\0\0UPX!\0\0\0\0", false);
  const interpreter = spec.interpreter === undefined ? undefined : out.text(spec.interpreter);
  const dynamic = hasDynamic(spec) ? writeDynamic(out, spec) : undefined;
  const goAt = spec.go === undefined ? undefined : writeGo(out, spec.go);
  const table = spec.sections === undefined ? undefined : writeSections(out, spec.sections, goAt);
  const fileBytes = out.position();
  writeHeader(out, spec, segmentCount.length, table ?? { offset: 0, count: 0 });
  out.segment(1, { offset: 0, length: fileBytes });
  if (interpreter !== undefined) out.segment(3, interpreter);
  if (dynamic !== undefined) out.segment(2, dynamic);
  return out.finish(fileBytes);
}

const defaults = { bits: 64, isLittleEndian: true, type: 2, machine: 62 } as const;

function writeHeader(
  out: ElfWriter,
  spec: Required<Pick<ElfSpec, keyof typeof defaults>>,
  segmentCount: number,
  { offset, count }: { readonly offset: number; readonly count: number },
): void {
  const is64 = out.wordBytes === 8;
  out.at(0);
  out.raw([0x7f, 0x45, 0x4c, 0x46, is64 ? 2 : 1, spec.isLittleEndian ? 1 : 2, 1]);
  out.at(16);
  out.u16(spec.type, spec.machine);
  out.u32(1);
  out.word(baseAddress, is64 ? 64 : 52, offset);
  out.u32(0);
  out.u16(
    is64 ? 64 : 52,
    is64 ? 56 : 32,
    segmentCount,
    is64 ? 64 : 40,
    count,
    Math.max(count - 1, 0),
  );
}

interface Place {
  readonly offset: number;
  readonly length: number;
}

type ElfWriter = ReturnType<typeof writerOf>;

function hasDynamic({ needed, soname, runPath, rPath, isPie, isDynamic }: ElfSpec): boolean {
  const texts = [...(needed ?? []), soname, runPath, rPath];
  return texts.some((text) => text !== undefined) || isPie === true || isDynamic === true;
}

function writeDynamic(out: ElfWriter, spec: ElfSpec): Place {
  const { soname, runPath, rPath } = spec;
  const start = out.position();
  const texts = [
    ...(spec.needed ?? []).map((text) => [1, text] as const),
    ...(soname === undefined ? [] : [[14, soname] as const]),
    ...(runPath === undefined ? [] : [[29, runPath] as const]),
    ...(rPath === undefined ? [] : [[15, rPath] as const]),
  ];
  out.raw([0]);
  const rows = texts.map(([tag, text]) => [tag, out.text(text).offset - start] as const);
  const textBytes = out.position() - start;
  out.align();
  const offset = out.position();
  for (const row of rows) out.word(...row);
  out.word(5, baseAddress + start, 10, textBytes);
  if (spec.isPie === true) out.word(0x6ffffffb, 0x08000000);
  out.word(0, 0);
  return { offset, length: out.position() - offset };
}

function writeGo(out: ElfWriter, { version, modules, form }: NonNullable<ElfSpec["go"]>): Place {
  const marked = `0123456789abcdef${modules}fedcba9876543210`;
  const texts = [version, marked].map((text) => Buffer.from(text));
  const strings = texts.map((text) => {
    const body = out.position();
    out.raw(text);
    out.align();
    const string = out.position();
    if (form === "pointers") out.word(baseAddress + body, text.length);
    return baseAddress + string;
  });
  out.align();
  const offset = out.position();
  out.raw([0xff, ...Buffer.from(" Go buildinf:")]);
  out.raw([out.wordBytes, form === "inline" ? 2 : 0]);
  if (form === "pointers") out.word(...strings);
  out.at(offset + 32);
  if (form === "inline") {
    for (const text of texts) {
      out.raw([(text.length & 0x7f) | 0x80, text.length >> 7]);
      out.raw(text);
    }
  }
  return { offset, length: out.position() - offset };
}

function writeSections(
  out: ElfWriter,
  sections: NonNullable<ElfSpec["sections"]>,
  go: Place | undefined,
): { readonly offset: number; readonly count: number } {
  const rows = Object.entries(sections).map(([name, one]) => {
    const section = typeof one === "number" ? { bytes: one } : one;
    const offset = out.position();
    if (section.type !== 8) out.skip(section.bytes);
    return { name, type: 1, flags: 0, offset, ...section };
  });
  if (go !== undefined) {
    rows.push({ name: ".go.buildinfo", type: 1, flags: 3, offset: go.offset, bytes: go.length });
  }
  const names = [...rows.map(({ name }) => name), ".shstrtab"];
  const start = out.position();
  out.raw([0]);
  const nameAt = names.map((name) => out.text(name).offset - start);
  rows.push({
    name: ".shstrtab",
    type: 3,
    flags: 0,
    offset: start,
    bytes: out.position() - start,
  });
  out.align();
  const offset = out.position();
  const symbolTexts = rows.findIndex(({ name }) => name === ".strtab") + 1;
  out.section(0, { type: 0, flags: 0, offset: 0, bytes: 0 }, 0);
  rows.forEach((row, at) => out.section(nameAt[at]!, row, row.type === 2 ? symbolTexts : 0));
  return { offset, count: rows.length + 1 };
}

function writerOf(bits: 32 | 64, isLittleEndian: boolean) {
  let bytes = Buffer.alloc(4096);
  let end = 0;
  const reserve = (count: number): void => {
    if (end + count > bytes.length) bytes = Buffer.concat([bytes, Buffer.alloc(end + count)]);
  };
  const number = (value: number, width: number): void => {
    reserve(width);
    const places = Array.from({ length: width }, (_, place) => Math.floor(value / 256 ** place));
    if (!isLittleEndian) places.reverse();
    for (const place of places) bytes[end++] = place % 256;
  };
  const wordBytes = bits / 8;
  const u32 = (...values: readonly number[]): void => values.forEach((one) => number(one, 4));
  const word = (...values: readonly number[]): void =>
    values.forEach((one) => number(one, wordBytes));
  return {
    wordBytes,
    u32,
    word,
    u16: (...values: readonly number[]): void => values.forEach((one) => number(one, 2)),
    position: (): number => end,
    at(position: number): void {
      end = position;
      reserve(0);
    },
    skip(count: number): void {
      reserve(count);
      end += count;
    },
    align(): void {
      end = Math.ceil(end / 16) * 16;
      reserve(0);
    },
    raw(values: Iterable<number>): void {
      for (const value of values) number(value, 1);
    },
    text(text: string, isEnded = true): Place {
      const offset = end;
      for (const value of Buffer.from(isEnded ? `${text}\0` : text)) number(value, 1);
      return { offset, length: end - offset };
    },
    segment(type: number, { offset, length }: Place): void {
      const address = baseAddress + offset;
      u32(type);
      if (bits === 64) u32(6);
      word(offset, address, address, length, length);
      if (bits === 32) u32(6);
      word(16);
    },
    section(
      name: number,
      row: Readonly<Record<"type" | "flags" | "offset" | "bytes", number>>,
      link: number,
    ): void {
      u32(name, row.type);
      word(row.flags, 0, row.offset, row.bytes);
      u32(link, 0);
      word(1, 0);
    },
    finish: (length: number): Uint8Array => {
      reserve(length - end);
      return new Uint8Array(bytes.subarray(0, length));
    },
  };
}
