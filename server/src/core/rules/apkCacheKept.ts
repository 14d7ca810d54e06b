import { cacheRule } from "./managers/cacheRule.ts";
import { deleting } from "./managers/packageCache.ts";
import { type ToolCall, hasOption, isCall } from "./managers/toolCall.ts";
import type { Rule } from "./rule.ts";

/** Package indexes, and packages where a cache is set up, that apk leaves in the layer: `/var/cache/apk`. */
export const apkCacheKept: Rule = cacheRule(
  { code: "apk-cache-kept", title: "The cache of apk stays in the layer" },
  [
    {
      content: "package indexes of apk",
      tools: ["apk"],
      folders: () => ["/var/cache/apk/*"],
      isFilledBy: (call) =>
        (isUpdating(call) || isAdding(call)) && !hasOption(call, "--no-cache", "--no-network"),
      isIdle: isAdding,
      isEmptiedBy: () => false,
      isCertain: () => true,
      option: {
        text: "--no-cache",
        verbCount: () => 1,
        applies: (call) => isCall(call, "apk", "add"),
      },
      cleaningTitle: "Delete the package indexes in the same RUN",
      cleaning: () => deleting("/var/cache/apk/*"),
      mount: { folder: () => "/var/cache/apk" },
      isSafe: true,
      needs: (call) => hasOption(call, "--no-network"),
      renews: () => false,
    },
  ],
);

function isUpdating(call: ToolCall): boolean {
  return (
    isCall(call, "apk", "update") ||
    (isCall(call, "apk", "add|upgrade") && hasOption(call, "-U", "--update", "--update-cache"))
  );
}

/** apk fetches indexes by itself where it has none, or old ones (apk-tools `database.c`, `autoupdate`). */
function isAdding(call: ToolCall): boolean {
  return isCall(call, "apk", "add|upgrade|fix") && !isUpdating(call);
}
