import { type KeptFiles, textOf } from "./keptFiles.ts";
import type { FoundPackage } from "./package.ts";
import { directoryOf } from "../treePaths.ts";

/** Packages that stand right below a `node_modules` directory, by the path of their package.json. What is nested belongs to the inner package. */
export function npmPackages({ files }: KeptFiles): readonly FoundPackage[] {
  return [...files.values()].flatMap((file) => {
    const [, installedAs] =
      /(?:^|\/)node_modules\/((?:@[^/]+\/)?[^/@][^/]*)\/package\.json$/.exec(file.path) ?? [];
    if (installedAs === undefined) return [];
    const fields = topLevelStrings(textOf(file), ["name", "version"]);
    const directory = directoryOf(file.path);
    return {
      manager: "npm",
      name: fields.get("name") ?? installedAs,
      version: fields.get("version"),
      architecture: undefined,
      files: [],
      directories: [directory],
      places: [directory],
    };
  });
}

const tokens = /"(?:[^"\\]|\\.)*"|[{}[\]:,]/gs;

/** Members of the outermost object whose values are strings. Of a text that was cut off, what stands before the cut. */
export function topLevelStrings(
  text: string,
  names: readonly string[],
): ReadonlyMap<string, string> {
  const found = new Map<string, string>();
  let depth = 0;
  let name: string | undefined;
  let before = "";
  for (const [token] of text.matchAll(tokens)) {
    if (token === "{" || token === "[") depth += 1;
    else if (token === "}" || token === "]") depth -= 1;
    else if (depth === 1 && token.startsWith('"')) {
      if (before !== ":") name = stringOf(token);
      else if (name !== undefined && names.includes(name)) found.set(name, stringOf(token));
    }
    before = token;
    if (found.size === names.length) break;
  }
  return found;
}

function stringOf(token: string): string {
  return token
    .slice(1, -1)
    .replace(/\\u([0-9a-fA-F]{4})/g, (_, digits: string) =>
      String.fromCharCode(Number.parseInt(digits, 16)),
    )
    .replace(/\\(["\\/])/g, "$1");
}
