import assert from "node:assert/strict";
import { test } from "node:test";
import { createElfGatherer } from "../../../server/src/core/image/elfGatherer.ts";
import { parseElf } from "../../../server/src/core/image/elfParser.ts";
import {
  type LayerEvidence,
  contentAt,
  elfAt,
  noEvidence,
} from "../../../server/src/core/image/evidence.ts";
import { decodeEvidence, encodeEvidence } from "../../../server/src/core/image/evidenceCodec.ts";
import { pathOf } from "../../../server/src/core/image/fileTree.ts";
import { keptRuleOf } from "../../../server/src/core/image/keptPaths.ts";
import { decodeLayer, encodeLayer } from "../../../server/src/core/image/layerCodec.ts";
import type { LayerIndex } from "../../../server/src/core/image/layerIndex.ts";
import { anElf } from "../../support/elfWriter.ts";
import { anImage } from "../../support/imageBuilder.ts";
import { indexTar, pushTar } from "../../support/layerText.ts";
import { type TarEntry, writeTar } from "../../support/tarWriter.ts";

const text = (content: string): Uint8Array => Buffer.from(content);

/** Reads a tar in all ways, which must agree, and through the cache's codec. */
function indexOf(entries: readonly TarEntry[]): LayerIndex {
  const read = indexTar(writeTar(entries));
  assert.ok(read.ok, JSON.stringify(read));
  const again = decodeLayer(encodeLayer(read.value));
  assert.deepEqual(again?.evidence, read.value.evidence);
  return read.value;
}

/** What was kept, one line for each: `path: facts or content`. */
function told({ tree, evidence }: LayerIndex): readonly string[] {
  const programs = evidence.programs.map(
    ({ node, facts }) => `${pathOf(tree, node)}: needs ${facts.needed.join(" ")}`,
  );
  const contents = evidence.contents.map(({ node, bytes, isWhole }) => {
    const content = Buffer.from(bytes).toString();
    const shown = content.length > 40 ? `${content.length} bytes` : content;
    return `${pathOf(tree, node)}: ${shown}${isWhole ? "" : " …"}`;
  });
  return [...programs, ...contents];
}

const elf = anElf({ needed: ["libc.so.6"] });

test("programs, package databases and scripts are kept, nothing else is", () => {
  const script = text(`#!/bin/sh\n${"x".repeat(6000)}`);
  const layer = indexOf([
    { path: "./usr/bin/tool", body: elf, mode: 0o755 },
    { path: "usr/lib/libx.so", body: elf },
    { path: "usr/bin/run", body: script, mode: 0o755 },
    { path: "usr/share/doc/example.sh", body: script, mode: 0o644 },
    { path: "var/lib/dpkg/status", body: text("Package: a\n") },
    { path: "/etc/passwd", body: text("root:x:0:0\n") },
    { path: "etc/group", body: text("") },
    { path: "etc/shadow", body: text("root:*\n") },
    { path: "app/node_modules/a/package.json", body: text('{"name":"a"}') },
    { path: "app/package.json", body: text('{"name":"app"}') },
  ]);
  assert.deepEqual(told(layer), [
    "usr/bin/tool: needs libc.so.6",
    "usr/lib/libx.so: needs libc.so.6",
    'app/node_modules/a/package.json: {"name":"a"}',
    "etc/group: ",
    "etc/passwd: root:x:0:0\n",
    "usr/bin/run: 4096 bytes …",
    "var/lib/dpkg/status: Package: a\n",
  ]);
});

test("evidence goes by the first name of hard links, and a later entry takes the place of an earlier", () => {
  const layer = indexOf([
    { path: "z", body: elf },
    { path: "a", type: "1", linkTarget: "z" },
    { path: "etc/passwd", body: text("old") },
    { path: "m", body: elf },
    { path: "m", body: text("no longer a program") },
    { path: "etc/passwd", body: text("new") },
  ]);
  assert.deepEqual(told(layer), ["a: needs libc.so.6", "etc/passwd: new"]);
});

test("directories, links and sparse files of such names hold nothing to keep", () => {
  const layer = indexOf([
    { path: "etc/passwd/", type: "5" },
    { path: "etc/group", type: "2", linkTarget: "/elsewhere" },
    { path: "etc/nsswitch.conf", type: "3" },
  ]);
  assert.deepEqual(layer.evidence, noEvidence);
});

