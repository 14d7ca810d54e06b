import { cacheRule } from "./managers/cacheRule.ts";
import { deleting } from "./managers/packageCache.ts";
import { hasOption } from "./managers/toolCall.ts";
import type { Rule } from "./rule.ts";

/** Plugins and libraries that Maven downloaded to build: `~/.m2/repository`. */
export const mavenRepositoryKept: Rule = cacheRule(
  { code: "maven-repository-kept", title: "The local repository of Maven stays in the layer" },
  [
    {
      content: "plugins and libraries that Maven downloaded",
      tools: ["maven"],
      folders: () => ["~/.m2/repository", "~/.m2/wrapper"],
      isFilledBy: (call) =>
        call.operands.length > 0 &&
        !hasOption(call, "-o", "--offline", "-v", "--version", "-Dmaven.repo.local"),
      isEmptiedBy: ({ operands }) =>
        operands.some(({ text }) => text === "dependency:purge-local-repository"),
      isCertain: () => true,
      cleaningTitle: "Delete Maven's local repository in the same RUN",
      cleaning: () => deleting("~/.m2/repository"),
      mount: { folder: () => "~/.m2" },
      isSafe: false,
      needs: (call) => hasOption(call, "-o", "--offline"),
      renews: () => false,
    },
  ],
);
