import type { Dockerfile, Instruction } from "../dockerfile/syntax.ts";

/** Whether a COPY or ADD takes something from the build context: one with `--from` takes it from a stage or an image. */
export function takesContext({ keyword, flags }: Instruction): boolean {
  const isCopy = keyword === "COPY" || keyword === "ADD";
  return isCopy && !flags.some(({ name }) => name === "from");
}

/** Whether any line does. */
export function copiesContext({ instructions }: Dockerfile): boolean {
  return instructions.some(takesContext);
}

/** The folder as `# tare: context=…` names it; undefined without. */
export function contextDirectiveOf({ directives }: Dockerfile): string | undefined {
  return directives.flatMap(({ settings }) => settings).find(({ key }) => key === "context")?.value;
}
