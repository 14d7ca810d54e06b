import type { ElfFacts } from "./elf.ts";
import { contentAt, elfAt } from "./evidence.ts";
import { nodeKind } from "./fileTree.ts";
import type { ReadImage } from "./image.ts";
import { linkPath } from "./linkPath.ts";
import { type TreePaths, directoryOf, pathsOf, plainPath } from "./treePaths.ts";

/** A shared library as the loader would find it. */
export interface FoundLibrary {
  /** As DT_NEEDED, or PT_INTERP, names it. */
  readonly name: string;
  /** Where the loader asks for it, a path for each name that it has there; links to directories are not followed. Never empty. */
  readonly askedPaths: readonly string[];
  /** From the path at which it is found over links to the file, which is the last. Never empty. */
  readonly paths: readonly string[];
  readonly facts: ElfFacts;
  /** Why it is found: by its path, by what the file that needs it or `LD_LIBRARY_PATH` says, by `etc/ld.so.conf`, or because the loader always looks there. */
  readonly foundBy: "path" | "rpath" | "environment" | "runpath" | "configuration" | "default";
}

/** What a program needs of the file system before its first instruction runs. ld.so(8). */
export interface LibraryClosure {
  /** The loader first, then libraries in the order in which they are loaded; empty for a static program. */
  readonly libraries: readonly FoundLibrary[];
  /** What is named and not there, with the file that names it. */
  readonly missing: readonly { readonly name: string; readonly neededBy: string }[];
  /** False when a file does not tell what it needs (packed, damaged, too large to be looked at). */
  readonly isWhole: boolean;
}

/** A directory, or a whole path, and why it is looked at. */
interface Place {
  readonly path: string;
  readonly foundBy: FoundLibrary["foundBy"];
}

/** Where libraries are looked for. */
interface Search {
  readonly read: ReadImage;
  readonly paths: TreePaths;
  readonly libraryPath: readonly string[];
  /** By the system, after what the files say. */
  readonly directories: readonly Place[];
}

/**
 * The shared libraries of a program of the final file system, given the path of the file itself and `LD_LIBRARY_PATH`. What is loaded later by
 * `dlopen` (plug-ins, NSS, gconv) cannot be seen that way. O(libraries · directories).
 */
export function libraryClosureOf(
  read: ReadImage,
  program: string,
  libraryPath: string | undefined,
): LibraryClosure {
  const facts = elfAt(read, program);
  if (facts === undefined) return { libraries: [], missing: [], isWhole: false };
  const search: Search = {
    read,
    paths: pathsOf(read.finalTree),
    libraryPath: (libraryPath ?? "").split(/[:;]/).filter((directory) => directory !== ""),
    directories: systemDirectories(read, facts),
  };
  const libraries: FoundLibrary[] = [];
  const missing: { name: string; neededBy: string }[] = [];
  const seen = new Set<string>();
  let isWhole = isTelling(facts);
  const named = [...(facts.interpreter === undefined ? [] : [facts.interpreter]), ...facts.needed];
  const queue: Asking[] = named.map((name) => ({ name, neededBy: program, facts, above: [] }));
  for (let asked = queue.shift(); asked !== undefined; asked = queue.shift()) {
    if (seen.has(asked.name) || isLoader(facts, asked.name)) continue;
    seen.add(asked.name);
    const found = findLibrary(search, asked);
    if (found === undefined) {
      missing.push({ name: asked.name, neededBy: asked.neededBy });
      continue;
    }
    addFound(libraries, found);
    isWhole &&= isTelling(found.facts);
    const neededBy = found.paths.at(-1) ?? asked.name;
    const above = [...asked.above, { facts: asked.facts, path: asked.neededBy }];
    if (queue.length + seen.size < mostLibraries) {
      queue.push(
        ...found.facts.needed.map((name) => ({ name, neededBy, facts: found.facts, above })),
      );
    }
  }
  return { libraries, missing, isWhole };
}

