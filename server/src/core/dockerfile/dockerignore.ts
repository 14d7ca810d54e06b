import type { Parsed, Problem } from "../result.ts";
import type { Span } from "../text/span.ts";
import { cleanPath } from "./goPath.ts";
import { trimSpace } from "./goSpace.ts";
import {
  matchInFolder,
  parsePathPattern,
  passedOverBy,
  type FolderMatch,
  type PathPattern,
} from "./pathPatterns.ts";

/** A line of a `.dockerignore` that holds a pattern. */
export interface IgnorePattern extends PathPattern {
  /** Zero-based. */
  readonly line: number;
  /** The pattern as written, blanks around it left out. */
  readonly span: Span;
}

/** What a `.dockerignore` keeps out of the build context. */
export interface Ignore {
  /** In text order; the last that matches decides. */
  readonly patterns: readonly IgnorePattern[];
  /** False when a line makes the builder stop, or cannot be followed: then nothing is known of what it would send. */
  readonly isUsable: boolean;
}

/** Nothing is kept out: there is no `.dockerignore`. */
export const ignoreNothing: Ignore = { patterns: [], isUsable: true };

/**
 * Reads a `.dockerignore` as moby's ignorefile and patternmatcher do: a byte order mark is dropped, `#` opens a comment only at the very
 * beginning of a line, blanks around a pattern and a leading `/` do not count, and every pattern is cleaned.
 */
export function parseDockerignore(text: string): Parsed<Ignore> {
  const problems: Problem[] = [];
  const patterns: IgnorePattern[] = [];
  let start = text.startsWith("\ufeff") ? 1 : 0;
  for (let line = 0; start < text.length; line += 1) {
    const newline = text.indexOf("\n", start);
    const end = newline < 0 ? text.length : newline;
    const written = trimSpace(text.slice(start, end));
    const from = text.indexOf(written, start);
    const span = { start: from, end: from + written.length };
    if (written !== "" && text[start] !== "#") {
      const pattern = parsePathPattern(toPatternText(written));
      if (pattern === undefined) problems.push({ span, message: refusal(written) });
      else patterns.push({ ...pattern, line, span });
    }
    start = end + 1;
  }
  return { value: { patterns, isUsable: problems.length === 0 }, problems };
}

function refusal(written: string): string {
  return `"${written}" is no pattern that builders read: correct or remove it.`;
}

/** As ignorefile's `ReadAll` hands a line on: clean, without a leading slash, `!` kept in front. */
function toPatternText(written: string): string {
  const isException = written.startsWith("!");
  const rest = isException ? trimSpace(written.slice(1)) : written;
  const clean = rest === "" ? "" : cleanPath(rest).replace(/^\/(?=.)/su, "");
  return isException ? `!${clean}` : clean;
}

/** Whether a file or folder of the context stays behind, itself or with a folder above it. Paths are relative and clean: `src/a.txt`. */
export function isIgnored(ignore: Ignore, path: string): boolean {
  return decisionOn(ignore, path).isIgnored;
}

/** The line that decides about a path, an exception included; undefined when no pattern matches it. */
export function findDecidingPattern(ignore: Ignore, path: string): IgnorePattern | undefined {
  return decisionOn(ignore, path).pattern;
}

/** What an ignore file says of one path. */
interface Decision {
  readonly isIgnored: boolean;
  readonly pattern: IgnorePattern | undefined;
}

function decisionOn({ patterns }: Ignore, path: string): Decision {
  const isPassedOver = passedOverBy(patterns);
  let folder: FolderMatch | undefined;
  for (let slash = path.indexOf("/"); ; slash = path.indexOf("/", slash + 1)) {
    const isWhole = slash < 0;
    const part = isWhole ? path : path.slice(0, slash);
    const { isMatch, match, decisive } = matchInFolder(patterns, part, folder);
    if (isWhole || (isMatch && isPassedOver(part))) {
      return { isIgnored: isMatch, pattern: patterns[decisive] };
    }
    folder = match;
  }
}
