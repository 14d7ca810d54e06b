import type { BudgetSettings, CostSettings, Severity } from "../core/analysis.ts";
import { fail, succeed } from "../core/result.ts";
import type { Result } from "../core/result.ts";
import type { CommandName, ParsedOptions } from "./options.ts";
import { globalOptions, lastValue, optionsOf, parseOptions } from "./options.ts";
import { costOf } from "./costArgs.ts";
import type { FixArguments } from "./fixArgs.ts";
import { toFix } from "./fixArgs.ts";
import { limitsOf, parseSizeOption } from "./limitArgs.ts";
import type { ReadingArguments } from "./sharedArgs.ts";
import { failOnOf, formatOf, readingOf, topOf } from "./sharedArgs.ts";
import type { StartArguments } from "./startArgs.ts";
import { toStart } from "./startArgs.ts";

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
