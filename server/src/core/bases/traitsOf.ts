import type { BaseName } from "./baseName.ts";
import { debianSuites, parseBaseTag, ubuntuSuites, type BaseTag } from "./baseTag.ts";
import {
  alpineUsers,
  debianUsers,
  distrolessUsers,
  redHatUsers,
  scratchTraits,
  type BaseKind,
  type BaseTraits,
} from "./baseTraits.ts";
import { imageFamilies } from "./families.ts";
import type { ImageFamily } from "./imageFamily.ts";
import { systems, type SystemName } from "./systems.ts";
import { ubiTraits } from "./ubi.ts";

/** What a base image holds, told from its name by the conventions of its maker. Undefined for images of makers that are not known here, and for Windows. */
export function traitsOf(name: BaseName): BaseTraits | undefined {
  const special =
    distrolessTraits(name) ?? chainguardStatic(name) ?? ubiTraits(name) ?? helloWorld(name);
  if (special !== undefined) return special;
  const family = familyOf(name);
  if (family === undefined || name.tag === undefined) return undefined;
  if (family.strangeTags?.test(name.tag) === true) return undefined;
  const tag = parseBaseTag(name.tag);
  // A tag that starts with such a word has it where others have a version.
  const words = [tag.version ?? "", ...tag.flavors];
  if (words.some((word) => foreignSystem.test(word))) return undefined;
  return familyTraits(family, tag, name.tag);
}

/** Words of a tag that say that it stands on another system than its family: Windows, Azure Linux, CentOS, …. */
const foreignSystem =
  /^(?:corretto|amazoncorretto|graal|ibm|semeru|openjdk|windowsservercore|nanoserver|azurelinux|cbl|centos|oracle|ol\d|amazonlinux|al20|fedora|rockylinux|opensuse|photon)/;

/** The family of an image; undefined for images that are not known here. */
export function familyOf(name: BaseName): ImageFamily | undefined {
  return imageFamilies.find(({ familiar }) => familiar === name.familiar);
}

function familyTraits(family: ImageFamily, tag: BaseTag, text: string): BaseTraits {
  const system = systemOf(family, tag);
  const isDistroless = tag.flavors.some((word) => word === "chiseled" || word === "distroless");
  const isToolless = tag.flavors.some((word) => family.toollessFlavors.includes(word));
  const kind = isDistroless ? "distroless" : kindOf(family, system, tag);
  return {
    kind,
    title: titleOf(family, tag, isDistroless),
    runtime: family.runtime,
    libc: libcOf(system, text),
    ...toolsOf(family, kind === "full" && !isToolless),
    isRuntimeOnly: tag.flavors.includes("jre"),
    // Chiseled images of .NET run as the user that all of .NET's images have.
    runsAs: tag.flavors.includes("chiseled") ? family.users[0] : undefined,
    entrypoint: undefined,
    ...(isDistroless
      ? { shell: "none", packageManager: "none", users: ["root", ...family.users] }
      : {
          shell: systems[system].shell,
          packageManager: packageManagerOf(family, system, tag),
          users: [...usersOf(system), ...family.users],
        }),
  };
}

function toolsOf(
  { hasBuildTools, buildTools }: ImageFamily,
  isWhole: boolean,
): Pick<BaseTraits, "hasBuildTools" | "buildTools"> {
  return hasBuildTools && isWhole ? { hasBuildTools, buildTools } : { hasBuildTools: false };
}

function titleOf(family: ImageFamily, tag: BaseTag, isDistroless: boolean): string {
  const system = systemOf(family, tag);
  const systemTitle = systems[system].title;
  return [
    family.familiar === system ? family.title : `${family.title} on ${systemTitle}`,
    ...(tag.isSlim ? ["slim"] : []),
    ...(isDistroless ? ["distroless"] : []),
  ].join(", ");
}

function isRedHat({ suite }: BaseTag): boolean {
  return suite?.startsWith("ubi") === true;
}

function systemOf(family: ImageFamily, tag: BaseTag): SystemName {
  if (tag.isAlpine) return "alpine";
  if (isOnUbuntu(family, tag)) return "ubuntu";
  if (isRedHat(tag)) return "ubi";
  const isOnDebian = tag.suite !== undefined && Object.values(debianSuites).includes(tag.suite);
  return isOnDebian || tag.flavors.includes("debian") ? "debian" : family.system;
}

/** A tag may name Ubuntu or one of its releases; .NET stands on it from version 10 on where the tag names nothing. */
function isOnUbuntu({ familiar, system }: ImageFamily, tag: BaseTag): boolean {
  if (tag.suite !== undefined) return Object.values(ubuntuSuites).includes(tag.suite);
  if (tag.flavors.some((word) => word.startsWith("ubuntu"))) return true;
  const isDotnet = familiar.startsWith("mcr.microsoft.com/dotnet/");
  return isDotnet && system === "debian" && Number.parseInt(tag.version ?? "", 10) >= 10;
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
  const isSmall = tag.isSlim || family.isSmall;
  return manager === "dnf" && isSmall && family.familiar !== "amazonlinux" ? "microdnf" : manager;
}

function usersOf(system: SystemName): readonly string[] {
  switch (system) {
    case "alpine":
      return alpineUsers;
    case "debian":
    case "ubuntu":
      return debianUsers;
    case "busybox":
      return ["root", "daemon", "bin", "sys", "sync", "mail", "www-data", "operator", "nobody"];
    case "almalinux":
    case "amazonlinux":
    case "fedora":
    case "oraclelinux":
    case "rockylinux":
    case "ubi":
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
    ...(hasShell ? { hiddenShell: "BusyBox in /busybox, but no /bin/sh" } : {}),
    packageManager: "none",
    hasBuildTools: false,
    isRuntimeOnly: found.runtime === "Java",
    runsAs: name.tag?.endsWith("nonroot") === true ? "nonroot" : undefined,
    users: distrolessUsers,
    entrypoint: found.entrypoint,
  };
}

/** One static program that greets, from scratch; Windows has another. */
function helloWorld({ familiar, tag }: BaseName): BaseTraits | undefined {
  if (familiar !== "hello-world" || tag?.startsWith("nanoserver") !== false) return undefined;
  return {
    ...scratchTraits,
    kind: "static",
    title: "hello-world, one static program",
  };
}

function chainguardStatic(name: BaseName): BaseTraits | undefined {
  if (name.familiar !== "cgr.dev/chainguard/static") return undefined;
  return {
    ...scratchTraits,
    kind: "static",
    title: "Chainguard, static",
    runsAs: "nonroot",
    users: distrolessUsers,
  };
}
