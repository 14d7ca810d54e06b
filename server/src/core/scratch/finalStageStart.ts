import type { Instruction } from "../dockerfile/syntax.ts";
import { directoryOf, plainPath } from "../image/treePaths.ts";
import type { Program } from "./readiness.ts";
import type { ScratchInput } from "./scratchInput.ts";
import { startLinesOf } from "./startCommand.ts";

/** ENTRYPOINT or CMD of the new final stage. */
export interface StartLine {
  readonly keyword: "ENTRYPOINT" | "CMD";
  readonly words: readonly string[];
  /** The line that says the same today; undefined where the base image does. */
  readonly instruction: Instruction | undefined;
  /** Whether that line can stay as it is written. */
  readonly isAsWritten: boolean;
}

/** What of a start is to be written, and the start lines that no longer mean anything. */
export interface FinalStart {
  readonly lines: readonly StartLine[];
  readonly dropped: readonly Instruction[];
}

/**
 * ENTRYPOINT and CMD in exec form, the program by a path where the search path of the new stage would not find it. Undefined where the two cannot be
 * told apart. `searchPath` is PATH as the container will have it.
 */
export function finalStartOf(
  input: ScratchInput,
  program: Program,
  searchPath: string,
): FinalStart | undefined {
  const { entrypoint, cmd } = startLinesOf(input);
  const isPlainEntrypoint = entrypoint !== undefined && program.form === "plainShell";
  const own = isPlainEntrypoint ? program.words : entrypointWords(input, entrypoint);
  if (own.some((word, at) => word !== program.words[at])) return undefined;
  const words = [startWord(input, program, searchPath), ...program.words.slice(1)];
  const lines = [
    lineOf("ENTRYPOINT", words.slice(0, own.length), entrypoint),
    lineOf("CMD", words.slice(own.length), cmd),
  ];
  return {
    lines: lines.filter((line) => line.words.length > 0),
    dropped: isPlainEntrypoint && cmd !== undefined ? [cmd] : [],
  };
}

/** In exec form, of the text or else of the base image; empty without. */
function entrypointWords(
  { image }: ScratchInput,
  entrypoint: Instruction | undefined,
): readonly string[] {
  return entrypoint === undefined
    ? (image?.description.config.settings.entrypoint ?? [])
    : entrypoint.words.map(({ text }) => text);
}

function lineOf(
  keyword: StartLine["keyword"],
  words: readonly string[],
  instruction: Instruction | undefined,
): StartLine {
  const written = instruction?.form === "exec" ? instruction.words.map(({ text }) => text) : [];
  return { keyword, words, instruction, isAsWritten: isSame(words, written) };
}

/** What an engine looks through when the image has no PATH. moby oci/defaults. */
export const defaultSearchPath = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

function isSame(one: readonly string[], other: readonly string[]): boolean {
  return one.length === other.length && one.every((word, at) => word === other[at]);
}

/** The program's name as it is, where it leads to the file without links; else the path of the file. */
function startWord(input: ScratchInput, { words, paths }: Program, searchPath: string): string {
  const [named = ""] = words;
  const [place = ""] = paths;
  if (!named.includes("/")) {
    const isFound = searchPath.split(":").some((one) => plainPath(one) === directoryOf(place));
    return isFound ? named : `/${place}`;
  }
  const directory = named.startsWith("/")
    ? ""
    : (input.image?.description.config.settings.workingDir ?? "");
  return plainPath(`${directory}/${named}`) === place ? named : `/${place}`;
}
