import type { Variables } from "../dockerfile/expand.ts";
import { cacheRule } from "./managers/cacheRule.ts";
import { deleting } from "./managers/packageCache.ts";
import { hasOption, isCall } from "./managers/toolCall.ts";
import { folderIn } from "./managers/variables.ts";
import type { Rule } from "./rule.ts";

/**
 * What pnpm's store keeps beside the files that `node_modules` has as hard links: only those bytes count that no name outside carries, so a built
 * image is needed. The part that `node_modules` may point into (`links`) is left alone.
 */
export const pnpmStoreKept: Rule = cacheRule(
  { code: "pnpm-store-kept", title: "The store of pnpm stays in the layer" },
  [
    {
      content: "files of pnpm's store",
      tools: ["pnpm"],
      folders: storeFolders,
      isFilledBy: (call) =>
        isCall(call, "pnpm", "install|i|add|fetch|update|up|import|deploy") &&
        !hasOption(call, "--store-dir"),
      isEmptiedBy: () => false,
      isCertain: () => false,
      cleaningTitle: "Delete pnpm's store in the same RUN",
      cleaning: (variables) => deleting(...storeFolders(variables)),
      isSafe: true,
      needs: (call) => hasOption(call, "--offline"),
      renews: () => false,
    },
  ],
);

function storeFolders(variables: Variables): readonly string[] {
  const home = folderIn(variables, "PNPM_HOME", "~/.local/share/pnpm");
  const homes = new Set([home, "~/.local/share/pnpm"]);
  const parts = ["files", "index", "index.db", "metadata"];
  return [
    ...[...homes].flatMap((one) => parts.map((part) => `${one}/store/*/${part}`)),
    "~/.cache/pnpm",
  ];
}
