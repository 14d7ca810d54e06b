import type { Variables } from "../dockerfile/expand.ts";
import { cacheRule } from "./managers/cacheRule.ts";
import { hasOption, isCall } from "./managers/toolCall.ts";
import { folderIn, knownFolderIn } from "./managers/variables.ts";
import type { Rule } from "./rule.ts";

/** Downloads that npm keeps for its next run: `_cacache` in `~/.npm`. */
export const npmCacheKept: Rule = cacheRule(
  { code: "npm-cache-kept", title: "The cache of npm stays in the layer" },
  [
    {
      content: "files of npm's cache",
      tools: ["npm"],
      folders: (variables) => [cacheOf(variables), "~/.npm/_cacache"],
      isFilledBy: (call) =>
        isCall(call, "npm", "install|i|ci|clean-install|add|update|install-test|it") &&
        !hasOption(call, "--cache", "--offline", "--dry-run", "--package-lock-only"),
      isEmptiedBy: (call) =>
        isCall(call, "npm", "cache", "clean|clear|rm") && hasOption(call, "--force", "-f"),
      isCertain: () => true,
      cleaningTitle: "Empty npm's cache in the same RUN",
      cleaning: (variables) => ({
        command: "npm cache clean --force",
        folders: [cacheOf(variables)],
      }),
      mount: { folder: mountedCache },
      isSafe: true,
      needs: (call) => hasOption(call, "--offline"),
      renews: () => false,
    },
  ],
);

function cacheOf(variables: Variables): string {
  const folder = folderIn(variables, "npm_config_cache", "");
  return `${folder === "" ? folderIn(variables, "NPM_CONFIG_CACHE", "~/.npm") : folder}/_cacache`;
}

function mountedCache(variables: Variables): string | undefined {
  const usual = knownFolderIn(variables, "NPM_CONFIG_CACHE", "~/.npm");
  return knownFolderIn(variables, "npm_config_cache", usual);
}
