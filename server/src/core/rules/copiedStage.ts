import type { Dockerfile, Instruction, Stage } from "../dockerfile/syntax.ts";

/** The stage that COPY --from takes files of; undefined for images and the build context. */
export function copiedStage(
  { stages }: Dockerfile,
  { flags, index }: Instruction,
): Stage | undefined {
  const from = flags.find(({ name }) => name === "from")?.value?.toLowerCase();
  if (from === undefined) return undefined;
  const earlier = stages.filter((stage) => stage.from.index < index).slice(0, -1);
  return (
    earlier.findLast(({ name }) => name === from) ??
    earlier.find((one) => String(one.index) === from)
  );
}
