import type { Variables } from "../../dockerfile/expand.ts";
import type { ShellWord } from "../../dockerfile/shellScript.ts";
import { type ToolCall, hasOption, isCall, optionValue } from "./toolCall.ts";
import { isOn, isSet } from "./variables.ts";

/** How a call that installs dependencies for development is told not to. */
export type DevRemedy =
  /** An option behind the verb. */
  | { readonly kind: "option"; readonly text: string }
  /** An ENV, which the programs need when they run, too. */
  | { readonly kind: "variable"; readonly name: string; readonly value: string }
  /** Words to be taken out. */
  | { readonly kind: "words"; readonly words: readonly ShellWord[]; readonly text: string }
  /** Nothing mechanical. */
  | { readonly kind: "none" };

/** The remedy of a call that installs dependencies for development beside others; undefined for any other call. */
export function devInstallOf(call: ToolCall, variables: Variables): DevRemedy | undefined {
  return installers.get(call.tool)?.(call, variables);
}

/** Whether a call is one of a program that knows dependencies for development. */
export function mayInstallDev({ tool }: ToolCall): boolean {
  return installers.has(tool);
}

type Installer = (call: ToolCall, variables: Variables) => DevRemedy | undefined;

const installers: ReadonlyMap<string, Installer> = new Map<string, Installer>([
  ["npm", npmRemedy],
  ["yarn", yarnRemedy],
  ["pnpm", pnpmRemedy],
  ["bun", bunRemedy],
  ["composer", composerRemedy],
  ["bundle", bundleRemedy],
  ["pip", pipRemedy],
  ["poetry", poetryRemedy],
  ["uv", uvRemedy],
]);

/** Whatever NODE_ENV says was meant: `production` leaves them out, others want them. */
function isNodeEnvSet(variables: Variables): boolean {
  return isSet(variables, "NODE_ENV");
}

function npmRemedy(call: ToolCall, variables: Variables): DevRemedy | undefined {
  if (!isCall(call, "npm", "install|i|ci|clean-install") || call.operands.length > 1) {
    return undefined;
  }
  const omitted = optionValue(call, "--omit", "--only");
  const isOmitted =
    omitted === "dev" ||
    omitted?.startsWith("prod") === true ||
    hasOption(call, "--production", "--prod", "--global", "--package-lock-only", "-g");
  const variablesSay = isSet(variables, "npm_config_omit", "NPM_CONFIG_OMIT", "NPM_CONFIG_ONLY");
  const isProduction = isOn(variables, "NPM_CONFIG_PRODUCTION", "npm_config_production");
  if (isOmitted || variablesSay || isProduction || isNodeEnvSet(variables)) return undefined;
  return { kind: "option", text: "--omit=dev" };
}

function yarnRemedy(call: ToolCall, variables: Variables): DevRemedy | undefined {
  const isInstall = call.operands.length === 0 || isCall(call, "yarn", "install");
  if (!isInstall || call.operands.length > 1 || isNodeEnvSet(variables)) return undefined;
  if (hasOption(call, "--production", "--prod", "--version", "--help", "-v", "--mode")) {
    return undefined;
  }
  // Later versions have no such option; only yarn 1 has these.
  const isClassic = hasOption(call, "--frozen-lockfile", "--pure-lockfile");
  const hasVerb = call.operands.length > 0;
  return isClassic && hasVerb ? { kind: "option", text: "--production" } : { kind: "none" };
}

function pnpmRemedy(call: ToolCall, variables: Variables): DevRemedy | undefined {
  if (!isCall(call, "pnpm", "install|i") || call.operands.length > 1) return undefined;
  if (isNodeEnvSet(variables)) return undefined;
  if (hasOption(call, "--prod", "-P", "--production", "--lockfile-only")) return undefined;
  return { kind: "option", text: "--prod" };
}

function bunRemedy(call: ToolCall, variables: Variables): DevRemedy | undefined {
  if (!isCall(call, "bun", "install|i|ci") || call.operands.length > 1) return undefined;
  if (isNodeEnvSet(variables) || hasOption(call, "--production", "-p")) return undefined;
  if (optionValue(call, "--omit") === "dev") return undefined;
  return { kind: "option", text: "--production" };
}

function composerRemedy(call: ToolCall, variables: Variables): DevRemedy | undefined {
  if (!isCall(call, "composer", "install|i|update|u")) return undefined;
  if (hasOption(call, "--no-dev", "--no-install") || isOn(variables, "COMPOSER_NO_DEV")) {
    return undefined;
  }
  return { kind: "option", text: "--no-dev" };
}

function bundleRemedy(call: ToolCall, variables: Variables): DevRemedy | undefined {
  if (!isCall(call, "bundle", "install") || hasOption(call, "--without")) return undefined;
  if (isSet(variables, "BUNDLE_WITHOUT", "BUNDLE_ONLY")) return undefined;
  return { kind: "variable", name: "BUNDLE_WITHOUT", value: "development:test" };
}

const devName = /(?:^|[-_./])(?:dev|devel|development|tests?|testing|lint|docs?)(?=[-_./]|$)/i;
const devExtra = /\[(?:[^\]]*,\s*)?(?:dev|develop|development|tests?|testing|lint)\s*(?:,|\])/i;

function pipRemedy(call: ToolCall): DevRemedy | undefined {
  if (!isCall(call, "pip", "install")) return undefined;
  const { args } = call.command;
  const places = args.flatMap(({ text }, at) => (/^(?:-r|--requirement)$/.test(text) ? [at] : []));
  const development = places.filter((at) => isDevFile(args[at + 1]?.text ?? ""));
  if (development.length === 0) {
    return args.some(({ text }) => devExtra.test(text)) ? { kind: "none" } : undefined;
  }
  // The only list may well include the others.
  const hasOthers = places.length > development.length || call.operands.length > 1;
  if (!hasOthers) return { kind: "none" };
  const words = development.flatMap((at) => args.slice(at, at + 2));
  return { kind: "words", words, text: words.map(({ text }) => text).join(" ") };
}

/** `requirements-dev.txt`, `requirements/test.txt`, `dev-requirements.txt`. */
function isDevFile(path: string): boolean {
  return devName.test(path.split("/").slice(-2).join("/")) && /\.(?:txt|in)$/.test(path);
}

function poetryRemedy(call: ToolCall): DevRemedy | undefined {
  if (!isCall(call, "poetry", "install|sync")) return undefined;
  if (hasOption(call, "--only", "--without", "--no-dev", "--only-root", "--help")) return undefined;
  return { kind: "option", text: "--only main" };
}

function uvRemedy(call: ToolCall, variables: Variables): DevRemedy | undefined {
  if (!isCall(call, "uv", "sync") || isOn(variables, "UV_NO_DEV")) return undefined;
  const isChosen = hasOption(
    call,
    "--no-dev",
    "--no-default-groups",
    "--only-group",
    "--group",
    "--all-groups",
    "--dev",
    "--only-dev",
    "--no-group",
  );
  return isChosen ? undefined : { kind: "option", text: "--no-dev" };
}
