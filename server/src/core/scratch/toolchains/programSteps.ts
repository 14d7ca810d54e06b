import { stageChain } from "../../dockerfile/stages.ts";
import type { Dockerfile, Instruction, Stage } from "../../dockerfile/syntax.ts";
import type { TreePaths } from "../../image/treePaths.ts";
import type { ScratchInput } from "../scratchInput.ts";
import { type CompileStep, findCompileSteps } from "../toolchain.ts";

/**
 * The compile steps that can have made a file of the image: those of the stage that it is copied from, or of the final stage up to the line that wrote it.
 * Empty where it comes from the build context or another image, and where no line can be named.
 */
export function stepsThatMade(
  input: ScratchInput,
  paths: TreePaths,
  path: string,
): readonly CompileStep[] {
  const { dockerfile, chain, attribution } = input;
  const node = paths.findExact(path);
  const layer = node === undefined ? undefined : paths.tree.layer[node];
  const index = layer === undefined ? undefined : attribution?.layers[layer]?.instruction;
  const writer = index === undefined ? undefined : dockerfile.instructions[index];
  if (writer?.keyword === "RUN") {
    const before = chain.flatMap(({ instructions }) => instructions);
    return findCompileSteps(
      input,
      before.filter((one) => one.index <= writer.index),
    );
  }
  const source = writer && sourceStage(dockerfile, writer);
  return source === undefined ? [] : findCompileSteps(input, reaching(dockerfile, source));
}

/** The stage that a COPY takes from; undefined for the build context and other images. */
function sourceStage({ stages }: Dockerfile, { flags, index }: Instruction): Stage | undefined {
  const from = flags.find(({ name }) => name === "from")?.value?.toLowerCase();
  const earlier = stages.filter((stage) => stage.from.index < index).slice(0, -1);
  return earlier.findLast((stage) => stage.name === from || String(stage.index) === from);
}

/** Instructions of a stage, of those it is made from, and of those it copies from. */
function reaching(dockerfile: Dockerfile, stage: Stage): readonly Instruction[] {
  const found = new Set<Instruction>();
  const pending = [stage];
  for (let at = pending.pop(); at !== undefined; at = pending.pop()) {
    for (const one of stageChain(dockerfile, at).flatMap(({ instructions }) => instructions)) {
      if (found.has(one)) continue;
      found.add(one);
      const source = sourceStage(dockerfile, one);
      if (source !== undefined) pending.push(source);
    }
  }
  return [...found].sort((a, b) => a.index - b.index);
}
