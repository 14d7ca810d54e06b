import {
  DidChangeConfigurationNotification,
  DidChangeWatchedFilesNotification,
} from "vscode-languageserver/node";
import { foldersOf, pathOfUri } from "./folders.ts";
import type { Server } from "./serverParts.ts";
import { reconsiderAll } from "./serverParts.ts";
import type { SettingsAnswer } from "./settingsExchange.ts";
import { fetchSettings, parsePushedSettings } from "./settingsExchange.ts";
import { createSettingsWarning } from "./settingsWarning.ts";

/** Follows settings, folders and files: what holds for all documents and may change at any time. */
export function followSession(server: Server): void {
  const { connection, shield, session } = server;
  const reconsider = (): void => {
    server.engineWatch.follow();
    reconsiderAll(server);
  };
  const warn = createSettingsWarning(server);
  const apply = ({ settings, problems }: SettingsAnswer): void => {
    session.settings = settings;
    session.areSettingsKnown = true;
    warn(problems);
    reconsider();
  };
  const fetch = (): void => shield.inBackground(() => fetchSettings(server, apply));
  connection.onInitialized(
    shield.answering(undefined, () => {
      const { configurationRegistration, fileWatching, folderChanges } = session.features;
      if (configurationRegistration) {
        shield.inBackground(async () => {
          const type = DidChangeConfigurationNotification.type;
          await connection.client.register(type, { section: "tare" });
        });
      }
      if (fileWatching) watchFiles(server);
      if (folderChanges) {
        connection.workspace.onDidChangeWorkspaceFolders(
          shield.answering(undefined, ({ added, removed }) => {
            const gone = new Set(removed.map(({ uri }) => uri));
            const kept = session.folders.filter(({ uri }) => !gone.has(uri));
            session.folders = [...kept, ...foldersOf(added)];
            fetch();
          }),
        );
      }
      fetch();
    }),
  );
  connection.onDidChangeConfiguration(
    shield.answering(undefined, ({ settings }: { settings: unknown }) => {
      if (session.features.configuration) fetch();
      else apply(parsePushedSettings(settings));
    }),
  );
}

/** The editor sees files change, whoever changes them. Those of build contexts are asked for when one is opened. */
function watchFiles({ connection, shield, documents }: Server): void {
  connection.onDidChangeWatchedFiles(
    shield.answering(undefined, ({ changes }) =>
      documents.filesChanged(changes.flatMap(({ uri }) => pathOfUri(uri) ?? [])),
    ),
  );
  shield.inBackground(async () => {
    await connection.client.register(DidChangeWatchedFilesNotification.type, {
      watchers: [{ globPattern: "**/*.dockerignore" }],
    });
  });
}
