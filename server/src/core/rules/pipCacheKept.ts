import { cacheRule } from "./managers/cacheRule.ts";
import { type PackageCache, deleting } from "./managers/packageCache.ts";
import { type ToolCall, hasOption, isCall } from "./managers/toolCall.ts";
import { folderIn, isOn, isSet, knownFolderIn } from "./managers/variables.ts";
import type { Rule } from "./rule.ts";

const pip: PackageCache = {
  content: "files of pip's cache",
  tools: ["pip", "pipx"],
  folders: (variables) => [folderIn(variables, "PIP_CACHE_DIR", "~/.cache/pip"), "~/.cache/pip"],
  isFilledBy: (call, variables) =>
    (isCall(call, "pip", "install|wheel|download") || isCall(call, "pipx", "install|inject")) &&
    !hasOption(call, "--no-cache-dir", "--cache-dir", "--no-index", "--pip-args") &&
    !isLocalOnly(call) &&
    // pip takes `0` and `off` for a wish to have no cache too.
    !isSet(variables, "PIP_NO_CACHE_DIR"),
  isEmptiedBy: (call) => isCall(call, "pip", "cache", "purge|remove"),
  isCertain: () => true,
  option: {
    text: "--no-cache-dir",
    verbCount: () => 1,
    applies: (call) => call.tool === "pip",
  },
  cleaningTitle: "Delete pip's cache in the same RUN",
  cleaning: (variables) => deleting(folderIn(variables, "PIP_CACHE_DIR", "~/.cache/pip")),
  mount: { folder: (variables) => knownFolderIn(variables, "PIP_CACHE_DIR", "~/.cache/pip") },
  isSafe: true,
  needs: () => false,
  renews: () => false,
};

/** `pip install .` and the like may fetch nothing at all. */
function isLocalOnly({ operands, options }: ToolCall): boolean {
  const packages = operands.slice(1);
  return (
    packages.every(({ text }) => /^[./]/.test(text) || text.endsWith(".whl")) &&
    !options.some(({ text }) => text === "-r" || text.startsWith("--requirement"))
  );
}

const uv: PackageCache = {
  content: "files of uv's cache",
  tools: ["uv"],
  folders: (variables) => [folderIn(variables, "UV_CACHE_DIR", "~/.cache/uv"), "~/.cache/uv"],
  isFilledBy: (call, variables) =>
    (isCall(call, "uv", "sync|run|add|tool") ||
      isCall(call, "uv", "pip", "install|sync") ||
      isCall(call, "uv", "python", "install")) &&
    !hasOption(call, "--no-cache", "--no-cache-dir", "-n", "--cache-dir") &&
    !isOn(variables, "UV_NO_CACHE"),
  isEmptiedBy: (call) => isCall(call, "uv", "cache|clean"),
  // Its files are hard links to what it installed wherever they can be.
  isCertain: () => false,
  option: {
    text: "--no-cache",
    verbCount: (call) => (isCall(call, "uv", "pip|tool|python") ? 2 : 1),
    applies: (call) => call.tool === "uv",
  },
  cleaningTitle: "Delete uv's cache in the same RUN",
  cleaning: (variables) => deleting(folderIn(variables, "UV_CACHE_DIR", "~/.cache/uv")),
  mount: { folder: (variables) => knownFolderIn(variables, "UV_CACHE_DIR", "~/.cache/uv") },
  isSafe: true,
  needs: (call) => hasOption(call, "--offline"),
  renews: () => false,
};

const poetryParts = ["cache", "artifacts"] as const;

const poetry: PackageCache = {
  content: "files of poetry's cache",
  tools: ["poetry"],
  // Beside them lie virtual environments, which stay.
  folders: (variables) => [
    ...poetryParts.map(
      (part) => `${folderIn(variables, "POETRY_CACHE_DIR", "~/.cache/pypoetry")}/${part}`,
    ),
    ...poetryParts.map((part) => `~/.cache/pypoetry/${part}`),
  ],
  isFilledBy: (call) => isCall(call, "poetry", "install|add|sync|update"),
  isEmptiedBy: (call) => isCall(call, "poetry", "cache", "clear"),
  isCertain: () => true,
  cleaningTitle: "Delete poetry's cache in the same RUN",
  cleaning: (variables) =>
    deleting(
      ...poetryParts.map(
        (part) => `${folderIn(variables, "POETRY_CACHE_DIR", "~/.cache/pypoetry")}/${part}`,
      ),
    ),
  isSafe: true,
  needs: () => false,
  renews: () => false,
};

const pipenv: PackageCache = {
  content: "files of pipenv's cache",
  tools: ["pipenv"],
  folders: (variables) => [
    folderIn(variables, "PIPENV_CACHE_DIR", "~/.cache/pipenv"),
    "~/.cache/pipenv",
  ],
  isFilledBy: (call) => isCall(call, "pipenv", "install|sync|update"),
  isEmptiedBy: (call) => isCall(call, "pipenv") && hasOption(call, "--clear"),
  isCertain: () => false,
  cleaningTitle: "Delete pipenv's cache in the same RUN",
  cleaning: (variables) => deleting(folderIn(variables, "PIPENV_CACHE_DIR", "~/.cache/pipenv")),
  isSafe: true,
  needs: () => false,
  renews: () => false,
};

/** What pip, uv, poetry and pipenv keep for their next run. Of uv and pipenv only a built image tells. */
export const pipCacheKept: Rule = cacheRule(
  { code: "pip-cache-kept", title: "The cache of pip or uv stays in the layer" },
  [pip, uv, poetry, pipenv],
);
