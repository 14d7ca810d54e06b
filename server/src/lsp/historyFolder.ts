import { join } from "node:path";

/** Where histories are kept: where the client says, else beside the layers. */
export function historyFolderOf(
  named: string | undefined,
  cacheFolder: string | undefined,
): string | undefined {
  return named ?? (cacheFolder === undefined ? undefined : join(cacheFolder, "history"));
}
