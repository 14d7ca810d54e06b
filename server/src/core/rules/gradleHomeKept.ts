import type { Variables } from "../dockerfile/expand.ts";
import { cacheRule } from "./managers/cacheRule.ts";
import { deleting } from "./managers/packageCache.ts";
import { hasOption, isCall } from "./managers/toolCall.ts";
import { folderIn, knownFolderIn } from "./managers/variables.ts";
import type { Rule } from "./rule.ts";

/** Libraries, compiled scripts and Gradle itself, kept in the Gradle user home after a build. */
export const gradleHomeKept: Rule = cacheRule(
  { code: "gradle-home-kept", title: "The user home of Gradle stays in the layer" },
  [
    {
      content: "files of Gradle's user home",
      tools: ["gradle"],
      folders: (variables) => [...partsOf(homeOf(variables)), ...partsOf("~/.gradle")],
      isFilledBy: (call) =>
        call.operands.length > 0 &&
        !isCall(call, "gradle", "help|tasks|projects|wrapper") &&
        !hasOption(call, "--offline", "--version", "-v", "-g", "--gradle-user-home"),
      isEmptiedBy: () => false,
      isCertain: () => true,
      cleaningTitle: "Delete Gradle's caches in the same RUN",
      cleaning: (variables) => deleting(...partsOf(homeOf(variables))),
      mount: { folder: (variables) => knownFolderIn(variables, "GRADLE_USER_HOME", "~/.gradle") },
      isSafe: false,
      needs: (call) => hasOption(call, "--offline"),
      renews: () => false,
    },
  ],
);

function homeOf(variables: Variables): string {
  return folderIn(variables, "GRADLE_USER_HOME", "~/.gradle");
}

/** What it makes again when it is missing; settings lie beside. */
function partsOf(home: string): readonly string[] {
  return ["caches", "wrapper/dists", "daemon", "native"].map((part) => `${home}/${part}`);
}
