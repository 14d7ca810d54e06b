import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { arenaEntries, arenaWhiteouts } from "../../../server/src/core/image/entryArena.ts";
import { createLayerBuilder } from "../../../server/src/core/image/layerBuilder.ts";
import { takeOrdinaryEntries } from "../../../server/src/core/image/ordinaryEntries.ts";
import { memoryToHashIn } from "../../../server/src/io/hashMemory.ts";
import { defaultLimits } from "../../../server/src/io/limits.ts";
import { readPlainLayer } from "../../../server/src/io/plainLayer.ts";
import { regionOf } from "../../../server/src/io/regionReader.ts";
import { borrowArena, returnArena } from "../../../server/src/io/threadArena.ts";
import { indexTar, layerText, withoutArena } from "../../support/layerText.ts";
import {
  concat,
  paxRecords,
  sealHeader,
  type TarEntry,
  tarBlocks,
  writeTar,
} from "../../support/tarWriter.ts";

const body = (length: number): Uint8Array => new Uint8Array(length).fill(0x61);

const directory: TarEntry = { path: "d/", type: "5" };

/** How many of these entries are taken, the first of which is in the root. */
function takenOf(entries: readonly (TarEntry | Uint8Array)[], bytes?: number): number {
  const blocks = entries.map((entry) =>
    entry instanceof Uint8Array ? entry : concat(tarBlocks(entry)),
  );
  const tar = concat(blocks).subarray(0, bytes);
  const memory = memoryToHashIn(tar.length);
  memory.set(tar);
  const arena = borrowArena();
  assert.ok(arena !== undefined);
  try {
    const builder = createLayerBuilder(arena);
    const piece = { memory, start: 1_000_000, end: 1_000_000 + tar.length };
    let next = takeOrdinaryEntries(builder, piece, piece.start, 4096) - piece.start;
    let taken = 0;
    for (const block of blocks) {
      if (next <= 0) break;
      next -= block.length;
      taken += 1;
    }
    return taken;
  } finally {
    returnArena(arena);
  }
}

test("files, directories and symlinks in directories that are known are taken", () =>
  assert.equal(
    takenOf([
      directory,
      { path: "d/file", body: body(700), mode: 0o755 },
      { path: "d/empty" },
      { path: "d/.hidden", body: body(5000) },
      { path: "d/link", type: "2", linkTarget: "../elsewhere" },
      { path: "d/.whiteout", body: body(1) },
      { path: "d/deep", type: "5" },
      { path: "d/deep/file", body: body(4096), uid: 1000, gid: 1000 },
      { path: "other", body: body(3), format: "v7" },
      { path: "d/deep/more", body: body(3), format: "gnu" },
      withPrefix("d/deep", "file2"),
    ]),
    11,
  ));

test("checksums are numbers as others are: of seven digits, with blanks before or behind", () => {
  const sealedWith = (form: (sum: string) => string): Uint8Array => {
    const [header] = tarBlocks({ path: `${form("")}.` });
    assert.ok(header !== undefined);
    const sum = Number.parseInt(Buffer.from(header.subarray(148, 154)).toString(), 8);
    header.set(Buffer.from(form(sum.toString(8))), 148);
    return header;
  };
  const forms = [
    (sum: string) => `${sum.padStart(7, "0")}\0`,
    (sum: string) => sum.padStart(8, "0"),
    (sum: string) => `  ${sum}`.padEnd(8),
    (sum: string) => `${sum} 7\0`,
  ];
  assert.equal(takenOf(forms.map(sealedWith)), 3);
});

test("the prefix field of star is shorter than that of ustar, and none is in GNU's", () => {
  const above = "a".repeat(90);
  const [shorter, longer] = [40, 49].map((length) => "b".repeat(length));
  const directories = [shorter, longer].map((name) => withPrefix(above, `${name}/`, "5"));
  const prefix = `${above}/${longer}`;
  const entries = [
    concat(tarBlocks({ path: above, type: "5" })),
    ...directories,
    withPrefix(prefix, "ustar"),
    sealHeader(setText(withPrefix(prefix, "star"), 508, "tar\0")),
    sealHeader(setText(withPrefix(prefix, "gnu"), 257, "ustar  \0")),
  ];
  assert.equal(takenOf(entries), 6);
  const read = indexTar(concat([...entries, new Uint8Array(1024)]));
  assert.ok(read.ok);
  assert.deepEqual(layerText(read.value).split("\n").slice(1), [
    `${above} directory`,
    `${above}/${shorter} directory`,
    `${above}/${shorter}/star file 0`,
    `${above}/${longer} directory`,
    `${above}/${longer}/ustar file 0`,
    "gnu file 0",
  ]);
});

