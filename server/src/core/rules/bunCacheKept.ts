import type { Variables } from "../dockerfile/expand.ts";
import { cacheRule } from "./managers/cacheRule.ts";
import { deleting } from "./managers/packageCache.ts";
import { isCall } from "./managers/toolCall.ts";
import { folderIn, knownFolderIn } from "./managers/variables.ts";
import type { Rule } from "./rule.ts";

/** Packages that bun keeps for its next run. Needs a built image: they may be hard links to what is in `node_modules`. */
export const bunCacheKept: Rule = cacheRule(
  { code: "bun-cache-kept", title: "The cache of bun stays in the layer" },
  [
    {
      content: "files of bun's cache",
      tools: ["bun"],
      folders: (variables) => [cacheOf(variables), "~/.bun/install/cache"],
      isFilledBy: (call) => isCall(call, "bun", "install|i|ci|add|a|update"),
      isEmptiedBy: (call) => isCall(call, "bun", "pm", "cache"),
      isCertain: () => false,
      cleaningTitle: "Delete bun's cache in the same RUN",
      cleaning: (variables) => deleting(cacheOf(variables)),
      mount: { folder: mountedCache },
      isSafe: true,
      needs: () => false,
      renews: () => false,
    },
  ],
);

function cacheOf(variables: Variables): string {
  const install = folderIn(variables, "BUN_INSTALL", "~/.bun");
  return folderIn(variables, "BUN_INSTALL_CACHE_DIR", `${install}/install/cache`);
}

function mountedCache(variables: Variables): string | undefined {
  const install = knownFolderIn(variables, "BUN_INSTALL", "~/.bun");
  return knownFolderIn(variables, "BUN_INSTALL_CACHE_DIR", install && `${install}/install/cache`);
}
