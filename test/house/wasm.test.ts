import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { inRoot } from "../machine/place.ts";

// What is bundled is what the sources compile to. `TARE_UPDATE_WASM=1` writes it anew.

const written = inRoot("server/src/io/ordinaryEntriesBytes.ts");

test("the WebAssembly that is bundled is what its sources compile to", () => {
  const compiled = compile("server/wasm/ordinaryEntries.ts");
  if (process.env["TARE_UPDATE_WASM"] === "1") writeFileSync(written, moduleOf(compiled));
  assert.equal(readFileSync(written, "utf8"), moduleOf(compiled));
});

function compile(source: string): Buffer {
  const folder = mkdtempSync(join(tmpdir(), "tare-wasm-"));
  const outFile = join(folder, "out.wasm");
  // Memory is the caller's, and nothing is needed of the library.
  const options = ["-O3", "--runtime", "stub", "--importMemory", "--noAssert", "--enable", "simd"];
  try {
    const { status, stderr } = spawnSync(
      process.execPath,
      [inRoot("node_modules/assemblyscript/bin/asc.js"), source, ...options, "--outFile", outFile],
      { cwd: inRoot("."), encoding: "utf8", timeout: 120_000 },
    );
    assert.equal(status, 0, stderr);
    return readFileSync(outFile);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function moduleOf(compiled: Buffer): string {
  const lines = compiled.toString("base64").match(/.{1,100}/g) ?? [];
  return [
    "// Compiled from server/wasm/ordinaryEntries.ts by test/house/wasm.test.ts.",
    "",
    "/** What works in an `EntryArena`. */",
    "export const ordinaryEntriesBytes: Uint8Array<ArrayBuffer> = new Uint8Array(",
    "  Buffer.from(",
    "    `",
    ...lines,
    "`,",
    '    "base64",',
    "  ),",
    ");",
    "",
  ].join("\n");
}