/** Names under which musl's loader, which is its C library, finds itself without looking at files. musl, ldso/dynlink.c `load_library`. */
const muslNames = /^lib(?:c|pthread|rt|m|dl|util|xnet)\./;

/** Whether a name without a directory is that of the loader, which is there before all others: musl's is its C library too, and glibc's asks for it. */
function isLoader(facts: ElfFacts, name: string): boolean {
  if (name.includes("/")) return false;
  const isMusl = muslArchitectureOf(facts) !== undefined;
  return facts.interpreter?.endsWith(`/${name}`) === true || (isMusl && muslNames.test(name));
}

/** As musl calls it: `x86_64`. Undefined for a program that another loader starts. */
function muslArchitectureOf({ interpreter }: ElfFacts): string | undefined {
  return /\/ld-musl-([^/]+)\.so\.1$/.exec(interpreter ?? "")?.[1];
}

/** No program has so many; a hostile image may. */
const mostLibraries = 5000;

interface Asking {
  readonly name: string;
  readonly neededBy: string;
  /** Of `neededBy`. */
  readonly facts: ElfFacts;
  /** The files that had it loaded, the program first: their DT_RPATH counts too. */
  readonly above: readonly { readonly facts: ElfFacts; readonly path: string }[];
}

function isTelling(facts: ElfFacts): boolean {
  return facts.isLoadingUnknown !== true && !facts.isUpx;
}

/** The same file under a further name is no further library, but both names are needed. */
function addFound(libraries: FoundLibrary[], found: FoundLibrary): void {
  const at = libraries.findIndex(({ paths }) => paths.at(-1) === found.paths.at(-1));
  const known = libraries[at];
  if (known === undefined) {
    libraries.push(found);
    return;
  }
  const further = found.paths.filter((path) => !known.paths.includes(path));
  const askedPaths = [...known.askedPaths, ...found.askedPaths];
  libraries[at] = { ...known, askedPaths, paths: [...further, ...known.paths] };
}

function findLibrary(search: Search, asked: Asking): FoundLibrary | undefined {
  const { name, facts } = asked;
  const candidates: readonly Place[] = name.includes("/")
    ? [{ path: name, foundBy: "path" }]
    : searchedDirectories(search, asked).map(({ path, foundBy }) => ({
        path: `${path}/${name}`,
        foundBy,
      }));
  for (const { path, foundBy } of candidates) {
    const paths = linkPath(search.paths, plainPath(path));
    const found = elfAt(search.read, paths.at(-1) ?? "");
    const isRight = found?.bits === facts.bits && found.architecture === facts.architecture;
    if (found !== undefined && isRight) {
      return { name, askedPaths: [plainPath(path)], paths, facts: found, foundBy };
    }
  }
  return undefined;
}

/** DT_RPATH of the file and those above it unless it has DT_RUNPATH, then LD_LIBRARY_PATH, DT_RUNPATH, and the system's. */
function searchedDirectories(search: Search, asked: Asking): readonly Place[] {
  const own = { facts: asked.facts, path: asked.neededBy };
  const hasRunPath = own.facts.runPathKind === "runpath";
  const rpaths = hasRunPath
    ? []
    : [own, ...asked.above.toReversed()].filter(({ facts }) => facts.runPathKind === "rpath");
  const expand = ({ facts, path }: typeof own, foundBy: Place["foundBy"]): readonly Place[] =>
    facts.runPath.map((directory) => ({ path: expandTokens(directory, path, facts), foundBy }));
  return [
    ...rpaths.flatMap((one) => expand(one, "rpath")),
    ...search.libraryPath.map((path): Place => ({ path, foundBy: "environment" })),
    ...(hasRunPath ? expand(own, "runpath") : []),
    ...search.directories,
  ];
}

