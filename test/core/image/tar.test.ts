import assert from "node:assert/strict";
import { test } from "node:test";
import { defaultLimits, type Limits } from "../../../server/src/io/limits.ts";
import { indexTar, layerText } from "../../support/layerText.ts";
import {
  concat,
  paxRecords,
  sealHeader,
  tarBlocks,
  type TarEntry,
  writeTar,
} from "../../support/tarWriter.ts";

/** Reads a tar in all ways and holds the tree against its text, the root left out. */
function checkTar(tar: Uint8Array | readonly TarEntry[], expected: string): void {
  const bytes = tar instanceof Uint8Array ? tar : writeTar(tar);
  const read = indexTar(bytes);
  assert.ok(read.ok, JSON.stringify(read));
  const text = layerText(read.value).split("\n").slice(1).join("\n");
  assert.equal(text, expected.trim());
  assert.equal(read.value.tarBytes, bytes.length);
}

/** Reads a tar in all ways and checks that each gives this error. */
function checkRefused(
  tar: Uint8Array | readonly TarEntry[],
  expected: string,
  limits: Partial<Limits> = {},
): void {
  const bytes = tar instanceof Uint8Array ? tar : writeTar(tar);
  const read = indexTar(bytes, { ...defaultLimits, ...limits });
  assert.ok(!read.ok, "it was read");
  const { error } = read;
  const detail = "reason" in error ? error.reason : "limit" in error ? error.limit : "";
  assert.equal(`${error.code}: ${detail}`, expected);
}

const body = (length: number): Uint8Array => new Uint8Array(length).fill(0x61);

test("the kinds of entries", () =>
  checkTar(
    [
      { path: "d/", type: "5" },
      { path: "d/file", body: body(700) },
      { path: "d/link", type: "2", linkTarget: "../elsewhere" },
      { path: "d/same", type: "1", linkTarget: "d/file" },
      { path: "dev/null", type: "3" },
      { path: "dev/disk", type: "4" },
      { path: "dev/pipe", type: "6" },
      { path: "d/contiguous", type: "7", body: body(3) },
      { path: "label", type: "V" },
      { path: "unknown", type: "Z", body: body(5) },
    ],
    `
d directory
d/contiguous file 3
d/file file 700
d/link symlink -> ../elsewhere
d/same file 0 -> d/file
dev directory (made up)
dev/disk device
dev/null device
dev/pipe device
unknown file 5
`,
  ));

test("names with leading ./ and /, doubled slashes and dots are the same names", () =>
  checkTar(
    [
      { path: "./", type: "5" },
      { path: "./a/b", body: body(1) },
      { path: "/a/c", body: body(2) },
      { path: "a//./d", body: body(3) },
    ],
    `
a directory (made up)
a/b file 1
a/c file 2
a/d file 3
`,
  ));

test("a later entry of the same path takes the place of the earlier", () =>
  checkTar(
    [
      { path: "a", body: body(10) },
      { path: "a", body: body(3) },
      { path: "d/x", body: body(10) },
      { path: "d", body: body(4) },
      { path: "f", body: body(10) },
      { path: "f/", type: "5" },
      { path: "f/g", body: body(5) },
    ],
    `
a file 3
d file 4
f directory
f/g file 5
`,
  ));

test("a hard link keeps content whose first name was written again", () =>
  checkTar(
    [
      { path: "a", body: body(10) },
      { path: "b", type: "1", linkTarget: "./a" },
      { path: "a", body: body(3) },
    ],
    `
a file 3
b file 10
`,
  ));

test("bytes are charged to the first name in path order, whichever came first", () =>
  checkTar(
    [
      { path: "z", body: body(10) },
      { path: "m", type: "1", linkTarget: "z" },
      { path: "n", type: "1", linkTarget: "/m" },
    ],
    `
m file 10
n file 0 -> m
z file 0 -> m
`,
  ));

test("a hard link may come before its target, and may have none here", () =>
  checkTar(
    [
      { path: "early", type: "1", linkTarget: "late" },
      { path: "late", body: body(10) },
      { path: "lower", type: "1", linkTarget: "from/below" },
    ],
    `
early file 10
late file 0 -> early
lower file 0 -> from/below
`,
  ));

