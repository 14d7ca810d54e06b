import { cacheRule } from "./managers/cacheRule.ts";
import { hasOption, isCall } from "./managers/toolCall.ts";
import type { Rule } from "./rule.ts";

/** Metadata and packages that zypper leaves in the layer: `/var/cache/zypp`. */
export const zypperCacheKept: Rule = cacheRule(
  { code: "zypper-cache-kept", title: "The cache of zypper stays in the layer" },
  [
    {
      content: "metadata and packages of zypper",
      tools: ["zypper"],
      folders: () => ["/var/cache/zypp"],
      isFilledBy: (call) =>
        isCall(
          call,
          "zypper",
          "install|in|refresh|ref|update|up|dist-upgrade|dup|patch|source-install|si",
        ),
      isEmptiedBy: (call) =>
        isCall(call, "zypper", "clean|cc") && hasOption(call, "--all", "-a", "--metadata", "-m"),
      isCertain: () => true,
      cleaningTitle: "Delete the cache of zypper in the same RUN",
      cleaning: () => ({ command: "zypper clean --all", folders: [] }),
      mount: { folder: () => "/var/cache/zypp", options: ",sharing=locked" },
      isSafe: true,
      needs: (call) => hasOption(call, "--no-refresh"),
      renews: () => false,
    },
  ],
);
