import type { Server } from "./serverParts.ts";
import type { Settings } from "./settings.ts";
import { parseSettings } from "./settings.ts";

/** A client that has not answered by then does not keep the user waiting. */
const answerMs = 2000;

/**
 * Asks the client for the settings of each folder, by folder URI, "" for documents outside all of them. `apply` is called with the defaults
 * where the client cannot be asked or does not answer in time, and with its answer whenever that comes.
 */
export async function fetchSettings(
  { connection, host, session }: Pick<Server, "connection" | "host" | "session">,
  apply: (settings: ReadonlyMap<string, Settings>) => void,
): Promise<void> {
  if (!session.features.configuration) {
    if (!session.areSettingsKnown) apply(settingsByFolder([], []));
    return;
  }
  const folderUris = session.folders.map(({ uri }) => uri);
  const items = [
    { section: "tare" },
    ...folderUris.map((scopeUri) => ({ scopeUri, section: "tare" })),
  ];
  const stop = host.after(answerMs, () => {
    if (!session.areSettingsKnown) apply(settingsByFolder([], []));
  });
  const sections: unknown = await connection.workspace.getConfiguration(items).catch(() => []);
  stop();
  apply(settingsByFolder(folderUris, sections));
}

function settingsByFolder(
  folderUris: readonly string[],
  sections: unknown,
): ReadonlyMap<string, Settings> {
  const list: readonly unknown[] = Array.isArray(sections) ? sections : [];
  return new Map(["", ...folderUris].map((uri, index) => [uri, parseSettings(list[index])]));
}

/** Settings that an older client pushed: the section, or the tree that holds it. They hold for all folders. */
export function parsePushedSettings(pushed: unknown): ReadonlyMap<string, Settings> {
  const section: unknown =
    typeof pushed === "object" && pushed !== null && "tare" in pushed ? pushed.tare : pushed;
  return new Map([["", parseSettings(section)]]);
}