test("hard links that go round in a circle weigh nothing", () => {
  const read = indexTar(
    writeTar([
      { path: "a", type: "1", linkTarget: "b" },
      { path: "b", type: "1", linkTarget: "c" },
      { path: "c", type: "1", linkTarget: "a" },
    ]),
  );
  assert.ok(read.ok);
  assert.equal(read.value.contentBytes, 0);
  assert.equal(read.value.fileCount, 3);
});

test("a hard link to a symlink is that symlink", () =>
  checkTar(
    [
      { path: "a", type: "2", linkTarget: "target" },
      { path: "b", type: "1", linkTarget: "a" },
    ],
    `
a symlink -> target
b symlink -> target
`,
  ));

test("v7 headers: no magic, directories end with a slash", () =>
  checkTar(
    [
      { path: "d/", type: "\0", format: "v7" },
      { path: "d/f", type: "\0", format: "v7", body: body(9) },
    ],
    `
d directory
d/f file 9
`,
  ));

test("ustar prefixes", () => {
  const [header = new Uint8Array(), ...rest] = tarBlocks({ path: "name", body: body(2) });
  header.set(new TextEncoder().encode("some/deep/folder"), 345);
  checkTar(
    concat([sealHeader(header), ...rest, new Uint8Array(1024)]),
    `
some directory (made up)
some/deep directory (made up)
some/deep/folder directory (made up)
some/deep/folder/name file 2
`,
  );
});

test("GNU headers have no prefix where ustar has one", () => {
  const [header = new Uint8Array(), ...rest] = tarBlocks({
    path: "name",
    body: body(2),
    format: "gnu",
  });
  header.set(new TextEncoder().encode("00000000000"), 345);
  checkTar(concat([sealHeader(header), ...rest, new Uint8Array(1024)]), "name file 2");
});

const long = `${"directory-of-some-length/".repeat(8)}file`;

test("GNU long names and long link targets", () => {
  const tar = writeTar([
    { path: "././@LongLink", type: "L", format: "gnu", body: Buffer.from(`${long}\0`) },
    { path: long.slice(0, 100), format: "gnu", body: body(4) },
    { path: "././@LongLink", type: "K", format: "gnu", body: Buffer.from(`${long}\0`) },
    { path: "l", type: "2", linkTarget: long.slice(0, 100), format: "gnu" },
  ]);
  const read = indexTar(tar);
  assert.ok(read.ok);
  assert.match(layerText(read.value), new RegExp(`\n${long} file 4\nl symlink -> ${long}$`));
});

test("PAX names, link targets, sizes and owners", () => {
  const tar = writeTar([
    { path: long, body: body(4), pax: { "SCHILY.xattr.security.capability": "x".repeat(3000) } },
    { path: "l", type: "2", linkTarget: long },
    {
      path: "big",
      body: body(600),
      statedBytes: 0,
      pax: { size: "600", uid: "70000", mtime: "1.5" },
    },
  ]);
  const read = indexTar(tar);
  assert.ok(read.ok);
  assert.match(
    layerText(read.value),
    new RegExp(`\nbig file 600\n[^]*${long} file 4\nl symlink -> ${long}$`),
  );
  assert.equal(read.value.tree.uid[1], 70000);
});

test("a global PAX header is accepted and not applied", () =>
  checkTar(
    [
      {
        path: "pax_global_header",
        type: "g",
        body: paxRecords([
          ["comment", "made by git"],
          ["path", "no"],
        ]),
      },
      { path: "a", body: body(10) },
    ],
    "a file 10",
  ));

test("base-256 sizes", () => {
  const [header = new Uint8Array(), ...rest] = tarBlocks({ path: "a", body: body(10) });
  header.fill(0, 124, 136);
  header[124] = 0x80;
  header[135] = 10;
  checkTar(concat([sealHeader(header), ...rest, new Uint8Array(1024)]), "a file 10");
});

