import assert from "node:assert/strict";
import { existsSync, readFileSync } from "node:fs";
import { test } from "node:test";
import type { ElfPart } from "../../../server/src/core/image/elfLabels.ts";
import { goPackageOf } from "../../../server/src/core/image/goPclnNames.ts";
import { inRoot } from "../../machine/place.ts";
import { anElf } from "../../support/elfWriter.ts";
import { goMagic, goModule, goTable, type GoTableSpec } from "../../support/goWriter.ts";
import { labelBytes } from "../../support/labelBytes.ts";

const functions = [
  ["main.main", 64],
  ["net/http.(*Client).Do", 320],
  ["type..eq.net/url.URL", 32],
  ["net/http.Get", 96],
  ["memeqbody", 48],
  ["gopkg.in/yaml%2ev3.Unmarshal", 128],
  ["slices.SortFunc[go.shape.[]example.com/x.T]", 16],
] as const;
const textBytes = 704;
const textOffset = 2048;
const tableOffset = 4096;
const moduleOffset = 8192;
const imageBase = 0x400000;

const packages = [
  ["net/http", 416],
  ["gopkg.in/yaml.v3", 128],
  ["main", 64],
  ["slices", 16],
] as const;

/** A Go program without sections: text, table and record of the module in one segment. */
function goProgram(spec: Partial<GoTableSpec>): Uint8Array {
  const whole: GoTableSpec = {
    magic: goMagic["1.20"],
    bits: 64,
    isLittleEndian: true,
    textAddress: imageBase + textOffset,
    functions,
    ...spec,
  };
  const { bits, isLittleEndian } = whole;
  const go = { version: "go1.22.1", modules: "path\tmain\n", form: "inline" } as const;
  const bytes = anElf({ bits, isLittleEndian, go, sections: { ".rest": 12_000 } });
  bytes.set(goTable(whole), tableOffset);
  bytes.set(goModule(whole, imageBase + tableOffset), moduleOffset);
  const view = new DataView(bytes.buffer);
  // The segment may be run, and there is no section table: all has to be found.
  view.setUint32(bits === 64 ? 64 + 4 : 52 + 24, 7, isLittleEndian);
  bytes.fill(0, bits === 64 ? 40 : 32, bits === 64 ? 48 : 36);
  return bytes;
}

function partWithText(bytes: Uint8Array): ElfPart | undefined {
  return labelBytes(bytes)?.parts.find(
    ({ offset, bytes: length }) => offset + length >= textOffset + textBytes,
  );
}

for (const [version, magic] of Object.entries(goMagic)) {
  test(`the table of functions of Go ${version} names packages, in both widths and byte orders`, () => {
    for (const bits of [32, 64] as const) {
      for (const isLittleEndian of [true, false]) {
        const part = partWithText(goProgram({ magic, bits, isLittleEndian }));
        assert.deepEqual(
          part?.packages.map(({ name, bytes }) => [name, bytes]),
          packages,
          `${bits} bits, little-endian ${isLittleEndian}`,
        );
      }
    }
  });
}

test("where the table does not say where the text begins, the record of the module does", () => {
  for (const bits of [32, 64] as const) {
    for (const isLittleEndian of [true, false]) {
      const part = partWithText(goProgram({ bits, isLittleEndian, isTextStartLeftOut: true }));
      assert.equal(part?.packages.length, packages.length, `${bits} ${isLittleEndian}`);
    }
  }
});

test("a table that does not agree with itself names nothing", () => {
  const bytes = goProgram({});
  const broken = bytes.slice();
  const view = new DataView(broken.buffer);
  const functionsAt = tableOffset + view.getUint32(tableOffset + 8 + 7 * 8, true);
  view.setUint32(functionsAt + 8, 5, true);
  const labels = labelBytes(broken);
  assert.equal(labels?.areGoPackagesNamed, false);
  assert.ok(labels.parts.every((part) => part.packages.length === 0));
});

test("a text outside of what may be run names nothing", () => {
  const labels = labelBytes(goProgram({ textAddress: 0x10_000 }));
  assert.equal(labels?.areGoPackagesNamed, false);
});

test("packages of symbols as Go names them", () => {
  const named = {
    "main.main": "main",
    "net/http.(*Client).Do": "net/http",
    "github.com/a/b.(*T[go.shape.struct { io/fs.X }]).M.func1": "github.com/a/b",
    "gopkg.in/yaml%2ev3.glob..func1": "gopkg.in/yaml.v3",
    "go.uber.org/zap.New": "go.uber.org/zap",
    "go/ast.Walk": "go/ast",
    "vendor/golang.org/x/net/idna.init": "vendor/golang.org/x/net/idna",
    "type..eq.net/url.URL": "",
    "type:.eq.net/url.URL": "",
    "type:.hash.[2]example.com/a.B": "",
    "go.(*struct { sync.Mutex; net/http.table }).Lock": "",
    "go:struct { sync.Mutex; net/http.table }.Lock": "",
    "go.itab.*io/fs.PathError,error": "",
    "go.itab.internal/poll.errNetClosing,error": "",
    "$f64.3fe0000000000000": "",
    memeqbody: "",
    _rt0_amd64_linux: "",
    "": "",
  };
  for (const [symbol, name] of Object.entries(named)) {
    assert.equal(goPackageOf(Buffer.from(`x${symbol}\0y.z`), 1), name, symbol);
  }
});

/** Real programs that come with the tools of the tests: stripped, by Go 1.26. */
const tools = [
  ["node_modules/@esbuild/linux-x64/bin/esbuild", "github.com/evanw/esbuild/internal/js_parser"],
  [
    "node_modules/@oxlint-tsgolint/linux-x64/tsgolint",
    "github.com/microsoft/typescript-go/internal/checker",
  ],
] as const;

for (const [path, heaviest] of tools) {
  const why = existsSync(inRoot(path)) ? false : `${path} is for another machine`;
  test(`nearly all code of ${path} is of a package`, { skip: why }, () => {
    const text = labelBytes(readFileSync(inRoot(path)))?.parts.find(({ name }) => name === ".text");
    assert.equal(text?.packages[0]?.name, heaviest);
    const named = text.packages.reduce((sum, { bytes }) => sum + bytes, 0);
    assert.ok(named > 0.97 * text.bytes, `${named} of ${text.bytes}`);
  });
}
