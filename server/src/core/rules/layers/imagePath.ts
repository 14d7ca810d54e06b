import { stepsMatcher, type PathStep } from "../../dockerfile/pathSteps.ts";

/** Stands for a folder that only the base image knows: paths below it are equal to each other and to nothing in an image. */
export const unknownFolder = "?";

/**
 * A path as written in a folder (both as images name them: no leading slash): `.` and `..` worked out, trailing slashes gone. Undefined where
 * it leaves a folder that is not known.
 */
export function resolvePath(folder: string, written: string): string | undefined {
  const isAbsolute = written.startsWith("/");
  const bare = isAbsolute ? written.slice(1) : written;
  if (!hasSteps.test(bare)) return isAbsolute || folder === "" ? bare : `${folder}/${bare}`;
  const parts = written.startsWith("/") || folder === "" ? [] : folder.split("/");
  for (const part of written.split("/")) {
    if (part === "" || part === ".") continue;
    if (part !== "..") parts.push(part);
    else if (parts.at(-1) === unknownFolder) return undefined;
    else parts.pop();
  }
  return parts.join("/");
}

/** Components that name nothing: none at all, `.` and `..`. */
const hasSteps = /(?:^|\/)\.{0,2}(?:\/|$)/;

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
  /** All that it matches is this path or lies below it; "" is the root. */
  readonly steady: string;
  matches(path: string): boolean;
}

/** The paths that a word of `rm` and the like names; undefined for a pattern that is not understood. `*` leaves out names that begin with a dot. */
export function toPathPattern(text: string, isPattern: boolean): PathPattern | undefined {
  if (!isPattern) {
    const start = `${text}/`;
    const matches = (path: string): boolean =>
      text === "" || path === text || path.startsWith(start);
    return { text, steady: text, matches };
  }
  const components = text.split("/");
  const parts = components.map(componentTest);
  if (parts.includes(undefined)) return undefined;
  const wild = components.findIndex((component) => isWild.test(component));
  const steady = (wild < 0 ? components : components.slice(0, wild)).join("/");
  const skipped = wild <= 0 ? 0 : steady.length + 1;
  const tests = wild < 0 ? [] : parts.slice(wild);
  return {
    text,
    steady,
    matches(path) {
      if (!isAtOrBelow(path, steady)) return false;
      if (tests.length === 0) return true;
      if (path.length < skipped) return false;
      return matchesNames(path, skipped, tests);
    },
  };
}

/** Whether the first names of a path, from an offset on, pass a test each. */
function matchesNames(
  path: string,
  offset: number,
  tests: readonly (((name: string) => boolean) | undefined)[],
): boolean {
  let start = offset;
  for (const [at, test] of tests.entries()) {
    const slash = path.indexOf("/", start);
    const end = slash < 0 ? path.length : slash;
    if (test?.(path.slice(start, end)) !== true) return false;
    if (slash < 0) return at === tests.length - 1;
    start = end + 1;
  }
  return true;
}

const isWild = /[*?[\]{}\\]/;

/** Brackets are followed only where they list plain characters or one of the usual ranges. */
function componentTest(component: string): ((name: string) => boolean) | undefined {
  if (!isWild.test(component)) return (name) => name === component;
  if (component === "*") return (name) => !name.startsWith(".");
  const plain = component.replaceAll(/\[(?:[\w.]+|0-9|a-z|A-Z)\]|\{[^{}[\]]*\}/g, "");
  if (/[[\]{}\\]/.test(plain)) return undefined;
  const tests = spellingsOf(component)?.map((one) => stepsMatcher(stepsOf(one)));
  const leavesDots = /^[*?[]/.test(component);
  return (
    tests && ((name) => !(leavesDots && name.startsWith(".")) && tests.some((test) => test(name)))
  );
}

/** Most texts that the braces of a name may stand for. */
const mostSpellings = 64;

/** The component with each choice of its braces; undefined where they are too many. */
function spellingsOf(component: string): readonly string[] | undefined {
  let found: readonly string[] = [""];
  for (const part of component.split(/(\{[^}]*\})/)) {
    const choices = part.startsWith("{") ? part.slice(1, -1).split(",") : [part];
    if (found.length * choices.length > mostSpellings) return undefined;
    found = found.flatMap((start) => choices.map((choice) => start + choice));
  }
  return found;
}

function stepsOf(spelling: string): readonly PathStep[] {
  return Array.from(spelling.matchAll(/\[[^\]]+\]|[^]/gu), ([found]): PathStep => {
    if (found === "*") return { kind: "many" };
    if (found === "?") return { kind: "one" };
    if (!found.startsWith("[")) return { kind: "char", char: found };
    const listed = new RegExp(found);
    return { kind: "class", holds: (char) => listed.test(char) };
  });
}
