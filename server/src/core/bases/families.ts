import type { PackageManager } from "./baseTraits.ts";

/** A Linux distribution under an image. */
export type SystemName =
  | "alpine"
  | "amazonlinux"
  | "busybox"
  | "debian"
  | "fedora"
  | "oraclelinux"
  | "rockylinux"
  | "ubuntu";

/**
 * How the tag of a smaller variant is made of a tag's parts, in their order; what the tag does not have is left out, any other word is put as it
 * is: `["version", "suite", "slim"]` makes `20-slim` of `20` and `20-bookworm-slim` of `20-bookworm`.
 */
export type TagForm = readonly string[];

/** Images of one repository, all made the same way. */
export interface ImageFamily {
  /** Registry and repository in their short spelling. */
  readonly familiar: string;
  /** For people. */
  readonly title: string;
  /** The language or program it brings; undefined for a plain system. */
  readonly runtime: string | undefined;
  /** What a tag without a variant word stands on. */
  readonly system: SystemName;
  /** Whether such a tag brings compilers, git and curl, in the manner of buildpack-deps. */
  readonly hasBuildTools: boolean;
  /** Whether such a tag stands on a slim system already. */
  readonly isSmall: boolean;
  /** Users it adds to those of its system. */
  readonly users: readonly string[];
  /** Smaller variants that its maker publishes, larger first. */
  readonly variants: readonly TagForm[];
  /** Whether variants exist for a version or release only, and none for `latest`. */
  readonly needsVersion: boolean;
  /** Words of a tag for which no smaller variants exist. */
  readonly boundFlavors: readonly string[];
  /** Which distroless image brings the same. */
  readonly distroless: "nodejs" | "java" | "python3" | "base" | undefined;
}

const none = {
  runtime: undefined,
  hasBuildTools: false,
  isSmall: false,
  users: [],
  needsVersion: false,
  boundFlavors: [],
  distroless: undefined,
} satisfies Partial<ImageFamily>;

const suiteSlim: TagForm = ["version", "flavor", "suite", "slim"];
const slimSuite: TagForm = ["version", "slim", "flavor", "suite"];
const alpine: TagForm = ["version", "flavor", "alpine"];

function system(familiar: SystemName, title: string, variants: readonly TagForm[]): ImageFamily {
  return { ...none, familiar, title, system: familiar, variants };
}

/** An image that brings a language with everything to build in it. */
function language(
  familiar: string,
  runtime: string,
  more: Partial<ImageFamily> & Pick<ImageFamily, "variants">,
): ImageFamily {
  return {
    ...none,
    familiar,
    title: runtime,
    runtime,
    system: "debian",
    hasBuildTools: true,
    ...more,
  };
}

/** An image that brings one program to run, on a slim system. */
function service(
  familiar: string,
  runtime: string,
  users: readonly string[],
  variants: readonly TagForm[],
): ImageFamily {
  return {
    ...none,
    familiar,
    title: runtime,
    runtime,
    system: "debian",
    isSmall: true,
    users,
    variants,
  };
}

/** What is known of repositories, from the descriptions their makers publish (docker-library/docs, docker-library/official-images). */
export const imageFamilies: readonly ImageFamily[] = [
  system("alpine", "Alpine", []),
  system("amazonlinux", "Amazon Linux", []),
  system("busybox", "BusyBox", []),
  {
    ...system("debian", "Debian", [["version", "suite", "flavor", "slim"]]),
    needsVersion: true,
    boundFlavors: ["backports"],
    distroless: "base",
  },
  system("fedora", "Fedora", []),
  { ...system("oraclelinux", "Oracle Linux", [["version", "slim"]]), needsVersion: true },
  { ...system("rockylinux", "Rocky Linux", [["version", "minimal"]]), needsVersion: true },
  system("ubuntu", "Ubuntu", []),
  {
    ...none,
    familiar: "buildpack-deps",
    title: "Build tools",
    system: "debian",
    hasBuildTools: true,
    variants: [
      ["version", "suite", "scm"],
      ["version", "suite", "curl"],
    ],
  },
  language("node", "Node.js", {
    users: ["node"],
    variants: [suiteSlim, alpine],
    distroless: "nodejs",
  }),
  language("python", "Python", { variants: [slimSuite, alpine], distroless: "python3" }),
  language("ruby", "Ruby", { variants: [slimSuite, alpine] }),
  language("rust", "Rust", { variants: [slimSuite, alpine] }),
  language("perl", "Perl", { variants: [slimSuite] }),
  language("golang", "Go", { variants: [alpine] }),
  language("php", "PHP", { variants: [alpine], boundFlavors: ["apache"], users: ["www-data"] }),
  language("gcc", "GCC", { variants: [] }),
  language("eclipse-temurin", "Java", {
    system: "ubuntu",
    hasBuildTools: false,
    needsVersion: true,
    variants: [["version", "jre"], alpine, ["version", "jre", "alpine"]],
    distroless: "java",
  }),
  service(
    "nginx",
    "nginx",
    ["nginx"],
    [
      ["version", "alpine", "flavor"],
      ["version", "alpine", "slim"],
    ],
  ),
  service("httpd", "Apache httpd", ["www-data"], [alpine]),
  service("redis", "Redis", ["redis"], [alpine]),
  service("postgres", "PostgreSQL", ["postgres"], [alpine]),
  {
    ...service("mariadb", "MariaDB", ["mysql"], []),
    system: "ubuntu",
  },
];

/** What each system brings. */
export const systems: Readonly<
  Record<
    SystemName,
    {
      readonly title: string;
      readonly libc: "glibc" | "musl";
      readonly shell: "dash" | "bash" | "busybox";
      readonly packageManager: PackageManager;
    }
  >
> = {
  alpine: { title: "Alpine", libc: "musl", shell: "busybox", packageManager: "apk" },
  amazonlinux: { title: "Amazon Linux", libc: "glibc", shell: "bash", packageManager: "dnf" },
  busybox: { title: "BusyBox", libc: "glibc", shell: "busybox", packageManager: "none" },
  debian: { title: "Debian", libc: "glibc", shell: "dash", packageManager: "apt" },
  fedora: { title: "Fedora", libc: "glibc", shell: "bash", packageManager: "dnf" },
  oraclelinux: { title: "Oracle Linux", libc: "glibc", shell: "bash", packageManager: "dnf" },
  rockylinux: { title: "Rocky Linux", libc: "glibc", shell: "bash", packageManager: "dnf" },
  ubuntu: { title: "Ubuntu", libc: "glibc", shell: "dash", packageManager: "apt" },
};
