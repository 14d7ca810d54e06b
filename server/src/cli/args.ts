import type { BudgetSettings, CostSettings, RewriteTarget, Severity } from "../core/analysis.ts";
import { nearestName, rules } from "../core/analysis.ts";
import { fail, succeed } from "../core/result.ts";
import type { Result } from "../core/result.ts";
import { severities } from "../core/views/findings.ts";
import type { CommandName, ParsedOptions } from "./options.ts";
import { globalOptions, lastValue, optionsOf, parseOptions } from "./options.ts";
import { costOf } from "./costArgs.ts";
import { limitsOf, parseSizeOption } from "./limitArgs.ts";
import type { StartArguments } from "./startArgs.ts";
import { toStart } from "./startArgs.ts";

/** How an image is read, whichever command reads it. */
export interface ReadingArguments {
  /** Image reference as typed; undefined when the Dockerfile is to name it. */
  readonly image: string | undefined;
  /** `os/architecture[/variant]`. */
  readonly platform: string | undefined;
  readonly isCached: boolean;
}

/** What `tare analyze` was asked to do. Paths are as typed, relative to the working directory. */
export interface AnalyzeArguments extends ReadingArguments {
  readonly kind: "analyze";
  readonly dockerfilePath: string | undefined;
  readonly limits: BudgetSettings;
  /** Undefined when costs are not asked for. */
  readonly cost: CostSettings | undefined;
  /** The least loud findings that fail the run; undefined when none does. */
  readonly failOn: Severity | undefined;
  readonly json: boolean;
  /** Most rows of each list in the text report. */
  readonly top: number;
}

/** How findings are printed. */
export const lintFormats = ["text", "json", "sarif", "github", "markdown"] as const;

/** What `tare lint` was asked to do. */
export interface LintArguments extends ReadingArguments {
  readonly kind: "lint";
  /** At least one; one only when an image is named. */
  readonly dockerfilePaths: readonly string[];
  readonly format: (typeof lintFormats)[number];
  readonly failOn: Severity | undefined;
  /** Undefined when costs are not asked for; only the text has a place for them. */
  readonly cost: CostSettings | undefined;
}

/** What `tare fix` was asked to do. */
export interface FixArguments extends ReadingArguments {
  readonly kind: "fix";
  readonly dockerfilePath: string;
  /** Codes of rules; empty for everything that is safe. */
  readonly ruleCodes: readonly string[];
  /** Where the final stage is to be taken, instead of what rules found; undefined when it stays. */
  readonly target: RewriteTarget | undefined;
  readonly isWriting: boolean;
}

/** Where a final stage can be taken, smallest first. */
const rewriteTargets: readonly RewriteTarget[] = ["scratch", "distroless", "alpine", "slim"];

/** How a comparison is printed. */
export const diffFormats = ["text", "json", "markdown"] as const;

/** What `tare diff` was asked to do. */
export interface DiffArguments extends ReadingArguments {
  readonly kind: "diff";
  /** Before and after. */
  readonly images: readonly [string, string];
  /** Shows bytes by line. */
  readonly dockerfilePath: string | undefined;
  readonly format: (typeof diffFormats)[number];
  /** Undefined when no growth fails the run. */
  readonly mostGrowthBytes: number | undefined;
  /** Most rows of each list for people. */
  readonly top: number;
}

/** A command line, understood. */
export type Arguments =
  | AnalyzeArguments
  | LintArguments
  | FixArguments
  | DiffArguments
  | StartArguments
  | { readonly kind: "help"; readonly command: CommandName | undefined }
  | { readonly kind: "version" };

/** The command line as typed, without node and script. The error is one sentence that says what to do; it quotes what was typed as it is. */
export function parseArguments(argv: readonly string[]): Result<Arguments, string> {
  const [first, ...rest] = argv;
  if (first === undefined) return fail("Name a command: `tare --help` lists them.");
  if (isCommand(first)) return parseCommand(first, rest);
  if (!first.startsWith("-")) {
    return fail(`There is no command “${first}”: \`tare --help\` lists them.`);
  }
  const parsed = parseOptions(globalOptions, argv, "tare");
  if (!parsed.ok) return parsed;
  if (parsed.value.positionals.length > 0)
    return fail("Name the command before its options: `tare --help` shows how.");
  if (parsed.value.values.has("version") && !parsed.value.values.has("help")) {
    return succeed({ kind: "version" });
  }
  return succeed({ kind: "help", command: undefined });
}

