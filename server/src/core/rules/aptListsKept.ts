import { cacheRule } from "./managers/cacheRule.ts";
import { deleting } from "./managers/packageCache.ts";
import { isCall } from "./managers/toolCall.ts";
import type { Rule } from "./rule.ts";

/** Package lists that `apt-get update` fetched and that stay in the layer: `/var/lib/apt/lists`. */
export const aptListsKept: Rule = cacheRule(
  { code: "apt-lists-kept", title: "Package lists of apt stay in the layer" },
  [
    {
      content: "package lists",
      tools: ["apt"],
      folders: () => ["/var/lib/apt/lists/*"],
      isFilledBy: (call) => isCall(call, "apt", "update"),
      // It has none that deletes them: `apt-get clean` leaves lists alone.
      isEmptiedBy: () => false,
      isCertain: () => true,
      cleaningTitle: "Delete the package lists in the same RUN",
      cleaning: () => deleting("/var/lib/apt/lists/*"),
      mount: { folder: () => "/var/lib/apt/lists", options: ",sharing=locked" },
      isSafe: true,
      needs: (call) => isCall(call, "apt", "install|upgrade|full-upgrade|dist-upgrade|build-dep"),
      renews: (call) => isCall(call, "apt", "update"),
    },
  ],
);
