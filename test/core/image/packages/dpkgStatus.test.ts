import assert from "node:assert/strict";
import { suite, test } from "node:test";
import fc from "fast-check";
import {
  parseAutomatic,
  parseDiversions,
  parseDpkgStatus,
  parseRelations,
  relationsOf,
} from "../../../../server/src/core/image/packages/dpkgStatus.ts";

/** Of debian:12. */
const status = `Package: git
Status: install ok installed
Priority: optional
Section: vcs
Installed-Size: 46872
Maintainer: Jonathan Nieder <jrnieder@gmail.com>
Architecture: amd64
Multi-Arch: foreign
Version: 1:2.39.5-0+deb12u2
Provides: git-completion, git-core
Depends: libc6 (>= 2.36), libcurl3-gnutls (>= 7.56.1), perl, liberror-perl, git-man (>> 1:2.39.5), git-man (<< 1:2.39.5-.)
Recommends: ca-certificates, patch, less, ssh-client
Suggests: gettext-base, git-daemon-run | git-daemon-sysvinit, git-doc
Description: fast, scalable, distributed revision control system
 Git is popular version control system designed to handle very large
 .
 This package provides the git main components.

Package: old
Status: deinstall ok config-files
Version: 1
Architecture: all

Package: never
Status: unknown ok not-installed

Package: bash
Essential: yes
Status: install ok triggers-pending
Priority: required
Pre-Depends: libc6 (>= 2.36)
Depends: base-files (>= 2.1.12), debianutils (>= 5.6-0.1)
`;

suite("dpkg's status", () => {
  test("packages come with what they need, recommend and stand for", () => {
    const [git, old, bash, ...more] = parseDpkgStatus(status);
    assert.deepEqual(more, []);
    assert.deepEqual(
      {
        ...git,
        fields: git!.fields.size,
        ...relationsOf(git!),
        depends: relationsOf(git!).depends.length,
      },
      {
        name: "git",
        version: "1:2.39.5-0+deb12u2",
        architecture: "amd64",
        isInstalled: true,
        isEssential: false,
        priority: "optional",
        estimatedBytes: 46872 * 1024,
        fields: 14,
        depends: 6,
        recommends: ["ca-certificates", "patch", "less", "ssh-client"].map((name) => [
          { name, constraint: undefined },
        ]),
        suggests: [
          [{ name: "gettext-base", constraint: undefined }],
          [
            { name: "git-daemon-run", constraint: undefined },
            { name: "git-daemon-sysvinit", constraint: undefined },
          ],
          [{ name: "git-doc", constraint: undefined }],
        ],
        provides: ["git-completion", "git-core"],
      },
    );
    assert.deepEqual([old?.name, old?.isInstalled], ["old", false]);
    assert.deepEqual([bash?.isInstalled, bash?.isEssential], [true, true]);
    assert.deepEqual(
      relationsOf(bash!)
        .depends.flat()
        .map(({ name }) => name),
      ["libc6", "base-files", "debianutils"],
    );
  });

  test("relations are split into alternatives, versions and names without architecture", () =>
    assert.deepEqual(
      parseRelations("libc6 (>= 2.34), python3:any | python3.11 [amd64] <!nocheck>,"),
      [
        [{ name: "libc6", constraint: ">= 2.34" }],
        [
          { name: "python3", constraint: undefined },
          { name: "python3.11", constraint: undefined },
        ],
      ],
    ));

  test("apt's book says what came for the sake of others", () =>
    assert.deepEqual(
      [
        ...parseAutomatic(
          "Package: dpkg\nArchitecture: amd64\nAuto-Installed: 1\n\nPackage: curl\nArchitecture: amd64\nAuto-Installed: 0\n",
        ),
      ],
      ["dpkg:amd64"],
    ));

  test("diversions are three lines each", () =>
    assert.deepEqual(
      parseDiversions("/bin/sh\n/bin/sh.distrib\ndash\n/usr/bin/x\n/usr/bin/x.real\n:\n"),
      [
        { from: "bin/sh", to: "bin/sh.distrib", by: "dash" },
        { from: "usr/bin/x", to: "usr/bin/x.real", by: ":" },
      ],
    ));

  test("any text is understood as far as it goes", () =>
    fc.assert(
      fc.property(fc.string({ unit: "binary", maxLength: 400 }), (text) => {
        parseDpkgStatus(text).map(relationsOf);
        parseAutomatic(text);
        parseDiversions(text);
      }),
    ));
});
