import assert from "node:assert/strict";
import { suite, test } from "node:test";
import { hoverAt } from "../../../server/src/core/views/hover.ts";
import { emptyHoverMemory } from "../../../server/src/core/views/hoverCard.ts";
import { sharesOf } from "../../../server/src/core/views/hoverPackages.ts";
import { cardToPlainText } from "../../../server/src/core/views/hoverText.ts";
import { analysisOf } from "../../support/analysisOf.ts";
import { type FileSpec, type ImageBuilder, anImage } from "../../support/imageBuilder.ts";

const status = "var/lib/dpkg/status";

/** A paragraph of dpkg's status: `name version`, then fields. */
function entry(nameAndVersion: string, ...fields: readonly string[]): string {
  const [name, version] = nameAndVersion.split(" ");
  const head = [`Package: ${name}`, "Status: install ok installed", "Architecture: amd64"];
  return [...head, `Version: ${version}`, ...fields, "", ""].join("\n");
}

/** What dpkg writes for packages of one file each, `name size`. */
function installed(
  book: string,
  ...packages: readonly string[]
): Readonly<Record<string, FileSpec>> {
  const files = packages.flatMap((each): readonly (readonly [string, FileSpec])[] => {
    const [name = "", size = "0"] = each.split(" ");
    return [
      [`usr/share/${name}`, size],
      [`var/lib/dpkg/info/${name}.list`, { content: `/usr/share/${name}\n` }],
    ];
  });
  return { [status]: { content: book }, ...Object.fromEntries(files) };
}

/** The lists about packages of the hover over the last RUN or COPY. */
function saidOf(image: ImageBuilder, lines = ["RUN install"]): readonly string[] {
  const analysis = analysisOf(`FROM debian:12\n${lines.join("\n")}\n`, image);
  const offset = analysis.dockerfile.text.indexOf(lines.at(-1)!);
  const card = hoverAt(analysis, offset, { state: "read" }, emptyHoverMemory());
  const said = cardToPlainText(card!).split("\n");
  const isHeading = (line: string): boolean => /^(Brought by|Hidden or removed)/.test(line);
  const from = said.findIndex(isHeading);
  if (from === -1) return [];
  const isOfPackages = (line: string): boolean => line.startsWith("  ") || isHeading(line);
  const end = said.findIndex((line, at) => at > from && !isOfPackages(line));
  return said.slice(from, end);
}

const run = (text: string) => ({ createdBy: `RUN /bin/sh -c ${text} # buildkit` });
const libc = entry("libc6 2.36");
const base = anImage().base(installed(libc, "libc6 2MB"));

suite("the hover of a RUN", () => {
  test("lists what it installed by weight, what no package owns, and adds up to its bytes", () => {
    const book = libc + entry("curl 7.88") + entry("libcurl4 7.88");
    const image = base.layer(
      { ...installed(book, "curl 300kB", "libcurl4 700kB"), "var/cache/pkgcache.bin": "40MB" },
      run("install"),
    );
    assert.deepEqual(saidOf(image), [
      "Brought by package: 2 packages, 1,000,000 B:",
      "  700 kB libcurl4 7.88 (dpkg)",
      "  300 kB curl 7.88 (dpkg)",
      "  40 MB of no package",
    ]);
    const read = image.read();
    const shares = sharesOf(read, [1], emptyHoverMemory());
    assert.equal(shares.broughtBytes + shares.unownedBytes!, read.layers[1]!.contentBytes);
  });

  test("names the eight heaviest, and the sum of the others", () => {
    const names = Array.from({ length: 12 }, (_, index) => `p${index}`);
    const book = libc + names.map((name) => entry(`${name} 1`)).join("");
    const image = base.layer(
      installed(book, ...names.map((name, index) => `${name} ${100 - index}kB`)),
      run("install"),
    );
    const said = saidOf(image);
    assert.equal(said.length, 1 + 8 + 2);
    assert.equal(said[0], "Brought by package: 12 packages, 1,134,000 B:");
    assert.equal(said[9], "  362 kB in 4 more");
  });

  test("marks what came only because others recommend it, where apt's book says so", () => {
    const book =
      libc +
      entry("git 2", "Depends: libcurl4", "Recommends: less") +
      entry("libcurl4 7") +
      entry("less 6");
    const states =
      "Package: libcurl4\nArchitecture: amd64\nAuto-Installed: 1\n\nPackage: less\nArchitecture: amd64\nAuto-Installed: 1\n\n";
    const files = installed(book, "git 900kB", "libcurl4 700kB", "less 300kB");
    const withStates = base.layer(
      { ...files, "var/lib/apt/extended_states": { content: states } },
      run("install"),
    );
    assert.deepEqual(saidOf(withStates).slice(1, 4), [
      "  900 kB git 2 (dpkg)",
      "  700 kB libcurl4 7 (dpkg)",
      "  300 kB less 6 (dpkg), only recommended",
    ]);
    assert.doesNotMatch(saidOf(base.layer(files, run("install"))).join("\n"), /recommended/);
  });

  test("says what an upgrade takes the place of", () => {
    const image = base.layer(installed(entry("libc6 2.37"), "libc6 3MB"), run("install"));
    assert.deepEqual(saidOf(image).slice(0, 2), [
      "Brought by package: 1 package, 3,000,000 B:",
      "  3 MB libc6 2.37 (dpkg), in place of 2.36",
    ]);
  });

  test("names packages that it removes, and those that are removed later", () => {
    const both = libc + entry("gcc 12") + entry("curl 7");
    const image = base.layer(installed(both, "gcc 50MB", "curl 300kB"), run("install")).layer(
      {
        [status]: { content: libc + entry("curl 7") },
        "usr/share/.wh.gcc": "0",
        "var/lib/dpkg/info/.wh.gcc.list": "0",
      },
      run("remove"),
    );
    assert.deepEqual(saidOf(image, ["RUN install"]).slice(0, 3), [
      "Brought by package: 2 packages, 50,300,000 B:",
      "  50 MB gcc 12 (dpkg), all hidden later",
      "  300 kB curl 7 (dpkg)",
    ]);
    assert.deepEqual(saidOf(image, ["RUN install", "RUN remove"]), [
      "Hidden or removed here, of packages of earlier layers:",
      "  50 MB gcc 12 (dpkg)",
    ]);
  });

  test("tells npm and pip packages apart from those of the distribution", () => {
    const image = base.layer(
      {
        "app/node_modules/a/package.json": { content: '{"name":"a","version":"1.0.0"}' },
        "app/node_modules/a/index.js": "1MB",
        "usr/lib/python3/dist-packages/b-2.0.dist-info/METADATA": {
          content: "Metadata-Version: 2.1\nName: b\nVersion: 2.0\n",
        },
        "usr/lib/python3/dist-packages/b-2.0.dist-info/RECORD": {
          content: "b/x.py,,\nb-2.0.dist-info/METADATA,,\nb-2.0.dist-info/RECORD,,\n",
        },
        "usr/lib/python3/dist-packages/b/x.py": "2MB",
      },
      run("install"),
    );
    assert.deepEqual(saidOf(image), [
      "Brought by package: 2 packages, 3,000,134 B:",
      "  2 MB b 2.0 (pypi)",
      "  1 MB a 1.0.0 (npm)",
    ]);
  });

  test("is silent about packages where the layer has none", () =>
    assert.deepEqual(saidOf(base.layer("var/x 5MB", run("install"))), []));
});
