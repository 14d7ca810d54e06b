import { parseArgs } from "node:util";
import { fail, succeed } from "../core/result.ts";
import type { Result } from "../core/result.ts";

/** Commands that there are; `lsp` is started by the program's entry, here it is only described. */
export type CommandName = "analyze" | "lint" | "fix" | "diff" | "start" | "lsp";

/** One option of a command as it is parsed, printed by `--help` and listed in the README. */
export interface Option {
  readonly name: string;
  readonly short?: string;
  /** Name of the value; absent for a switch. */
  readonly value?: string;
  readonly meaning: string;
}

const helpOption: Option = { name: "help", short: "h", meaning: "Print this and exit." };
const platformOption: Option = {
  name: "platform",
  value: "OS/ARCH",
  meaning: "Which image of several to take, such as linux/arm64.",
};
const imageOption: Option = {
  name: "image",
  value: "IMAGE",
  meaning: "The built image, instead of the one that `# tare: image=…` names.",
};
const failOnOption: Option = {
  name: "fail-on",
  value: "LEVEL",
  meaning: "Exit 1 for findings from error, warning, information or hint up.",
};
const topOption: Option = {
  name: "top",
  value: "N",
  meaning: "Rows of the lists in the text report; 10 unless told.",
};
const cacheOption: Option = {
  name: "no-cache",
  meaning: "Neither use nor fill the layer cache.",
};

/** Options that ask for what weight costs. */
export const costOptions: readonly Option[] = [
  { name: "cost", meaning: "Say how long a pull takes at three speeds, with the formula." },
  { name: "bandwidth", value: "MBITS", meaning: "Say it at this speed, too; Mbit/s." },
  { name: "storage-price", value: "P", meaning: "What storing one GB for a month costs." },
  { name: "transfer-price", value: "P", meaning: "What sending one GB costs; goes with --pulls." },
  { name: "pulls", value: "N", meaning: "Pulls of the image in a month." },
];

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
      name: "max-layers",
      value: "N",
      meaning: "Most layers; exit 1 above it.",
    },
    {
      name: "target",
      value: "NAME",
      meaning: "Limits by name: micro, sub-1mb, esp32-ota, raspberry-pi, lambda, edge.",
    },
    ...costOptions,
    failOnOption,
    platformOption,
    { name: "json", meaning: "Print one JSON object (server/schema/report.schema.json)." },
    topOption,
    cacheOption,
    helpOption,
  ],
  lint: [
    imageOption,
    {
      name: "format",
      value: "FORMAT",
      meaning: "text, json, sarif (2.1.0), github or markdown; text unless told.",
    },
    { name: "json", meaning: "The same as --format json (server/schema/report.schema.json)." },
    ...costOptions,
    failOnOption,
    platformOption,
    cacheOption,
    helpOption,
  ],
  fix: [
    {
      name: "rule",
      value: "CODE",
      meaning: "Only what this rule found, the best fix of each; may be repeated.",
    },
    {
      name: "to",
      value: "TARGET",
      meaning: "Instead: the final stage from scratch, distroless, alpine or slim.",
    },
    imageOption,
    { name: "write", meaning: "Change the files instead of printing the new Dockerfile." },
    platformOption,
    cacheOption,
    helpOption,
  ],
  diff: [
    {
      name: "file",
      short: "f",
      value: "DOCKERFILE",
      meaning: "Their Dockerfile: shows what changed by line.",
    },
    { name: "format", value: "FORMAT", meaning: "text, json or markdown; text unless told." },
    { name: "json", meaning: "The same as --format json (server/schema/diff.schema.json)." },
    {
      name: "max-growth",
      value: "SIZE",
      meaning: "Exit 1 when all layers together grew by more than that (5MB).",
    },
    platformOption,
    topOption,
    cacheOption,
    helpOption,
  ],
  start: [
    { name: "runs", value: "N", meaning: "Starts of each image; 5 unless told." },
    { name: "json", meaning: "Print one JSON object (server/schema/start.schema.json)." },
    helpOption,
  ],
  lsp: [{ name: "stdio", meaning: "Speak LSP over standard input and output." }, helpOption],
};

/** Options before any command. */
export const globalOptions: readonly Option[] = [
  helpOption,
  { name: "version", short: "V", meaning: "Print the version and exit." },
];

/** The words of a command line, sorted. */
export interface ParsedOptions {
  /** The values of each option that was given, in order; "" for a switch. */
  readonly values: ReadonlyMap<string, readonly string[]>;
  readonly positionals: readonly string[];
}

/** Sorts the words behind a command; `command` is how it is called. The error is one sentence. */
export function parseOptions(
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
  const values = new Map<string, string[]>();
  const positionals: string[] = [];
  for (const token of tokens) {
    if (token.kind === "positional") {
      if (token.value.trim() === "") return fail(emptyWord);
      positionals.push(token.value);
    }
    if (token.kind !== "option") continue;
    const option = options.find(({ name }) => name === token.name);
    if (option === undefined) {
      return fail(`There is no option ${token.rawName}: \`${command} --help\` lists them.`);
    }
    const problem = valueProblem(option, token);
    if (problem !== undefined) return fail(problem);
    values.set(option.name, [...(values.get(option.name) ?? []), token.value ?? ""]);
  }
  return succeed({ values, positionals });
}

const emptyWord =
  "An empty word stands where a name belongs: look at the variable that it came from.";

/** The value of an option that holds one: the last that was given. */
export function lastValue({ values }: ParsedOptions, name: string): string | undefined {
  return values.get(name)?.at(-1);
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
