import assert from "node:assert/strict";
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, suite, test } from "node:test";
import type { ElfLabels, ElfPart } from "../../server/src/core/image/elfLabels.ts";
import { installPackages, runProgram } from "../machine/engine.ts";
import { labelBytes } from "../support/labelBytes.ts";

const assembly = `
.globl _start
.section .rodata
text: .fill 5000, 1, 0x61
.section .debug_macro
${Array.from({ length: 6000 }, (_, at) => `.long ${(at * 2654435761) % 2 ** 32}`).join("\n")}
.data
.fill 3000, 1, 0x62
.bss
.skip 9000
.text
_start:
${Array.from({ length: 3000 }, (_, at) => `function_${at}: nop`).join("\n")}
`;

const goProgram = `package main

import ("fmt"; "net/url"; "os"; "strings")

func main() {
	address, _ := url.Parse(os.Args[0])
	fmt.Println(strings.ToUpper(address.Path))
}
`;

/** A page for the order in which strip lays out what is left, and for each section that goes its row, its name and what aligned it. */
const slackOf = (sections: number): number => 4096 + 128 * sections;

function labelsOf(path: string): ElfLabels {
  const labels = labelBytes(readFileSync(path));
  assert.ok(labels);
  return labels;
}

function sumOf(parts: readonly ElfPart[]): number {
  return parts.reduce((sum, { bytes }) => sum + bytes, 0);
}

/** Strips a copy with the machine's own program; what that took off must be what is labelled, but for the slack. */
async function checkStrip(path: string, kinds: readonly ElfPart["removable"][]): Promise<void> {
  const stripped = `${path}.stripped`;
  const how = kinds.includes("symbols") ? "--strip-all" : "--strip-debug";
  await runProgram("strip", [how, "-o", stripped, path]);
  const saved = statSync(path).size - statSync(stripped).size;
  const labelled = labelsOf(path).parts.filter(
    ({ removable }) => removable && kinds.includes(removable),
  );
  const difference = Math.abs(saved - sumOf(labelled));
  assert.ok(sumOf(labelled) > 3 * slackOf(labelled.length + 2), `${path}: too little to strip`);
  assert.ok(
    difference <= slackOf(labelled.length + 2),
    `${path}: ${how} saves ${saved}, labelled are ${sumOf(labelled)}`,
  );
  const left = labelsOf(stripped).parts.filter(
    ({ removable }) => removable && kinds.includes(removable),
  );
  assert.deepEqual(left, []);
}

/** The sections that a program of binutils tells, by name. */
async function tableOf(
  program: string,
  words: readonly string[],
  row: RegExp,
): Promise<ReadonlyMap<string, number>> {
  const { stdout } = await runProgram(program, words, { LC_ALL: "C" });
  const rows = [...stdout.matchAll(row)].map(({ groups }) => groups ?? {});
  return new Map(
    rows
      .filter(({ type }) => type !== "NOBITS")
      .map(({ name = "", hex, decimal }) => [
        name,
        hex === undefined ? Number(decimal) : Number.parseInt(hex, 16),
      ]),
  );
}

function bytesByName(parts: readonly ElfPart[]): ReadonlyMap<string, number> {
  const bytes = new Map<string, number>();
  for (const part of parts.filter(({ kind }) => kind === "section")) {
    bytes.set(part.name, (bytes.get(part.name) ?? 0) + part.bytes);
  }
  return bytes;
}

const programs = ["strip", "as", "ld", "readelf", "size"];
const missing = await installPackages({
  ...Object.fromEntries(programs.map((name) => [name, "binutils"])),
  go: "golang-go",
});

