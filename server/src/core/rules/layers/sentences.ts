import type { Instruction } from "../../dockerfile/syntax.ts";

/** `line 3`, `lines 3 and 5`, `lines 3, 5 and 8`; the base image by its name for what it is. */
export function namesOfLines(instructions: readonly Instruction[]): string {
  const numbers = [...new Set(instructions.map(({ startLine }) => startLine + 1))].sort(
    (a, b) => a - b,
  );
  const last = numbers.at(-1) ?? 0;
  if (numbers.length < 2) return `line ${last}`;
  return `lines ${numbers.slice(0, -1).join(", ")} and ${last}`;
}
