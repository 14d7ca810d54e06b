import type { BaseTraits, PackageManager } from "../baseTraits.ts";
import { effectOf, lastOfEach, type Caveat, type SwitchPlan } from "./caveat.ts";

/** Package managers and other programs that the file calls and the new base does not have. */
export function* packageCaveats(plan: SwitchPlan): Generator<Caveat> {
  if (plan.to.shell !== "none") {
    yield* managerCaveats(plan);
    yield* toolCaveats(plan);
  }
  yield* healthcheckCaveats(plan);
}

const managers: Readonly<Record<string, PackageManager>> = {
  "apt-get": "apt",
  apt: "apt",
  aptitude: "apt",
  dpkg: "apt",
  apk: "apk",
  dnf: "dnf",
  yum: "dnf",
  microdnf: "microdnf",
};

function* managerCaveats({ commands, to, toName }: SwitchPlan): Generator<Caveat> {
  for (const { instruction, command } of commands) {
    const manager = managers[command.name ?? ""];
    if (manager === undefined || manager === to.packageManager) continue;
    const own = to.packageManager === "none" ? "no package manager" : to.packageManager;
    yield {
      effect: effectOf(command),
      message: `RUN calls ${command.name ?? ""}, and ${toName} has ${own}.`,
      instruction: instruction.index,
    };
  }
}

/** In buildpack-deps and not in Debian's slim images. */
const buildTools: ReadonlySet<string> = new Set([
  "autoconf",
  "automake",
  "bzip2",
  "bzr",
  "cc",
  "curl",
  "file",
  "g++",
  "gcc",
  "git",
  "gpg",
  "hg",
  "make",
  "nvcc",
  "patch",
  "pg_config",
  "pkg-config",
  "python3",
  "ssh",
  "ssh-keyscan",
  "svn",
  "unzip",
  "wget",
]);

/** Of these, what BusyBox has. */
const busyboxTools: ReadonlySet<string> = new Set(["bzip2", "patch", "unzip", "wget"]);

/** Compilers that some slim images bring for their own language. */
const compilers: ReadonlySet<string> = new Set(["cc", "gcc", "g++", "make"]);

function* toolCaveats(plan: SwitchPlan): Generator<Caveat> {
  const { from, to, toName, commands, installed } = plan;
  if (!from.hasBuildTools || to.hasBuildTools) return;
  for (const { instruction, command } of commands) {
    const name = command.name ?? "";
    if (!buildTools.has(name) || isOwn(to, name) || isInstalled(name, installed)) continue;
    const isSure = !compilers.has(name);
    yield {
      effect: isSure ? effectOf(command) : "check",
      message: isSure
        ? `RUN calls ${name}, which is not in ${toName}.`
        : `RUN calls ${name}, which may not be in ${toName}.`,
      instruction: instruction.index,
    };
  }
}

function isOwn({ shell, runtime }: BaseTraits, tool: string): boolean {
  return (
    (shell === "busybox" && busyboxTools.has(tool)) || (runtime === "Python" && tool === "python3")
  );
}

/** The packages that bring a tool; a package named as the tool always does. */
const bringers: Readonly<Record<string, readonly string[]>> = {
  cc: ["build-essential", "build-base", "gcc", "clang"],
  gcc: ["build-essential", "build-base", "g++"],
  "g++": ["build-essential", "build-base"],
  make: ["build-essential", "build-base"],
  hg: ["mercurial"],
  svn: ["subversion"],
  ssh: ["openssh-client", "openssh-clients", "openssh"],
  "ssh-keyscan": ["openssh-client", "openssh-clients", "openssh", "openssh-keyscan"],
  gpg: ["gnupg", "gnupg2"],
  pg_config: ["libpq-dev", "postgresql-dev"],
  "pkg-config": ["pkgconf", "pkgconfig"],
};

/** Whether the file installs a tool, under its own name or another. */
export function isInstalled(tool: string, installed: ReadonlySet<string>): boolean {
  return [tool, ...(bringers[tool] ?? [])].some((name) => installed.has(name));
}

function* healthcheckCaveats(plan: SwitchPlan): Generator<Caveat> {
  const { from, to, toName, installed } = plan;
  for (const instruction of lastOfEach(plan, "HEALTHCHECK")) {
    const tool = /\b(curl|wget)\b/.exec(instruction.argumentText)?.[1];
    if (tool === undefined || installed.has(tool) || to.hasBuildTools) continue;
    if (to.shell === "busybox" && tool === "wget") continue;
    const isSure = from.hasBuildTools || to.shell === "none";
    yield {
      effect: isSure ? "run-fails" : "check",
      message: isSure
        ? `HEALTHCHECK calls ${tool}, which is not in ${toName}.`
        : `HEALTHCHECK calls ${tool}: see that it is in ${toName}.`,
      instruction: instruction.index,
    };
  }
}