/** An entry whose path stands in both fields of ustar. */
function withPrefix(prefix: string, name: string, type = "0"): Uint8Array {
  const [header] = tarBlocks({ path: name, type });
  assert.ok(header !== undefined);
  return sealHeader(setText(header, 345, prefix));
}

function setText(header: Uint8Array, at: number, text: string): Uint8Array {
  header.set(Buffer.from(text, "latin1"), at);
  return header;
}

/** A header with one field changed, the checksum fitting. */
function withField(at: number, text: string, entry: TarEntry = { path: "d/odd" }): Uint8Array {
  const [header, ...rest] = tarBlocks(entry);
  assert.ok(header !== undefined);
  return concat([sealHeader(setText(header, at, text)), ...rest]);
}

const odd: Readonly<Record<string, TarEntry | Uint8Array>> = {
  "a whiteout": { path: "d/.wh.gone" },
  "an opaque whiteout": { path: "d/.wh..wh..opq" },
  "a hard link": { path: "d/same", type: "1", linkTarget: "d" },
  "a device": { path: "d/null", type: "3" },
  "an owner in a PAX header": { path: "d/pax", pax: { uid: "5" } },
  "a size in a PAX header": { path: "d/pax", pax: { size: "0" } },
  "a sparse file in a PAX header": { path: "d/pax", pax: { "GNU.sparse.major": "1" } },
  "a path of more than 4096 bytes": { path: `d/${"x".repeat(4095)}` },
  "a PAX header for all": { path: "g", type: "g", body: paxRecords([["mtime", "1"]]) },
  "a long name of GNU": { path: "././@LongLink", type: "L", body: body(101) },
  "a directory that was there": directory,
  "a file in the place of a directory": { path: "d", body: body(3) },
  "a directory that is not known": { path: "e/file", body: body(3) },
  "the root": { path: "./", type: "5" },
  "a path with dots": { path: "d/./file" },
  "a path that leaves": { path: "d/../../file" },
  "a path with a doubled slash": { path: "d//file" },
  "a path that begins with a slash": { path: "/d/file" },
  "a file with a slash behind its name": { path: "d/file/", body: body(3) },
  "no path": { path: "" },
  "an old type": withField(156, "\0"),
  "a contiguous file": { path: "d/file", type: "7", body: body(3) },
  "a sparse file": { path: "d/file", type: "S", body: body(3) },
  "a number in base 256": { path: "d/file", uid: 3_000_000 },
  "a mode that is no number": withField(100, "abc"),
  "a mode with a gap": withField(100, "64 4"),
  "a size that is no number": withField(124, "12 34"),
  "a program": { path: "d/file", body: Buffer.from("\u007fELF and more") },
  "a script": { path: "d/file", mode: 0o755, body: Buffer.from("#!/bin/sh\n") },
  "a module": { path: "d/file", body: Buffer.from("\0asm and more") },
  "a file that is kept": { path: "d/x.dist-info/RECORD", body: body(3) },
  "a PAX header whose size is no number": concat([
    withField(124, "12 34", { path: "x", type: "x" }),
    ...tarBlocks({ path: "d/file" }),
  ]),
  "a wrong checksum behind a PAX header": concat([
    ...tarBlocks({ path: "x", type: "x", body: paxRecords([["mtime", "1"]]) }),
    ...tarBlocks({ path: "d/file" }).map((block) => block.fill(0x31, 140, 141)),
  ]),
  "a wrong checksum": concat(tarBlocks({ path: "d/file" })).fill(0x31, 140, 141),
  "the end of the tar": new Uint8Array(512),
};

