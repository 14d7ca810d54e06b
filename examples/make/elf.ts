// Writes ELF files and archives of them that tools read as such: sections have names, types and sizes, the code in them is filler.
import { codeLike } from "./content.ts";

interface Section {
  readonly name: string;
  readonly type: number;
  readonly flags: number;
  readonly bytes: Uint8Array;
}

const sectionType = { progbits: 1, strtab: 3 };
const sectionFlag = { alloc: 2, executable: 4 };
const headerBytes = 64;
const programHeaderBytes = 56;
const sectionHeaderBytes = 64;

/** What an ELF file is to carry; bytes of each part. */
export interface ElfParts {
  readonly kind: "executable" | "library" | "object";
  readonly codeBytes: number;
  /** Spread over .debug_info, .debug_line and .debug_str; 0 for a stripped file. */
  readonly debugBytes: number;
}

/** An ELF64 file for x86-64; other names give other code. */
export function elfFile(name: string, { kind, codeBytes, debugBytes }: ElfParts): Uint8Array {
  const code = (section: string, bytes: number, flags: number): Section => ({
    name: section,
    type: sectionType.progbits,
    flags,
    bytes: codeLike(`${name}${section}`, Math.round(bytes)),
  });
  return assemble(kind, [
    code(".text", codeBytes * 0.75, sectionFlag.alloc | sectionFlag.executable),
    code(".rodata", codeBytes * 0.25, sectionFlag.alloc),
    ...(debugBytes === 0
      ? []
      : [
          code(".debug_info", debugBytes * 0.5, 0),
          code(".debug_line", debugBytes * 0.2, 0),
          code(".debug_str", debugBytes * 0.3, 0),
        ]),
  ]);
}

function assemble(kind: ElfParts["kind"], sections: readonly Section[]): Uint8Array {
  const names = ["", ...sections.map((section) => section.name), ".shstrtab"];
  const nameTable = new TextEncoder().encode(`${names.join("\0")}\0`);
  const all: readonly Section[] = [
    ...sections,
    { name: ".shstrtab", type: sectionType.strtab, flags: 0, bytes: nameTable },
  ];
  const isLoaded = kind !== "object";
  const start = headerBytes + (isLoaded ? programHeaderBytes : 0);
  const offsets: number[] = [];
  let end = start;
  for (const section of all) {
    offsets.push(end);
    end = Math.ceil((end + section.bytes.length) / 16) * 16;
  }
  const file = new Uint8Array(end + (all.length + 1) * sectionHeaderBytes);
  const view = new DataView(file.buffer);
  writeHeader(view, kind, end, all.length + 1);
  if (isLoaded) writeProgramHeader(view, end);
  all.forEach((section, index) => {
    const offset = offsets[index]!;
    file.set(section.bytes, offset);
    const at = end + (index + 1) * sectionHeaderBytes;
    view.setUint32(at, names.slice(0, index + 1).join("\0").length + 1, true);
    view.setUint32(at + 4, section.type, true);
    view.setBigUint64(at + 8, BigInt(section.flags), true);
    const isInMemory = (section.flags & sectionFlag.alloc) !== 0;
    view.setBigUint64(at + 16, isInMemory ? 0x400000n + BigInt(offset) : 0n, true);
    view.setBigUint64(at + 24, BigInt(offset), true);
    view.setBigUint64(at + 32, BigInt(section.bytes.length), true);
    view.setBigUint64(at + 48, 1n, true);
  });
  return file;
}

function writeHeader(
  view: DataView,
  kind: ElfParts["kind"],
  sectionHeaders: number,
  sectionCount: number,
): void {
  view.setUint32(0, 0x7f454c46);
  view.setUint32(4, 0x02010100);
  view.setUint16(16, { object: 1, executable: 2, library: 3 }[kind], true);
  view.setUint16(18, 62, true);
  view.setUint32(20, 1, true);
  const isLoaded = kind !== "object";
  view.setBigUint64(24, kind === "executable" ? 0x400078n : 0n, true);
  view.setBigUint64(32, isLoaded ? BigInt(headerBytes) : 0n, true);
  view.setBigUint64(40, BigInt(sectionHeaders), true);
  view.setUint16(52, headerBytes, true);
  view.setUint16(54, isLoaded ? programHeaderBytes : 0, true);
  view.setUint16(56, isLoaded ? 1 : 0, true);
  view.setUint16(58, sectionHeaderBytes, true);
  view.setUint16(60, sectionCount, true);
  view.setUint16(62, sectionCount - 1, true);
}

function writeProgramHeader(view: DataView, bytes: number): void {
  view.setUint32(headerBytes, 1, true);
  view.setUint32(headerBytes + 4, 5, true);
  view.setBigUint64(headerBytes + 16, 0x400000n, true);
  view.setBigUint64(headerBytes + 24, 0x400000n, true);
  view.setBigUint64(headerBytes + 32, BigInt(bytes), true);
  view.setBigUint64(headerBytes + 40, BigInt(bytes), true);
  view.setBigUint64(headerBytes + 48, 0x1000n, true);
}

/** A static library of `memberCount` object files, as `ar` writes them. */
export function staticLibrary(name: string, memberCount: number, codeBytes: number): Uint8Array {
  const encoder = new TextEncoder();
  const parts: Uint8Array[] = [encoder.encode("!<arch>\n")];
  for (let index = 0; index < memberCount; index += 1) {
    const member = `m${index}.o`;
    const object = elfFile(`${name}:${member}`, {
      kind: "object",
      codeBytes: codeBytes / memberCount,
      debugBytes: 0,
    });
    const head = `${`${member}/`.padEnd(16)}${"0".padEnd(12)}${"0".padEnd(6)}${"0".padEnd(6)}${"644".padEnd(8)}${String(object.length).padEnd(10)}\`\n`;
    parts.push(encoder.encode(head), object);
    if (object.length % 2 === 1) parts.push(encoder.encode("\n"));
  }
  return concat(parts);
}

function concat(parts: readonly Uint8Array[]): Uint8Array {
  const whole = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}
