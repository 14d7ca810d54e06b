import * as vscode from "vscode";
import type { TreeOptions, TreeRow } from "../../../server/src/protocol/layerTree.ts";
import { pickImage } from "../chooseImage.ts";
import { type DockerfileInView, sayNoDockerfile } from "../dockerfileInView.ts";
import type { Server } from "../languageClient.ts";
import { goToLineCommand, type LayerTreeItem, type LayerTreeView } from "./layerTree.ts";
import type { LayerTreeOptions } from "./layerTreeOptions.ts";
import { pathsOf, type TableFormat, tableOf } from "./layerTreeTable.ts";

/** What the commands act on. */
export interface LayerTreeParts {
  readonly server: Server;
  readonly inView: DockerfileInView;
  readonly tree: LayerTreeView;
  readonly options: LayerTreeOptions;
}

/** Registers the commands of the layer tree: what it shows, and copying out of it. Commands of rows take the row and all that are selected. */
export function registerLayerTreeCommands(parts: LayerTreeParts): vscode.Disposable {
  const { options, inView, tree } = parts;
  const register = vscode.commands.registerCommand;
  const change = (changed: TreeOptions) => () => options.change(inView.uri(), changed);
  return vscode.Disposable.from(
    register("tare.groupLayers", () => group(parts)),
    register("tare.sortLayersBySize", change({ sortBy: "size" })),
    register("tare.sortLayersByName", change({ sortBy: "name" })),
    register("tare.showOwnLayers", change({ ownOnly: true })),
    register("tare.showBaseLayers", change({ ownOnly: false })),
    register("tare.showOnlyWaste", change({ wasteOnly: true })),
    register("tare.showNotOnlyWaste", change({ wasteOnly: false })),
    register("tare.filterLayers", () => filter(parts)),
    register("tare.compareLayers", () => compare(parts)),
    register("tare.showAllRows", () => options.showAll(inView.uri())),
    register("tare.copyPath", (item?: LayerTreeItem, selected?: readonly LayerTreeItem[]) =>
      copyPaths(chosen(tree, item, selected)),
    ),
    register("tare.copyTable", (item?: LayerTreeItem, selected?: readonly LayerTreeItem[]) =>
      copyTable(tree, chosen(tree, item, selected), "markdown"),
    ),
    register("tare.copyTsv", (item?: LayerTreeItem, selected?: readonly LayerTreeItem[]) =>
      copyTable(tree, chosen(tree, item, selected), "tsv"),
    ),
    register("tare.revealLine", (item?: LayerTreeItem) => revealLine(chosen(tree, item))),
  );
}

/** The menu's rows, or those that are selected where a key or the palette asks. */
function chosen(
  tree: LayerTreeView,
  item: LayerTreeItem | undefined,
  selected?: readonly LayerTreeItem[],
): readonly LayerTreeItem[] {
  if (item === undefined) return tree.selection();
  return selected !== undefined && selected.length > 1 ? selected : [item];
}

interface Grouping extends vscode.QuickPickItem {
  readonly groupBy: NonNullable<TreeOptions["groupBy"]>;
}

async function group({ options, inView }: LayerTreeParts): Promise<void> {
  const uri = inView.uri();
  const current = options.of(uri).groupBy ?? "layer";
  const all: readonly Grouping[] = [
    {
      groupBy: "layer",
      label: vscode.l10n.t("Layer"),
      detail: vscode.l10n.t("What each line wrote"),
    },
    {
      groupBy: "directory",
      label: vscode.l10n.t("Directory"),
      detail: vscode.l10n.t("The final file system, as a container sees it"),
    },
    {
      groupBy: "package",
      label: vscode.l10n.t("Package"),
      detail: vscode.l10n.t(
        "The final file system by who owns its files: dpkg, apk, rpm, npm, pip and others",
      ),
    },
    {
      groupBy: "kind",
      label: vscode.l10n.t("Kind of Content"),
      detail: vscode.l10n.t(
        "The final file system as programs, libraries, code, documents and so on",
      ),
    },
  ];
  const items = all.map((each) => ({
    ...each,
    iconPath: new vscode.ThemeIcon(each.groupBy === current ? "check" : "blank"),
  }));
  const picked = await vscode.window.showQuickPick(items, {
    title: vscode.l10n.t("Group the layer tree by"),
  });
  if (picked !== undefined) options.change(uri, { groupBy: picked.groupBy });
}

