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
  const names = runtimeNames[entrypoint] ?? [];
  const hasOwn = lastOfEach(plan, "ENTRYPOINT").length > 0;
  for (const keyword of ["ENTRYPOINT", "CMD"] as const) {
    for (const instruction of lastOfEach(plan, keyword)) {
      if (instruction.form !== "exec") continue;
      const program = programOf(instruction);
      if (companions.has(program)) {
        yield caveatOn(
          instruction,
          "run-fails",
          `${keyword} starts ${program}, which is not in ${plan.toName}.`,
        );
      } else if (names.includes(program)) {
        yield hasOwn
          ? caveatOn(
              instruction,
              "check",
              `${plan.toName} keeps ${program} elsewhere: leave it out and drop the ENTRYPOINT, or give its whole path.`,
            )
          : caveatOn(
              instruction,
              "run-fails",
              `${plan.toName} starts ${entrypoint} itself: leave ${program} out of ${keyword}.`,
            );
      } else if (!hasOwn && keyword === "CMD") {
        yield caveatOn(
          instruction,
          "check",
          `${plan.toName} starts ${entrypoint} with what CMD says.`,
        );
      }
    }
  }
}

function programOf({ words }: Instruction): string {
  const program = words[0]?.text ?? "";
  return program.slice(program.lastIndexOf("/") + 1);
}
