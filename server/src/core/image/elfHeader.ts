import type { ElfFacts } from "./elf.ts";
import { type ElfSource, type ReadBytes, viewOf } from "./elfView.ts";

/** What the first 64 bytes say. System V gABI § ELF Header. */
export interface ElfHeader {
  readonly type: ElfFacts["type"];
  readonly architecture: string;
  readonly segments: TablePlace;
  readonly sections: TablePlace;
  /** Index of the section that holds the names of all. */
  readonly nameSection: number;
}

/** Where a table lies. */
export interface TablePlace {
  readonly offset: number;
  readonly entryBytes: number;
  readonly count: number;
}

/** How to read the file; undefined when it does not begin as an ELF file does. */
export function openElf(read: ReadBytes, fileBytes: number): ElfSource | undefined {
  const ident = fileBytes < identBytes ? undefined : read(0, identBytes);
  if (ident === undefined || !isElf(ident)) return undefined;
  const [, , , , elfClass, encoding] = ident;
  const bits = elfClass === 1 ? 32 : elfClass === 2 ? 64 : undefined;
  const isKnown = encoding === 1 || encoding === 2;
  if (bits === undefined || !isKnown) return undefined;
  return { bits, isLittleEndian: encoding === 1, fileBytes, read };
}

/** Whether bytes[at …) begin with the four of every ELF file. */
export function isElf(bytes: Uint8Array, at = 0): boolean {
  return (
    bytes[at] === 0x7f && bytes[at + 1] === 0x45 && bytes[at + 2] === 0x4c && bytes[at + 3] === 0x46
  );
}

/** Undefined when the file ends before its header does. */
export function readElfHeader(source: ElfSource): ElfHeader | undefined {
  const { bits, isLittleEndian } = source;
  const view = viewOf(source, 0, bits === 64 ? 64 : 52);
  if (view === undefined) return undefined;
  const tail = bits === 64 ? 54 : 42;
  return {
    type: types[view.u16(16)] ?? "other",
    architecture: architectureOf(view.u16(18), bits, isLittleEndian),
    segments: {
      offset: view.word(bits === 64 ? 32 : 28),
      entryBytes: view.u16(tail),
      count: view.u16(tail + 2),
    },
    sections: {
      offset: view.word(bits === 64 ? 40 : 32),
      entryBytes: view.u16(tail + 4),
      count: view.u16(tail + 6),
    },
    nameSection: view.u16(tail + 8),
  };
}

const identBytes = 16;

const types: readonly (ElfFacts["type"] | undefined)[] = [
  undefined,
  "relocatable",
  "executable",
  "shared",
  "core",
];

/** OCI takes its names from Go's GOARCH. */
function architectureOf(machine: number, bits: 32 | 64, isLittleEndian: boolean): string {
  const form: Form = `${bits}${isLittleEndian ? "le" : "be"}`;
  return architectures[machine]?.[form] ?? `machine ${machine}`;
}

type Form = `${32 | 64}${"le" | "be"}`;

/** By machine (gABI § Machine Information). The x32 ABI has the machine of amd64 and 32 bits. */
const architectures: Readonly<Record<number, Readonly<Partial<Record<Form, string>>>>> = {
  3: { "32le": "386" },
  8: { "32be": "mips", "32le": "mipsle", "64be": "mips64", "64le": "mips64le" },
  20: { "32be": "ppc" },
  21: { "64be": "ppc64", "64le": "ppc64le" },
  22: { "64be": "s390x" },
  40: { "32le": "arm", "32be": "armbe" },
  62: { "64le": "amd64", "32le": "amd64p32" },
  183: { "64le": "arm64", "64be": "arm64be" },
  243: { "64le": "riscv64", "32le": "riscv" },
  258: { "64le": "loong64" },
};
