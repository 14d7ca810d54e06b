import type { Server } from "./serverParts.ts";
import type { Settings } from "./settings.ts";
import { parseSettings } from "./settings.ts";

/** What a client says of its settings. */
export interface SettingsAnswer {
  /** By folder URI; "" for documents outside all folders. */
  readonly settings: ReadonlyMap<string, Settings>;
  /** One sentence for each value that could not be understood. */
  readonly problems: readonly string[];
}

/** A client that has not answered by then does not keep the user waiting. */
const answerMs = 2000;

/**
 * Asks the client for the settings of each folder. `apply` is called with the defaults where the client cannot be asked or does not answer
 * in time, and with its answer whenever that comes.
 */
export async function fetchSettings(
  { connection, host, session }: Pick<Server, "connection" | "host" | "session">,
  apply: (answer: SettingsAnswer) => void,
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

function settingsByFolder(folderUris: readonly string[], sections: unknown): SettingsAnswer {
  const list: readonly unknown[] = Array.isArray(sections) ? sections : [];
  const parsed = ["", ...folderUris].map((uri, at) => ({ uri, ...parseSettings(list[at]) }));
  return {
    settings: new Map(parsed.map(({ uri, value }) => [uri, value])),
    problems: [...new Set(parsed.flatMap(({ problems }) => problems))],
  };
}

/** Settings that an older client pushed: the section, or the tree that holds it. They hold for all folders. */
export function parsePushedSettings(pushed: unknown): SettingsAnswer {
  const section: unknown =
    typeof pushed === "object" && pushed !== null && "tare" in pushed ? pushed.tare : pushed;
  return settingsByFolder([], [section]);
}
