import type { Instruction } from "../dockerfile/syntax.ts";

/** Keyword in capitals, flags as written and arguments with continuations joined; heredoc bodies are left out. One line. */
export function instructionText(instruction: Instruction): string {
  const keyword = instruction.keyword === "unknown" ? instruction.keywordText : instruction.keyword;
  const flags = instruction.flags.map(({ name, value }) =>
    value === undefined ? `--${name}` : `--${name}=${value}`,
  );
  return [keyword, ...flags, instruction.argumentText].filter((part) => part !== "").join(" ");
}