test("what means more is left to be read as before", () => {
  const inside: TarEntry = { path: "d/x.dist-info/", type: "5" };
  const left = Object.entries(odd).filter(([, entry]) => takenOf([directory, inside, entry]) === 2);
  assert.deepEqual(
    left.map(([what]) => what),
    Object.keys(odd),
  );
});

test("PAX headers are taken along that say a path, a link target, times or attributes", () => {
  const long = "n".repeat(150);
  assert.equal(
    takenOf([
      directory,
      { path: `d/${long}/`, type: "5" },
      {
        path: `d/${long}/${long}`,
        body: body(700),
        pax: { mtime: "1.5", "SCHILY.xattr.user.a": "b" },
      },
      { path: "d/link", type: "2", linkTarget: `${long}/${long}`, pax: { atime: "1", ctime: "2" } },
      { path: "d/empty", pax: { path: "", comment: "" } },
      { path: `d/${"x".repeat(4094)}` },
    ]),
    6,
  );
});

test("of records of one key the last one counts that says something", () => {
  const records = paxRecords([
    ["path", "d/one"],
    ["path", "d/two"],
    ["path", ""],
  ]);
  const header = tarBlocks({ path: "x", type: "x", body: records });
  const entries = [...tarBlocks(directory), ...header, ...tarBlocks({ path: "d/three" })];
  const read = indexTar(concat([...entries, new Uint8Array(1024)]));
  assert.ok(read.ok);
  assert.deepEqual(layerText(read.value).split("\n").slice(1), ["d directory", "d/two file 0"]);
});

const paxBodies: Readonly<Record<string, string>> = {
  "no length": " path=d/x\n",
  "a length that is no number": "1x path=d/x\n",
  "a length that is too short": "9 path=d/x\n",
  "a length that is too long": "99 path=d/x\n",
  "no blank": "12",
  "no value": "7 path\n",
  "no newline": "12 path=d/x ",
  "a digit that is none": "1: path=d/abcdefghi\n",
  "a length beyond 32 bits": "4294967316 path=d/x\n",
  "a record of no length behind another": "9 a=bcde\n0 path=d/x\n",
};

test("PAX headers that are odd are left", () => {
  const left = Object.entries(paxBodies).filter(([, text]) => {
    const header = concat(tarBlocks({ path: "x", type: "x", body: Buffer.from(text) }));
    return takenOf([directory, concat([header, ...tarBlocks({ path: "d/file" })])]) === 1;
  });
  assert.deepEqual(
    left.map(([what]) => what),
    Object.keys(paxBodies),
  );
});

test("whiteouts are taken where others of their directory have been", () => {
  const entries = ["d/.wh.a", "d/.wh.b", "d/.wh..c", "d/.wh.a", "e/.wh.a", "d/.wh..wh.x", "d/x"];
  const read = indexTar(writeTar([directory, ...entries.map((path) => ({ path }))]));
  assert.ok(read.ok);
  assert.deepEqual(layerText(read.value).split("\n").slice(1), [
    "d directory",
    "d/.c whiteout",
    "d/a whiteout",
    "d/b whiteout",
    "d/x file 0",
    "e directory (made up)",
    "e/a whiteout",
  ]);
  assert.equal(takenOf([{ path: ".wh.a" }, { path: ".wh.b" }, { path: ".wh.a" }]), 2);
  assert.equal(takenOf([{ path: ".wh.a" }, { path: ".wh.b", body: body(3) }]), 1);
});

test("a script that may not be run, and one of three bytes, are files as others are", () =>
  assert.equal(
    takenOf([
      { path: "text", body: Buffer.from("#!/bin/sh\n") },
      { path: "short", body: Buffer.from("\u007fEL") },
    ]),
    2,
  ));

test("a content that is to be hashed is taken only whole, one that is not with its first bytes", () => {
  assert.equal(takenOf([directory, { path: "d/small", body: body(4096) }], 512 + 512 + 4095), 1);
  assert.equal(takenOf([directory, { path: "d/large", body: body(4097) }], 512 + 512 + 4), 2);
  assert.equal(takenOf([directory, { path: "d/large", body: body(4097) }], 512 + 512 + 3), 1);
  assert.equal(takenOf([directory, { path: "d/small" }], 512 + 511), 1);
});