suite(
  "labels of binaries, against the tools that make and take them apart",
  { skip: missing },
  () => {
    let folder = "";
    const made = (name: string): string => join(folder, name);

    before(async () => {
      folder = mkdtempSync(join(tmpdir(), "tare-binaries-"));
      writeFileSync(made("program.s"), assembly);
      for (const how of ["none", "zlib"]) {
        const compress = `--compress-debug-sections=${how}`;
        await runProgram("as", ["-g", compress, "-o", made(`${how}.o`), made("program.s")]);
        await runProgram("ld", [compress, "-o", made(how), made(`${how}.o`)]);
        await runProgram("ld", [compress, "-shared", "-o", made(`${how}.so`), made(`${how}.o`)]);
      }
    });
    after(() => rmSync(folder, { recursive: true, force: true }));

    for (const name of ["none", "zlib", "none.so", "zlib.so"]) {
      test(`sections of ${name} weigh what readelf and size say`, async () => {
        const labelled = bytesByName(labelsOf(made(name)).parts);
        const row =
          /^ +\[ *\d+\] (?<name>\S+) +(?<type>\S+) +[0-9a-f]+ [0-9a-f]+ (?<hex>[0-9a-f]+) /gm;
        const byReadelf = await tableOf("readelf", ["-SW", made(name)], row);
        assert.deepEqual(labelled, new Map([...byReadelf].filter(([, bytes]) => bytes > 0)));
        const bySize = await tableOf(
          "size",
          ["-A", "-d", made(name)],
          /^(?<name>\.\S+) +(?<decimal>\d+) +\d+$/gm,
        );
        for (const section of [".text", ".rodata", ".data"]) {
          assert.equal(labelled.get(section), bySize.get(section), section);
        }
      });

      test(`strip takes off ${name} what is labelled for it, but for a page and the rows of sections`, async () => {
        await checkStrip(made(name), ["debug", "symbols"]);
        await checkStrip(made(name), ["debug"]);
      });
    }

    test("compressed debug information says so", () => {
      const isCompressed = (name: string): boolean =>
        labelsOf(made(name)).parts.some((part) => part.removable === "debug" && part.isCompressed);
      assert.deepEqual([isCompressed("none"), isCompressed("zlib")], [false, true]);
    });

    for (const mode of ["exe", "pie"]) {
      test(`code of a Go program (${mode}) is of the packages that its symbols say`, async () => {
        writeFileSync(made("main.go"), goProgram);
        const environment = {
          CGO_ENABLED: "0",
          GOCACHE: made("cache"),
          GOPATH: made("path"),
          GO111MODULE: "off",
        };
        const build = ["build", `-buildmode=${mode}`];
        await runProgram("go", [...build, "-o", made(mode), made("main.go")], environment);
        await checkStrip(made(mode), ["debug", "symbols"]);
        const { stdout } = await runProgram("nm", ["-n", made(mode)]);
        const text = (path: string): ElfPart | undefined =>
          labelsOf(path).parts.find((part) => part.name === ".text");
        checkSame(packagesOf(text(made(mode))), packagesBySymbols(stdout));
        assert.deepEqual(
          packagesOf(text(`${made(mode)}.stripped`)),
          packagesOf(text(made(mode))),
          "stripped",
        );
      });
    }
  },
);

/** To the byte with Go 1.19; linkers of other times may set marks of their own between functions. */
function checkSame(
  found: ReadonlyMap<string, number>,
  expected: ReadonlyMap<string, number>,
): void {
  let whole = 0;
  let difference = 0;
  for (const name of new Set([...found.keys(), ...expected.keys()])) {
    whole += expected.get(name) ?? 0;
    difference += Math.abs((found.get(name) ?? 0) - (expected.get(name) ?? 0));
  }
  assert.ok(whole > 500_000 && difference <= whole / 200, `${difference} of ${whole} differ`);
}

function packagesOf(part: ElfPart | undefined): ReadonlyMap<string, number> {
  return new Map((part?.packages ?? []).map(({ name, bytes }) => [name, bytes]));
}

/** From each symbol to the next, by the package that stands before the first dot behind the last slash; what compilers make is left out. */
function packagesBySymbols(listing: string): ReadonlyMap<string, number> {
  const symbols = [...listing.matchAll(/^([0-9a-f]+) [tT] (.+)$/gm)]
    .map(([, address, name]) => ({ address: Number.parseInt(address!, 16), name: name! }))
    .filter(({ name }) => name !== "runtime.text");
  const bytes = new Map<string, number>();
  symbols.forEach(({ address, name }, at) => {
    const owner = /^((?:[^([{ ]*\/)?[^([{ ./]+)\./.exec(name)?.[1];
    const end = symbols[at + 1]?.address ?? address;
    if (owner === undefined || /^(?:type|go)[.:]/.test(name) || end === address) return;
    const whole = owner.replaceAll("%2e", ".");
    bytes.set(whole, (bytes.get(whole) ?? 0) + end - address);
  });
  return new Map([...bytes].toSorted((a, b) => b[1] - a[1] || (a[0] < b[0] ? -1 : 1)));
}
