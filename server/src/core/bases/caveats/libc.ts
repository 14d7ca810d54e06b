import { stageChain } from "../../dockerfile/stages.ts";
import type { Dockerfile, Instruction, Stage } from "../../dockerfile/syntax.ts";
import { parseBaseName } from "../baseName.ts";
import type { Libc } from "../baseTraits.ts";
import { traitsOf } from "../traitsOf.ts";
import { languageTool, type Caveat, type SwitchPlan } from "./caveat.ts";

/** What was or will be built for another C library than that of the base it runs on. */
export function* libcCaveats(plan: SwitchPlan): Generator<Caveat> {
  if (plan.from.libc === plan.to.libc) return;
  yield* copiedIn(plan);
  yield* copiedOut(plan);
  if (plan.to.libc === "musl") yield* prebuilt(plan);
}

function* copiedIn({
  dockerfile,
  instructions,
  stages,
  to,
  toName,
}: SwitchPlan): Generator<Caveat> {
  for (const instruction of instructions) {
    const source = copySource(dockerfile, instruction);
    if (source === undefined) continue;
    if (source.stage !== undefined && stages.includes(source.stage)) continue;
    if (source.libc === to.libc || source.libc === "none" || isPortable(instruction)) continue;
    const builtFor = source.libc === undefined ? "" : `, built for ${source.libc},`;
    const runs =
      to.libc === "none"
        ? `${toName} has no C library: only a static binary runs there`
        : `${toName} has ${to.libc}`;
    yield {
      effect: "check",
      message: `What is copied from ${source.name}${builtFor} runs here only if it needs no other C library: ${runs}.`,
      instruction: instruction.index,
    };
  }
}

/** Whether every file that is copied is of a sort that needs no C library. */
function isPortable({ words }: Instruction): boolean {
  return words
    .slice(0, -1)
    .every(({ text }) => /\.(?:jar|war|ear|m?js|css|html|json|ya?ml|txt|conf|pem|crt)$/.test(text));
}

function* copiedOut({ dockerfile, stages, to, toName }: SwitchPlan): Generator<Caveat> {
  if (stages.some(buildsStatic)) return;
  const others = dockerfile.stages.filter((stage) => !stages.includes(stage));
  for (const other of others) {
    const libc = libcOf(dockerfile, other);
    if (libc === to.libc) continue;
    for (const instruction of other.instructions) {
      const source = copySource(dockerfile, instruction);
      if (source?.stage === undefined || !stages.includes(source.stage)) continue;
      if (isPortable(instruction)) continue;
      yield {
        effect: "check",
        message: `What is built on ${toName} is for ${to.libc}, and is copied to a stage with ${libc === undefined ? "an unknown C library" : libc === "none" ? "no C library" : libc}.`,
        instruction: instruction.index,
      };
    }
  }
}

const wheels =
  "packages without a wheel for musl (musllinux) are compiled, which takes long and needs build tools";
const addons = "packages that bring binaries must bring one for musl";

const prebuiltBy: Readonly<Record<string, string>> = {
  pip: wheels,
  pip3: wheels,
  uv: wheels,
  poetry: wheels,
  npm: addons,
  yarn: addons,
  pnpm: addons,
  bundle: "gems that bring binaries must bring one for musl",
  gem: "gems that bring binaries must bring one for musl",
};

function* prebuilt({ commands, toName }: SwitchPlan): Generator<Caveat> {
  const told = new Set<string>();
  for (const { instruction, command } of commands) {
    const reason = prebuiltBy[languageTool(command).name];
    if (reason === undefined || told.has(reason)) continue;
    told.add(reason);
    yield {
      effect: "check",
      message: `${toName} has musl in place of glibc: ${reason}.`,
      instruction: instruction.index,
    };
  }
}

interface CopySource {
  readonly name: string;
  /** Undefined for an image from outside. */
  readonly stage: Stage | undefined;
  /** Undefined when not known. */
  readonly libc: Libc | undefined;
}

/** Where a `COPY --from` takes from; undefined for one from the build context and anything else. */
function copySource(dockerfile: Dockerfile, instruction: Instruction): CopySource | undefined {
  if (instruction.keyword !== "COPY") return undefined;
  const name = instruction.flags.find((flag) => flag.name === "from")?.value;
  if (name === undefined) return undefined;
  const stage = dockerfile.stages.find(
    (one) => one.name === name.toLowerCase() || String(one.index) === name,
  );
  const libc = stage === undefined ? libcOfImage(name) : libcOf(dockerfile, stage);
  return { name, stage, libc };
}

function libcOf(dockerfile: Dockerfile, stage: Stage): Libc | undefined {
  if (buildsStatic(stage)) return "none";
  const base = stageChain(dockerfile, stage)[0]?.base;
  if (base?.kind === "scratch") return "none";
  return base?.kind === "image" ? libcOfImage(base.name) : undefined;
}

/** Go without cgo links with no C library. */
function buildsStatic({ instructions }: Stage): boolean {
  return instructions.some(({ argumentText }) => /\bCGO_ENABLED[= ]0\b/.test(argumentText));
}

function libcOfImage(text: string): Libc | undefined {
  const name = parseBaseName(text);
  return name === undefined ? undefined : traitsOf(name)?.libc;
}
