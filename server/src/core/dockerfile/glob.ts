import { stepsMatcher, type PathStep } from "./pathSteps.ts";

/** Whether a path matches; the path is relative, `/`-separated. */
export type PathMatcher = (path: string) => boolean;

/** Whether a name holds a wildcard that is not escaped. Go's filepath.Match grammar: `*`, `?` and `[`. */
export function hasWildcards(name: string): boolean {
  return /^(?:[^*?[\\]|\\[^])*[*?[]/u.test(name);
}

/**
 * The matcher of Go's `filepath.Match`, by which COPY and ADD find their sources: the whole path must match, `*` and `?` stop at `/`, a class
 * does not. Undefined for a pattern that Go refuses.
 */
export function compileGlob(pattern: string): PathMatcher | undefined {
  const steps: PathStep[] = [];
  for (let at = 0; at < pattern.length;) {
    const char = codePointAt(pattern, at);
    if (char === "[") {
      const found = readClass(pattern, at + 1);
      if (found === undefined) return undefined;
      steps.push({ kind: "class", holds: found.holds });
      at = found.end;
      continue;
    }
    const literal = char === "\\" ? codePointAt(pattern, at + 1) : char;
    if (literal === "") return undefined;
    steps.push(toStep(char, literal));
    at += char === "\\" ? 1 + literal.length : char.length;
  }
  return stepsMatcher(steps);
}

function toStep(char: string, literal: string): PathStep {
  if (char === "*") return { kind: "many" };
  return char === "?" ? { kind: "one" } : { kind: "char", char: literal };
}

/** A class from behind its `[` on, and where the pattern goes on behind `]`. */
function readClass(
  pattern: string,
  start: number,
): { readonly holds: (char: string) => boolean; readonly end: number } | undefined {
  const isNegated = pattern[start] === "^";
  let at = start + (isNegated ? 1 : 0);
  const ranges: (readonly [low: number, high: number])[] = [];
  for (let count = 0; ; count += 1) {
    if (count > 0 && pattern[at] === "]") break;
    const low = readClassChar(pattern, at);
    if (low === undefined) return undefined;
    const high = pattern[low.end] === "-" ? readClassChar(pattern, low.end + 1) : low;
    if (high === undefined) return undefined;
    at = high.end;
    ranges.push([low.char.codePointAt(0) ?? 0, high.char.codePointAt(0) ?? 0]);
  }
  const holds = (char: string): boolean => {
    const code = char.codePointAt(0) ?? 0;
    return ranges.some(([low, high]) => low <= code && code <= high) !== isNegated;
  };
  return { holds, end: at + 1 };
}

function readClassChar(
  pattern: string,
  at: number,
): { readonly char: string; readonly end: number } | undefined {
  const first = codePointAt(pattern, at);
  if (first === "" || first === "-" || first === "]") return undefined;
  const char = first === "\\" ? codePointAt(pattern, at + 1) : first;
  if (char === "") return undefined;
  return { char, end: at + char.length + (first === "\\" ? 1 : 0) };
}

/** The whole character at an offset, both halves of a surrogate pair; empty behind the end. */
export function codePointAt(text: string, at: number): string {
  const code = text.codePointAt(at);
  return code === undefined ? "" : String.fromCodePoint(code);
}

/** A character that stands for itself in a regular expression. */
export function escapeLiteral(char: string): string {
  return /[\^$\\.*+?()[\]{}|/]/.test(char) ? `\\${char}` : char;
}
