import type { Variables } from "../dockerfile/expand.ts";
import { cacheRule } from "./managers/cacheRule.ts";
import { type PackageCache, deleting } from "./managers/packageCache.ts";
import { hasOption, isCall, optionValue } from "./managers/toolCall.ts";
import { folderIn, isSet, knownFolderIn } from "./managers/variables.ts";
import type { Rule } from "./rule.ts";

const modules: PackageCache = {
  content: "downloaded Go modules",
  tools: ["go"],
  folders: (variables) => [moduleFolder(variables), "/go/pkg/mod", "~/go/pkg/mod"],
  isFilledBy: (call) =>
    isCall(call, "go", "mod", "download|tidy|vendor") ||
    (isCall(call, "go", "build|install|test|run|get|generate|vet") &&
      optionValue(call, "-mod") !== "vendor"),
  isEmptiedBy: (call) => isCall(call, "go", "clean") && hasOption(call, "-modcache"),
  // Others download nothing where there are no dependencies.
  isCertain: (call) => isCall(call, "go", "mod", "download"),
  cleaningTitle: "Delete the downloaded Go modules in the same RUN",
  // They are read-only: `rm -rf` works as root only, and so does this.
  cleaning: (variables) => ({
    command: "go clean -modcache",
    folders: [moduleFolder(variables)],
  }),
  mount: { folder: mountedModules },
  isSafe: false,
  needs: () => false,
  renews: () => false,
};

const builds: PackageCache = {
  ...modules,
  content: "files of Go's build cache",
  folders: (variables) => [buildFolder(variables), "~/.cache/go-build"],
  isFilledBy: (call) => isCall(call, "go", "build|install|test|run|vet|get"),
  isEmptiedBy: (call) => isCall(call, "go", "clean") && hasOption(call, "-cache"),
  isCertain: () => true,
  cleaningTitle: "Delete Go's build cache in the same RUN",
  cleaning: (variables) => deleting(buildFolder(variables)),
  mount: { folder: (variables) => knownFolderIn(variables, "GOCACHE", "~/.cache/go-build") },
  isSafe: true,
};

/** Modules that Go downloaded, and what it compiled and keeps for the next build. */
export const goCacheKept: Rule = cacheRule(
  { code: "go-cache-kept", title: "Caches of Go stay in the layer" },
  [modules, builds],
);

function moduleFolder(variables: Variables): string {
  const path = folderIn(variables, "GOPATH", "~/go").split(":")[0] ?? "~/go";
  return folderIn(variables, "GOMODCACHE", `${path}/pkg/mod`);
}

/** Only the images of Go are known to set GOPATH where the file does not: packages of Go leave it at its default. */
function mountedModules(variables: Variables, base: string | undefined): string | undefined {
  if (isSet(variables, "GOMODCACHE")) return knownFolderIn(variables, "GOMODCACHE", "");
  const usual = base === "golang" ? "/go" : "";
  const path = knownFolderIn(variables, "GOPATH", usual)?.split(":")[0] ?? "";
  return path === "" ? undefined : `${path}/pkg/mod`;
}

function buildFolder(variables: Variables): string {
  return folderIn(variables, "GOCACHE", "~/.cache/go-build");
}
