import assert from "node:assert/strict";
import { suite, test } from "node:test";
import fc from "fast-check";
import { pathOf } from "../../../../server/src/core/image/fileTree.ts";
import { packagesByLayer } from "../../../../server/src/core/image/packages/layerPackages.ts";
import { packagesOf } from "../../../../server/src/core/image/packages/packageTable.ts";
import { pathsOf } from "../../../../server/src/core/image/treePaths.ts";
import { type FileSpec, anImage } from "../../../support/imageBuilder.ts";
import { type PackagedLayer, packagedImage } from "./packagedImage.ts";

const names = ["a", "b", "lib", "node_modules", "x.jar"] as const;
const path = fc
  .array(fc.constantFrom(...names), { minLength: 1, maxLength: 4 })
  .map((parts) => parts.join("/"));

const file: fc.Arbitrary<FileSpec> = fc.oneof(
  { weight: 5, arbitrary: fc.nat(5000).map((size) => ({ size })) },
  { weight: 1, arbitrary: path.map((symlink) => ({ symlink })) },
  { weight: 1, arbitrary: path.map((symlink) => ({ symlink: `../${symlink}` })) },
  { weight: 1, arbitrary: path.map((hardlink) => ({ hardlink })) },
);

const manifest = fc
  .tuple(path, fc.constantFrom("1", "2"))
  .map(
    ([at, version]) =>
      [
        `node_modules/${at.replaceAll("/", "-")}/package.json`,
        { content: `{"name":"p","version":"${version}"}` },
      ] as const,
  );

const list = fc
  .tuple(fc.constantFrom("one", "two"), fc.array(path))
  .map(
    ([name, paths]) =>
      [
        `var/lib/dpkg/info/${name}.list`,
        { content: paths.map((each) => `/${each}\n`).join("") },
      ] as const,
  );

const status = [
  "var/lib/dpkg/status",
  { content: "Package: one\nVersion: 1\n\nPackage: two\nVersion: 1\n" },
] as const;

const layer: fc.Arbitrary<PackagedLayer> = fc
  .tuple(
    fc.array(fc.tuple(path, file), { maxLength: 12 }),
    fc.array(fc.oneof(manifest, list), { maxLength: 4 }),
    fc.array(
      path.map((each) => each.replace(/[^/]+$/, ".wh.$&")),
      { maxLength: 2 },
    ),
  )
  .map(([files, kept, whiteouts]) =>
    Object.fromEntries<FileSpec>([
      ...files,
      ...whiteouts.map((each) => [each, "0"] as const),
      ...kept,
      status,
    ]),
  );

suite("ownership adds up", () => {
  test("owned and unowned bytes are the final content, whatever the books say", () =>
    fc.assert(
      fc.property(fc.array(layer, { minLength: 1, maxLength: 3 }), (layers) => {
        const read = packagedImage(layers);
        const table = packagesOf(read);
        assert.equal(table.ownedBytes + table.unownedBytes, read.finalContentBytes);
        const files = table.packages.reduce((sum, { fileCount }) => sum + (fileCount ?? 0), 0);
        assert.equal(files + table.unownedFileCount, read.fileCount);
        for (const each of table.packages) {
          const byLayer = each.byLayer.reduce((sum, { bytes }) => sum + bytes, 0);
          assert.equal(byLayer, each.bytes ?? 0);
        }
        read.layers.forEach(({ index, contentBytes, wastedBytes }) => {
          const rows = packagesByLayer(read, table, index);
          const hidden = rows.reduce((sum, { hiddenBytes }) => sum + hiddenBytes, 0);
          assert.ok(hidden <= wastedBytes, "hidden bytes are wasted bytes");
          assert.ok(rows.every(({ bytes, hiddenBytes }) => bytes >= hiddenBytes));
          assert.ok(hidden <= contentBytes);
        });
      }),
      { numRuns: 150 },
    ));
});

suite("paths as package databases write them", () => {
  function checkPaths(
    files: Readonly<Record<string, FileSpec>>,
    expected: Readonly<Record<string, string | undefined>>,
  ): void {
    const { find, tree } = pathsOf(anImage().layer(files).read().finalTree);
    const found = Object.keys(expected).map((each) => {
      const node = find(each);
      return [each, node === undefined ? undefined : pathOf(tree, node)];
    });
    assert.deepEqual(Object.fromEntries(found), expected);
  }

  test("directories are followed, the last name is not", () =>
    checkPaths(
      {
        "usr/lib/x": "1",
        "usr/lib/y": { symlink: "x" },
        lib: { symlink: "usr/lib" },
        lib64: { symlink: "/lib" },
        "opt/app/current": { symlink: "../../lib64" },
      },
      {
        "lib/x": "usr/lib/x",
        "/lib64//./y": "usr/lib/y",
        "opt/app/current/x": "usr/lib/x",
        "opt/app/current": "opt/app/current",
        "opt/../usr/lib/x": "usr/lib/x",
        "lib/none": undefined,
        "usr/lib/x/below": undefined,
        "": "",
      },
    ));

  test("links in a circle, out of the root and to nowhere lead nowhere", () =>
    checkPaths(
      {
        a: { symlink: "b" },
        b: { symlink: "a" },
        self: { symlink: "self/self" },
        up: { symlink: "../../.." },
        gone: { symlink: "not/there" },
        "etc/passwd": "1",
      },
      {
        "a/x": undefined,
        "self/x": undefined,
        "up/etc/passwd": "etc/passwd",
        "gone/x": undefined,
        [`${"a/".repeat(3000)}x`]: undefined,
      },
    ));

  test("a name that is not UTF-8 is nobody's", () => {
    const layers = [
      {
        "var/lib/dpkg/status": { content: "Package: p\n" },
        "var/lib/dpkg/info/p.list": { content: new Uint8Array([0x2f, 0xff, 0x0a]) },
        "\ufffd": "10",
      },
    ];
    assert.equal(packagesOf(packagedImage(layers)).ownedBytes, 0);
  });
});
