import type { BaseVariant } from "../../bases/baseVariants.ts";
import { describeImage } from "../../bases/describeBase.ts";
import { kindFit } from "../../bases/stageRole.ts";
import { basePlatform } from "../../bases/platforms.ts";
import type { Readiness } from "../readiness.ts";
import type { RewriteTarget } from "../rewrite.ts";
import type { NextBest, SystemRelease } from "./nextBest.ts";
import { type Hindrance, isHindrance } from "./stagePlan.ts";

const interpreted: ReadonlySet<string> = new Set([
  "node",
  "python",
  "java",
  "ruby",
  "php",
  "dotnet",
]);

/** Whether what is started is compiled for the machine, and no interpreter of something else. */
export function isCompiled({ readiness: { program, toolchain } }: NextBest): boolean {
  return program?.kind === "elf" && !interpreted.has(toolchain ?? "");
}

/** The C library that a program is loaded with; undefined for a static one. */
export function libcOf({ program }: Readiness): "glibc" | "musl" | undefined {
  const facts = program?.facts;
  if (facts === undefined || (facts.interpreter === undefined && facts.needed.length === 0)) {
    return undefined;
  }
  return /ld-musl/.test(facts.interpreter ?? "") ? "musl" : "glibc";
}

/** The base of a kind that a compiled program runs on, with the C library that it was linked with. */
export function programVariant(
  context: NextBest,
  target: Exclude<RewriteTarget, "scratch">,
): BaseVariant | Hindrance {
  const name = nameFor(context, target);
  if (typeof name !== "string") return name;
  const { world, root } = context;
  const facts = describeImage(name, basePlatform(root.platform, world.platforms), world);
  if (facts.kind !== "image" || facts.traits === undefined) {
    return { reason: `What ${name} holds is not known.` };
  }
  return {
    name,
    traits: facts.traits,
    sizes: facts.sizes,
    nearby: facts.nearby,
    difference: undefined,
    // They are named by the release that the image itself states.
    isSeen: true,
    fit: kindFit("final", facts.traits),
  };
}

function nameFor(context: NextBest, target: Exclude<RewriteTarget, "scratch">): string | Hindrance {
  const libc = libcOf(context.readiness);
  const { system } = context;
  switch (target) {
    case "distroless":
      return libc === undefined
        ? "gcr.io/distroless/static-debian12"
        : distrolessFor(context, libc);
    case "alpine":
      return alpineFor(system, libc);
    case "slim":
      return slimFor(system, libc);
  }
}

function distrolessFor(
  { readiness, system }: NextBest,
  libc: "glibc" | "musl",
): string | Hindrance {
  if (libc === "musl") {
    return { reason: "The program is linked with musl, and distroless images have glibc." };
  }
  const release = debianRelease(system);
  if (isHindrance(release)) return release;
  const needed = readiness.carried?.some(({ path }) =>
    /\/lib(?:stdc\+\+|gcc_s|gomp)\.so/.test(path),
  );
  return `gcr.io/distroless/${needed === true ? "cc" : "base"}-debian${release.version}`;
}

/** A program runs with the libraries that it was linked with: those of the same release. */
function debianRelease(system: SystemRelease | undefined): SystemRelease | Hindrance {
  if (system?.id !== "debian" || !["12", "13"].includes(system.version)) {
    const name = system === undefined ? "an unknown system" : `${system.id} ${system.version}`;
    return {
      reason: `The program is linked with the glibc of ${name}; distroless images are of Debian 12 and 13.`,
    };
  }
  return system;
}

function alpineFor(
  system: SystemRelease | undefined,
  libc: "glibc" | "musl" | undefined,
): string | Hindrance {
  if (libc === "glibc") {
    return { reason: "The program is linked with glibc, and Alpine has musl." };
  }
  const release = system?.id === "alpine" ? /^\d+\.\d+/.exec(system.version)?.[0] : undefined;
  if (libc === "musl" && release === undefined) {
    return { reason: "Of which release the musl is that the program is linked with is not known." };
  }
  return `alpine:${release ?? "3"}`;
}

function slimFor(
  system: SystemRelease | undefined,
  libc: "glibc" | "musl" | undefined,
): string | Hindrance {
  if (libc !== "glibc") {
    return { reason: "The program needs nothing that slim has and Alpine has not." };
  }
  if (system?.id !== "debian" || system.codename === undefined) {
    return { reason: "Slim images that fit are known for Debian only." };
  }
  return `debian:${system.codename}-slim`;
}
