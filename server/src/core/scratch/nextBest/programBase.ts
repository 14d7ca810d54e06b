import type { BaseVariant } from "../../bases/baseVariants.ts";
import { describeImage } from "../../bases/describeBase.ts";
import { kindFit } from "../../bases/stageRole.ts";
import { basePlatform } from "../../bases/platforms.ts";
import type { ElfFacts } from "../../image/elf.ts";
import { elfAt } from "../../image/evidence.ts";
import { linkPath } from "../../image/linkPath.ts";
import { plainPath } from "../../image/treePaths.ts";
import type { RewriteTarget } from "../rewrite.ts";
import type { NextBest, SystemRelease } from "./nextBest.ts";
import { type Hindrance, isHindrance } from "./stagePlan.ts";
import { startLinesOf } from "./startParts.ts";

/** Toolchains whose programs are run by another one. */
export const interpreted: ReadonlySet<string> = new Set([
  "node",
  "python",
  "java",
  "ruby",
  "php",
  "dotnet",
]);

/** A compiled program that a container starts. */
export interface CompiledProgram {
  /** Where it is named, as in `readiness.program.paths`; of a shell form the file that its one command names. */
  readonly path: string;
  readonly facts: ElfFacts;
  /** Whether a shell stands before it, so that the readiness speaks of the shell. */
  readonly isBehindShell: boolean;
}

/** What is compiled for the machine and no interpreter of something else; undefined where it cannot be followed. */
export function compiledProgram(context: NextBest): CompiledProgram | undefined {
  const { program, toolchain } = context.readiness;
  if (program?.form === "shell") return programBehindShell(context);
  const path = program?.paths[0];
  const isElf = program?.kind === "elf" && !interpreted.has(toolchain ?? "");
  return isElf && path !== undefined && program.facts !== undefined
    ? { path, facts: program.facts, isBehindShell: false }
    : undefined;
}

/** The program of a shell form that is one command, by an absolute path. */
function programBehindShell(context: NextBest): CompiledProgram | undefined {
  const { read } = context.input;
  const named = commandOf(context);
  if (read === undefined || context.paths === undefined || named === undefined) return undefined;
  const hops = linkPath(context.paths, plainPath(named));
  const [path] = hops;
  const facts = elfAt(read, hops.at(-1) ?? "");
  return path === undefined || facts === undefined
    ? undefined
    : { path, facts, isBehindShell: true };
}

function commandOf(context: NextBest): string | undefined {
  const { entrypoint, cmd } = startLinesOf(context);
  const line = entrypoint ?? cmd;
  const script = line && context.input.shellOf(line);
  if (script?.isComplete !== true || script.commands.length !== 1) return undefined;
  const path = script.commands[0]?.path;
  return path?.startsWith("/") === true ? path : undefined;
}

/** The C library that a program is loaded with; undefined for a static one. */
export function libcOf({ facts }: CompiledProgram): "glibc" | "musl" | undefined {
  if (facts.interpreter === undefined && facts.needed.length === 0) return undefined;
  return /ld-musl/.test(facts.interpreter ?? "") ? "musl" : "glibc";
}

/** The base of a kind that a compiled program runs on, with the C library that it was linked with. */
export function programVariant(
  context: NextBest,
  program: CompiledProgram,
  target: Exclude<RewriteTarget, "scratch">,
): BaseVariant | Hindrance {
  const name = nameFor(context, libcOf(program), target);
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

function nameFor(
  context: NextBest,
  libc: "glibc" | "musl" | undefined,
  target: Exclude<RewriteTarget, "scratch">,
): string | Hindrance {
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