test("an image in code has the evidence of its contents, found by any name", () => {
  const read = anImage()
    .base({ "etc/os-release": { content: "ID=debian\n" }, "bin/sh": { content: elf, mode: 0o755 } })
    .layer({ "etc/os-release": { content: "ID=other\n" }, "bin/dash": { hardlink: "bin/ash" } })
    .layer({ "bin/x": { content: elf }, "bin/a": { hardlink: "bin/x" } })
    .read();
  assert.deepEqual(elfAt(read, "bin/sh")?.needed, ["libc.so.6"]);
  assert.deepEqual(elfAt(read, "bin/x")?.needed, ["libc.so.6"]);
  assert.deepEqual(elfAt(read, "bin/a"), elfAt(read, "bin/x"));
  assert.equal(elfAt(read, "etc/os-release"), undefined);
  const content = contentAt(read, "etc/os-release");
  assert.equal(Buffer.from(content!.bytes).toString(), "ID=other\n");
  assert.equal(contentAt(read, "etc/passwd"), undefined);
});

test("which paths are kept", () => {
  const rows: readonly (readonly [string, string | undefined])[] = [
    ["var/lib/dpkg/status", "system"],
    ["./var/lib/dpkg/status", "system"],
    ["/var/lib/dpkg/status", "system"],
    ["var/lib/dpkg/status-old", undefined],
    ["x/var/lib/dpkg/status", undefined],
    ["var/lib/dpkg/status.d/base", "system"],
    ["var/lib/dpkg/status.d/", "system"],
    ["var/lib/dpkg/info/libc6:amd64.list", "system"],
    ["var/lib/dpkg/info/libc6:amd64.md5sums", undefined],
    ["lib/apk/db/installed", "system"],
    ["usr/lib/sysimage/rpm/rpmdb.sqlite", "system"],
    ["opt/venv/lib/python3.12/site-packages/six-1.16.dist-info/RECORD", "python"],
    ["opt/six.dist-info/METADATA", "python"],
    ["opt/METADATA", undefined],
    ["node_modules/a/package.json", "node"],
    ["app/node_modules/@b/c/package.json", "node"],
    ["app/package.json", undefined],
    ["usr/lib/ruby/gems/3.1.0/specifications/rake-13.gemspec", "ruby"],
    ["etc/ld.so.conf.d/x.conf", "system"],
    ["etc/ssl/openssl.cnf", "system"],
    ["usr/share/zoneinfo/tzdata.zi", "system"],
    ["", undefined],
    ["/", undefined],
    ["./", undefined],
  ];
  for (const [path, kind] of rows) {
    const bytes = Buffer.alloc(4096);
    const length = bytes.write(path);
    assert.equal(keptRuleOf(bytes, length)?.kind, kind, path);
  }
});

test("a layer with more than is kept says so", () => {
  const body = Buffer.alloc(4 * 2 ** 20, "x");
  const layer = pushTar(
    writeTar(Array.from({ length: 5 }, (_, at) => ({ path: `lib/p${at}.dist-info/RECORD`, body }))),
    65_536,
  );
  assert.ok(layer.ok);
  assert.equal(layer.value.index.evidence.contents.length, 4);
  assert.equal(layer.value.index.evidence.isCut, true);
});

test("of files too large to be kept whole, what the headers point to is kept", () => {
  const sections = {
    ".text": { flags: 6, bytes: 300_000 },
    ".debug_info": 40_000,
    ".symtab": { type: 2, bytes: 4800 },
    ".strtab": { type: 3, bytes: 999 },
  };
  const go = { version: "go1.22", modules: "", form: "inline" } as const;
  const file = anElf({ interpreter: "/lib/ld.so", needed: ["libc.so"], sections, go });
  const whole = parseElf((offset, length) => file.subarray(offset, offset + length), file.length);
  for (const portion of [1, 4096, 65_536, file.length]) {
    const gatherer = createElfGatherer({ wholeBytes: 100_000, headBytes: 50_000 });
    gatherer.begin(file.length);
    for (let at = 0; at < file.length; at += portion) {
      gatherer.take(file, at, Math.min(file.length, at + portion));
    }
    const { mentions: _, ...facts } = whole!;
    const { mentions: __, ...gathered } = gatherer.end()!;
    assert.deepEqual(gathered, facts);
  }
});

test("evidence survives its codec, and damage is seen", () => {
  const evidence: LayerEvidence = {
    programs: [],
    contents: [
      { node: 3, bytes: text("abc"), isWhole: true },
      { node: 300, bytes: text(""), isWhole: false },
    ],
    isCut: true,
  };
  const encoded = encodeEvidence(evidence);
  assert.equal(JSON.stringify(decodeEvidence(encoded)), JSON.stringify(plainBytes(evidence)));
  for (let length = 0; length < encoded.length; length += 1) {
    const cut = decodeEvidence(encoded.subarray(0, length));
    assert.ok(cut === undefined || cut.contents.length < 2);
  }
});

/** Contents as the plain arrays of bytes that decoding gives. */
function plainBytes(evidence: LayerEvidence): LayerEvidence {
  const contents = evidence.contents.map((row) => ({ ...row, bytes: new Uint8Array(row.bytes) }));
  return { ...evidence, contents };
}
