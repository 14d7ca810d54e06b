import type { FileTree } from "./fileTree.ts";
import { linkRowOf, nameOf, nodeKind } from "./fileTree.ts";
import { interpretedLanguageOf } from "./programNames.ts";

/** What somebody who gets into a container finds there, as plain counts: they say what is there, not whether it is dangerous. */
export interface AttackSurface {
  /** Names of programs that are shells, each once, in alphabetical order; `busybox` is one. */
  readonly shells: readonly string[];
  /** Package managers of systems and languages, as `shells`. */
  readonly packageManagers: readonly string[];
  /** Languages that run programs from source or bytecode, as `shells`. */
  readonly interpreters: readonly string[];
  /** Regular files with the setuid bit, or with the setgid bit and execute permission for the group; hard links count once. */
  readonly setIdCount: number;
  /** Regular files that somebody may execute, by mode; hard links count once. Shared libraries are among them where their mode says so. */
  readonly executableCount: number;
}

/**
 * The surface of a file system, or of the part of it that stays (`isKept`, by node), for a before and after. Known programs are told by name
 * among the files that may be executed, wherever they are. One pass over the tree.
 */
export function attackSurfaceOf(
  tree: FileTree,
  isKept: (node: number) => boolean = () => true,
): AttackSurface {
  const found: Found = { shells: new Set(), managers: new Set(), languages: new Set() };
  let setIdCount = 0;
  let executableCount = 0;
  for (let node = 1; node < tree.nodeCount; node += 1) {
    const mode = tree.mode[node] ?? 0;
    if (tree.kind[node] !== nodeKind.file || (mode & anyBit) === 0 || !isKept(node)) continue;
    if (isLaterName(tree, node)) continue;
    if (hasSetId(mode)) setIdCount += 1;
    if ((mode & executeBits) === 0) continue;
    executableCount += 1;
    collect(nameOf(tree, node), found);
  }
  return {
    shells: [...found.shells].sort(),
    packageManagers: [...found.managers].sort(),
    interpreters: [...found.languages].sort(),
    setIdCount,
    executableCount,
  };
}

interface Found {
  readonly shells: Set<string>;
  readonly managers: Set<string>;
  readonly languages: Set<string>;
}

function collect(name: string, { shells: shellNames, managers, languages }: Found): void {
  if (shells.has(name)) shellNames.add(name);
  const manager = packageManagers.get(name);
  if (manager !== undefined) managers.add(manager);
  const language = interpretedLanguageOf(name);
  if (language !== undefined) languages.add(language);
}

const executeBits = 0o111;
const anyBit = 0o6111;

/** A setgid bit without execute permission for the group means mandatory locking, no privilege. inode(7). */
function hasSetId(mode: number): boolean {
  return (mode & 0o4000) !== 0 || (mode & 0o2010) === 0o2010;
}

function isLaterName({ links }: FileTree, node: number): boolean {
  return (links.first[linkRowOf(links, node)] ?? -1) >= 0;
}

const shells: ReadonlySet<string> = new Set(
  "ash bash busybox csh dash fish ksh mksh pwsh sh tcsh toybox zsh".split(" "),
);

/** Programs by the manager that they belong to. */
const packageManagers: ReadonlyMap<string, string> = new Map(
  Object.entries({
    apk: "apk",
    apt: "apt",
    "apt-get": "apt",
    bundle: "bundler",
    composer: "composer",
    conda: "conda",
    dnf: "dnf",
    dnf5: "dnf",
    "dnf-3": "dnf",
    dpkg: "dpkg",
    gem: "gem",
    microdnf: "microdnf",
    npm: "npm",
    opkg: "opkg",
    pacman: "pacman",
    pip: "pip",
    pip3: "pip",
    pnpm: "pnpm",
    rpm: "rpm",
    tdnf: "tdnf",
    uv: "uv",
    yarn: "yarn",
    yum: "yum",
    zypper: "zypper",
  }),
);
