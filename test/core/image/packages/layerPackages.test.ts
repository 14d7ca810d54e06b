import assert from "node:assert/strict";
import { suite, test } from "node:test";
import { packagesByLayer } from "../../../../server/src/core/image/packages/layerPackages.ts";
import { packagesOf } from "../../../../server/src/core/image/packages/packageTable.ts";
import { recommendedOnly } from "../../../../server/src/core/image/packages/recommended.ts";
import { type PackagedLayer, packagedImage } from "./packagedImage.ts";

const status = "var/lib/dpkg/status";
const info = "var/lib/dpkg/info";
const states = "var/lib/apt/extended_states";

/** A paragraph of dpkg's status: `name version`, then fields. */
function entry(nameAndVersion: string, ...fields: readonly string[]): string {
  const [name, version] = nameAndVersion.split(" ");
  return [
    `Package: ${name}`,
    "Status: install ok installed",
    "Architecture: amd64",
    `Version: ${version}`,
    ...fields,
    "",
    "",
  ].join("\n");
}

/** A layer in which apt-get installed packages of one file each, `name bytes`. */
function aptLayer(book: string, ...packages: readonly string[]): PackagedLayer {
  const files = packages.flatMap((each) => {
    const [name = "", bytes = "0"] = each.split(" ");
    return [
      [`usr/share/${name}`, bytes],
      [`${info}/${name}.list`, { content: `/usr/share/${name}\n` }],
    ] as const;
  });
  return { [status]: { content: book }, ...Object.fromEntries(files) };
}

function checkLayer(
  layers: readonly PackagedLayer[],
  layer: number,
  expected: readonly string[],
): void {
  const read = packagedImage(layers);
  const rows = packagesByLayer(read, packagesOf(read), layer).map(
    ({ name, version, bytes, hiddenBytes }) =>
      `${name} ${version} ${bytes}${hiddenBytes === 0 ? "" : ` (${hiddenBytes} hidden)`}`,
  );
  assert.deepEqual(rows, expected);
}

suite("what a layer brought by package", () => {
  const libc = entry("libc6 2.36");
  const base = aptLayer(libc, "libc6 2000");

  test("what an instruction installed comes by weight", () =>
    checkLayer(
      [base, aptLayer(libc + entry("curl 7") + entry("libcurl4 7"), "curl 300", "libcurl4 700")],
      1,
      ["libcurl4 7 700", "curl 7 300"],
    ));

  test("a package that a later layer removes is still what its layer brought", () => {
    const layers = [
      base,
      aptLayer(libc + entry("gcc 12") + entry("curl 7"), "gcc 50000", "curl 300"),
      {
        [status]: { content: libc + entry("curl 7") },
        "usr/share/.wh.gcc": "0",
        [`${info}/.wh.gcc.list`]: "0",
      },
    ];
    checkLayer(layers, 1, ["gcc 12 50000 (50000 hidden)", "curl 7 300"]);
    checkLayer(layers, 2, []);
  });

  test("an upgrade shows the old version where it was written, the new one where it came", () => {
    const layers = [base, aptLayer(entry("libc6 2.37"), "libc6 2100")];
    checkLayer(layers, 0, ["libc6 2.36 2000 (2000 hidden)"]);
    checkLayer(layers, 1, ["libc6 2.37 2100"]);
  });

  test("a hidden directory of npm packages is told by its manifests", () =>
    checkLayer(
      [
        {
          "app/node_modules/a/package.json": { content: '{"name":"a","version":"1.0.0"}' },
          "app/node_modules/a/index.js": "1000",
        },
        { "app/.wh.node_modules": "0" },
      ],
      0,
      ["a 1.0.0 1030 (1030 hidden)"],
    ));
});

/** `undefined`, or names by weight and their sum. */
function checkRecommended(
  layers: readonly PackagedLayer[],
  requested: string,
  expected: string | undefined,
  apart: readonly number[] = [1],
): void {
  const found = recommendedOnly(packagedImage(layers), apart, requested.split(" "));
  const text = found && [...found.packages.map(({ name }) => name), found.bytes].join(" ");
  assert.equal(text, expected);
}

