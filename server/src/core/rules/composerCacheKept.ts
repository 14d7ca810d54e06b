import type { Variables } from "../dockerfile/expand.ts";
import { cacheRule } from "./managers/cacheRule.ts";
import { deleting } from "./managers/packageCache.ts";
import { hasOption, isCall } from "./managers/toolCall.ts";
import { folderIn, knownFolderIn } from "./managers/variables.ts";
import type { Rule } from "./rule.ts";

/** Archives that composer keeps for its next run. */
export const composerCacheKept: Rule = cacheRule(
  { code: "composer-cache-kept", title: "The cache of composer stays in the layer" },
  [
    {
      content: "files of composer's cache",
      tools: ["composer"],
      folders,
      isFilledBy: (call, variables) =>
        isCall(call, "composer", "install|i|update|u|require|r|create-project|global") &&
        !hasOption(call, "--no-cache", "--prefer-source") &&
        variables.get("COMPOSER_CACHE_DIR") !== "/dev/null",
      isEmptiedBy: (call) => isCall(call, "composer", "clear-cache|clearcache|cc"),
      isCertain: () => true,
      option: { text: "--no-cache", verbCount: () => 1, applies: () => true },
      cleaningTitle: "Delete composer's cache in the same RUN",
      cleaning: (variables) => deleting(...folders(variables)),
      mount: { folder: mountedCache },
      isSafe: true,
      needs: () => false,
      renews: () => false,
    },
  ],
);

/** Which of them it takes depends on the machine: `XDG_CACHE_HOME` and `/etc/xdg`. */
function folders(variables: Variables): readonly string[] {
  const home = folderIn(variables, "COMPOSER_HOME", "~/.composer");
  const set = folderIn(variables, "COMPOSER_CACHE_DIR", `${home}/cache`);
  return [...new Set([set, "~/.composer/cache", "~/.cache/composer"])];
}

/** Composer takes `~/.composer/cache` as soon as it is there, which the mount sees to. */
function mountedCache(variables: Variables): string | undefined {
  const home = knownFolderIn(variables, "COMPOSER_HOME", "~/.composer");
  return knownFolderIn(variables, "COMPOSER_CACHE_DIR", home && `${home}/cache`);
}
