import type { Variables } from "../dockerfile/expand.ts";
import { cacheRule } from "./managers/cacheRule.ts";
import { type ToolCall, hasOption, isCall } from "./managers/toolCall.ts";
import { folderIn, isSet } from "./managers/variables.ts";
import type { Rule } from "./rule.ts";

/** Sources of crates and the index that cargo keeps after it has built: `registry` and `git` in `CARGO_HOME`. */
export const cargoRegistryKept: Rule = cacheRule(
  { code: "cargo-registry-kept", title: "The registry of cargo stays in the layer" },
  [
    {
      content: "crates that cargo downloaded",
      tools: ["cargo"],
      folders: (variables) => [
        ...partsOf(variables),
        ...["/usr/local/cargo", "~/.cargo"].flatMap((home) => partsIn(home)),
      ],
      isFilledBy: (call) =>
        isCall(call, "cargo", "build|b|install|fetch|run|r|test|check|chef") &&
        !hasOption(call, "--offline", "--help", "--list"),
      isEmptiedBy: () => false,
      isCertain: (call) => isCall(call, "cargo", "build|b|install|fetch"),
      cleaningTitle: "Delete the downloaded crates in the same RUN",
      cleaning: (variables, fillers) => ({
        command: cleaningCommand(variables, fillers),
        folders: partsOf(variables),
      }),
      isSafe: false,
      needs: (call) => hasOption(call, "--offline", "--frozen"),
      renews: () => false,
    },
  ],
);

/** What only a call was given is not there behind it. Where nobody says so, the images of Rust and rustup differ in where it lies. */
function cleaningCommand(variables: Variables, fillers: readonly ToolCall[]): string {
  const isOfCall = fillers.some(({ command }) => command.assignments.has("CARGO_HOME"));
  const given = variables.get("CARGO_HOME") ?? "";
  if (isOfCall && /^[\w@%+:./-]+$/.test(given)) return `rm -rf ${partsIn(given).join(" ")}`;
  return isSet(variables, "CARGO_HOME") && !isOfCall
    ? 'rm -rf "$CARGO_HOME/registry" "$CARGO_HOME/git"'
    : 'rm -rf "${CARGO_HOME:-$HOME/.cargo}"/registry "${CARGO_HOME:-$HOME/.cargo}"/git';
}

function partsOf(variables: Variables): readonly string[] {
  return partsIn(folderIn(variables, "CARGO_HOME", "~/.cargo"));
}

function partsIn(home: string): readonly string[] {
  return [`${home}/registry`, `${home}/git`];
}