function isCommand(word: string): word is CommandName {
  return Object.hasOwn(optionsOf, word);
}

function parseCommand(command: CommandName, argv: readonly string[]): Result<Arguments, string> {
  const parsed = parseOptions(optionsOf[command], argv, `tare ${command}`);
  if (!parsed.ok) return parsed;
  if (parsed.value.values.has("help")) return succeed({ kind: "help", command });
  switch (command) {
    case "analyze":
      return toAnalyze(parsed.value);
    case "lint":
      return toLint(parsed.value);
    case "fix":
      return toFix(parsed.value);
    case "diff":
      return toDiff(parsed.value);
    case "start":
      return toStart(parsed.value);
    case "lsp":
      return fail("Start the server with `tare lsp --stdio`.");
  }
}

function toAnalyze(parsed: ParsedOptions): Result<AnalyzeArguments, string> {
  const [image, surplus] = parsed.positionals;
  if (surplus !== undefined) return fail(`Name one image only: “${surplus}” is a second one.`);
  const dockerfilePath = lastValue(parsed, "file");
  if (image === undefined && dockerfilePath === undefined) {
    return fail(
      "Name an image: `tare analyze IMAGE`, where IMAGE is name:tag, docker-archive:PATH or oci:PATH.",
    );
  }
  const limits = limitsOf(parsed);
  if (!limits.ok) return limits;
  const cost = costOf(parsed);
  if (!cost.ok) return cost;
  const reading = readingOf(parsed);
  if (!reading.ok) return reading;
  const failOn = failOnOf(parsed);
  if (!failOn.ok) return failOn;
  const top = topOf(parsed);
  if (!top.ok) return top;
  return succeed({
    kind: "analyze",
    ...reading.value,
    image,
    dockerfilePath,
    limits: limits.value,
    cost: cost.value,
    failOn: failOn.value,
    json: parsed.values.has("json"),
    top: top.value,
  });
}

function toLint(parsed: ParsedOptions): Result<LintArguments, string> {
  const { positionals: dockerfilePaths } = parsed;
  if (dockerfilePaths.length === 0) return fail("Name a Dockerfile: `tare lint DOCKERFILE`.");
  const reading = readingOf(parsed);
  if (!reading.ok) return reading;
  if (reading.value.image !== undefined && dockerfilePaths.length > 1) {
    return fail(
      "An image belongs to one Dockerfile: name one only, or put `# tare: image=…` into each.",
    );
  }
  const failOn = failOnOf(parsed);
  if (!failOn.ok) return failOn;
  const format = formatOf(parsed, lintFormats);
  if (!format.ok) return format;
  const cost = costOf(parsed);
  if (!cost.ok) return cost;
  if (cost.value !== undefined && format.value !== "text") {
    return fail(`Costs stand in the text only: leave --format ${format.value} or the costs out.`);
  }
  return succeed({
    kind: "lint",
    ...reading.value,
    dockerfilePaths,
    format: format.value,
    failOn: failOn.value,
    cost: cost.value,
  });
}

/** The name that was meant, else those that share a word with it: all of them fill a screen. */
function ruleAdvice(unknown: string, known: readonly string[]): string {
  const near = nearestName(unknown, known);
  if (near !== undefined) return `write ${near}`;
  const words = new Set(unknown.toLowerCase().split(/[^a-z0-9]+/));
  const alike = known.filter((code) => code.split("-").some((word) => words.has(word)));
  return alike.length > 0 && alike.length <= mostAlike
    ? `there is ${alike.join(", ")}`
    : "`tare lint` names the rule of each finding";
}

const mostAlike = 6;

