import type { Variables } from "../../dockerfile/expand.ts";
import type { ShellCommand, ShellScript } from "../../dockerfile/shellScript.ts";
import { isTouching, placesOf } from "./places.ts";

/** A command that removes something, or may do so. */
export interface PossibleRemoval {
  readonly command: ShellCommand;
  /** Position among the script's commands, from 0. */
  readonly place: number;
  /** Words that name what it removes; `anything` where they cannot be told. */
  readonly words: readonly string[] | "anything";
}

/** What a script may remove, in text order: programs whose name says that they clean up count, whatever they are given. */
export function possibleRemovals({ commands }: ShellScript): readonly PossibleRemoval[] {
  const found: PossibleRemoval[] = [];
  for (const [place, command] of commands.entries()) {
    const words = removedBy(command);
    if (words !== undefined) found.push({ command, place, words });
  }
  return found;
}

function removedBy({ name, args }: ShellCommand): PossibleRemoval["words"] | undefined {
  if (name === undefined) return undefined;
  const isSaid = (pattern: RegExp): boolean => args.some(({ text }) => pattern.test(text));
  if (runners.has(name)) return isSaid(/\brm\b|clean/) ? "anything" : undefined;
  if (readers.has(name)) return isSaid(/clean|purge/i) ? "anything" : undefined;
  if (!removers.has(name)) return /clean|purge/i.test(name) ? "anything" : undefined;
  const texts = args.map(({ text }) => text);
  const operands = texts.filter((text) => !text.startsWith("-"));
  if (name !== "find") return operands;
  if (!texts.some((text) => text === "-delete" || text === "rm")) return undefined;
  return operands.slice(0, Math.max(1, pathCount(texts)));
}

const runners: ReadonlySet<string> = new Set(["trap", "xargs", "eval"]);
const readers: ReadonlySet<string> = new Set(["sh", "bash", "dash", "ash", ".", "source", "make"]);
const removers: ReadonlySet<string> = new Set(["rm", "rmdir", "unlink", "find", "mv", "shred"]);

/** Words of `find` before its first test. */
function pathCount(texts: readonly string[]): number {
  const first = texts.findIndex((text) => text.startsWith("-") || text === "!" || text === "(");
  return first < 0 ? texts.length : first;
}

/** Whether it removes something at, in or above one of these places, or may do so: words that are not known from the text count. */
export function mayRemove(
  { words }: PossibleRemoval,
  places: readonly string[],
  variables: Variables,
  homes: readonly string[],
): boolean {
  if (words === "anything") return true;
  return words.some((word) => {
    const meant = placesOf(word, variables, homes);
    if (meant === undefined || /^(?:\.\/)?\*$/.test(word)) return true;
    return meant.some((place) => places.some((one) => isTouching(place, one)));
  });
}
