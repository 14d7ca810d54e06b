import type { Variables } from "../dockerfile/expand.ts";
import { cacheRule } from "./managers/cacheRule.ts";
import { hasOption, isCall } from "./managers/toolCall.ts";
import { folderIn } from "./managers/variables.ts";
import type { Rule } from "./rule.ts";

/** `.gem` files that gem and bundler keep beside what they unpacked from them. */
export const gemCacheKept: Rule = cacheRule(
  { code: "gem-cache-kept", title: "Downloaded gems stay in the layer" },
  [
    {
      content: "downloaded gems",
      tools: ["gem", "bundle"],
      folders,
      isFilledBy: (call) =>
        (isCall(call, "gem", "install|i|update") || isCall(call, "bundle", "install|update|add")) &&
        !hasOption(call, "--local", "-l"),
      isEmptiedBy: (call) => isCall(call, "bundle", "clean"),
      isCertain: () => true,
      cleaningTitle: "Delete the downloaded gems in the same RUN",
      // Measured ones are deleted by name.
      cleaning: () => ({ command: 'rm -rf "$(gem env gemdir)"/cache/*', folders: [] }),
      isSafe: true,
      needs: (call) => hasOption(call, "--local", "-l"),
      renews: () => false,
    },
  ],
);

function folders(variables: Variables): readonly string[] {
  const home = folderIn(variables, "GEM_HOME", "/usr/local/bundle");
  const bundle = folderIn(variables, "BUNDLE_PATH", "/usr/local/bundle");
  const set = [home, bundle].flatMap((one) => [`${one}/cache`, `${one}/ruby/*/cache`]);
  return [...new Set([...set, ...usualFolders])];
}

const usualFolders = [
  "/usr/local/bundle/cache",
  "/usr/local/bundle/ruby/*/cache",
  "/usr/local/lib/ruby/gems/*/cache",
  "/usr/lib/ruby/gems/*/cache",
  "/var/lib/gems/*/cache",
  "~/.bundle/cache",
  "~/.gem/ruby/*/cache",
  "~/.local/share/gem/ruby/*/cache",
];
