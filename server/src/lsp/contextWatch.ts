import { pathToFileURL } from "node:url";
import type { Connection } from "vscode-languageserver/node";
import { DidChangeWatchedFilesNotification } from "vscode-languageserver/node";
import type { ClientFeatures } from "./session.ts";
import type { Shield } from "./shield.ts";

/** Asks the client, once for each folder, to tell of files that change there. Clients that cannot do that are not asked. */
export function contextWatch(
  connection: Connection,
  shield: Shield,
  { fileWatching, relativePatterns }: ClientFeatures,
): (folder: string) => void {
  const asked = new Set<string>();
  return (folder) => {
    // Without relative patterns one watch stands for all workspace folders.
    const key = relativePatterns ? folder : "";
    if (!fileWatching || asked.has(key)) return;
    asked.add(key);
    const globPattern = relativePatterns
      ? { baseUri: pathToFileURL(folder).href, pattern: "**/*" }
      : "**/*";
    shield.inBackground(async () => {
      await connection.client.register(DidChangeWatchedFilesNotification.type, {
        watchers: [{ globPattern }],
      });
    });
  };
}
