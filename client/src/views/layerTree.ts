import * as vscode from "vscode";
import type { RevealParams, TreeOptions, TreeRow } from "../../../server/src/protocol/layerTree.ts";
import type { DockerfileInView } from "../dockerfileInView.ts";
import type { ImageStatuses } from "../imageStatuses.ts";
import type { Server } from "../languageClient.ts";
import {
  groupedText,
  type LayerTreeOptions,
  leftOutText,
  nothingLeftOut,
  showingAll,
} from "./layerTreeOptions.ts";

/** Id of the view in package.json. */
export const layerTreeId = "tare.layers";

/** Internal command of a row: goes to its line. Arguments: document URI, zero-based line. */
export const goToLineCommand = "tare.goToLine";

/** A row as the server sent it, with what the view needs to find its way; what commands in its menu get. */
export interface LayerTreeItem {
  readonly row: TreeRow;
  readonly uri: string;
  readonly parent: LayerTreeItem | undefined;
}

/** The view of layers, directories and files of the image that belongs to the Dockerfile in view. */
export interface LayerTreeView extends vscode.Disposable {
  /** Opens the view and selects the row asked for; what leaves it out is taken back first. False when there is none. */
  reveal(params: RevealParams): Promise<boolean>;
  focus(): Promise<void>;
  selection(): readonly LayerTreeItem[];
  childrenOf(parent: LayerTreeItem | undefined): Promise<readonly LayerTreeItem[]>;
}

/** Registers the tree view: rows are asked for when they are opened, never before. */
export function layerTreeView(
  server: Server,
  inView: DockerfileInView,
  statuses: ImageStatuses,
  options: LayerTreeOptions,
): LayerTreeView {
  const changed = new vscode.EventEmitter<LayerTreeItem | undefined>();
  const childrenOf = async (
    parent: LayerTreeItem | undefined,
  ): Promise<readonly LayerTreeItem[]> => {
    const uri = parent?.uri ?? inView.uri();
    if (uri === undefined) return [];
    const rows = await server.tree({
      uri,
      options: options.of(uri),
      ...(parent && { parent: parent.row.id }),
    });
    return rows.map((row) => ({ row, uri, parent }));
  };
  const view = vscode.window.createTreeView<LayerTreeItem>(layerTreeId, {
    showCollapseAll: true,
    canSelectMany: true,
    treeDataProvider: {
      onDidChangeTreeData: changed.event,
      getChildren: async (parent) => [...(await childrenOf(parent))],
      getParent: ({ parent }) => parent,
      getTreeItem: toTreeItem,
    },
  });
  const listening = vscode.Disposable.from(
    view,
    changed,
    renewing(view, { inView, statuses, options }, () => changed.fire(undefined)),
  );
  return {
    reveal: (params) => revealRow({ server, view, childrenOf, options }, params),
    selection: () => view.selection,
    childrenOf,
    focus: async () => {
      await vscode.commands.executeCommand(`${layerTreeId}.focus`);
    },
    dispose: () => void listening.dispose(),
  };
}

interface Sources {
  readonly inView: DockerfileInView;
  readonly statuses: ImageStatuses;
  readonly options: LayerTreeOptions;
}

/** Keeps what stands around the rows, and the rows, up to date. */
function renewing(
  view: vscode.TreeView<LayerTreeItem>,
  { inView, statuses, options }: Sources,
  renewRows: () => void,
): vscode.Disposable {
  const renew = (): void => {
    describeView(view, inView, statuses, options.of(inView.uri()));
    renewRows();
  };
  renew();
  return vscode.Disposable.from(
    inView.onDidChange(renew),
    options.onDidChange(renew),
    statuses.onDidChange((uri) => {
      if (uri === undefined || uri === inView.uri()) renew();
    }),
  );
}