suite("packages that only Recommends pulled in", () => {
  const libc = entry("libc6 2.36");
  const base = aptLayer(libc, "libc6 2000");
  const git =
    libc +
    entry("git 2", "Depends: libc6, libcurl4 (>= 7), perl:any", "Recommends: less, ssh-client") +
    entry("libcurl4 7", "Recommends: ca-certificates") +
    entry("perl 5") +
    entry("less 6", "Depends: libtinfo6") +
    entry("libtinfo6 6") +
    entry("openssh-client 9", "Provides: ssh-client", "Depends: libcurl4", "Recommends: xauth") +
    entry("xauth 1", "Suggests: x11") +
    entry("ca-certificates 2023");
  const gitLayer = aptLayer(
    git,
    "git 100",
    "libcurl4 10",
    "perl 50",
    "less 3",
    "libtinfo6 2",
    "openssh-client 40",
    "xauth 1",
    "ca-certificates 7",
  );
  const all = "openssh-client ca-certificates less libtinfo6 xauth 53";

  test("what Depends does not reach but Recommends does, with all that comes along", () =>
    checkRecommended([base, gitLayer], "git", all));

  test("names come as apt-get takes them", () => {
    checkRecommended([base, gitLayer], "git=1:2.39.5-0+deb12u2", all);
    checkRecommended([base, gitLayer], "git/bookworm", all);
    checkRecommended([base, gitLayer], "git:amd64 -y exim4-", all);
  });

  test("what was asked for, by itself or for its need, is none", () => {
    checkRecommended([base, gitLayer], "git less", "openssh-client ca-certificates xauth 48");
    checkRecommended([base, gitLayer], "git ssh-client", "ca-certificates less libtinfo6 xauth 13");
  });

  test("a package that came for no reason known here counts as asked for, with its needs", () =>
    checkRecommended(
      [
        base,
        aptLayer(
          git + entry("foreign 1", "Depends: less"),
          "git 100",
          "libcurl4 10",
          "perl 50",
          "less 3",
          "libtinfo6 2",
          "openssh-client 40",
          "xauth 1",
          "ca-certificates 7",
          "foreign 9",
        ),
      ],
      "git",
      "openssh-client ca-certificates xauth 48",
    ));

  test("any installed alternative counts as needed", () =>
    checkRecommended(
      [
        base,
        aptLayer(
          libc +
            entry("app 1", "Depends: mta-a | mta-b", "Recommends: mta-b, doc") +
            entry("mta-a 1") +
            entry("mta-b 1") +
            entry("doc 1"),
          "app 1",
          "mta-a 2",
          "mta-b 4",
          "doc 8",
        ),
      ],
      "app",
      "doc 8",
    ));

  test("without anything recommended the answer is none, which is known", () =>
    checkRecommended([base, aptLayer(libc + entry("curl 7"), "curl 300")], "curl", "0"));

  test("a name that no package has cannot be judged, unless apt's book says what was asked for", () => {
    checkRecommended([base, gitLayer], "$PACKAGES", undefined);
    checkRecommended([base, gitLayer], "-y", undefined);
    const automatic = ["libcurl4", "perl", "less", "libtinfo6", "openssh-client", "xauth"]
      .concat("ca-certificates")
      .map((name) => `Package: ${name}\nArchitecture: amd64\nAuto-Installed: 1\n`)
      .join("\n");
    const withBook = { ...gitLayer, [states]: { content: automatic } };
    checkRecommended([base, withBook], "$PACKAGES", all);
    const lessAsked = automatic.replace("Package: less", "Package: other");
    checkRecommended(
      [base, { ...gitLayer, [states]: { content: lessAsked } }],
      "git",
      "openssh-client ca-certificates xauth 48",
    );
  });

  test("databases that are not there cannot tell", () => {
    checkRecommended([base, { "usr/bin/x": "1" }], "git", undefined);
    checkRecommended([base, gitLayer], "git", undefined, []);
    checkRecommended([base, gitLayer], "git", undefined, [7]);
    const { [`${info}/xauth.list`]: _, ...withoutList } = gitLayer;
    checkRecommended([base, withoutList], "git", undefined);
    const read = packagedImage([base, gitLayer]);
    const [first, second] = read.layers;
    const { evidence: __, ...blind } = first!;
    assert.equal(recommendedOnly({ ...read, layers: [blind, second!] }, [1], ["git"]), undefined);
  });

  test("what was there before is not newly installed", () =>
    checkRecommended([aptLayer(git), gitLayer], "git", "0"));
});
