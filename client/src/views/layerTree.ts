import * as vscode from "vscode";
import type { RevealParams, TreeRow } from "../../../server/src/protocol.ts";
import type { DockerfileInView } from "../dockerfileInView.ts";
import type { ImageStatuses } from "../imageStatuses.ts";
import type { Server } from "../languageClient.ts";

/** Id of the view in package.json. */
export const layerTreeId = "tare.layers";

/** Internal command of a row: goes to its line. Arguments: document URI, zero-based line. */
export const goToLineCommand = "tare.goToLine";

/** A row as the server sent it, with what the view needs to find its way. */
interface Row {
  readonly row: TreeRow;
  readonly uri: string;
  readonly parent: Row | undefined;
}

/** The view of layers, directories and files of the image that belongs to the Dockerfile in view. */
export interface LayerTreeView extends vscode.Disposable {
  /** Opens the view and selects the row asked for; false when there is none. */
  reveal(params: RevealParams): Promise<boolean>;
  focus(): Promise<void>;
}

/** Registers the tree view: rows are asked for when they are opened, never before. */
export function layerTreeView(
  server: Server,
  inView: DockerfileInView,
  statuses: ImageStatuses,
): LayerTreeView {
  const changed = new vscode.EventEmitter<Row | undefined>();
  const childrenOf = async (parent: Row | undefined): Promise<readonly Row[]> => {
    const uri = parent?.uri ?? inView.uri();
    if (uri === undefined) return [];
    const rows = await server.tree({ uri, ...(parent && { parent: parent.row.id }) });
    return rows.map((row) => ({ row, uri, parent }));
  };
  const view = vscode.window.createTreeView<Row>(layerTreeId, {
    showCollapseAll: true,
    treeDataProvider: {
      onDidChangeTreeData: changed.event,
      getChildren: async (parent) => [...(await childrenOf(parent))],
      getParent: ({ parent }) => parent,
      getTreeItem: toTreeItem,
    },
  });
  const renew = (): void => {
    describeView(view, inView, statuses);
    changed.fire(undefined);
  };
  renew();
  const listening = vscode.Disposable.from(
    view,
    changed,
    inView.onDidChange(renew),
    statuses.onDidChange((uri) => {
      if (uri === undefined || uri === inView.uri()) renew();
    }),
  );
  return {
    reveal: (params) => revealRow(server, view, childrenOf, params),
    focus: async () => {
      await vscode.commands.executeCommand(`${layerTreeId}.focus`);
    },
    dispose: () => void listening.dispose(),
  };
}

function toTreeItem({ row, uri }: Row): vscode.TreeItem {
  const { label, description } = visibleTexts(row);
  const item = new vscode.TreeItem(
    label,
    row.hasChildren
      ? row.kind === "image"
        ? vscode.TreeItemCollapsibleState.Expanded
        : vscode.TreeItemCollapsibleState.Collapsed
      : vscode.TreeItemCollapsibleState.None,
  );
  item.id = `${uri}#${row.id}`;
  item.contextValue = row.kind;
  item.iconPath = new vscode.ThemeIcon(row.icon, iconColor(row));
  item.accessibilityInformation = { label: row.accessibilityLabel, role: "treeitem" };
  if (description !== undefined) item.description = description;
  if (row.tooltip !== undefined) item.tooltip = row.tooltip;
  if (row.line !== undefined) {
    item.command = {
      command: goToLineCommand,
      title: vscode.l10n.t("Go to Line"),
      arguments: [uri, row.line],
    };
  }
  return item;
}

/** In a narrow side bar the end of a row is cut: the size of a layer or of waste stands before the long text. */
function visibleTexts(row: TreeRow): Pick<TreeRow, "label" | "description"> {
  const isLong = row.kind === "layer" || row.kind === "waste";
  if (!isLong || row.description === undefined) return row;
  return { label: row.description, description: row.label };
}

function iconColor({ kind }: TreeRow): vscode.ThemeColor | undefined {
  const isWaste = kind === "wasteGroup" || kind === "waste";
  return isWaste ? new vscode.ThemeColor("tare.wasteForeground") : undefined;
}

/** What stands around the rows: the image's name, a sentence, and which welcome text an empty view shows. */
function describeView(
  view: vscode.TreeView<Row>,
  inView: DockerfileInView,
  statuses: ImageStatuses,
): void {
  const status = statuses.of(inView.uri());
  const state = statuses.isServerDead()
    ? "serverDead"
    : inView.uri() === undefined
      ? "noDockerfile"
      : (status?.state ?? "looking");
  void vscode.commands.executeCommand("setContext", "tare.viewState", state);
  view.description = status?.reference ?? "";
  // A message takes the place of the welcome texts: only what they cannot say is one.
  if (state === "failed") view.message = status?.message ?? "";
  else view.message = state === "looking" ? vscode.l10n.t("Looking for the image …") : "";
}

/** Opens the rows on the way one after the other: each knows its children only when asked. */
async function revealRow(
  server: Server,
  view: vscode.TreeView<Row>,
  childrenOf: (parent: Row | undefined) => Promise<readonly Row[]>,
  params: RevealParams,
): Promise<boolean> {
  let reached: Row | undefined;
  for (const id of await server.reveal(params)) {
    const next = (await childrenOf(reached)).find(({ row }) => row.id === id);
    if (next === undefined) break;
    reached = next;
  }
  if (reached === undefined) return false;
  await view.reveal(reached, { select: true, focus: true, expand: true });
  return true;
}
