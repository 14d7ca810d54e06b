import type { Instruction } from "../../dockerfile/syntax.ts";
import type { RuleContext } from "../context.ts";
import type { FinalFiles } from "./finalFiles.ts";
import { defaultPath, variable } from "./root.ts";

/**
 * Whether a program that an instruction starts surely is not there: at its path, or for a bare name in any directory of `PATH`. False for paths
 * that depend on the working directory, and where `PATH` is not known.
 */
export function isMissingProgram(
  context: RuleContext,
  { image, isMissing }: FinalFiles,
  instruction: Instruction,
  named: string,
): boolean {
  if (named.startsWith("/")) return isMissing(named);
  if (!/^\w[\w.+-]*$/.test(named) || named.endsWith(".exe")) return false;
  const settings = image && context.image?.description.config.settings;
  const path =
    settings === undefined
      ? pathInText(context, instruction)
      : (variable(settings, "PATH") ?? defaultPath);
  const directories = path?.split(":") ?? [""];
  return directories.every(
    (directory) => directory.startsWith("/") && isMissing(`${directory}/${named}`),
  );
}

/** What the file sets for a RUN where it stands, and for the container at the end; undefined where that cannot be told. */
function pathInText(context: RuleContext, instruction: Instruction): string | undefined {
  const { shipped } = context;
  const last = instruction.keyword === "RUN" ? instruction : (shipped.at(-1) ?? instruction);
  // Arguments are of the build alone, and the last line is not in its own environment.
  const isUnclear = shipped.some(
    (one) => setsPath(one) && (one.keyword === "ARG" || one.index === last.index),
  );
  if (isUnclear) return undefined;
  const variables = context.environmentAt(last);
  return variables.has("PATH") ? variables.get("PATH") : defaultPath;
}

function setsPath({ keyword, words }: Instruction): boolean {
  return (keyword === "ENV" || keyword === "ARG") && words.some(({ text }) => /^PATH\b/.test(text));
}