function toFix(parsed: ParsedOptions): Result<FixArguments, string> {
  const [dockerfilePath, surplus] = parsed.positionals;
  if (dockerfilePath === undefined) return fail("Name a Dockerfile: `tare fix DOCKERFILE`.");
  if (surplus !== undefined) return fail(`Name one Dockerfile only: “${surplus}” is a second one.`);
  const reading = readingOf(parsed);
  if (!reading.ok) return reading;
  const ruleCodes = (parsed.values.get("rule") ?? []).flatMap((codes) => codes.split(","));
  const known = rules.map(({ code }) => code);
  const unknown = ruleCodes.find((code) => !known.includes(code));
  if (unknown !== undefined) {
    return fail(`There is no rule “${unknown}”: ${ruleAdvice(unknown, known)}.`);
  }
  const target = targetOf(parsed);
  if (!target.ok) return target;
  return succeed({
    kind: "fix",
    ...reading.value,
    dockerfilePath,
    ruleCodes,
    target: target.value,
    isWriting: parsed.values.has("write"),
  });
}

function targetOf(parsed: ParsedOptions): Result<RewriteTarget | undefined, string> {
  const written = lastValue(parsed, "to");
  if (written === undefined) return succeed(undefined);
  const target = rewriteTargets.find((known) => known === written);
  if (target === undefined) {
    return fail(`“${written}” is no place to go: write one of ${rewriteTargets.join(", ")}.`);
  }
  return parsed.values.has("rule")
    ? fail("Ask for one thing at a time: --rule or --to.")
    : succeed(target);
}

function toDiff(parsed: ParsedOptions): Result<DiffArguments, string> {
  const [before, after, surplus] = parsed.positionals;
  if (before === undefined || after === undefined) {
    return fail("Name two images: `tare diff BEFORE AFTER`.");
  }
  if (surplus !== undefined) return fail(`Name two images only: “${surplus}” is a third one.`);
  const reading = readingOf(parsed);
  if (!reading.ok) return reading;
  const mostGrowth = lastValue(parsed, "max-growth");
  const growth = mostGrowth === undefined ? undefined : parseSizeOption(mostGrowth);
  if (growth?.ok === false) return growth;
  const format = formatOf(parsed, diffFormats);
  if (!format.ok) return format;
  const top = topOf(parsed);
  if (!top.ok) return top;
  return succeed({
    kind: "diff",
    ...reading.value,
    images: [before, after],
    dockerfilePath: lastValue(parsed, "file"),
    format: format.value,
    mostGrowthBytes: growth?.value,
    top: top.value,
  });
}

/** `--format`, or `--json` for it; the first of the formats when neither is given. */
function formatOf<T extends string>(
  parsed: ParsedOptions,
  formats: readonly (T | "json")[],
): Result<T | "json", string> {
  const written = lastValue(parsed, "format");
  const format = formats.find((known) => known === (written ?? formats[0]));
  if (format === undefined) {
    return fail(`“${written}” is not a format: write one of ${formats.join(", ")}.`);
  }
  const isJson = parsed.values.has("json");
  if (isJson && written !== undefined && format !== "json") {
    return fail(`Choose one format: --json or --format ${format}.`);
  }
  return succeed(isJson ? "json" : format);
}

function topOf(parsed: ParsedOptions): Result<number, string> {
  const top = lastValue(parsed, "top") ?? "10";
  return /^[1-9]\d{0,5}$/.test(top)
    ? succeed(Number(top))
    : fail(`“${top}” is not a number of rows: write --top 10.`);
}

function readingOf(parsed: ParsedOptions): Result<ReadingArguments, string> {
  const platform = lastValue(parsed, "platform");
  if (platform !== undefined && !/^[a-z0-9]+\/[a-z0-9_]+(\/[a-z0-9.]+)?$/.test(platform)) {
    return fail(`“${platform}” is not a platform: write it like linux/amd64 or linux/arm/v7.`);
  }
  return succeed({
    image: lastValue(parsed, "image"),
    platform,
    isCached: !parsed.values.has("no-cache"),
  });
}

function failOnOf(parsed: ParsedOptions): Result<Severity | undefined, string> {
  const written = lastValue(parsed, "fail-on");
  if (written === undefined) return succeed(undefined);
  const severity = severities.find((known) => known === (written === "any" ? "hint" : written));
  return severity === undefined
    ? fail(`“${written}” is not a level: write one of ${severities.join(", ")}, any.`)
    : succeed(severity);
}
