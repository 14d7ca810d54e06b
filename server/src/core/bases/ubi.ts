import type { BaseName } from "./baseName.ts";
import { redHatUsers, type BaseTraits } from "./baseTraits.ts";

/** Which of the four images of Red Hat's Universal Base Image a name means; undefined for all other images. */
export type UbiEdition = "standard" | "init" | "minimal" | "micro";

const byRegistry: Readonly<Record<string, RegExp>> = {
  "registry.access.redhat.com": /^ubi\d+(?:\/ubi)?(?:-(?<edition>minimal|micro|init))?$/,
  "registry.redhat.io": /^ubi\d+(?:\/ubi)?(?:-(?<edition>minimal|micro|init))?$/,
  "docker.io": /^redhat\/ubi\d+(?:-(?<edition>minimal|micro|init))?$/,
};

/** What a Universal Base Image holds, by its name. Red Hat Enterprise Linux, Building, running, and managing containers § Types of container images. */
export function ubiTraits(name: BaseName): BaseTraits | undefined {
  const edition = editionOf(name);
  if (edition === undefined) return undefined;
  const isSmall = edition === "minimal" || edition === "micro";
  return {
    kind: isSmall ? "slim" : "full",
    title: `Red Hat UBI${edition === "standard" ? "" : `, ${edition}`}`,
    runtime: undefined,
    libc: "glibc",
    shell: "bash",
    packageManager: edition === "micro" ? "none" : edition === "minimal" ? "microdnf" : "dnf",
    hasBuildTools: false,
    isRuntimeOnly: false,
    runsAs: undefined,
    users: redHatUsers,
    entrypoint: undefined,
  };
}

/** The smaller editions of a Universal Base Image with the same tag, larger first; empty for all other images. */
export function smallerUbis(name: BaseName): readonly string[] {
  const edition = editionOf(name);
  if (edition === undefined || name.tag === undefined) return [];
  const { written, tag } = name;
  const plain = written.replace(/-(?:minimal|micro|init)$/, "");
  const smaller =
    edition === "micro" ? [] : edition === "minimal" ? ["micro"] : ["minimal", "micro"];
  return smaller.map((one) => `${plain}-${one}:${tag}`);
}

function editionOf({ registry, repository }: BaseName): UbiEdition | undefined {
  const match = byRegistry[registry]?.exec(repository);
  if (match === null || match === undefined) return undefined;
  const written = match.groups?.["edition"];
  const editions = ["minimal", "micro", "init"] as const;
  return editions.find((known) => known === written) ?? "standard";
}
