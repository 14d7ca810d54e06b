import type { Instruction } from "../dockerfile/syntax.ts";
import { elfAt, contentAt } from "../image/evidence.ts";
import type { ReadImage } from "../image/image.ts";
import { linkPath } from "../image/linkPath.ts";
import { pathsOf, plainPath } from "../image/treePaths.ts";
import { defaultSearchPath } from "./finalStageStart.ts";
import type { Program } from "./readiness.ts";
import type { ScratchInput } from "./scratchInput.ts";
import { type StartCommand, startCommandOf } from "./startCommand.ts";

/** What the final stage starts, found in the files of the image; undefined when it starts nothing. */
export function findProgram(input: ScratchInput): Program | undefined {
  const start = startCommandOf(input);
  const [named] = start.words;
  if (named === undefined) return undefined;
  const last = input.chain.at(-1)?.instructions.at(-1);
  const { read } = input;
  if (read === undefined || last === undefined) return unseen(start);
  const paths = pathsOf(read.finalTree);
  const found = startPaths(input, last, named)
    .map((path) => linkPath(paths, path))
    .find((hops) => hops.length > 0);
  return found === undefined
    ? { ...unseen(start), kind: "missing" }
    : { ...unseen(start), ...seen(read, found), ...handedOver(read, found, start) };
}

/** What a wrapper script runs in the end: the words behind its own name. */
function handedOver(
  read: ReadImage,
  paths: readonly string[],
  { words }: StartCommand,
): Pick<Program, "handsOver"> {
  const content = contentAt(read, paths.at(-1) ?? "");
  if (content?.isWhole !== true || words.length < 2) return {};
  const lines = new TextDecoder().decode(content.bytes).split(/\r?\n/);
  const isWrapper = lines[0]?.startsWith("#!") === true;
  const last = lines.findLast((line) => /^[ \t]*[^#\s]/.test(line)) ?? "";
  return isWrapper && /^\s*exec\s+"\$@"\s*$/.test(last) ? { handsOver: words.slice(1) } : {};
}

function unseen({ words, instruction, form }: StartCommand): Program {
  return {
    words,
    instruction,
    form,
    paths: [],
    kind: "unknown",
    facts: undefined,
    interpreter: undefined,
  };
}

function seen(
  read: ReadImage,
  paths: readonly string[],
): Pick<Program, "paths" | "kind" | "facts" | "interpreter"> {
  const file = paths.at(-1) ?? "";
  const facts = elfAt(read, file);
  if (facts !== undefined) return { paths, kind: "elf", facts, interpreter: undefined };
  const head = contentAt(read, file)?.bytes;
  if (head === undefined)
    return { paths, kind: "unknown", facts: undefined, interpreter: undefined };
  const text = new TextDecoder().decode(head.subarray(0, 512));
  const interpreter = /^#![ \t]*([^\r\n]+)/
    .exec(text)?.[1]
    ?.trim()
    .split(/[ \t]+/);
  const kind = interpreter !== undefined ? "script" : text.startsWith("\0asm") ? "wasm" : "data";
  return { paths, kind, facts: undefined, interpreter };
}

/** Where the named program may be, in the order in which it is looked for: execvp(3) with the PATH and the directory at the end of the stage. */
function startPaths(input: ScratchInput, last: Instruction, named: string): readonly string[] {
  const settings = input.image?.description.config.settings;
  if (named.includes("/")) {
    const directory = named.startsWith("/") ? "" : (settings?.workingDir ?? "");
    return [plainPath(`${directory}/${named}`)];
  }
  // What ENV makes of the base image's own PATH only the image knows.
  const configured = settings?.env.find((entry) => entry.startsWith("PATH="))?.slice(5);
  const path = input.environmentAt(last).get("PATH") ?? configured ?? defaultSearchPath;
  return path.split(":").map((directory) => plainPath(`${directory}/${named}`));
}
