import type { Parsed, Problem } from "../result.ts";
import type { Span } from "../text/span.ts";
import { countUpTo } from "../text/countUpTo.ts";
import { parseSize } from "../text/size.ts";
import { budgetedStage, limitedPlatform, limitKeys } from "./directiveScope.ts";
import type { Dockerfile, Instruction, TareDirective, TareSetting } from "./syntax.ts";

/** A comment line, and the instruction in whose continuation it stands. */
export interface CommentLine {
  readonly start: number;
  readonly end: number;
  /** Zero-based. */
  readonly line: number;
  readonly within: number | undefined;
}

/** Keys of `# tare:` comments, in the order in which they are offered. DESIGN §5 Directive. */
export const directiveKeys = [
  "image",
  "budget",
  "transfer-budget",
  "max-layers",
  "target",
  "platform",
  "context",
  "ignore",
] as const;

const marker = /^[ \t]*#[ \t]*tare:/;
const setting = /([^\s=]+)(=)?("[^"]*"?|'[^']*'?|\S*)/g;

/**
 * The `# tare:` comments of a file. `ignore` speaks of the instruction it stands above or inside of, before the first instruction of the
 * whole file; every other key speaks of the file wherever it stands, or, as `budgetedStage` says, of a stage; the first of its name counts.
 */
export function readTareDirectives(
  text: string,
  comments: readonly CommentLine[],
  { instructions, stages }: Pick<Dockerfile, "instructions" | "stages">,
): { readonly directives: readonly TareDirective[]; readonly problems: readonly Problem[] } {
  const problems: Problem[] = [];
  const directives = comments
    .filter(({ start, end }) => marker.test(text.slice(start, end)))
    .map((comment): TareDirective => {
      const { value, problems: found } = readSettings(text, comment);
      problems.push(...found);
      const directive = {
        span: { start: comment.start, end: comment.end },
        line: comment.line,
        settings: value,
        appliesTo: comment.within ?? instructionBelow(instructions, comment),
      };
      problems.push(...misplaced(directive, instructions), ...limitless(directive));
      return directive;
    });
  const twice = repeated({ instructions, stages, directives });
  return { directives, problems: [...problems, ...twice] };
}

/** Undefined before the first instruction, where a directive speaks of the file, and behind the last. O(log instructions). */
function instructionBelow(
  instructions: readonly Instruction[],
  { start }: CommentLine,
): number | undefined {
  const above = countUpTo(instructions, start, ({ span }) => span.start);
  return above === 0 ? undefined : instructions[above]?.index;
}

function misplaced(
  { settings, appliesTo, span }: TareDirective,
  instructions: readonly Instruction[],
): readonly Problem[] {
  const isBehindAll =
    appliesTo === undefined && (instructions[0]?.span.start ?? Infinity) < span.start;
  if (!isBehindAll) return [];
  return settings
    .filter(({ key }) => key === "ignore")
    .map(({ keySpan }) => ({
      span: keySpan,
      message: "No instruction follows, so this ignores nothing: move it above the instruction.",
    }));
}

/** A platform beside which no limit stands. */
function limitless({ settings }: TareDirective): readonly Problem[] {
  if (settings.some(({ key }) => limitKeys.includes(key))) return [];
  return settings
    .filter(({ key }) => key === "platform")
    .map(({ keySpan }) => ({
      span: keySpan,
      message: "A platform alone limits nothing: write a limit beside it, such as budget=8MB.",
    }));
}

function repeated(
  dockerfile: Pick<Dockerfile, "instructions" | "stages" | "directives">,
): readonly Problem[] {
  const seen = new Set<string>();
  return dockerfile.directives
    .flatMap((directive) => directive.settings.map((one) => ({ directive, ...one })))
    .filter(({ key }) => key !== "ignore" && directiveKeys.some((known) => known === key))
    .filter(({ directive, key }) => {
      const stage = budgetedStage(dockerfile, directive, key);
      const platform = key === "platform" ? directive.line : platformOf(directive, key);
      const scoped = `${key} ${stage ?? ""} ${platform ?? ""}`;
      const isRepeated = seen.has(scoped);
      seen.add(scoped);
      return isRepeated;
    })
    .map(({ key, keySpan }) => ({
      span: keySpan,
      message: `${key} is set twice in this file, and the first one counts: remove one of them.`,
    }));
}

function platformOf(directive: TareDirective, key: string): string | undefined {
  return limitKeys.includes(key) ? limitedPlatform(directive) : undefined;
}

function readSettings(text: string, { start, end }: CommentLine): Parsed<readonly TareSetting[]> {
  const from = start + (marker.exec(text.slice(start, end))?.[0].length ?? 0);
  const problems: Problem[] = [];
  const value: TareSetting[] = [];
  for (const match of text.slice(from, end).matchAll(setting)) {
    const keyStart = from + match.index;
    const [whole, key = "", equals, quoted = ""] = match;
    const keySpan: Span = { start: keyStart, end: keyStart + key.length };
    const valueSpan: Span = {
      start: keyStart + whole.length - quoted.length,
      end: keyStart + whole.length,
    };
    const one = { key, value: unquote(quoted), keySpan, valueSpan };
    const message = problemOf(one, equals !== undefined);
    if (message === undefined) value.push(one);
    else
      problems.push({
        span: equals === undefined || isUnknown(key) ? keySpan : valueSpan,
        message,
      });
  }
  if (value.length === 0 && problems.length === 0) {
    problems.push({
      span: { start, end },
      message: `Nothing is set here: write for example "# tare: image=NAME".`,
    });
  }
  return { value, problems };
}

function unquote(text: string): string {
  const quote = text[0];
  if (quote !== '"' && quote !== "'") return text;
  return text.slice(1, text.length > 1 && text.endsWith(quote) ? -1 : undefined);
}

function isUnknown(key: string): boolean {
  return !directiveKeys.some((known) => known === key);
}

/** One sentence about a setting that cannot be used; undefined when it can. */
function problemOf({ key, value }: TareSetting, hasEquals: boolean): string | undefined {
  if (isUnknown(key))
    return `Tare has no directive "${key}": it knows ${directiveKeys.join(", ")}.`;
  if (!hasEquals || value === "") return `${key} needs a value: write ${key}=${exampleOf(key)}.`;
  const isSize = key === "budget" || key === "transfer-budget";
  if (isSize && parseSize(value) === undefined) {
    return `"${value}" is not a size: write for example ${key}=${exampleOf(key)}.`;
  }
  if (key === "max-layers" && !/^[1-9]\d{0,5}$/.test(value)) {
    return `"${value}" is not a number of layers: write for example ${key}=${exampleOf(key)}.`;
  }
  if (key === "platform" && !/^[a-z0-9]+\/[a-z0-9_]+(?:\/[a-z0-9.]+)?$/.test(value)) {
    return `"${value}" is not a platform: write for example ${key}=${exampleOf(key)}.`;
  }
  return undefined;
}

function exampleOf(key: string): string {
  const examples: Readonly<Record<string, string>> = {
    image: "NAME:TAG",
    budget: "10MB",
    "transfer-budget": "500kB",
    "max-layers": "12",
    target: "micro",
    platform: "linux/arm64",
    context: "..",
    ignore: "RULE",
  };
  return examples[key] ?? "VALUE";
}