/** Rows follow what is typed as soon as nobody types. */
const typingMs = 250;

/** Shows what fits while it is typed; Escape takes it back. */
function filter({ options, inView, tree }: LayerTreeParts): void {
  const uri = inView.uri();
  const before = options.of(uri).filter;
  const input = vscode.window.createInputBox();
  input.title = vscode.l10n.t("Filter the layer tree by path");
  input.placeholder = vscode.l10n.t("Part of a path, or a pattern: node_modules, *.so, usr/**/doc");
  input.prompt = vscode.l10n.t("Enter keeps the filter, Escape takes it back.");
  input.value = before ?? "";
  let isKept = false;
  let waiting: NodeJS.Timeout | undefined;
  const apply = (text: string | undefined): void => {
    clearTimeout(waiting);
    const wanted = text?.trim() === "" ? undefined : text?.trim();
    if (wanted !== options.of(uri).filter) options.change(uri, { filter: wanted });
  };
  input.onDidChangeValue((text) => {
    clearTimeout(waiting);
    waiting = setTimeout(() => apply(text), typingMs);
  });
  input.onDidAccept(() => {
    isKept = true;
    apply(input.value);
    input.hide();
  });
  input.onDidHide(() => {
    clearTimeout(waiting);
    if (!isKept) apply(before);
    input.dispose();
  });
  void tree.focus().then(() => input.show());
}

async function compare({ server, options, inView }: LayerTreeParts): Promise<void> {
  const uri = inView.uri();
  if (uri === undefined) return sayNoDockerfile();
  const decision = await pickImage(server, uri, options.of(uri).comparedWith, {
    title: vscode.l10n.t("Show only what changed against …"),
    placeholder: vscode.l10n.t("Choose an image to compare with, or type a reference"),
    accept: vscode.l10n.t("Compare"),
    forget: vscode.l10n.t("Compare No More"),
  });
  if (decision !== undefined) options.change(uri, { comparedWith: decision ?? undefined });
}

async function copyPaths(items: readonly LayerTreeItem[]): Promise<void> {
  const paths = pathsOf(items.map(({ row }) => row));
  if (paths === "") say(vscode.l10n.t("Select a file or directory of the layer tree first."));
  else await vscode.env.clipboard.writeText(paths);
}

/** Rows of a table that are copied at most. */
const mostRows = 5000;

/** Of one row with something below it that; of others the rows themselves. */
async function copyTable(
  tree: LayerTreeView,
  items: readonly LayerTreeItem[],
  format: TableFormat,
): Promise<void> {
  const [first] = items;
  if (first === undefined) return say(vscode.l10n.t("Select a row of the layer tree first."));
  const isOfChildren = items.length === 1 && first.row.hasChildren;
  const { rows, restCount } = isOfChildren
    ? await allBelow(tree, first)
    : { rows: items.map(({ row }) => row), restCount: 0 };
  await vscode.env.clipboard.writeText(tableOf(rows, format, restCount));
  const { length } = rows;
  say(length === 1 ? vscode.l10n.t("1 row copied.") : vscode.l10n.t("{0} rows copied.", length));
}

/** All pages one after the other. */
async function allBelow(
  tree: LayerTreeView,
  item: LayerTreeItem,
): Promise<{ readonly rows: readonly TreeRow[]; readonly restCount: number }> {
  const rows: TreeRow[] = [];
  for (let from: LayerTreeItem | undefined = item; from !== undefined;) {
    const page: readonly LayerTreeItem[] = await tree.childrenOf(from);
    const more: LayerTreeItem | undefined = page.find(({ row }) => row.kind === "more");
    rows.push(...page.flatMap(({ row }) => (row.kind === "more" ? [] : [row])));
    if (rows.length >= mostRows && more !== undefined) {
      return { rows, restCount: more.row.restCount ?? 0 };
    }
    from = more;
  }
  return { rows, restCount: 0 };
}

async function revealLine(items: readonly LayerTreeItem[]): Promise<void> {
  const [item] = items;
  if (item?.row.line === undefined) return say(vscode.l10n.t("No line of this file wrote that."));
  await vscode.commands.executeCommand(goToLineCommand, item.uri, item.row.line);
}

function say(message: string): void {
  vscode.window.setStatusBarMessage(message, 5000);
}
