import type { TreePaths } from "../../image/treePaths.ts";
import { carry } from "../needs.ts";
import type { Program } from "../readiness.ts";
import type { ScratchInput } from "../scratchInput.ts";
import type { CompileStep } from "../toolchain.ts";
import { cStatic } from "./c.ts";
import { goStatic } from "./go.ts";
import { graalvmStatic } from "./graalvm.ts";
import { rustStatic } from "./rust.ts";
import { stepsThatMade } from "./programSteps.ts";
import type { StaticBuild, StaticBuildInput } from "./staticBuild.ts";
import { zigStatic } from "./zig.ts";

/** How the program, which is dynamic today, could be made static by the only step of the text that can have made it; undefined where that is not certain. */
export function findStaticBuild(
  input: ScratchInput,
  program: Program,
  paths: TreePaths,
): StaticBuild | undefined {
  const { facts } = program;
  const path = program.paths.at(-1);
  if (facts === undefined || path === undefined) return undefined;
  const isGo = facts.go !== undefined;
  const steps = stepsThatMade(input, paths, path).filter(
    ({ toolchain }) => (toolchain === "go") === isGo,
  );
  const { bytes } = carry(paths, path, "program");
  const offers = steps.flatMap((step) => {
    const build = builders[step.toolchain]({ input, step, facts, path, bytes });
    return build === undefined ? [] : [build];
  });
  return offers.length === 1 ? offers[0] : undefined;
}

const builders: Readonly<
  Record<CompileStep["toolchain"], (build: StaticBuildInput) => StaticBuild | undefined>
> = { go: goStatic, rust: rustStatic, zig: zigStatic, c: cStatic, graalvm: graalvmStatic };
