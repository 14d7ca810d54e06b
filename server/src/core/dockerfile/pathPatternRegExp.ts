import { codePointAt, escapeLiteral, type PathMatcher } from "./glob.ts";
import { fitsSteps, type PathStep } from "./pathSteps.ts";

/** How moby's patternmatcher compares: literally, by a beginning, by an end, or with a regular expression. */
type Way = "exact" | "prefix" | "suffix" | "expression";

/**
 * The matcher of a clean pattern, by the way moby's patternmatcher compiles it: `**` crosses `/`, `*` and `?` do not. It has quirks that are
 * kept: `{`, `|` and `}` reach the regular expression, a beginning `**` with a wildcard behind it counts as one, without it as a mere ending.
 * Undefined for what the builder refuses, or reads as an expression that JavaScript has not.
 */
export function compilePathPattern(pattern: string): PathMatcher | undefined {
  const { way, source } = translate(pattern);
  switch (way) {
    case "exact":
      return (path) => path === pattern;
    case "prefix": {
      const beginning = pattern.slice(0, -2);
      return (path) => path.startsWith(beginning);
    }
    case "suffix": {
      const ending = pattern.slice(2);
      return (path) =>
        path.endsWith(ending) || (ending.startsWith("/") && path === ending.slice(1));
    }
    case "expression": {
      if (stars(pattern) > mostStars) return compileSteps(pattern);
      const adapted = source === undefined ? undefined : adaptGoExpression(source);
      if (adapted === undefined) return undefined;
      const expression = toExpression(`^${adapted}$`);
      return expression === undefined ? undefined : (path) => expression.test(path);
    }
  }
}

/** Stars that a regular expression may have: each further one multiplies its time by the length of the path. */
const mostStars = 3;

function stars(pattern: string): number {
  return (pattern.match(/\*+/g) ?? []).length;
}

/** A matcher for patterns with many stars, in linear time. Undefined for those that lean on regular expressions. */
function compileSteps(pattern: string): PathMatcher | undefined {
  const steps: PathStep[] = [];
  for (let at = 0; at < pattern.length;) {
    const [taken = ""] = step.exec(pattern.slice(at)) ?? [];
    const made = toStep(taken, at + taken.length === pattern.length);
    if (made === undefined) return undefined;
    steps.push(made);
    at += taken.length;
  }
  return (path) => fitsSteps(steps, path);
}

const step = /^(?:\*\*\/?|\[(?:\\[^]|[^\]\\])*\]|\\[^]|[^])/u;

function toStep(taken: string, isLast: boolean): PathStep | undefined {
  if (taken.startsWith("**")) return { kind: isLast ? "rest" : "folders" };
  if (taken === "*") return { kind: "many" };
  if (taken === "?") return { kind: "one" };
  if (taken.startsWith("[")) {
    const expression = /^\[\^?[^*?[.+()$]*\]$/.test(taken) ? adaptGoExpression(taken) : undefined;
    const holds = expression === undefined ? undefined : toExpression(`^${expression}$`);
    return holds && { kind: "class", holds: (char) => holds.test(char) };
  }
  if (/^[{}|^\]]$/.test(taken) || /^\\[\w\u0080-\u{10ffff}]$/u.test(taken)) return undefined;
  return { kind: "char", char: taken.replace(/^\\(?=.)/su, "") };
}

interface Translation {
  way: Way;
  /** Go's regular expression; undefined where an escape means something in it. */
  source: string | undefined;
}

function translate(pattern: string): Translation {
  const made: Translation = { way: "exact", source: "" };
  for (let at = 0; at < pattern.length;) {
    const char = codePointAt(pattern, at);
    if (pattern.startsWith("**", at)) {
      const isSlashed = pattern[at + 2] === "/";
      const next = at + (isSlashed ? 3 : 2);
      addDoubleStar(made, at === 0, next === pattern.length);
      at = next;
      continue;
    }
    const escaped = char === "\\" ? codePointAt(pattern, at + 1) : "";
    addChar(made, char, escaped);
    at += char.length + escaped.length;
  }
  return made;
}

function addDoubleStar(made: Translation, isFirst: boolean, isLast: boolean): void {
  if (isLast && made.way === "exact") made.way = "prefix";
  else made.way = "expression";
  if (made.source !== undefined) made.source += isLast ? ".*" : "(.*/)?";
  if (isFirst) made.way = "suffix";
}

function addChar(made: Translation, char: string, escaped: string): void {
  const isSpecial = ["*", "?", "[", "]"].includes(char) || escaped !== "";
  if (isSpecial) made.way = "expression";
  if (made.source === undefined) return;
  if (char === "*") made.source += "[^/]*";
  else if (char === "?") made.source += "[^/]";
  else if (escaped !== "") {
    // Go's expressions know letters and digits behind `\` as classes; such patterns nobody means.
    made.source = /^[\w\u0080-\u{10ffff}]$/u.test(escaped)
      ? undefined
      : `${made.source}\\${escaped}`;
  } else if (/[.+()$]/.test(char)) made.source += `\\${char}`;
  else made.source += char;
}

const repetition = /^\{\d+(?:,\d*)?\}/;

/**
 * A Go regular expression as JavaScript writes it: lone `]`, `{` and `}` stand for themselves in Go. Undefined for one that Go refuses, and for
 * named classes.
 */
function adaptGoExpression(source: string): string | undefined {
  let adapted = "";
  for (let at = 0; at < source.length;) {
    const rest = source.slice(at);
    // Where a class begins with `]` Go takes it for a member, JavaScript for the end.
    if (/^\[\^?\]/.test(rest)) return undefined;
    const taken = rest.startsWith("[")
      ? /^\[\^?(?:\\[^]|[^\]\\])*\]/u.exec(rest)?.[0]
      : (/^\\[^]/u.exec(rest)?.[0] ?? repetition.exec(rest)?.[0] ?? codePointAt(rest, 0));
    if (taken === undefined || taken.includes("[:")) return undefined;
    adapted += ["]", "{", "}"].includes(taken) ? escapeLiteral(taken) : adaptEscape(taken);
    at += taken.length;
  }
  return adapted;
}

/** JavaScript refuses an escape before what needs none. */
function adaptEscape(taken: string): string {
  if (!taken.startsWith("\\")) return adaptClass(taken);
  return escapeLiteral(taken.slice(1));
}

function adaptClass(taken: string): string {
  if (!taken.startsWith("[")) return taken;
  return taken.replaceAll(/\\([^])/gu, (_, char: string) =>
    /[\^$\\.*+?()[\]{}|/-]/.test(char) ? `\\${char}` : char,
  );
}

function toExpression(source: string): RegExp | undefined {
  try {
    return new RegExp(source, "u");
  } catch {
    return undefined;
  }
}
