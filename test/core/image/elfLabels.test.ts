import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { test } from "node:test";
import type { ElfPart } from "../../../server/src/core/image/elfLabels.ts";
import { installPackages } from "../../machine/engine.ts";
import { anElf, type ElfSpec } from "../../support/elfWriter.ts";
import { labelBytes } from "../../support/labelBytes.ts";

function lineOf({ kind, name, bytes, removable, isCompressed }: ElfPart): string {
  const what = [name, bytes, removable, isCompressed ? "compressed" : undefined];
  return [kind, ...what.filter((one) => one !== undefined && one !== "")].join(" ");
}

function linesOf(bytes: Uint8Array): readonly string[] {
  return labelBytes(bytes)?.parts.map(lineOf) ?? [];
}

/** Writes into a 64-bit little-endian file. */
function changed(bytes: Uint8Array, values: Readonly<Record<number, number>>): Uint8Array {
  const copy = bytes.slice();
  const view = new DataView(copy.buffer);
  for (const [at, value] of Object.entries(values))
    view.setBigUint64(Number(at), BigInt(value), true);
  return copy;
}

/** Where the row of a section is. */
function rowAt(bytes: Uint8Array, index: number): number {
  const view = new DataView(bytes.buffer, bytes.byteOffset);
  return Number(view.getBigUint64(40, true)) + 64 * index;
}

const program: ElfSpec = {
  sections: {
    ".text": { flags: 6, bytes: 1000 },
    ".bss": { type: 8, flags: 3, bytes: 5000 },
    ".debug_info": { flags: 0x800, bytes: 300 },
    ".zdebug_line": 20,
    ".comment": 40,
    ".symtab": { type: 2, bytes: 96 },
    ".strtab": { type: 3, bytes: 33 },
  },
};

test("every section has its label, and what strip takes away says so", () => {
  assert.deepEqual(linesOf(anElf(program)), [
    "file-header 64",
    "program-headers 56",
    "section .text 1000",
    "section .debug_info 300 debug compressed",
    "section .zdebug_line 20 debug compressed",
    "section .comment 40",
    "section .symtab 96 symbols",
    "section .strtab 33 symbols",
    "section .shstrtab 72",
    "padding 15",
    "section-headers 576",
  ]);
});

test("the same in both widths and byte orders", () => {
  for (const bits of [32, 64] as const) {
    for (const isLittleEndian of [true, false]) {
      const labels = labelBytes(anElf({ ...program, bits, isLittleEndian, machine: 8 }));
      const removable = labels?.parts.filter((part) => part.removable !== undefined) ?? [];
      assert.deepEqual(
        removable.map(({ name, bytes }) => [name, bytes]),
        [
          [".debug_info", 300],
          [".zdebug_line", 20],
          [".symtab", 96],
          [".strtab", 33],
        ],
      );
    }
  }
});

test("what is appended is named, and is not taken for a part of the program", () => {
  const bytes = Buffer.concat([anElf(program), Buffer.from("PK archive")]);
  assert.equal(linesOf(bytes).at(-1), "appended 10");
});

test("zeros behind the end are padding", () => {
  assert.equal(linesOf(Buffer.concat([anElf(program), Buffer.alloc(24)])).at(-1), "padding 24");
});

test("bytes of a segment that no section names are named by the segment", () => {
  const bytes = anElf({ ...program, interpreter: "/lib/ld.so" });
  assert.deepEqual(linesOf(bytes).slice(2, 4), ["segment interpreter 11", "section .text 1000"]);
});

test("without a section table the segments say what they can, and nothing is known of strip", () => {
  const labels = labelBytes(anElf({ interpreter: "/lib/ld.so", needed: ["libc.so.6"] }));
  assert.equal(labels?.hasSections, false);
  assert.deepEqual(labels?.parts.map(lineOf), [
    "file-header 64",
    "program-headers 168",
    "segment interpreter 11",
    "segment data 13",
    "segment dynamic 64",
  ]);
});

test("of sections that overlap the first in the table has the bytes", () => {
  const bytes = anElf({ sections: { ".one": 100, ".two": 100, ".three": 100 } });
  const start = Number(new DataView(bytes.buffer).getBigUint64(rowAt(bytes, 1) + 24, true));
  const overlapping = changed(bytes, {
    [rowAt(bytes, 2) + 24]: start + 50,
    [rowAt(bytes, 3) + 24]: start + 10,
    [rowAt(bytes, 3) + 32]: 20,
  });
  assert.deepEqual(linesOf(overlapping).slice(2, 5), [
    "section .one 100",
    "section .two 50",
    "padding 150",
  ]);
});

test("a section that claims the whole file leaves the headers theirs", () => {
  const bytes = anElf({ sections: { ".all": 10 } });
  const all = changed(bytes, { [rowAt(bytes, 1) + 24]: 0, [rowAt(bytes, 1) + 32]: bytes.length });
  assert.deepEqual(linesOf(all), [
    "file-header 64",
    "program-headers 56",
    `section .all ${bytes.length - 64 - 56 - 192}`,
    "section-headers 192",
  ]);
});

test("sections that claim more than the file holds are cut off, and nothing is known of strip", () => {
  const bytes = anElf({ sections: { ".debug_info": 300 } });
  const beyond = changed(bytes, { [rowAt(bytes, 1) + 32]: 2 ** 52 });
  const labels = labelBytes(beyond);
  assert.ok(labels?.parts.every(({ removable }) => removable === undefined));
  assert.equal(labels?.parts[2]?.name, ".debug_info");
});

test("a relocatable file needs its symbols", () => {
  const bytes = anElf({ ...program, type: 1 });
  const removable = labelBytes(bytes)?.parts.filter((part) => part.removable !== undefined);
  assert.deepEqual(
    removable?.map(({ name }) => name),
    [".debug_info", ".zdebug_line"],
  );
});

test("what is no ELF file has no labels", () => {
  for (const bytes of [Buffer.from("#!/bin/sh"), new Uint8Array(0), anElf().subarray(0, 50)]) {
    assert.equal(labelBytes(bytes), undefined);
  }
});

const missing = await installPackages({ readelf: "binutils", busybox: "busybox-static" });
const programs = [
  "/bin/ls",
  "/bin/busybox",
  "/bin/sh",
  "/lib64/ld-linux-x86-64.so.2",
  "/usr/bin/git",
];

for (const path of [...programs, process.execPath].filter((place) => existsSync(place))) {
  test(`the labels of ${path} are the sections that readelf lists`, { skip: missing }, () => {
    const labels = labelBytes(readFileSync(path));
    const sections = labels?.parts.filter(({ kind }) => kind === "section") ?? [];
    assert.deepEqual(
      sections.map(({ name, offset, bytes }) => `${name} ${offset} ${bytes}`),
      sectionsByReadelf(path),
    );
  });
}

/** Those with bytes in the file, in its order. */
function sectionsByReadelf(path: string): readonly string[] {
  const told = execFileSync("readelf", ["-SW", path], { encoding: "utf8", stdio: "pipe" });
  const row = /^ +\[ *\d+\] (\S+) +(\S+) +[0-9a-f]+ ([0-9a-f]+) ([0-9a-f]+) /gm;
  return [...told.matchAll(row)]
    .map(([, name, type, offset, bytes]) => ({
      name,
      type,
      offset: Number.parseInt(offset!, 16),
      bytes: Number.parseInt(bytes!, 16),
    }))
    .filter(({ type, bytes }) => type !== "NOBITS" && bytes > 0)
    .toSorted((a, b) => a.offset - b.offset)
    .map(({ name, offset, bytes }) => `${name} ${offset} ${bytes}`);
}
