/** Gives exactly the bytes [offset, offset + length) of a file; undefined where they cannot be had. They stay as they are until the file is parsed. */
export type ReadBytes = (offset: number, length: number) => Uint8Array | undefined;

/** An ELF file as far as its first bytes tell how to read the rest. System V gABI § ELF Header. */
export interface ElfSource {
  readonly bits: 32 | 64;
  readonly isLittleEndian: boolean;
  readonly fileBytes: number;
  readonly read: ReadBytes;
}

/** Numbers of a part of an ELF file. */
export interface ElfView {
  readonly length: number;
  u16(at: number): number;
  u32(at: number): number;
  /** An address, offset or size: four or eight bytes by class. Beyond 2^53 it is no longer exact, and far outside of any file. */
  word(at: number): number;
}

/** A part of the file; undefined when it is not wholly inside, or cannot be read. */
export function viewOf(source: ElfSource, offset: number, length: number): ElfView | undefined {
  const bytes = bytesOf(source, offset, length);
  if (bytes === undefined) return undefined;
  const { isLittleEndian: little, bits } = source;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  const u32 = (at: number): number => view.getUint32(at, little);
  return {
    length,
    u32,
    u16: (at) => view.getUint16(at, little),
    word(at) {
      if (bits === 32) return u32(at);
      return u32(little ? at + 4 : at) * 2 ** 32 + u32(little ? at : at + 4);
    },
  };
}

/** As `viewOf`, the bytes themselves. */
export function bytesOf(
  { fileBytes, read }: ElfSource,
  offset: number,
  length: number,
): Uint8Array | undefined {
  if (length === 0) return new Uint8Array(0);
  return offset >= 0 && offset + length <= fileBytes ? read(offset, length) : undefined;
}

/** The text at an offset up to its NUL, which must come before `end`; undefined when there is none or the text is longer than any path. */
export function textAt(source: ElfSource, offset: number, end: number): string | undefined {
  const most = Math.min(end, source.fileBytes) - offset;
  for (const length of textLengths) {
    const bytes = bytesOf(source, offset, Math.min(most, length));
    const nul = bytes?.indexOf(0) ?? -1;
    if (nul >= 0) return decoder.decode(bytes?.subarray(0, nul));
    if (most <= length) return undefined;
  }
  return undefined;
}

/** Most texts are short, none is longer than a path may be. */
const textLengths = [128, 4096];

const decoder = new TextDecoder("utf-8");