const names = fc.constantFrom("a", "b", ".c", "node_modules", "x".repeat(60), "RECORD", "é");
const path = fc.array(names, { minLength: 1, maxLength: 4 }).map((parts) => parts.join("/"));
const content = fc
  .tuple(fc.constantFrom(0, 1, 3, 4, 511, 512, 4095, 4096, 4097, 9000), fc.constantFrom("a", "#!/"))
  .map(([length, mark]) => Buffer.alloc(length, mark));
const mode = fc.constantFrom(0o644, 0o755, 0o4755, 0o1777);
const anyPax = fc
  .tuple(fc.constantFrom("path", "linkpath", "mtime", "uid", "size", "comment"), path)
  .map(([key, value]) => ({ [key]: value }));
const anyEntry: fc.Arbitrary<TarEntry> = fc.oneof(
  { weight: 6, arbitrary: fc.record({ path, body: content, mode }) },
  { weight: 4, arbitrary: path.map((at) => ({ path: `${at}/`, type: "5" })) },
  { weight: 2, arbitrary: fc.record({ path, linkTarget: path, type: fc.constantFrom("1", "2") }) },
  { weight: 2, arbitrary: path.map((at) => ({ path: `a/.wh.${at}` })) },
  { weight: 2, arbitrary: fc.record({ path, body: content, pax: anyPax }) },
  { weight: 1, arbitrary: fc.constantFrom(...Object.values(odd)).filter(isEntry) },
);

function isEntry(one: TarEntry | Uint8Array): one is TarEntry {
  return !(one instanceof Uint8Array);
}

test("layers of any entries are the same, whether ordinary ones are taken by themselves or not", () => {
  fc.assert(
    fc.property(fc.array(anyEntry, { maxLength: 40 }), (entries) => {
      indexTar(writeTar(entries));
    }),
    { numRuns: 150 },
  );
});

test("bytes that were changed anywhere lead to the same layer, or to the same refusal", () => {
  const change = fc.tuple(fc.nat(511), fc.nat(255), fc.boolean());
  fc.assert(
    fc.property(
      fc.array(fc.tuple(anyEntry, change), { maxLength: 12 }),
      fc.nat(11),
      (all, chosen) => {
        const blocks = all.flatMap(([entry, [at, value, isSealed]], place) => {
          const [header, ...rest] = tarBlocks(entry);
          if (header === undefined || place !== chosen) return tarBlocks(entry);
          header[at] = value;
          return [isSealed ? sealHeader(header) : header, ...rest];
        });
        indexTar(concat([...blocks, new Uint8Array(1024)]));
      },
    ),
    { numRuns: 300 },
  );
});

/** Reads a tar with the arena and without; the first result. */
function checkLarge(entries: readonly TarEntry[]): number {
  const tar = writeTar(entries);
  const read = (): ReturnType<typeof readPlainLayer> =>
    readPlainLayer("layer", regionOf(tar), defaultLimits, () => undefined);
  const whole = read();
  assert.ok(whole.ok, JSON.stringify(whole));
  assert.deepEqual(whole, withoutArena(read));
  return whole.value.index.entryCount;
}

test("a layer that outgrows the arena goes on in memory of its own, and the next begins in it again", () => {
  const many = (count: number, of: (at: number) => TarEntry): readonly TarEntry[] =>
    Array.from({ length: count }, (_, at) => of(at));
  const more = arenaEntries + 50;
  assert.equal(checkLarge([directory, ...many(more, (at) => ({ path: `d/${at}` }))]), more + 1);
  const long = "n".repeat(90);
  assert.equal(checkLarge(many(30_000, (at) => ({ path: `${at}${long}` }))), 30_000);
  const gone = many(arenaWhiteouts + 50, (at) => ({ path: `d/.wh.${at}` }));
  assert.equal(checkLarge([...gone, directory, { path: "d/file" }]), arenaWhiteouts + 53);
  const links = many(12_000, (at) => ({ path: `${at}`, type: "2", linkTarget: long }));
  assert.equal(checkLarge(links), 12_000);
  assert.equal(checkLarge([directory, { path: "d/file", body: body(3) }]), 2);
});
