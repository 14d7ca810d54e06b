import { parseArgs } from "node:util";
import { parseSize } from "../core/analysis.ts";
import { fail, succeed } from "../core/result.ts";
import type { Result } from "../core/result.ts";

/** What `tare analyze` was asked to do. */
export interface AnalyzeArguments {
  readonly kind: "analyze";
  /** Image reference as typed; undefined when the Dockerfile is to name it. */
  readonly image: string | undefined;
  /** Path as typed, relative to the working directory. */
  readonly dockerfilePath: string | undefined;
  readonly budgetBytes: number | undefined;
  readonly transferBudgetBytes: number | undefined;
  /** `os/architecture[/variant]`. */
  readonly platform: string | undefined;
  readonly json: boolean;
  /** Most rows of each list in the text report. */
  readonly top: number;
  readonly isCached: boolean;
}

/** A command line, understood. */
export type Arguments =
  | AnalyzeArguments
  | { readonly kind: "help"; readonly command: CommandName | undefined }
  | { readonly kind: "version" };

/** Commands that there are; `lsp` is started by the program's entry, here it is only described. */
export type CommandName = "analyze" | "lsp";

/** One option of a command as it is parsed, printed by `--help` and listed in the README. */
export interface Option {
  readonly name: string;
  readonly short?: string;
  /** Name of the value; absent for a switch. */
  readonly value?: string;
  readonly meaning: string;
}

const helpOption: Option = { name: "help", short: "h", meaning: "Print this and exit." };

/** Options by command, in the order in which they are shown. */
export const optionsOf: Readonly<Record<CommandName, readonly Option[]>> = {
  analyze: [
    {
      name: "file",
      short: "f",
      value: "DOCKERFILE",
      meaning: "Its Dockerfile: shows bytes by line; its `# tare:` comments hold.",
    },
    {
      name: "budget",
      value: "SIZE",
      meaning: "Most bytes for all layers together (10MB, 1.5MiB); exit 1 above it.",
    },
    {
      name: "transfer-budget",
      value: "SIZE",
      meaning: "Most bytes for the compressed layers; exit 1 above it.",
    },
    {
      name: "platform",
      value: "OS/ARCH",
      meaning: "Which image of several to take, such as linux/arm64.",
    },
    { name: "json", meaning: "Print one JSON object (server/schema/report.schema.json)." },
    { name: "top", value: "N", meaning: "Rows of the lists in the text report; 10 unless told." },
    { name: "no-cache", meaning: "Neither use nor fill the layer cache." },
    helpOption,
  ],
  lsp: [{ name: "stdio", meaning: "Speak LSP over standard input and output." }, helpOption],
};

const globalOptions: readonly Option[] = [
  helpOption,
  { name: "version", short: "V", meaning: "Print the version and exit." },
];

/** The command line as typed, without node and script. The error is one sentence that says what to do; it quotes what was typed as it is. */
export function parseArguments(argv: readonly string[]): Result<Arguments, string> {
  const [first, ...rest] = argv;
  if (first === undefined) return fail("Name a command: `tare --help` lists them.");
  if (first === "analyze" || first === "lsp") return parseCommand(first, rest);
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

function parseCommand(command: CommandName, argv: readonly string[]): Result<Arguments, string> {
  const parsed = parseOptions(optionsOf[command], argv, `tare ${command}`);
  if (!parsed.ok) return parsed;
  if (parsed.value.values.has("help")) return succeed({ kind: "help", command });
  if (command === "lsp") return fail("Start the server with `tare lsp --stdio`.");
  return toAnalyze(parsed.value);
}

interface ParsedOptions {
  /** The last value of each option that was given; "" for a switch. */
  readonly values: ReadonlyMap<string, string>;
  readonly positionals: readonly string[];
}

function parseOptions(
  options: readonly Option[],
  argv: readonly string[],
  command: string,
): Result<ParsedOptions, string> {
  const { tokens } = parseArgs({
    args: [...argv],
    strict: false,
    allowPositionals: true,
    tokens: true,
    options: Object.fromEntries(
      options.map(({ name, short, value }) => [
        name,
        {
          type: value === undefined ? ("boolean" as const) : ("string" as const),
          ...(short === undefined ? {} : { short }),
        },
      ]),
    ),
  });
  const values = new Map<string, string>();
  const positionals: string[] = [];
  for (const token of tokens) {
    if (token.kind === "positional") positionals.push(token.value);
    if (token.kind !== "option") continue;
    const option = options.find(({ name }) => name === token.name);
    if (option === undefined) {
      return fail(`There is no option ${token.rawName}: \`${command} --help\` lists them.`);
    }
    const problem = valueProblem(option, token);
    if (problem !== undefined) return fail(problem);
    values.set(option.name, token.value ?? "");
  }
  return succeed({ values, positionals });
}

interface OptionToken {
  readonly rawName: string;
  readonly value: string | undefined;
  readonly inlineValue: boolean | undefined;
}

function valueProblem(option: Option, token: OptionToken): string | undefined {
  if (option.value === undefined) {
    return token.value === undefined
      ? undefined
      : `${token.rawName} takes no value: leave “=${token.value}” out.`;
  }
  const isMissing =
    token.value === undefined ||
    token.value === "" ||
    (token.inlineValue !== true && /^-./.test(token.value));
  return isMissing
    ? `${token.rawName} needs a value: write ${token.rawName} ${option.value}.`
    : undefined;
}

function toAnalyze({ values, positionals }: ParsedOptions): Result<Arguments, string> {
  const [image, surplus] = positionals;
  if (surplus !== undefined) return fail(`Name one image only: “${surplus}” is a second one.`);
  const dockerfilePath = values.get("file");
  if (image === undefined && dockerfilePath === undefined) {
    return fail(
      "Name an image: `tare analyze IMAGE`, where IMAGE is name:tag, docker-archive:PATH or oci:PATH.",
    );
  }
  const budget = limitOf(values, "budget");
  if (!budget.ok) return budget;
  const transferBudget = limitOf(values, "transfer-budget");
  if (!transferBudget.ok) return transferBudget;
  const platform = values.get("platform");
  if (platform !== undefined && !/^[a-z0-9]+\/[a-z0-9_]+(\/[a-z0-9.]+)?$/.test(platform)) {
    return fail(`“${platform}” is not a platform: write it like linux/amd64 or linux/arm/v7.`);
  }
  const top = values.get("top") ?? "10";
  if (!/^[1-9]\d{0,5}$/.test(top)) return fail(`“${top}” is not a number of rows: write --top 10.`);
  return succeed({
    kind: "analyze",
    image,
    dockerfilePath,
    budgetBytes: budget.value,
    transferBudgetBytes: transferBudget.value,
    platform,
    json: values.has("json"),
    top: Number(top),
    isCached: !values.has("no-cache"),
  });
}

function limitOf(
  values: ReadonlyMap<string, string>,
  name: "budget" | "transfer-budget",
): Result<number | undefined, string> {
  const text = values.get(name);
  if (text === undefined) return succeed(undefined);
  const bytes = parseSize(text);
  return bytes === undefined
    ? fail(`“${text}” is not a size: write it like 10MB, 1.5MiB or 812B.`)
    : succeed(bytes);
}
