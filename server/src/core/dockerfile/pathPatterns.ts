import { cleanPath } from "./goPath.ts";
import { compileGlob, type PathMatcher } from "./glob.ts";
import { compilePathPattern } from "./pathPatternRegExp.ts";
import { trimSpace } from "./goSpace.ts";

/** One pattern of a `.dockerignore`, of `--exclude` or of `--parents`, as moby's patternmatcher reads it. */
export interface PathPattern {
  /** Without `!`, clean, relative to the root. */
  readonly text: string;
  /** `!` takes paths back that patterns above it matched. */
  readonly isException: boolean;
  readonly matches: PathMatcher;
}

/**
 * Reads one pattern; undefined for one that makes the builder stop: bad syntax, a lone `!`. So are the few that it hands on to Go's regular
 * expressions in ways that are not followed here (`\d`, `[[:alpha:]]`).
 */
export function parsePathPattern(written: string): PathPattern | undefined {
  const clean = cleanPath(trimSpace(written));
  const isException = clean.startsWith("!");
  const text = isException ? clean.slice(1) : clean;
  if (text === "" || compileGlob(text) === undefined) return undefined;
  const matches = compilePathPattern(text);
  return matches === undefined ? undefined : { text, isException, matches };
}

/** Which patterns a folder matched, one flag each: what lies in it need not be compared with those again. */
export type FolderMatch = readonly boolean[];

/**
 * Whether the patterns, read in order, match a path, given what they said of the folder it lies in (undefined at the root). The last
 * pattern that matches decides, and a pattern that matches a folder matches all below it. moby/patternmatcher `MatchesUsingParentResults`,
 * by which BuildKit walks both the context and what COPY takes. `decisive` is the index of the deciding pattern, -1 for none.
 */
export function matchInFolder(
  patterns: readonly PathPattern[],
  path: string,
  folder: FolderMatch | undefined,
): { readonly isMatch: boolean; readonly match: FolderMatch; readonly decisive: number } {
  const match: boolean[] = [];
  let isMatch = false;
  let decisive = -1;
  for (const [index, pattern] of patterns.entries()) {
    // As the builder does: a pattern that could not change the outcome is not looked at, and counts as not matching for what lies below.
    const found =
      folder?.[index] === true || (pattern.isException === isMatch && pattern.matches(path));
    match.push(found);
    if (!found) continue;
    isMatch = !pattern.isException;
    decisive = index;
  }
  return { isMatch, match, decisive };
}

/** Whether the patterns match a file: as `matchInFolder`, without what only a folder needs. */
export function matchesFile(
  patterns: readonly PathPattern[],
  path: string,
  folder: FolderMatch | undefined,
): boolean {
  let isMatch = false;
  for (let index = 0; index < patterns.length; index += 1) {
    const pattern = patterns[index];
    // What changes nothing need not be looked at, whether the folder matched it or not.
    if (pattern === undefined || pattern.isException !== isMatch) continue;
    if (folder?.[index] === true || pattern.matches(path)) isMatch = !isMatch;
  }
  return isMatch;
}

/**
 * Tells of a matched folder whether the builder passes over it as a whole, because no exception can bring anything in it back. fsutil
 * filter.go: it walks every matched folder as soon as one exception has a wildcard before its last name.
 */
export function passedOverBy(patterns: readonly PathPattern[]): PathMatcher {
  const exceptions = patterns
    .filter(({ isException }) => isException)
    .map(({ text }) => text.replace(/\/\*\*$/, "").replace(/\/\*$/, ""));
  if (exceptions.some((text) => /[*[\]?^\\]/.test(text))) return () => false;
  return (folder) => exceptions.every((text) => !`${text}/`.startsWith(`${folder}/`));
}
