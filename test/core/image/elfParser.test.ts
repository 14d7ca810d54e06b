import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { closeSync, existsSync, fstatSync, openSync, readSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import fc from "fast-check";
import type { ElfFacts } from "../../../server/src/core/image/elf.ts";
import { parseElf } from "../../../server/src/core/image/elfParser.ts";
import { installPackages } from "../../machine/engine.ts";
import { anElf, type ElfSpec } from "../../support/elfWriter.ts";

type Told = { readonly [Key in keyof ElfFacts]?: ElfFacts[Key] | undefined };

const plain: Told = {
  bits: 64,
  architecture: "amd64",
  type: "executable",
  interpreter: undefined,
  needed: [],
  soname: undefined,
  runPath: [],
  runPathKind: undefined,
  isPie: false,
  debugBytes: undefined,
  removableBytes: undefined,
  go: undefined,
  isUpx: false,
  mentions: [],
};

const library = { type: "shared", mentions: undefined } as const;

/** Parses bytes and counts what was read of them. */
function parse(bytes: Uint8Array, fileBytes = bytes.length): ElfFacts | undefined {
  let reads = 0;
  const facts = parseElf((offset, length) => {
    reads += 1;
    const isThere = offset >= 0 && length >= 0 && offset + length <= bytes.length;
    return isThere ? bytes.subarray(offset, offset + length) : undefined;
  }, fileBytes);
  assert.ok(reads < 5000, `${reads} reads`);
  return facts;
}

/** Makes the file in both widths and byte orders, and checks what it says beyond being an amd64 program. */
function checkElf(spec: ElfSpec, expected: Told): void {
  for (const bits of [32, 64] as const) {
    for (const isLittleEndian of [true, false]) {
      const machine = spec.machine ?? (isLittleEndian ? (bits === 64 ? 62 : 3) : 8);
      const architecture = isLittleEndian
        ? bits === 64
          ? "amd64"
          : "386"
        : bits === 64
          ? "mips64"
          : "mips";
      const facts = parse(anElf({ ...spec, bits, isLittleEndian, machine }));
      assert.deepEqual(
        { mentions: undefined, ...facts },
        { ...plain, bits, architecture, ...expected },
      );
    }
  }
}

test("a static program needs nothing", () => checkElf({}, {}));

test("a program with an interpreter and libraries", () =>
  checkElf(
    {
      type: 3,
      isPie: true,
      interpreter: "/lib/ld-musl-x86_64.so.1",
      needed: ["libz.so.1", "libc.so"],
    },
    {
      type: "shared",
      isPie: true,
      interpreter: "/lib/ld-musl-x86_64.so.1",
      needed: ["libz.so.1", "libc.so"],
    },
  ));

test("a static-pie program has a dynamic section that names nothing", () =>
  checkElf({ type: 3, isPie: true }, { type: "shared", isPie: true }));

test("a library with its own name and a place to look", () =>
  checkElf(
    { type: 3, soname: "liba.so.1", runPath: "$ORIGIN/../lib:/opt/lib" },
    {
      ...library,
      soname: "liba.so.1",
      runPath: ["$ORIGIN/../lib", "/opt/lib"],
      runPathKind: "runpath",
    },
  ));

test("RPATH counts only without RUNPATH", () => {
  checkElf({ rPath: "/a" }, { runPath: ["/a"], runPathKind: "rpath" });
  checkElf({ rPath: "/a", runPath: "/b" }, { runPath: ["/b"], runPathKind: "runpath" });
});

test("sections that strip takes away", () =>
  checkElf(
    {
      sections: {
        ".text": { flags: 6, bytes: 1000 },
        ".debug_info": 300,
        ".zdebug_line": 20,
        ".debug_gdb_scripts": { flags: 2, bytes: 5 },
        ".debug_str": { type: 8, bytes: 7_000_000 },
        ".comment": 40,
        ".symtab": { type: 2, bytes: 96 },
        ".strtab": { type: 3, bytes: 33 },
        ".dynsym": { type: 2, flags: 2, bytes: 64 },
      },
    },
    { debugBytes: 320, removableBytes: 449 },
  ));

test("a relocatable file needs its symbols", () =>
  checkElf(
    { type: 1, sections: { ".debug_info": 300, ".symtab": { type: 2, bytes: 96 } } },
    { type: "relocatable", debugBytes: 300, removableBytes: 300, mentions: undefined },
  ));

test("Go programs of all times say what built them", () => {
  const modules =
    'path\texample.com/app\nmod\texample.com/app\t(devel)\nbuild\tCGO_ENABLED=0\nbuild\t-ldflags="-s -w"\n';
  const go = {
    version: "go1.22.1",
    path: "example.com/app",
    settings: ["CGO_ENABLED=0", '-ldflags="-s -w"'],
  };
  for (const form of ["inline", "pointers"] as const) {
    const told = { version: "go1.22.1", modules, form };
    checkElf({ go: told, sections: {} }, { go, debugBytes: 0, removableBytes: 0 });
  }
});

test("a Go program without build information is one all the same", () =>
  checkElf(
    { sections: { ".gopclntab": { flags: 2, bytes: 10 } } },
    { go: { version: "", path: undefined, settings: [] }, debugBytes: 0, removableBytes: 0 },
  ));

test("a program packed by UPX", () =>
  checkElf({ isUpx: true }, { isUpx: true, mentions: undefined }));

test("machines are named as platforms name them", () => {
  const named = [
    [183, "arm64"],
    [243, "riscv64"],
    [21, "ppc64le"],
    [258, "loong64"],
    [4711, "machine 4711"],
  ] as const;
  for (const [machine, architecture] of named) {
    assert.equal(parse(anElf({ machine }))?.architecture, architecture);
  }
});

test("a dynamic section that cannot be read is not taken for an empty one", () => {
  const bytes = anElf({ needed: ["libc.so.6"] });
  const dynamicRow = 64 + 56;
  const view = new DataView(bytes.buffer);
  view.setUint32(dynamicRow + 8, 1_000_000, true);
  assert.deepEqual(parse(bytes), { ...plain, isLoadingUnknown: true });
});

test("sections that claim more than the file holds give no figures", () => {
  const bytes = anElf({ sections: { ".debug_info": 300 } });
  const table = Number(new DataView(bytes.buffer).getBigUint64(40, true));
  new DataView(bytes.buffer).setBigUint64(table + 64 + 32, 2n ** 63n, true);
  assert.deepEqual(parse(bytes), plain);
});

test("what only begins as an ELF file is none", () => {
  const bytes = anElf();
  assert.equal(parse(bytes.subarray(0, 50)), undefined);
  assert.equal(parse(new Uint8Array(0)), undefined);
  assert.equal(parse(Buffer.from("#!/bin/sh")), undefined);
  bytes[4] = 7;
  assert.equal(parse(bytes), undefined);
});

test("whatever the headers say, nothing is thrown and little is read", () => {
  const whole = anElf({
    type: 3,
    interpreter: "/lib/ld.so",
    needed: ["a", "b"],
    runPath: "/x",
    sections: {
      ".debug_info": 30,
      ".symtab": { type: 2, bytes: 24 },
      ".strtab": { type: 3, bytes: 9 },
    },
    go: { version: "go1.20", modules: "", form: "inline" },
  });
  const change = fc.tuple(
    fc.nat(whole.length - 1),
    fc.oneof(fc.constantFrom(0, 1, 0x7f, 0x80, 0xff), fc.nat(255)),
  );
  fc.assert(
    fc.property(
      fc.array(change, { minLength: 1, maxLength: 12 }),
      fc.nat(whole.length),
      (changes, cut) => {
        const bytes = whole.slice();
        for (const [at, value] of changes) bytes[at] = value;
        for (const facts of [parse(bytes), parse(bytes.subarray(0, cut), whole.length)]) {
          assert.ok((facts?.removableBytes ?? 0) <= whole.length);
          assert.ok((facts?.needed.length ?? 0) <= 1024);
        }
      },
    ),
    { numRuns: 2000 },
  );
});

const micro = join(import.meta.dirname, "../../../examples/micro/server");
const programs = [
  process.execPath,
  "/bin/ls",
  "/bin/busybox",
  "/bin/sh",
  "/lib64/ld-linux-x86-64.so.2",
];
const missing = await installPackages({ readelf: "binutils", busybox: "busybox-static" });

for (const program of programs.filter((path) => existsSync(path))) {
  test(`${program} says what readelf says`, { skip: missing }, () => {
    const facts = parseFile(program);
    const told = execFileSync("readelf", ["-Wdl", program], { encoding: "utf8", stdio: "pipe" });
    assert.deepEqual(
      facts?.needed,
      [...told.matchAll(/\(NEEDED\).*\[(.*)\]/g)].map(([, name]) => name),
    );
    assert.equal(facts?.interpreter, /interpreter: (.*)\]/.exec(told)?.[1]);
    assert.equal(facts?.soname, /\(SONAME\).*\[(.*)\]/.exec(told)?.[1]);
    assert.equal(facts?.isPie, /FLAGS_1\).*PIE/.test(told));
  });
}

test("the example's server, made by Zig, is static and stripped", () => {
  const bytes = readFileSync(micro);
  const facts = parse(bytes);
  assert.equal(facts?.architecture, "amd64");
  assert.deepEqual(facts?.needed, []);
  assert.equal(facts?.interpreter, undefined);
  assert.equal(facts?.removableBytes, facts?.debugBytes === undefined ? undefined : 0);
});

function parseFile(path: string): ElfFacts | undefined {
  const file = openSync(path, "r");
  try {
    return parseElf((offset, length) => {
      const bytes = new Uint8Array(length);
      return readSync(file, bytes, 0, length, offset) === length ? bytes : undefined;
    }, fstatSync(file).size);
  } finally {
    closeSync(file);
  }
}