/** `$ORIGIN`, `$LIB` and `$PLATFORM` of dynamic string tokens, ld.so(8). */
function expandTokens(directory: string, path: string, { bits }: ElfFacts): string {
  return directory
    .replaceAll(/\$(?:ORIGIN\b|\{ORIGIN\})/g, `/${directoryOf(path)}`)
    .replaceAll(/\$(?:LIB\b|\{LIB\})/g, bits === 64 ? "lib64" : "lib");
}

/** Where glibc or musl looks when no file says so, in their order. */
function systemDirectories(read: ReadImage, facts: ElfFacts): readonly Place[] {
  const pathFile = muslPathFileOf(facts);
  if (pathFile !== undefined) {
    const configured = textAt(read, pathFile)?.split(/[:\n]/).filter(Boolean);
    return configured === undefined
      ? places(["lib", "usr/local/lib", "usr/lib"], "default")
      : places(configured, "configuration");
  }
  const triplet = multiarch[facts.architecture];
  const own = triplet === undefined ? [] : [`lib/${triplet}`, `usr/lib/${triplet}`];
  const always = [...own, "lib64", "usr/lib64", "lib", "usr/lib"];
  // ldconfig lists these as well; a directory that is always looked at needs no configuration.
  const configured = configuredDirectories(read, "etc/ld.so.conf", 0).map(plainPath);
  return [
    ...configured.map((path): Place => ({
      path,
      foundBy: always.includes(path) ? "default" : "configuration",
    })),
    ...places(always, "default"),
  ];
}

/** Where musl's loader reads in which directories to look; undefined for a program that another loader starts. */
export function muslPathFileOf(facts: ElfFacts): string | undefined {
  const musl = muslArchitectureOf(facts);
  return musl && `etc/ld-musl-${musl}.path`;
}

function places(paths: readonly string[], foundBy: Place["foundBy"]): readonly Place[] {
  return paths.map((path) => ({ path, foundBy }));
}

/** Debian's multiarch tuples by OCI architecture. */
const multiarch: Readonly<Record<string, string>> = {
  amd64: "x86_64-linux-gnu",
  arm64: "aarch64-linux-gnu",
  "386": "i386-linux-gnu",
  arm: "arm-linux-gnueabihf",
  riscv64: "riscv64-linux-gnu",
  ppc64le: "powerpc64le-linux-gnu",
  s390x: "s390x-linux-gnu",
  loong64: "loongarch64-linux-gnu",
};

/** ldconfig(8): a directory on each line, `include` with a pattern in the last name. */
function configuredDirectories(read: ReadImage, path: string, depth: number): readonly string[] {
  const lines = textAt(read, path)?.split("\n") ?? [];
  return lines
    .map((line) => line.replace(/#.*/, "").trim())
    .filter((line) => line !== "")
    .flatMap((line) => {
      const included = /^include\s+(\S+)$/.exec(line)?.[1];
      if (included === undefined) return [line];
      if (depth >= deepestInclude) return [];
      const pattern = plainPath(
        included.startsWith("/") ? included : `${directoryOf(path)}/${included}`,
      );
      return filesLike(read, pattern).flatMap((file) =>
        configuredDirectories(read, file, depth + 1),
      );
    });
}

const deepestInclude = 4;

/** Files of a directory whose names fit a pattern with `*`, by name. */
function filesLike(read: ReadImage, pattern: string): readonly string[] {
  const directory = directoryOf(pattern);
  const [before = "", ...after] = pattern.slice(directory.length + 1).split("*");
  if (after.length === 0) return [pattern];
  const paths = pathsOf(read.finalTree);
  return paths
    .namesIn(directory)
    .filter((name) => name.startsWith(before) && name.endsWith(after.join("*")))
    .map((name) => `${directory}/${name}`)
    .filter((file) => {
      const node = paths.findExact(file);
      return node !== undefined && read.finalTree.kind[node] === nodeKind.file;
    });
}

function textAt(read: ReadImage, path: string): string | undefined {
  const kept = contentAt(read, path);
  return kept?.isWhole === true ? new TextDecoder().decode(kept.bytes) : undefined;
}
