/** Stands for a folder that only the base image knows: paths below it are equal to each other and to nothing in an image. */
export const unknownFolder = "?";

/**
 * A path as written in a folder (both as images name them: no leading slash): `.` and `..` worked out, trailing slashes gone. Undefined where
 * it leaves a folder that is not known.
 */
export function resolvePath(folder: string, written: string): string | undefined {
  const parts = written.startsWith("/") || folder === "" ? [] : folder.split("/");
  for (const part of written.split("/")) {
    if (part === "" || part === ".") continue;
    if (part !== "..") parts.push(part);
    else if (parts.at(-1) === unknownFolder) return undefined;
    else parts.pop();
  }
  return parts.join("/");
}

/** The last component; the whole path where there is but one. */
export function baseName(path: string): string {
  return path.slice(path.lastIndexOf("/") + 1);
}

/** Whether a path is the other, or lies below it; "" is above all. */
export function isAtOrBelow(path: string, above: string): boolean {
  return above === "" || path === above || path.startsWith(`${above}/`);
}

/** A path as people write it, in code. */
export function quotePath(path: string): string {
  return `\`/${path}\``;
}

/** The same for a path of the text: as it was written where its folder is not known, a folder's content by the folder. */
export function nameOfPath(path: string): string {
  const plain = path.replace(/\/\*$/, "").replaceAll(/#\d+/g, "");
  return plain.startsWith(`${unknownFolder}/`) ? `\`${plain.slice(2)}\`` : quotePath(plain);
}

/** Matches paths at or below what a shell pattern names; the pattern may have `*`, `?`, `[…]` and `{a,b}` in its components. */
export interface PathPattern {
  /** As resolved. */
  readonly text: string;
  matches(path: string): boolean;
}

/** The paths that a word of `rm` and the like names; undefined for a pattern that is not understood. `*` leaves out names that begin with a dot. */
export function toPathPattern(text: string, isPattern: boolean): PathPattern | undefined {
  if (!isPattern) return { text, matches: (path) => isAtOrBelow(path, text) };
  const parts = text.split("/").map(componentPattern);
  if (parts.includes(undefined)) return undefined;
  return {
    text,
    matches(path) {
      const names = path.split("/");
      return (
        names.length >= parts.length &&
        parts.every((part, at) => part?.test(names[at] ?? "") === true)
      );
    },
  };
}

/** Brackets are followed only where they list plain characters or one of the usual ranges. */
function componentPattern(component: string): RegExp | undefined {
  const plain = component.replaceAll(/\[(?:[\w.]+|0-9|a-z|A-Z)\]|\{[^{}[\]]*\}/g, "");
  if (/[[\]{}\\]/.test(plain)) return undefined;
  const source = component.replaceAll(/\[[^\]]+\]|\{[^}]*\}|[*?]|[$^.|+()]/g, translated);
  return new RegExp(`^${/^[*?[]/.test(component) ? "(?!\\.)" : ""}${source}$`, "s");
}

function translated(found: string): string {
  if (found === "*") return ".*";
  if (found === "?") return ".";
  if (found.startsWith("[")) return found;
  if (!found.startsWith("{")) return `\\${found}`;
  const choices = found.slice(1, -1).split(",");
  return `(?:${choices.map((choice) => choice.replaceAll(/[*?$^.|+()]/g, translated)).join("|")})`;
}
