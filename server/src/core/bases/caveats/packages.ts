import type { PackageManager } from "../baseTraits.ts";
import { effectOf, languageTool, lastOfEach, type Caveat, type SwitchPlan } from "./caveat.ts";

/** Package managers and other programs that the file calls and the new base does not have. */
export function* packageCaveats(plan: SwitchPlan): Generator<Caveat> {
  if (plan.to.shell !== "none") {
    yield* managerCaveats(plan);
    yield* toolCaveats(plan);
    yield* compileCaveats(plan);
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
  "bzr",
  "cc",
  "curl",
  "file",
  "g++",
  "gcc",
  "git",
  "hg",
  "make",
  "nvcc",
  "patch",
  "pkg-config",
  "ssh",
  "svn",
  "unzip",
  "wget",
]);

/** Of these, what BusyBox has. */
const busyboxTools: ReadonlySet<string> = new Set(["patch", "unzip", "wget"]);

/** Compilers that some slim images bring for their own language. */
const compilers: ReadonlySet<string> = new Set(["cc", "gcc", "g++", "make"]);

function* toolCaveats(plan: SwitchPlan): Generator<Caveat> {
  const { from, to, toName, commands, installed } = plan;
  if (!from.hasBuildTools || to.hasBuildTools) return;
  const told = new Set<string>();
  for (const { instruction, command } of commands) {
    const name = command.name ?? "";
    const isThere = to.shell === "busybox" && busyboxTools.has(name);
    if (!buildTools.has(name) || isThere || isInstalled(name, installed)) continue;
    const key = `${instruction.index} ${name}`;
    if (told.has(key)) continue;
    told.add(key);
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

/** The packages that bring a tool; a package named as the tool always does. */
const bringers: Readonly<Record<string, readonly string[]>> = {
  cc: ["build-essential", "build-base", "gcc", "clang"],
  gcc: ["build-essential", "build-base", "g++"],
  "g++": ["build-essential", "build-base"],
  make: ["build-essential", "build-base"],
  hg: ["mercurial"],
  svn: ["subversion"],
  ssh: ["openssh-client", "openssh-clients", "openssh"],
  "pkg-config": ["pkgconf", "pkgconfig"],
};

function isInstalled(tool: string, installed: ReadonlySet<string>): boolean {
  return [tool, ...(bringers[tool] ?? [])].some((name) => installed.has(name));
}

/** Programs that install packages of a language, and compile those that come without a binary. */
const compiling: Readonly<Record<string, string>> = {
  npm: "node-gyp needs python3, make and g++",
  yarn: "node-gyp needs python3, make and g++",
  pnpm: "node-gyp needs python3, make and g++",
  pip: "a package without a wheel needs a compiler",
  pip3: "a package without a wheel needs a compiler",
  uv: "a package without a wheel needs a compiler",
  poetry: "a package without a wheel needs a compiler",
  bundle: "a gem with an extension needs a compiler",
  gem: "a gem with an extension needs a compiler",
  cargo: "a crate that links a C library needs pkg-config and its headers",
};

const installVerbs: ReadonlySet<string> = new Set([
  "install",
  "i",
  "ci",
  "add",
  "sync",
  "build",
  "rebuild",
]);

function* compileCaveats({ commands, from, to, toName, installed }: SwitchPlan): Generator<Caveat> {
  if (!from.hasBuildTools || to.hasBuildTools) return;
  if (isInstalled("gcc", installed) || isInstalled("cc", installed)) return;
  for (const { instruction, command } of commands) {
    const { name, verb } = languageTool(command);
    const need = compiling[name];
    const isInstalling = verb === undefined ? name === "yarn" : installVerbs.has(verb);
    if (need === undefined || !isInstalling) continue;
    yield {
      effect: "check",
      message: `What RUN ${name} installs may have to be compiled, and ${toName} has no build tools: ${need}.`,
      instruction: instruction.index,
    };
  }
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
