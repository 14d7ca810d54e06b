import { existsSync } from "node:fs";
import { chmod, mkdir, mkdtemp, readdir, rename, rm, symlink } from "node:fs/promises";
import { join } from "node:path";
import { installPackages, runProgram, type TestEngine } from "../machine/engine.ts";
import { cacheFolder } from "../machine/place.ts";

/** Base images made on the spot, of Debian's packages and of npm's Zig: nothing public can be relied on. */
export type ScratchBase = "debian" | "compilers" | "go" | "zig";

const folder = join(cacheFolder, "scratch");
const mirror = "http://deb.debian.org/debian";

/** Packages are unpacked and not set up: what their scripts would have made is made by the hook. */
const packages: Readonly<Record<Exclude<ScratchBase, "zig">, readonly string[]>> = {
  debian: ["curl", "tzdata", "ca-certificates", "libstdc++6"],
  compilers: ["gcc", "libc6-dev", "musl-tools", "rustc"],
  go: ["golang-1.19-go"],
};

/** No build needs these. The hook deletes them, as mmdebstrap's own filter reads every package in Python, which takes longer than all else. */
const unneeded = [
  "usr/share/doc/*",
  "usr/share/man/*",
  "usr/share/locale/*",
  "usr/share/perl/*",
  "usr/share/go-1.19/test/*",
  "usr/share/go-1.19/src/cmd/*",
  "usr/share/go-1.19/src/crypto/internal/boring/syso/*",
  "usr/lib/go-1.19/pkg/linux_amd64/cmd/*",
];

/** Runs in the machine of the tests, with the new system as its argument. */
const hook = `set -eu
test -d "\${1:?}/usr/bin" && test "$(readlink -f "$1")" != /
cd "$1"
rm -rf ${unneeded.join(" ")}
mkdir -p usr/local/bin
echo 'root:x:0:0:root:/root:/bin/sh' > etc/passwd
echo 'web:x:1234:1235::/home/web:/bin/sh' >> etc/passwd
printf 'root:x:0:\\nweb:x:1235:\\n' > etc/group
if test -d usr/share/ca-certificates; then
  mkdir -p etc/ssl/certs
  cat usr/share/ca-certificates/mozilla/*.crt > etc/ssl/certs/ca-certificates.crt
fi
if test -d usr/lib/go-1.19; then ln -s ../lib/go-1.19/bin/go usr/bin/go; fi
if test -e usr/bin/gcc; then ln -s gcc usr/bin/cc; fi
rm -rf var/lib/apt var/cache var/log
`;

/**
 * Adds a base image as `<base>:local`. What it is made of is brought once and kept in `.cache`. Returns why it cannot be had, or undefined.
 */
export async function addScratchBase(
  engine: TestEngine,
  base: ScratchBase,
): Promise<string | undefined> {
  const archive = join(folder, `${base}.tar`);
  if (!existsSync(archive)) {
    const reason = await bring(base, archive);
    if (reason !== undefined) return reason;
  }
  const path = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin:/opt/zig";
  await engine.run(["import", "--change", `ENV PATH=${path}`, archive, `${base}:local`]);
  return undefined;
}

/** Adds each base when it is first asked for; why it cannot be had, or undefined. */
export function basesOf(): (engine: TestEngine, base: ScratchBase) => Promise<string | undefined> {
  const added = new Map<ScratchBase, Promise<string | undefined>>();
  return (engine, base) => {
    const adding = added.get(base) ?? addScratchBase(engine, base);
    added.set(base, adding);
    return adding;
  };
}

/** Made aside and moved: a half-made one is never taken for whole, and two runs do not meet. */
async function bring(base: ScratchBase, archive: string): Promise<string | undefined> {
  const reason = await installPackages({ mmdebstrap: "mmdebstrap", busybox: "busybox-static" });
  if (reason !== undefined) return reason;
  console.log(`# making the base image ${base}:local`);
  await mkdir(folder, { recursive: true });
  const place = await mkdtemp(join(folder, "making-"));
  try {
    await chmod(place, 0o755);
    const made = join(place, "base.tar");
    await (base === "zig" ? packZig(place, made) : packDebian(packages[base], made));
    await rename(made, archive);
    return undefined;
  } catch (error) {
    return `${base}:local cannot be made: ${String(error).split("\n")[0] ?? ""}`;
  } finally {
    await rm(place, { recursive: true, force: true });
  }
}

async function packDebian(names: readonly string[], archive: string): Promise<void> {
  const include = ["dash", "coreutils", "base-files", ...names].join(",");
  await runProgram("mmdebstrap", [
    "--variant=extract",
    "--hook-dir=/usr/share/mmdebstrap/hooks/merged-usr",
    `--extract-hook=${hook}`,
    `--include=${include}`,
    "bookworm",
    archive,
    mirror,
  ]);
}

/** Zig and as much of its library as programs without a C library take, beside a busybox. */
async function packZig(place: string, archive: string): Promise<void> {
  const root = join(place, "root");
  const zig = join(root, "opt/zig");
  await mkdir(join(zig, "lib"), { recursive: true });
  await mkdir(join(root, "bin"));
  await mkdir(join(root, "tmp"));
  const version = "0.16.0";
  const bringing = [`linux-${process.arch}`, "lib"].map(async (name) => {
    const unpacked = join(place, name);
    await mkdir(unpacked);
    const words = ["pack", `@zigc/${name}@${version}`, "--silent", "--pack-destination", unpacked];
    await runProgram("npm", words);
    const [tarball = ""] = await readdir(unpacked);
    await runProgram("tar", ["-C", unpacked, "-xzf", join(unpacked, tarball)]);
  });
  await Promise.all(bringing);
  await rename(join(place, `linux-${process.arch}`, "package/bin/zig"), join(zig, "zig"));
  const library = await findLibrary(join(place, "lib/package"));
  for (const name of ["std", "compiler", "compiler_rt", "compiler_rt.zig", "c.zig", "zig.h"]) {
    const from = join(library, name);
    if (existsSync(from)) await rename(from, join(zig, "lib", name));
  }
  await runProgram("cp", ["-a", ...(await zigFiles(library)), join(zig, "lib")]);
  await runProgram("cp", ["/bin/busybox", join(root, "bin/busybox")]);
  for (const name of ["sh", "mkdir", "ln", "chmod", "chown", "echo"]) {
    await symlink("busybox", join(root, "bin", name));
  }
  await runProgram("tar", ["-C", root, "--owner=0", "--group=0", "-cf", archive, "."]);
}

async function findLibrary(folder: string): Promise<string> {
  return existsSync(join(folder, "std")) ? folder : join(folder, "lib");
}

async function zigFiles(library: string): Promise<readonly string[]> {
  return (await readdir(library))
    .filter((name) => name.endsWith(".zig"))
    .map((name) => join(library, name));
}