test("sparse files weigh what they are read as: GNU's old format with blocks of pieces", () => {
  const [header = new Uint8Array()] = tarBlocks({
    path: "s",
    type: "S",
    statedBytes: 600,
    format: "gnu",
  });
  header[482] = 1;
  header.set(new TextEncoder().encode("00000100000\0"), 483);
  const more = new Uint8Array(512);
  more[504] = 1;
  const last = new Uint8Array(512);
  checkTar(
    concat([
      sealHeader(header),
      more,
      last,
      body(600),
      new Uint8Array(424),
      ...tarBlocks({ path: "t", body: body(1) }),
      new Uint8Array(1024),
    ]),
    `
s file 32768 sparse
t file 1
`,
  );
});

for (const [version, pax] of [
  ["0.0", { "GNU.sparse.size": "1000000", "GNU.sparse.numblocks": "1", "GNU.sparse.offset": "0" }],
  [
    "0.1",
    {
      "GNU.sparse.size": "1000000",
      "GNU.sparse.map": "0,512",
      "GNU.sparse.name": "s",
      path: "GNUSparseFile.0/s",
    },
  ],
  [
    "1.0",
    {
      "GNU.sparse.major": "1",
      "GNU.sparse.minor": "0",
      "GNU.sparse.name": "s",
      "GNU.sparse.realsize": "1000000",
    },
  ],
] as const) {
  test(`sparse files weigh what they are read as: PAX ${version}`, () =>
    checkTar(
      [{ path: version === "1.0" ? "GNUSparseFile.0/s" : "s", body: body(1024), pax }],
      "s file 1000000 sparse",
    ));
}

test("names are bytes: not UTF-8, backslashes, line breaks", () => {
  const tar = writeTar([
    { path: new Uint8Array([0xff, 0xfe, 0x41]), body: body(1) },
    { path: "back\\slash\nline", body: body(2) },
  ]);
  const read = indexTar(tar);
  assert.ok(read.ok);
  assert.deepEqual(
    [...read.value.tree.nameBytes],
    [...Buffer.from("back\\slash\nline"), 0xff, 0xfe, 0x41],
  );
});

test("whiteouts, opaque whiteouts, and the leftovers of AUFS", () =>
  checkTar(
    [
      { path: "d/.wh.gone" },
      { path: "d/.wh..wh..opq" },
      { path: "d/.wh.back", type: "1", linkTarget: ".wh..wh.aufs" },
      { path: "d/back", body: body(1) },
      { path: "d/a.wh.b", body: body(2) },
      { path: ".wh..wh.aufs" },
      { path: ".wh..wh.plnk/", type: "5" },
      { path: ".wh..wh.plnk/12.34", body: body(9) },
      { path: ".wh..wh.orph/x", body: body(9) },
    ],
    `
d directory (made up) opaque
d/a.wh.b file 2
d/back file 1 whited out
d/gone whiteout
`,
  ));

test("a whiteout beside its entry is told whichever comes first", () => {
  const entries: readonly TarEntry[] = [{ path: "a/b", body: body(1) }, { path: ".wh.a" }];
  for (const order of [entries, entries.toReversed()]) {
    checkTar(
      order,
      `
a directory (made up) whited out
a/b file 1
`,
    );
  }
});

test("an empty tar is a layer without anything", () => {
  checkTar([], "");
  checkTar(new Uint8Array(10_240), "");
});

test("old tars that added bytes as signed numbers", () => {
  const [header = new Uint8Array()] = tarBlocks({ path: new Uint8Array([0xc3, 0xa4]) });
  header.fill(0x20, 148, 156);
  const signed = header.reduce((sum, byte) => sum + (byte < 128 ? byte : byte - 256), 0);
  header.set(new TextEncoder().encode(`${signed.toString(8).padStart(6, "0")}\0 `), 148);
  checkTar(concat([header, new Uint8Array(1024)]), "ä file 0");
});

test("paths that leave their directory are refused", () => {
  const expected = 'layer-unreadable: an entry has ".." in its path';
  for (const path of ["../etc/passwd", "a/../../b", "a/..", "a/../b"]) {
    checkRefused([{ path, body: body(1) }], expected);
  }
  checkRefused([{ path: "a", type: "1", linkTarget: "../../etc/shadow" }], expected);
});

