import { cacheRule } from "./managers/cacheRule.ts";
import type { RuleContext } from "./context.ts";
import { childrenOf, nameOf } from "../image/fileTree.ts";
import type { FileTree } from "../image/fileTree.ts";
import { type PackageCache, deleting } from "./managers/packageCache.ts";
import { type ToolCall, hasOption, isCall } from "./managers/toolCall.ts";
import { folderIn, isSet } from "./managers/variables.ts";
import type { Report, Rule } from "./rule.ts";

const classicFolders = ["~/.cache/yarn", "/usr/local/share/.cache/yarn"];

const classic: PackageCache = {
  content: "files of yarn's cache",
  tools: ["yarn"],
  folders: (variables) => [
    folderIn(variables, "YARN_CACHE_FOLDER", "~/.cache/yarn"),
    ...classicFolders,
  ],
  isFilledBy: (call, variables) =>
    isInstalling(call) &&
    // Only yarn 1 knows these; later ones may keep the cache to run from it.
    hasOption(call, "--frozen-lockfile", "--production", "--prod", "--pure-lockfile") &&
    !hasOption(call, "--cache-folder", "--offline") &&
    !isSet(variables, "YARN_CACHE_FOLDER"),
  isEmptiedBy: (call) => isCall(call, "yarn", "cache", "clean"),
  isCertain: () => true,
  cleaningTitle: "Empty yarn's cache in the same RUN",
  cleaning: (variables) => ({
    command: "yarn cache clean",
    folders: [folderIn(variables, "YARN_CACHE_FOLDER", "~/.cache/yarn"), ...classicFolders],
  }),
  mount: { folder: () => "/usr/local/share/.cache/yarn" },
  isSafe: true,
  needs: (call) => hasOption(call, "--offline"),
  renews: () => false,
};

const berry: PackageCache = {
  ...classic,
  folders: () => ["~/.yarn/berry/cache"],
  isFilledBy: () => false,
  isCertain: () => false,
  cleaning: () => deleting("~/.yarn/berry/cache"),
  mount: { folder: () => "~/.yarn/berry/cache" },
};

function isInstalling(call: ToolCall): boolean {
  if (call.tool !== "yarn") return false;
  return (
    call.operands.length === 0 ||
    isCall(call, "yarn", "install|add|upgrade") ||
    isCall(call, "yarn", "global", "add")
  );
}

const classicRule = cacheRule(
  { code: "yarn-cache-kept", title: "The cache of yarn stays in the layer" },
  [classic],
);
const berryRule = cacheRule(classicRule, [berry]);

/** Downloads that yarn keeps for its next run. Silent about yarn 2 and later where the program runs from them (Plug'n'Play). */
export const yarnCacheKept: Rule = {
  ...classicRule,
  *check(context): Iterable<Report | undefined> {
    yield* classicRule.check(context);
    if (!runsFromCache(context)) yield* berryRule.check(context);
  },
};

/** Whether the image has `.pnp.cjs`, which loads packages out of the cache. */
function runsFromCache({ read, memory }: RuleContext): boolean {
  if (read === undefined) return false;
  return memory.recall(read, "has .pnp.cjs", () => hasFile(read.finalTree, 0, 4, /^\.pnp\.c?js$/));
}

/** Looks a few folders deep, where projects lie. */
function hasFile(tree: FileTree, directory: number, depth: number, name: RegExp): boolean {
  return childrenOf(tree, directory).some(
    (child) =>
      name.test(nameOf(tree, child)) || (depth > 1 && hasFile(tree, child, depth - 1, name)),
  );
}
