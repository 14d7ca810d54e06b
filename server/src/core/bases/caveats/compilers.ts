import { effectOf, languageTool, type Caveat, type SwitchPlan } from "./caveat.ts";
import { isInstalled } from "./packages.ts";

/** What the file may have to compile, where the new base has no compiler for it. */
export function* compilerCaveats(plan: SwitchPlan): Generator<Caveat> {
  if (plan.to.shell === "none") return;
  yield* compileCaveats(plan);
  yield* jdkCaveats(plan);
  yield* cgoCaveats(plan);
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
  pecl: "an extension needs $PHPIZE_DEPS",
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

const jdkTools: ReadonlySet<string> = new Set([
  "jar",
  "javac",
  "javadoc",
  "jdeps",
  "jlink",
  "jpackage",
]);
const javaBuilders: ReadonlySet<string> = new Set(["gradle", "gradlew", "mvn", "mvnw"]);

/** A JRE does not compile. */
function* jdkCaveats({ commands, from, to, toName }: SwitchPlan): Generator<Caveat> {
  if (from.isRuntimeOnly || !to.isRuntimeOnly) return;
  for (const { instruction, command } of commands) {
    const name = command.name ?? "";
    const isTool = jdkTools.has(name);
    if (!isTool && !javaBuilders.has(name)) continue;
    yield {
      effect: isTool ? effectOf(command) : "check",
      message: isTool
        ? `RUN calls ${name}, which is not in ${toName}: it is a JRE.`
        : `What RUN ${name} compiles needs a JDK, and ${toName} is a JRE.`,
      instruction: instruction.index,
    };
  }
}

/** Go turns cgo off by itself where there is no C compiler. cmd/go, CGO_ENABLED. */
function* cgoCaveats(plan: SwitchPlan): Generator<Caveat> {
  const { commands, installed, instructions, from, to, toName } = plan;
  const isSet = instructions.some(
    ({ keyword, argumentText }) => keyword === "ENV" && /\bCGO_ENABLED\b/.test(argumentText),
  );
  if (to.runtime !== "Go" || !from.hasBuildTools || to.hasBuildTools || isSet) return;
  if (isInstalled("gcc", installed)) return;
  const first = commands.find(
    ({ command }) =>
      command.name === "go" &&
      ["build", "install", "test"].includes(languageTool(command).verb ?? "") &&
      !command.assignments.has("CGO_ENABLED"),
  );
  if (first === undefined) return;
  yield {
    effect: "check",
    message: `${toName} has no C compiler, so that Go builds without cgo: install gcc and musl-dev where it is needed.`,
    instruction: first.instruction.index,
  };
}
