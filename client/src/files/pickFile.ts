import * as vscode from "vscode";
import { acceptedItem } from "../acceptedItem.ts";
import type { Server } from "../languageClient.ts";

/** Hits follow what is typed as soon as nobody types. */
const typingMs = 120;

/** Lets the user find a file of the final file system by part of its path. */
export async function pickFile(server: Server, uri: string): Promise<string | undefined> {
  const pick = vscode.window.createQuickPick();
  pick.title = vscode.l10n.t("Open a file of the image");
  pick.placeholder = vscode.l10n.t("Part of a path: passwd, usr/lib, .so");
  let asked = 0;
  let waiting: NodeJS.Timeout | undefined;
  const search = async (): Promise<void> => {
    asked += 1;
    const number = asked;
    pick.busy = true;
    const hits = await server.searchFiles({ uri, text: pick.value.trim() });
    if (number !== asked) return;
    pick.busy = false;
    pick.items = hits.map(({ path, description }) => ({
      label: path,
      description,
      // What fits was decided by the server.
      alwaysShow: true,
    }));
  };
  void search();
  const listening = pick.onDidChangeValue(() => {
    clearTimeout(waiting);
    waiting = setTimeout(() => void search(), typingMs);
  });
  const chosen = await acceptedItem(pick);
  clearTimeout(waiting);
  listening.dispose();
  pick.dispose();
  return chosen?.label;
}
