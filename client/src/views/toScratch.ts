import * as vscode from "vscode";
import type { RewriteParams, ScratchRow } from "../../../server/src/protocol/scratch.ts";
import { commands } from "../../../server/src/protocol.ts";
import type { DockerfileInView } from "../dockerfileInView.ts";
import type { ImageStatuses } from "../imageStatuses.ts";
import type { Server } from "../languageClient.ts";
import { goToLineCommand } from "./layerTree.ts";

/** Id of the view in package.json. */
const toScratchId = "tare.scratch";

/** Text that is being typed is not looked at with every key. */
const typingMs = 400;

/** The view of how far the final stage of the Dockerfile in view is from `FROM scratch`. */
export interface ToScratchView extends vscode.Disposable {
  focus(): Promise<void>;
}

/** A row as the server sent it, with the Dockerfile it speaks of; what commands in its menu get. */
export interface ScratchItem {
  readonly row: ScratchRow;
  readonly uri: string;
}

/** Registers the tree view: its rows are asked for when it is seen, never before. */
export function toScratchView(
  server: Server,
  inView: DockerfileInView,
  statuses: ImageStatuses,
): ToScratchView {
  const changed = new vscode.EventEmitter<void>();
  const view = vscode.window.createTreeView<ScratchItem>(toScratchId, {
    treeDataProvider: {
      onDidChangeTreeData: changed.event,
      getChildren: async (parent) => {
        const uri = parent?.uri ?? inView.uri();
        if (uri === undefined) return [];
        const rows = parent?.row.children ?? (await server.scratch(uri));
        return rows.map((row) => ({ row, uri }));
      },
      getTreeItem: toTreeItem,
    },
  });
  let waiting: NodeJS.Timeout | undefined;
  const renewSoon = (): void => {
    clearTimeout(waiting);
    waiting = setTimeout(() => changed.fire(), typingMs);
  };
  const listening = vscode.Disposable.from(
    view,
    changed,
    new vscode.Disposable(() => clearTimeout(waiting)),
    inView.onDidChange(() => changed.fire()),
    statuses.onDidChange((uri) => {
      if (uri === undefined || uri === inView.uri()) changed.fire();
    }),
    vscode.workspace.onDidChangeTextDocument(({ document }) => {
      if (document.uri.toString() === inView.uri()) renewSoon();
    }),
  );
  return {
    focus: async () => {
      await vscode.commands.executeCommand(`${toScratchId}.focus`);
    },
    dispose: () => void listening.dispose(),
  };
}

function toTreeItem({ row, uri }: ScratchItem): vscode.TreeItem {
  const item = new vscode.TreeItem(
    row.label,
    row.children.length === 0
      ? vscode.TreeItemCollapsibleState.None
      : vscode.TreeItemCollapsibleState.Collapsed,
  );
  item.id = `${uri}#${row.id}`;
  item.contextValue = row.kind;
  item.iconPath = new vscode.ThemeIcon(row.icon, toneColor(row.tone));
  item.accessibilityInformation = { label: row.accessibilityLabel, role: "treeitem" };
  if (row.description !== undefined) item.description = row.description;
  if (row.tooltip !== undefined) item.tooltip = row.tooltip;
  const command = commandOf(row, uri);
  if (command !== undefined) item.command = command;
  return item;
}

/** Offers open their preview, what has a line goes there. */
function commandOf({ offerId, line }: ScratchRow, uri: string): vscode.Command | undefined {
  if (offerId !== undefined) {
    const target: RewriteParams = { uri, offerId };
    return {
      command: commands.previewRewrite,
      title: vscode.l10n.t("Show the Change"),
      arguments: [target],
    };
  }
  if (line === undefined) return undefined;
  return { command: goToLineCommand, title: vscode.l10n.t("Go to Line"), arguments: [uri, line] };
}

function toneColor(tone: ScratchRow["tone"]): vscode.ThemeColor | undefined {
  switch (tone) {
    case "good":
      return new vscode.ThemeColor("testing.iconPassed");
    case "bad":
      return new vscode.ThemeColor("list.errorForeground");
    case "open":
      return new vscode.ThemeColor("list.warningForeground");
    case "plain":
      return undefined;
  }
}
