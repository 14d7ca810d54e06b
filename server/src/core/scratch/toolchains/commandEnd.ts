import type { ScratchInput } from "../scratchInput.ts";
import type { CompileStep } from "../toolchain.ts";

/** Where another command can be joined to a compile step with ` && `, so that both must succeed; undefined inside of pipelines, branches and substitutions. */
export function findCommandEnd(
  input: ScratchInput,
  { run, command }: CompileStep,
): number | undefined {
  const script = input.shellOf(run);
  const statement = script?.statements[command.statement];
  if (statement === undefined || command.depth > 0 || command.pipeLength > 1) return undefined;
  const part = statement.parts.findIndex(({ end }) => end >= command.span.end);
  const isOr = statement.operators[part - 1] === "||" || statement.operators[part] === "||";
  return isOr || statement.isInBackground ? undefined : statement.parts[part]?.end;
}
