import { isAbsolute, join } from "node:path";

/** What the choice of a cache folder depends on. */
export interface UserPlace {
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly homeFolder: string;
  /** `process.platform`. */
  readonly system: string;
}

/**
 * Where layer indexes are kept for this user: below XDG_CACHE_HOME or ~/.cache, ~/Library/Caches on macOS, LOCALAPPDATA on Windows.
 * Undefined when there is no such place. Not created here.
 */
export function userCacheFolder({
  environment,
  homeFolder,
  system,
}: UserPlace): string | undefined {
  const named = environment[system === "win32" ? "LOCALAPPDATA" : "XDG_CACHE_HOME"];
  if (named !== undefined && isAbsolute(named)) return join(named, "tare");
  if (!isAbsolute(homeFolder)) return undefined;
  switch (system) {
    case "win32":
      return join(homeFolder, "AppData", "Local", "tare");
    case "darwin":
      return join(homeFolder, "Library", "Caches", "tare");
    default:
      return join(homeFolder, ".cache", "tare");
  }
}
