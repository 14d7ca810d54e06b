import assert from "node:assert/strict";
import { test } from "node:test";
import { mainUseOf } from "../../../server/src/core/image/elfUses.ts";
import { anElf, type ElfSpec } from "../../support/elfWriter.ts";
import { labelBytes } from "../../support/labelBytes.ts";

function usesOf(spec: ElfSpec): Readonly<Record<string, string>> {
  const parts = labelBytes(anElf(spec))?.parts ?? [];
  return Object.fromEntries(parts.map(({ kind, name, use }) => [name || kind, use]));
}

test("what is loaded is told by its flags, what is not by what strip makes of it", () =>
  assert.deepEqual(
    usesOf({
      sections: {
        ".text": { flags: 6, bytes: 1000 },
        ".wx": { flags: 7, bytes: 10 },
        ".data": { flags: 3, bytes: 50 },
        ".rodata": { flags: 2, bytes: 50 },
        ".debug_info": 300,
        ".comment": 40,
        ".symtab": { type: 2, bytes: 96 },
        ".strtab": { type: 3, bytes: 33 },
      },
    }),
    {
      "file-header": "headers",
      "program-headers": "headers",
      ".text": "code",
      ".wx": "code",
      ".data": "variables",
      ".rodata": "constants",
      ".debug_info": "debug",
      ".comment": "not-loaded",
      ".symtab": "symbols",
      ".strtab": "symbols",
      ".shstrtab": "not-loaded",
      padding: "padding",
      "section-headers": "headers",
    },
  ));

test("several are what most of their bytes are, and of equals the first", () => {
  assert.equal(
    mainUseOf([
      { use: "code", bytes: 3 },
      { use: "debug", bytes: 2 },
      { use: "debug", bytes: 2 },
    ]),
    "debug",
  );
  assert.equal(
    mainUseOf([
      { use: "padding", bytes: 2 },
      { use: "debug", bytes: 2 },
    ]),
    "padding",
  );
  assert.equal(mainUseOf([]), "not-loaded");
});