test("whiteouts that name nothing are refused", () => {
  for (const path of [".wh.", "d/.wh.", ".wh..", ".wh..."]) {
    checkRefused([{ path }], "layer-unreadable: a whiteout names nothing to remove");
  }
});

test("damaged headers are refused", () => {
  const tar = writeTar([
    { path: "a", body: body(10) },
    { path: "b", body: body(10) },
  ]);
  tar[1024 + 3] = 0x41;
  checkRefused(tar, "layer-unreadable: a tar header has a wrong checksum");
});

test("sizes that are no numbers are refused", () => {
  const [header = new Uint8Array()] = tarBlocks({ path: "a" });
  for (const size of ["12x45678901", "-0000000001", "9999999999 "]) {
    header.set(new TextEncoder().encode(size.padEnd(12, "\0")), 124);
    const tar = concat([sealHeader(header), new Uint8Array(1024)]);
    checkRefused(tar, "layer-unreadable: a tar header states an impossible size");
  }
  header.fill(0xff, 124, 136);
  checkRefused(
    concat([sealHeader(header), new Uint8Array(1024)]),
    "layer-unreadable: a tar header states an impossible size",
  );
});

test("PAX headers that lie about their length are refused", () => {
  for (const text of [
    "999 path=x\n",
    "0 path=x\n",
    "11 path=abcd",
    "x path=a\n",
    "9 pathxab\n",
    "12 size=1e3\n",
  ]) {
    checkRefused(
      writeTar([{ path: "p", type: "x", body: Buffer.from(text) }, { path: "a" }]),
      "layer-unreadable: a PAX header cannot be read",
    );
  }
});

test("a tar that is cut off is refused wherever it was cut", () => {
  const whole = writeTar([
    { path: long, body: body(700) },
    { path: "b", body: body(5000) },
  ]);
  const bodies = [1, 400, 512, 513, 1200, 1537, 2048, 2300, 3000, 4000, 8000];
  for (const length of bodies) {
    const read = indexTar(whole.subarray(0, length));
    assert.ok(!read.ok, `cut at ${length}`);
    assert.equal(read.error.code, "layer-unreadable");
  }
});

test("bytes behind the end of the tar are refused, zeros are not", () => {
  const tar = writeTar([{ path: "a", body: body(10) }]);
  checkTar(concat([tar, new Uint8Array(10_000)]), "a file 10");
  checkRefused(
    concat([tar, tarBlocks({ path: "b" })[0]!]),
    "layer-unreadable: something follows the end of the tar",
  );
});

test("multi-volume tars are refused", () =>
  checkRefused(
    [{ path: "a", type: "M", body: body(1) }],
    "layer-unreadable: it holds a part of a multi-volume tar",
  ));

test("ceilings: paths, headers, entries, content, the whole tar", () => {
  checkRefused([{ path: "a".repeat(200) }], "limit-exceeded: 150 bytes for a path", {
    pathBytes: 150,
  });
  checkRefused(
    [{ path: "a", pax: { comment: "x".repeat(3000) } }],
    "limit-exceeded: 2000 bytes for a tar header",
    { extensionBytes: 2000 },
  );
  checkRefused(
    Array.from({ length: 20 }, (_, at) => ({ path: `f${at}` })),
    "limit-exceeded: 10 entries",
    { entries: 10 },
  );
  checkRefused([{ path: "a/".repeat(20) + "b" }], "limit-exceeded: 10 entries", { entries: 10 });
  checkRefused(
    [
      { path: "a", body: body(600) },
      { path: "b", body: body(600) },
    ],
    "limit-exceeded: 1000 content bytes",
    { contentBytes: 1000 },
  );
  const large = writeTar([{ path: "a", body: body(9000) }]);
  const most = large.length - 1;
  checkRefused(large, `limit-exceeded: ${most} uncompressed bytes`, { tarBytes: most });
  assert.ok(indexTar(large, { ...defaultLimits, tarBytes: large.length }).ok);
});

test("a header that claims the whole disk is cut off, not read", () =>
  checkRefused(
    [{ path: "a", statedBytes: 2 ** 50, body: body(3) }],
    "layer-unreadable: the tar is cut off",
  ));
