import type { Variables } from "../../dockerfile/expand.ts";
import type { ShellCommand } from "../../dockerfile/shellScript.ts";
import { isTouching, placesOf } from "./places.ts";

/**
 * Whether a command removes something at, in or above one of these places, or may do so: words that are not known from the text count, and
 * so do programs whose name says that they clean up.
 */
export function mayRemove(
  { name, args }: ShellCommand,
  places: readonly string[],
  variables: Variables,
  homes: readonly string[],
): boolean {
  if (name === undefined) return false;
  const texts = args.map(({ text }) => text);
  if (name === "trap" || name === "xargs" || name === "eval") {
    return texts.some((text) => /\brm\b|clean/.test(text));
  }
  if (readers.has(name)) return texts.some((text) => /clean|purge/i.test(text));
  if (!removers.has(name)) return /clean|purge/i.test(name);
  const operands = texts.filter((text) => !text.startsWith("-"));
  if (name === "find" && !texts.some((text) => text === "-delete" || text === "rm")) return false;
  const named = name === "find" ? operands.slice(0, Math.max(1, pathCount(texts))) : operands;
  return named.some((word) => {
    const meant = placesOf(word, variables, homes);
    if (meant === undefined || /^(?:\.\/)?\*$/.test(word)) return true;
    return meant.some((place) => places.some((one) => isTouching(place, one)));
  });
}

const removers: ReadonlySet<string> = new Set(["rm", "rmdir", "unlink", "find", "mv", "shred"]);
const readers: ReadonlySet<string> = new Set(["sh", "bash", "dash", "ash", ".", "source", "make"]);

/** Words of `find` before its first test. */
function pathCount(texts: readonly string[]): number {
  const first = texts.findIndex((text) => text.startsWith("-") || text === "!" || text === "(");
  return first < 0 ? texts.length : first;
}
