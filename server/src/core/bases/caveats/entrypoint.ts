import type { Instruction } from "../../dockerfile/syntax.ts";
import { caveatOn, lastOfEach, type Caveat, type SwitchPlan } from "./caveat.ts";

/** Names under which a file calls the runtime that a distroless image starts by itself. */
const runtimeNames: Readonly<Record<string, readonly string[]>> = {
  node: ["node", "nodejs"],
  python3: ["python", "python3"],
  "java -jar": ["java"],
};

/** Programs that come with a language's image and not with its runtime alone. */
const companions: ReadonlySet<string> = new Set([
  "npm",
  "npx",
  "yarn",
  "pnpm",
  "pip",
  "poetry",
  "uv",
  "flask",
  "gunicorn",
  "uvicorn",
]);

/** What a container would start otherwise than before: distroless images bring an ENTRYPOINT, and no programs but the runtime. */
export function* entrypointCaveats(plan: SwitchPlan): Generator<Caveat> {
  const { entrypoint } = plan.to;
  if (entrypoint === undefined || plan.from.entrypoint === entrypoint) return;
  for (const keyword of ["ENTRYPOINT", "CMD"] as const) {
    for (const instruction of lastOfEach(plan, keyword)) {
      if (instruction.form === "exec") yield* startCaveats(plan, instruction, entrypoint);
    }
  }
  if (plan.to.runtime === "Python") {
    const message = `${plan.toName} has Debian's Python in /usr/bin: what pip put below /usr/local, and virtual environments of the other Python, are not found there.`;
    yield { effect: "check", message, instruction: undefined };
  }
}

function* startCaveats(
  plan: SwitchPlan,
  instruction: Instruction,
  entrypoint: string,
): Generator<Caveat> {
  const { toName } = plan;
  const { keyword } = instruction;
  const hasOwn = lastOfEach(plan, "ENTRYPOINT").length > 0;
  const program = programOf(instruction);
  const isRuntime = runtimeNames[entrypoint]?.includes(program) === true;
  if (companions.has(program)) {
    const message = `${keyword} starts ${program}, which is not in ${toName}.`;
    yield caveatOn(instruction, "run-fails", message);
  } else if (isRuntime && !hasOwn) {
    const message = `${toName} starts ${entrypoint} itself: leave ${program} out of ${keyword}.`;
    yield caveatOn(instruction, "run-fails", message);
  } else if (isRuntime && entrypoint === "node" && instruction.words[0]?.text === program) {
    const message = `${toName} has node in /nodejs/bin, which is not on the PATH: leave it out and drop the ENTRYPOINT, or give its whole path.`;
    yield caveatOn(instruction, "run-fails", message);
  } else if (!hasOwn) {
    const message = `${toName} starts ${entrypoint} with what CMD says.`;
    yield caveatOn(instruction, "check", message);
  }
}

function programOf({ words }: Instruction): string {
  const program = words[0]?.text ?? "";
  return program.slice(program.lastIndexOf("/") + 1);
}
