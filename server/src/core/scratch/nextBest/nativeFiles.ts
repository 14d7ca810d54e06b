import type { BaseVariant } from "../../bases/baseVariants.ts";
import type { ElfFacts } from "../../image/elf.ts";
import { pathOf } from "../../image/fileTree.ts";
import { directoryOf, lastNameOf } from "../../image/treePaths.ts";
import type { NextBest } from "./nextBest.ts";
import type { Hindrance } from "./stagePlan.ts";
import { systemPackagesOf } from "./systemPackages.ts";

/** A program or library for the machine. */
interface NativeFile {
  readonly path: string;
  readonly facts: ElfFacts;
}

/**
 * Whether add-ons and extension modules below some directories find their libraries on another base: caveats where only a build can tell, a hindrance where one
 * is known not to. O(ELF files of the image × log nodes).
 */
export function addonCaveats(
  context: NextBest,
  { name, traits }: BaseVariant,
  directories: readonly string[],
): readonly string[] | Hindrance {
  if (context.input.read === undefined) return unseenCaveats(context, name, traits.libc);
  const libc = traits.libc === "musl" ? "musl" : "glibc";
  const files = addonsIn(context, directories);
  const foreign = foreignLibc(files, libc);
  if (foreign !== undefined) return { reason: `${foreign}, and ${name} has ${libc}.` };
  const missing = missingLibrary(files, presentOn(traits));
  if (missing === undefined) return [];
  const { path, library } = missing;
  const [installed] = systemPackagesOf(context).others;
  return installed === undefined || traits.packageManager === "none"
    ? { reason: `/${path} needs ${library}, which is not known to be in ${name}.` }
    : [`/${path} needs ${library}: see that line ${installed.run.startLine + 1} installs it.`];
}

function unseenCaveats(
  { traits }: NextBest,
  name: string,
  libc: string,
): readonly string[] | Hindrance {
  if (traits?.libc !== libc) {
    return {
      reason: `${name} has ${libc}, and whether a package brings binaries for another C library shows only a built image.`,
    };
  }
  return [
    "No built image is read: whether a package loads libraries of the system was not checked.",
  ];
}

/** Shared libraries that are visible below some directories, by layer and path. */
function addonsIn(
  { input, paths }: NextBest,
  directories: readonly string[],
): readonly NativeFile[] {
  if (input.read === undefined || paths === undefined) return [];
  return input.read.layers.flatMap(({ tree, evidence, index }) =>
    (evidence?.programs ?? []).flatMap(({ node, facts }) => {
      const path = pathOf(tree, node);
      const isAddon = /\.(?:node|so(?:\.\d+)*)$/.test(path);
      if (!isAddon || !directories.some((one) => path.startsWith(`${one}/`))) return [];
      const visible = paths.findExact(path);
      const isVisible = visible !== undefined && paths.tree.layer[visible] === index;
      return isVisible && !isForManySystems(path) ? [{ path, facts }] : [];
    }),
  );
}

/** Packages that bring a binary for each system choose the right one by themselves. */
function isForManySystems(path: string): boolean {
  return /(?:^|\/)prebuilds\//.test(path) || /musl/.test(directoryOf(path));
}

/** `/app/x.node needs libc.so.6`; undefined when all are linked with this C library, or with none. */
function foreignLibc(files: readonly NativeFile[], libc: "glibc" | "musl"): string | undefined {
  const others = libc === "glibc" ? muslNames : glibcNames;
  for (const { path, facts } of files) {
    const other = facts.needed.find((name) => others.test(name));
    if (other !== undefined) return `/${path} needs ${other}`;
  }
  return undefined;
}

function missingLibrary(
  files: readonly NativeFile[],
  present: RegExp,
): { readonly path: string; readonly library: string } | undefined {
  const own = new Set(files.flatMap(({ path, facts }) => [lastNameOf(path), facts.soname ?? ""]));
  for (const { path, facts } of files) {
    const library = facts.needed.find(
      (name) =>
        !own.has(name) && !glibcNames.test(name) && !muslNames.test(name) && !present.test(name),
    );
    if (library !== undefined) return { path, library };
  }
  return undefined;
}

/** Files of glibc, its loader included, by name. */
export const glibcNames =
  /^(?:lib(?:c|m|dl|pthread|rt|resolv|util|nsl|anl|mvec)\.so\.\d+|ld-linux[\w-]*\.so\.\d+|ld64?\.so\.\d+)$/;

/** Files of musl, by name. */
export const muslNames = /^(?:libc\.musl-[\w]+\.so\.1|ld-musl-[\w]+\.so\.1|libc\.so)$/;

/** What distroless images have beside glibc, `cc` and all that stand on it. Its cc build file. */
export const ccLibraries = /^lib(?:ssl|crypto|gcc_s|stdc\+\+|gomp)\.so(?:\.\d+)*$/;

/** What an interpreter brings along on any base, for its own modules. Distroless' python3 build file; Debian's packages for the others. */
const interpreterLibraries =
  /^lib(?:ssl|crypto|gcc_s|stdc\+\+|gomp|z|bz2|ffi|lzma|sqlite3|uuid|expat|readline|ncursesw|tinfo|crypt)\.so(?:\.\d+)*$/;
const smallLibraries = /^lib(?:gcc_s|stdc\+\+|ssl|crypto|z)\.so(?:\.\d+)*$/;

function presentOn({ runtime, shell, kind }: BaseVariant["traits"]): RegExp {
  if (runtime === "Python" && kind !== "alpine") return interpreterLibraries;
  return shell === "none" ? ccLibraries : smallLibraries;
}
