import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { type Stats, createReadStream, existsSync, lstatSync, realpathSync } from "node:fs";
import { chmod, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { basename, dirname, join } from "node:path";
import { after, before, suite, test } from "node:test";
import type { ReadImage } from "../../server/src/core/image/image.ts";
import { packagesByLayer } from "../../server/src/core/image/packages/layerPackages.ts";
import { packagesOf } from "../../server/src/core/image/packages/packageTable.ts";
import { recommendedOnly } from "../../server/src/core/image/packages/recommended.ts";
import { emptyHoverMemory } from "../../server/src/core/views/hoverCard.ts";
import { sharesOf } from "../../server/src/core/views/hoverPackages.ts";
import { noEngine, readWhole } from "../io/openedImage.ts";
import { installPackages, runProgram } from "../machine/engine.ts";

/**
 * Runs as a hook of mmdebstrap with the new system as its argument. apt runs inside a chroot only, with the new system's own settings: run
 * from outside it would install into the machine of the tests.
 */
const hook = `
set -eu
root="\${1:?}"; out="$(dirname "$0")"
test -x "$root/usr/bin/apt-get" && test "$(readlink -f "$root")" != /
inside() { chroot "$root" env DEBIAN_FRONTEND=noninteractive apt-get "$@"; }
namesOf() { inside -s install -o APT::Install-Recommends="$1" curl | sed -n 's/^Inst \\([^ ]*\\).*/\\1/p'; }
namesOf true > "$out/with"
namesOf false > "$out/without"
tar -C "$root" --numeric-owner --one-file-system --exclude=./var/cache --exclude=./var/lib/apt/lists -cf "$out/0.tar" .
touch "$out/stamp"; sleep 1
inside -y -o APT::Install-Recommends=true install curl > "$out/log"
cd "$root"
find . -xdev -cnewer "$out/stamp" ! -type d ! -path './var/cache/*' ! -path './var/lib/apt/lists/*' -print0 |
  tar --null --numeric-owner --no-recursion -T - -cf "$out/1.tar"
`;

/** Packs layers as `docker save` did before Docker 25. */
async function packImage(folder: string, layers: readonly string[]): Promise<void> {
  const diffIds = await Promise.all(layers.map((name) => digestOf(join(folder, name))));
  const config = {
    os: "linux",
    architecture: "amd64",
    config: {},
    rootfs: { type: "layers", diff_ids: diffIds },
    history: layers.map((name) => ({ created_by: name })),
  };
  const manifest = [{ Config: "config.json", RepoTags: ["debian:curl"], Layers: layers }];
  await writeFile(join(folder, "config.json"), JSON.stringify(config));
  await writeFile(join(folder, "manifest.json"), JSON.stringify(manifest));
  await runProgram("tar", [
    "-C",
    folder,
    "-cf",
    join(folder, "image.tar"),
    "manifest.json",
    "config.json",
    ...layers,
  ]);
}

async function digestOf(path: string): Promise<string> {
  const hash = createHash("sha256");
  for await (const chunk of createReadStream(path)) hash.update(chunk as Uint8Array);
  return `sha256:${hash.digest("hex")}`;
}

/** Bytes of the regular files that `dpkg -L` names for each installed package, each inode once. */
async function bytesByDpkg(root: string): Promise<ReadonlyMap<string, number>> {
  const admindir = `--admindir=${root}/var/lib/dpkg`;
  const { stdout: names } = await runProgram("dpkg-query", [admindir, "-W", "-f=${Package}\\n"]);
  const bytes = new Map<string, number>();
  for (const name of names.trim().split("\n")) {
    const inodes = new Map<number, number>();
    const { stdout: list } = await runProgram("dpkg-query", [admindir, "-L", name]);
    for (const path of list.split("\n")) {
      if (!path.startsWith("/") || path === "/.") continue;
      const stat = statInside(root, path);
      if (stat?.isFile() === true) inodes.set(stat.ino, stat.size);
    }
    const sum = [...inodes.values()].reduce((total, each) => total + each, 0);
    bytes.set(name, sum);
  }
  return bytes;
}

/** The directories' links are followed, as all of them are relative in a Debian system; the last name is not. */
function statInside(root: string, path: string): Stats | undefined {
  try {
    return lstatSync(join(realpathSync(join(root, dirname(path))), basename(path)));
  } catch {
    return undefined;
  }
}

suite("packages of a real Debian system", { timeout: 240_000 }, () => {
  let folder = "";
  let read: ReadImage | undefined;
  let reason: string | undefined;

  before(async () => {
    reason =
      process.getuid?.() === 0
        ? await installPackages({ mmdebstrap: "mmdebstrap", "dpkg-query": "dpkg" })
        : "a Debian system can only be made by root";
    if (reason !== undefined) return;
    folder = await mkdtemp(join(tmpdir(), "tare-debian-"));
    await chmod(folder, 0o755);
    await writeFile(join(folder, "hook.sh"), hook);
    const run = `--customize-hook=sh ${folder}/hook.sh "$1"`;
    const root = join(folder, "root");
    const mirror = "http://deb.debian.org/debian";
    try {
      await runProgram("mmdebstrap", ["--variant=minbase", run, "bookworm", root, mirror]);
    } catch (error) {
      if (existsSync(join(folder, "with"))) throw error;
      reason = `no Debian system could be made: ${String(error).split("\n")[0] ?? ""}`;
      return;
    }
    await packImage(folder, ["0.tar", "1.tar"]);
    read = await readWhole(`docker-archive:${folder}/image.tar`, noEngine(folder));
  });

  after(() => (folder === "" ? undefined : rm(folder, { recursive: true, force: true })));

  test("each package weighs what the files of dpkg -L weigh", async (context) => {
    if (read === undefined) return context.skip(reason);
    const table = packagesOf(read);
    const expected = await bytesByDpkg(join(folder, "root"));
    assert.ok(expected.size > 80, `${expected.size} packages`);
    assert.deepEqual(new Map(table.packages.map(({ name, bytes }) => [name, bytes])), expected);
    assert.equal(table.ownedBytes + table.unownedBytes, read.finalContentBytes);
    assert.deepEqual(table.unreadBooks, []);
  });

  test("what the layer installed is what apt said it would install", async (context) => {
    if (read === undefined) return context.skip(reason);
    const wanted = (await readFile(join(folder, "with"), "utf8")).trim().split("\n").toSorted();
    const installed = packagesByLayer(read, packagesOf(read), 1);
    assert.deepEqual(installed.map(({ name }) => name).toSorted(), wanted);
    assert.equal(installed[0]?.name, "libssl3");
  });

  test("what Recommends pulled in is what apt leaves out without them", async (context) => {
    if (read === undefined) return context.skip(reason);
    const wanted = await readFile(join(folder, "with"), "utf8");
    const needed = new Set((await readFile(join(folder, "without"), "utf8")).trim().split("\n"));
    const only = wanted
      .trim()
      .split("\n")
      .filter((name) => !needed.has(name));
    assert.ok(only.includes("ca-certificates"), only.join(" "));
    const found = recommendedOnly(read, [1], ["curl"]);
    assert.deepEqual(found?.packages.map(({ name }) => name).toSorted(), only.toSorted());
    const weights = await bytesByDpkg(join(folder, "root"));
    assert.equal(
      found?.bytes,
      only.reduce((sum, name) => sum + (weights.get(name) ?? 0), 0),
    );
    // apt's own book says what was asked for.
    assert.deepEqual(recommendedOnly(read, [1], []), found);
  });

  test("the hover of the layer lists it all, to the byte", (context) => {
    if (read === undefined) return context.skip(reason);
    const shares = sharesOf(read, [1], emptyHoverMemory());
    const { contentBytes } = read.layers[1] ?? {};
    assert.equal(shares.broughtBytes + (shares.unownedBytes ?? Number.NaN), contentBytes);
    const marked = shares.brought.filter(({ isRecommendedOnly }) => isRecommendedOnly);
    assert.deepEqual(
      new Set(marked.map(({ name }) => name)),
      new Set(recommendedOnly(read, [1], ["curl"])?.packages.map(({ name }) => name)),
    );
  });
});