function toTreeItem({ row, uri }: LayerTreeItem): vscode.TreeItem {
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

function iconColor({ kind, mark }: TreeRow): vscode.ThemeColor | undefined {
  if (kind === "wasteGroup" || kind === "waste") {
    return new vscode.ThemeColor("tare.wasteForeground");
  }
  return mark === undefined ? undefined : new vscode.ThemeColor(markColors[mark]);
}

/** A colour says nothing that the description does not say, too. */
const markColors: Readonly<Record<NonNullable<TreeRow["mark"]>, string>> = {
  added: "charts.green",
  changed: "charts.yellow",
  rewritten: "charts.yellow",
  metadata: "charts.blue",
  removed: "charts.red",
};

/** What stands around the rows: the image's name, a sentence, and which welcome text an empty view shows. */
function describeView(
  view: vscode.TreeView<LayerTreeItem>,
  inView: DockerfileInView,
  statuses: ImageStatuses,
  options: TreeOptions,
): void {
  const status = statuses.of(inView.uri());
  const state = statuses.isServerDead()
    ? "serverDead"
    : inView.uri() === undefined
      ? "noDockerfile"
      : (status?.state ?? "looking");
  void vscode.commands.executeCommand("setContext", "tare.viewState", state);
  sayOptions(options);
  view.description = status?.reference ?? "";
  view.message = messageOf(state, status?.message, options);
}

/** A message takes the place of the welcome texts: only what they cannot say is one. */
function messageOf(state: string, message: string | undefined, options: TreeOptions): string {
  switch (state) {
    case "failed":
      return message ?? "";
    case "looking":
      return vscode.l10n.t("Looking for the image …");
    case "read":
    case "reading":
      return [groupedText(options), leftOutText(options)].filter((text) => text !== "").join(" · ");
    default:
      return "";
  }
}

/** For the buttons of the view. */
function sayOptions(options: TreeOptions): void {
  const say = (name: string, value: unknown): void =>
    void vscode.commands.executeCommand("setContext", `tare.layers.${name}`, value);
  say("isNarrowed", leftOutText(options) !== "");
  say("sortBy", options.sortBy ?? "size");
  say("ownOnly", options.ownOnly === true);
  say("wasteOnly", options.wasteOnly === true);
}

interface Revealing {
  readonly server: Server;
  readonly view: vscode.TreeView<LayerTreeItem>;
  readonly childrenOf: LayerTreeView["childrenOf"];
  readonly options: LayerTreeOptions;
}

/** Opens the rows on the way one after the other: each knows its children only when asked. */
async function revealRow(revealing: Revealing, params: RevealParams): Promise<boolean> {
  let reached: LayerTreeItem | undefined;
  for (const id of await wayTo(revealing, params)) {
    const next = (await revealing.childrenOf(reached)).find(({ row }) => row.id === id);
    if (next === undefined) break;
    reached = next;
  }
  if (reached === undefined) return false;
  await revealing.view.reveal(reached, { select: true, focus: true, expand: true });
  return true;
}

/** Takes back what leaves the row out, then the grouping, as far as that shows it; and says so. */
async function wayTo(
  { server, options }: Revealing,
  params: RevealParams,
): Promise<readonly string[]> {
  const current = options.of(params.uri);
  const ask = (wanted: TreeOptions): Promise<readonly string[]> =>
    server.reveal({ ...params, options: wanted });
  const way = await ask(current);
  if (way.length > 0) return way;
  const all = showingAll(current);
  const wayInAll = await ask(all);
  if (wayInAll.length > 0) {
    options.change(params.uri, nothingLeftOut);
    vscode.window.setStatusBarMessage(vscode.l10n.t("All rows are shown again."), 5000);
    return wayInAll;
  }
  const byLayer = await ask({ ...all, groupBy: "layer" });
  if (byLayer.length > 0) {
    options.change(params.uri, { ...nothingLeftOut, groupBy: "layer" });
    vscode.window.setStatusBarMessage(vscode.l10n.t("Rows are shown by layer again."), 5000);
  }
  return byLayer;
}
