import { childrenOf, pathOf } from "../fileTree.ts";
import { type KeptFiles, textOf } from "./keptFiles.ts";
import type { FoundPackage } from "./package.ts";
import type { TreePaths } from "../treePaths.ts";

/**
 * Installed gems: `specifications/rake-13.0.6.gemspec` owns `gems/rake-13.0.6` beside it and what was compiled for it below `extensions`.
 * Gems that are part of Ruby itself have no such folder.
 */
export function gemPackages({ files }: KeptFiles, paths: TreePaths): readonly FoundPackage[] {
  return [...files.values()].flatMap((file) => {
    const [, home, full] = /^(.*)\/specifications\/([^/]+)\.gemspec$/.exec(file.path) ?? [];
    if (home === undefined || full === undefined) return [];
    const text = textOf(file);
    const directory = `${home}/gems/${full}`;
    return {
      manager: "gem",
      name: fieldOf(text, "name") ?? /^(.+?)-\d/.exec(full)?.[1] ?? full,
      version: fieldOf(text, "version") ?? /^.+?-(\d[^-]*)/.exec(full)?.[1],
      architecture: fieldOf(text, "platform"),
      files: [file.path],
      directories: [directory, ...extensionsOf(paths, home, full)],
      places: [directory],
    };
  });
}

/** `s.name = "rake".freeze`, as RubyGems writes specifications it installs. */
function fieldOf(text: string, field: string): string | undefined {
  return new RegExp(`^[ \\t]*s\\.${field} = "([^"\n]+)"`, "m").exec(text)?.[1];
}

/** Real systems have one platform and one ABI; more keep no one's time. */
const mostExtensionFolders = 16;

/** `extensions/PLATFORM/ABI/FULL-NAME` */
function extensionsOf({ tree, findExact }: TreePaths, home: string, full: string): string[] {
  const extensions = findExact(`${home}/extensions`);
  if (extensions === undefined) return [];
  const folders = childrenOf(tree, extensions).flatMap((platform) => childrenOf(tree, platform));
  return folders.slice(0, mostExtensionFolders).map((folder) => `${pathOf(tree, folder)}/${full}`);
}
