import assert from "node:assert/strict";
import { suite, test } from "node:test";
import { noEvidence } from "../../../../server/src/core/image/evidence.ts";
import { findNode } from "../../../../server/src/core/image/fileTree.ts";
import { packagesOf } from "../../../../server/src/core/image/packages/packageTable.ts";
import { type PackagedLayer, packagedImage, tableText } from "./packagedImage.ts";

type Options = Parameters<typeof packagedImage>[1];

/** Holds the table of an image against rows, and its sums against the image. */
function checkPackages(
  layers: readonly PackagedLayer[],
  rows: string,
  options: Options = {},
): void {
  const read = packagedImage(layers, options);
  const table = packagesOf(read);
  assert.equal(tableText(table), rows.trim());
  assert.equal(table.ownedBytes + table.unownedBytes, read.finalContentBytes);
}

const curl = `Package: curl
Status: install ok installed
Architecture: amd64
Version: 7.88.1-10+deb12u12
`;
const libc = `Package: libc6
Status: install ok installed
Architecture: amd64
Multi-Arch: same
Version: 2.36-9+deb12u10
`;
const status = "var/lib/dpkg/status";
const info = "var/lib/dpkg/info";

suite("who owns the bytes", () => {
  test("dpkg's lists give each package its files, through links such as /lib", () =>
    checkPackages(
      [
        {
          lib: { symlink: "usr/lib" },
          "usr/lib/x86_64-linux-gnu/libc.so.6": "2000000",
          "usr/bin/curl": "300000",
          "usr/share/doc/curl/copyright": "1000",
          "srv/app": "7000",
          [status]: { content: `${libc}\n${curl}` },
          [`${info}/curl.list`]: {
            content:
              "/.\n/usr\n/usr/bin\n/usr/bin/curl\n/usr/share/doc/curl/copyright\n/usr/share/man/gone\n",
          },
          [`${info}/libc6:amd64.list`]: {
            content: "/.\n/lib\n/lib/x86_64-linux-gnu\n/lib/x86_64-linux-gnu/libc.so.6\n",
          },
        },
      ],
      `
dpkg libc6 2.36-9+deb12u10 2000000 B (1) 0:2000000
dpkg curl 7.88.1-10+deb12u12 301000 B (2) 0:301000`,
    ));

  test("a package whose list was not kept has an unknown weight, not none", () =>
    checkPackages(
      [{ "usr/bin/curl": "300000", [status]: { content: curl } }],
      "dpkg curl 7.88.1-10+deb12u12 ? (?)\nnot all is known",
    ));

  test("a diverted file belongs to the package that wrote it, under its new name", () =>
    checkPackages(
      [
        {
          "bin/sh": "1000",
          "bin/sh.distrib": "20",
          [status]: { content: "Package: dash\nVersion: 1\n\nPackage: bash\nVersion: 2\n" },
          [`${info}/dash.list`]: { content: "/bin/sh\n" },
          [`${info}/bash.list`]: { content: "/bin/sh\n" },
          "var/lib/dpkg/diversions": { content: "/bin/sh\n/bin/sh.distrib\ndash\n" },
        },
      ],
      `
dpkg dash 1 1000 B (1) 0:1000
dpkg bash 2 20 B (1) 0:20`,
    ));

  test("distroless images name files in md5sums beside the package's paragraph", () =>
    checkPackages(
      [
        {
          "usr/share/zoneinfo/Zulu": "127",
          "etc/ssl/certs/ca.pem": "5000",
          "var/lib/dpkg/status.d/tzdata": { content: "Package: tzdata\nVersion: 2025b-0\n" },
          "var/lib/dpkg/status.d/tzdata.md5sums": {
            content: "b2d1a4c2c1b4c0b3d7fc7c26d67bbd94  usr/share/zoneinfo/Zulu\n",
          },
          "var/lib/dpkg/status.d/base": { content: "Package: base-files\nVersion: 12\n" },
        },
      ],
      `
dpkg tzdata 2025b-0 127 B (1) 0:127
dpkg base-files 12 ? (?)
not all is known`,
    ));

  test("apk's book lists directories and their files", () =>
    checkPackages(
      [
        {
          "bin/busybox": "800000",
          "etc/motd": "50",
          "lib/apk/db/installed": {
            content: `C:Q1abc=
P:busybox
V:1.37.0-r12
A:x86_64
S:509600
I:962560
D:so:libc.musl-x86_64.so.1
p:/bin/sh cmd:busybox=1.37.0-r12
F:bin
R:busybox
a:0:0:755
Z:Q1xyz=
F:
R:missing

P:alpine-baselayout-data
V:3.6.8-r1
A:x86_64
F:etc
M:0:0:755
R:motd
`,
          },
        },
      ],
      `
apk busybox 1.37.0-r12 800000 B (1) 0:800000
apk alpine-baselayout-data 3.6.8-r1 50 B (1) 0:50`,
    ));

  test("a Python distribution owns what its RECORD names, below site-packages and beside it", () =>
    checkPackages(
      [
        {
          "usr/local/bin/flask": "200",
          "usr/local/lib/python3.12/site-packages/flask/app.py": "60000",
          "usr/local/lib/python3.12/site-packages/flask/odd,name.py": "10",
          "usr/local/lib/python3.12/site-packages/flask-3.1.0.dist-info/METADATA": {
            content: "Metadata-Version: 2.4\nName: Flask\nVersion: 3.1.0\nLicense",
          },
          "usr/local/lib/python3.12/site-packages/flask-3.1.0.dist-info/RECORD": {
            content: `../../../bin/flask,sha256=x,200
flask/app.py,sha256=y,60000
"flask/odd,name.py",sha256=z,10
flask-3.1.0.dist-info/RECORD,,
`,
          },
        },
      ],
      "pypi Flask 3.1.0 60333 B (4) 0:60333",
      { cutOff: ["usr/local/lib/python3.12/site-packages/flask-3.1.0.dist-info/METADATA"] },
    ));

  test("npm packages own their folder except packages nested in it; equal ones are one package", () =>
    checkPackages(
      [
        {
          "app/package.json": { content: '{"name":"app","version":"1.0.0"}' },
          "app/node_modules/a/package.json": { content: '{ "name": "a", "version": "1.2.3" }' },
          "app/node_modules/a/dist/esm/package.json": { content: '{"type":"module"}' },
          "app/node_modules/a/index.js": "1000",
          "app/node_modules/a/node_modules/@s/b/package.json": {
            content: '{"dependencies":{"name":"x"},"version":"2.0.0","name":"@s/b"}',
          },
          "app/node_modules/a/node_modules/@s/b/b.js": "500",
          "app/node_modules/@s/b/package.json": { content: '{"name":"@s/b","version":"2.0.0"}' },
          "app/node_modules/@s/b/b.js": "500",
          "app/node_modules/cut/package.json": { content: '{"name":"cut","files":["a' },
          "app/node_modules/.bin/a": { symlink: "../a/index.js" },
        },
      ],
      `
npm @s/b 2.0.0 1094 B (4) 0:1094 @app/node_modules/@s/b @app/node_modules/a/node_modules/@s/b
npm a 1.2.3 1052 B (3) 0:1052 @app/node_modules/a
npm cut - 25 B (1) 0:25 @app/node_modules/cut`,
      { cutOff: ["app/node_modules/cut/package.json"] },
    ));

  test("a manifest is found by any name of its file, as stores with hard links have it", () =>
    checkPackages(
      [
        {
          "root/.store/ab": { content: '{"name":"a","version":"1.0.0"}' },
          "srv/node_modules/.pnpm/a@1.0.0/node_modules/a/package.json": {
            hardlink: "root/.store/ab",
          },
          "srv/node_modules/.pnpm/a@1.0.0/node_modules/a/index.js": "1000",
          "srv/node_modules/a": { symlink: ".pnpm/a@1.0.0/node_modules/a" },
        },
      ],
      "npm a 1.0.0 1030 B (3) 0:1030 @srv/node_modules/.pnpm/a@1.0.0/node_modules/a",
    ));

  test("gems own their folder, their specification and what was compiled for them", () =>
    checkPackages(
      [
        {
          "usr/local/bundle/gems/nokogiri-1.18.3-x86_64-linux/lib/n.rb": "9000",
          "usr/local/bundle/extensions/x86_64-linux/3.4.0/racc-1.8.1/racc.so": "70",
          "usr/local/bundle/gems/racc-1.8.1/lib/racc.rb": "30",
          "usr/local/bundle/specifications/nokogiri-1.18.3-x86_64-linux.gemspec": {
            content: `Gem::Specification.new do |s|
  s.name = "nokogiri".freeze
  s.version = "1.18.3".freeze
  s.platform = "x86_64-linux".freeze
`,
          },
          "usr/local/bundle/specifications/racc-1.8.1.gemspec": { content: "# cut" },
        },
      ],
      `
gem nokogiri 1.18.3 9126 B (2) 0:9126 @usr/local/bundle/gems/nokogiri-1.18.3-x86_64-linux
gem racc 1.8.1 105 B (3) 0:105 @usr/local/bundle/gems/racc-1.8.1`,
    ));

  test("Java archives and Go programs are packages of one file", () =>
    checkPackages(
      [
        {
          "app/lib/commons-io-2.11.0.jar": "300000",
          "app/lib/guava-33.0.0-jre.jar": "3000000",
          "app/app.jar": "1000",
          "usr/bin/server": "9000000",
          "usr/bin/plain": "5",
        },
      ],
      `
go example.org/server/cmd - 9000000 B (1) 0:9000000 @usr/bin/server
java guava 33.0.0-jre 3000000 B (1) 0:3000000 @app/lib/guava-33.0.0-jre.jar
java commons-io 2.11.0 300000 B (1) 0:300000 @app/lib/commons-io-2.11.0.jar
java app - 1000 B (1) 0:1000 @app/app.jar`,
      { go: { "usr/bin/server": "example.org/server/cmd" } },
    ));

  test("a distribution's package comes before the language's: what it owns whole is no second package", () =>
    checkPackages(
      [
        {
          "usr/share/nodejs/semver/package.json": "40",
          "usr/lib/node_modules/npm/package.json": {
            content: '{"name":"npm","version":"9.2.0"}',
          },
          "usr/lib/node_modules/npm/native/esbuild": "5000",
          "usr/lib/node_modules/npm/index.js": "100",
          [status]: {
            content: "Package: npm\nVersion: 9.2.0~ds1-1\nStatus: install ok installed\n",
          },
          [`${info}/npm.list`]: {
            content: "/usr/lib/node_modules/npm/package.json\n/usr/lib/node_modules/npm/index.js\n",
          },
        },
      ],
      `
npm npm 9.2.0 5000 B (1) 0:5000 @usr/lib/node_modules/npm
dpkg npm 9.2.0~ds1-1 132 B (2) 0:132`,
      { go: { "usr/lib/node_modules/npm/native/esbuild": "github.com/evanw/esbuild/cmd/esbuild" } },
    ));

  test("a hard link is owned once, by whoever claims one of its names", () =>
    checkPackages(
      [
        {
          "usr/bin/perl": "4000000",
          "usr/bin/perl5.36.0": { hardlink: "usr/bin/perl" },
          [status]: {
            content: "Package: perl-base\nVersion: 5.36.0-7\nStatus: install ok installed\n",
          },
          [`${info}/perl-base.list`]: { content: "/usr/bin/perl5.36.0\n" },
        },
      ],
      "dpkg perl-base 5.36.0-7 4000000 B (2) 0:4000000",
    ));

  test("only the newest book counts, and bytes go to the layer that shows them", () =>
    checkPackages(
      [
        {
          "usr/bin/curl": "300000",
          "usr/bin/old": "5000",
          "usr/share/curl/a": "1000",
          [status]: { content: `${curl}\nPackage: old\nStatus: install ok installed\n` },
          [`${info}/curl.list`]: { content: "/usr/bin/curl\n/usr/share/curl/a\n" },
          [`${info}/old.list`]: { content: "/usr/bin/old\n" },
        },
        {
          "usr/bin/curl": "310000",
          "usr/bin/.wh.old": "0",
          [`${info}/.wh.old.list`]: "0",
          [status]: { content: curl },
        },
      ],
      "dpkg curl 7.88.1-10+deb12u12 311000 B (2) 0:1000 1:310000",
    ));

  test("books that cannot be read are named", () =>
    checkPackages(
      [
        {
          [status]: { content: "Package: curl\nStatus: install ok in" },
          "var/lib/rpm/Packages": "1000",
          "usr/lib/sysimage/rpm/rpmdb.sqlite": { content: "no database" },
        },
      ],
      `
unread usr/lib/sysimage/rpm/rpmdb.sqlite
unread var/lib/dpkg/status
unread var/lib/rpm/Packages
not all is known`,
      { cutOff: [status] },
    ));

  test("a cut RECORD is a book that cannot be read", () => {
    const record = "lib/site-packages/a-1.dist-info/RECORD";
    checkPackages(
      [{ "lib/site-packages/a.py": "10", [record]: { content: "a.py,,\nb" } }],
      `unread ${record}\nnot all is known`,
      { cutOff: [record] },
    );
  });

  test("where more is in a layer than was kept, the table says so", () => {
    const read = packagedImage([{ "a.jar": "10" }]);
    const cut = read.layers.map((layer) => ({
      ...layer,
      evidence: { ...noEvidence, isCut: true as const },
    }));
    assert.equal(packagesOf(read).isPartial, false);
    assert.equal(packagesOf({ ...read, layers: cut }).isPartial, true);
  });

  test("without kept contents nothing is owned but what names itself", () => {
    const read = packagedImage([{ "a.jar": "10", b: "5" }]);
    const table = packagesOf({
      ...read,
      layers: read.layers.map((layer) => ({ ...layer, evidence: noEvidence })),
    });
    assert.equal(tableText(table), "java a - 10 B (1) 0:10 @a.jar");
    assert.deepEqual([table.unownedBytes, table.unownedFileCount], [5, 1]);
  });

  test("each node of the final tree names its owner", () => {
    const read = packagedImage([{ "lib/x-1.jar": "10", "lib/y-2.jar": "20", other: "5" }]);
    const { owners, packages } = packagesOf(read);
    const ownerOf = (path: string): string | undefined =>
      packages[owners[findNode(read.finalTree, path)!]!]?.name;
    assert.deepEqual(["lib/x-1.jar", "lib/y-2.jar", "other", "lib", ""].map(ownerOf), [
      "x",
      "y",
      undefined,
      undefined,
      undefined,
    ]);
  });
});
