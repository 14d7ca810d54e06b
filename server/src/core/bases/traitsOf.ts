import type { BaseName } from "./baseName.ts";
import { parseBaseTag, ubuntuSuites, type BaseTag } from "./baseTag.ts";
import {
  alpineUsers,
  debianUsers,
  distrolessUsers,
  redHatUsers,
  type BaseKind,
  type BaseTraits,
} from "./baseTraits.ts";
import { imageFamilies, systems, type ImageFamily, type SystemName } from "./families.ts";

/** What a base image holds, told from its name by the conventions of its maker. Undefined for images of makers that are not known here, and for Windows. */
export function traitsOf(name: BaseName): BaseTraits | undefined {
  const special = distrolessTraits(name) ?? chainguardStatic(name);
  if (special !== undefined) return special;
  const family = familyOf(name);
  if (family === undefined || name.tag === undefined) return undefined;
  if (/windowsservercore|nanoserver/.test(name.tag)) return undefined;
  return familyTraits(family, parseBaseTag(name.tag), name.tag);
}

/** The family of an image of Docker Hub; undefined for images that are not known here. */
export function familyOf(name: BaseName): ImageFamily | undefined {
  return imageFamilies.find(({ familiar }) => familiar === name.familiar);
}

function familyTraits(family: ImageFamily, tag: BaseTag, text: string): BaseTraits {
  const systemName = systemOf(family, tag);
  const system = systems[systemName];
  const isRedHat = tag.suite?.startsWith("ubi") === true;
  const kind = kindOf(family, systemName, tag);
  const isOnOwnSystem = family.familiar === systemName;
  const words = [
    isOnOwnSystem ? family.title : `${family.title} on ${isRedHat ? "Red Hat UBI" : system.title}`,
    ...(tag.isSlim ? ["slim"] : []),
  ];
  return {
    kind,
    title: words.join(", "),
    runtime: family.runtime,
    libc: libcOf(systemName, text),
    shell: isRedHat ? "bash" : system.shell,
    packageManager: packageManagerOf(family, systemName, tag),
    hasBuildTools: kind === "full" && family.hasBuildTools && !isPlainBuildpack(family, tag),
    users: [...usersOf(systemName, isRedHat), ...family.users],
    entrypoint: undefined,
  };
}

function systemOf(family: ImageFamily, tag: BaseTag): SystemName {
  if (tag.isAlpine) return "alpine";
  if (tag.suite === undefined) return family.system;
  if (tag.suite.startsWith("ubi")) return "rockylinux";
  return Object.values(ubuntuSuites).includes(tag.suite) ? "ubuntu" : family.system;
}

function kindOf(family: ImageFamily, system: SystemName, tag: BaseTag): BaseKind {
  if (system === "alpine" || system === "busybox") return system;
  return tag.isSlim || family.isSmall ? "slim" : "full";
}

function libcOf(system: SystemName, tag: string): BaseTraits["libc"] {
  if (system !== "busybox") return systems[system].libc;
  if (tag.includes("uclibc")) return "uclibc";
  return tag.includes("musl") ? "musl" : "glibc";
}

function packageManagerOf(
  family: ImageFamily,
  system: SystemName,
  tag: BaseTag,
): BaseTraits["packageManager"] {
  const manager = systems[system].packageManager;
  return manager === "dnf" && tag.isSlim && family.familiar !== "amazonlinux"
    ? "microdnf"
    : manager;
}

/** `buildpack-deps:…-curl` has curl only, `…-scm` no compiler. */
function isPlainBuildpack(family: ImageFamily, tag: BaseTag): boolean {
  return (
    family.familiar === "buildpack-deps" &&
    tag.flavors.some((flavor) => flavor === "curl" || flavor === "scm")
  );
}

function usersOf(system: SystemName, isRedHat: boolean): readonly string[] {
  if (isRedHat) return redHatUsers;
  switch (system) {
    case "alpine":
      return alpineUsers;
    case "debian":
    case "ubuntu":
      return debianUsers;
    case "busybox":
      return ["root", "daemon", "bin", "sys", "sync", "mail", "www-data", "operator", "nobody"];
    case "amazonlinux":
    case "fedora":
    case "oraclelinux":
    case "rockylinux":
      return redHatUsers;
  }
}

const distrolessRuntimes: readonly {
  readonly pattern: RegExp;
  readonly title: string;
  readonly runtime: string | undefined;
  readonly entrypoint: string | undefined;
}[] = [
  { pattern: /^nodejs(\d+)?$/, title: "Node.js", runtime: "Node.js", entrypoint: "node" },
  { pattern: /^java-base$/, title: "for Java", runtime: undefined, entrypoint: undefined },
  { pattern: /^java\d*$/, title: "Java", runtime: "Java", entrypoint: "java -jar" },
  { pattern: /^python3$/, title: "Python", runtime: "Python", entrypoint: "python3" },
  { pattern: /^cc$/, title: "with libgcc", runtime: undefined, entrypoint: undefined },
  { pattern: /^base(-nossl)?$/, title: "with glibc", runtime: undefined, entrypoint: undefined },
  { pattern: /^static$/, title: "static", runtime: undefined, entrypoint: undefined },
];

/** `gcr.io/distroless/<image>[-debian<n>][:debug]`. GoogleContainerTools/distroless README.md. */
function distrolessTraits(name: BaseName): BaseTraits | undefined {
  if (name.registry !== "gcr.io" || !name.repository.startsWith("distroless/")) return undefined;
  const image = name.repository.slice("distroless/".length).replace(/-debian\d+$/, "");
  const found = distrolessRuntimes.find(({ pattern }) => pattern.test(image));
  if (found === undefined) return undefined;
  const isStatic = image === "static";
  const hasShell = name.tag?.startsWith("debug") === true;
  return {
    kind: isStatic ? "static" : "distroless",
    title: `Distroless, ${found.title}${hasShell ? ", with a BusyBox shell" : ""}`,
    runtime: found.runtime,
    libc: isStatic ? "none" : "glibc",
    // It lies in /busybox, which is on the PATH, but there is no /bin/sh: RUN still needs a SHELL line.
    shell: "none",
    packageManager: "none",
    hasBuildTools: false,
    users: distrolessUsers,
    entrypoint: found.entrypoint,
  };
}

function chainguardStatic(name: BaseName): BaseTraits | undefined {
  if (name.familiar !== "cgr.dev/chainguard/static") return undefined;
  return {
    kind: "static",
    title: "Chainguard, static",
    runtime: undefined,
    libc: "none",
    shell: "none",
    packageManager: "none",
    hasBuildTools: false,
    users: distrolessUsers,
    entrypoint: undefined,
  };
}
