import * as vscode from "vscode";
import { buildComparisons } from "./buildCompare.ts";
import { buildsCompared } from "./buildsCompared.ts";
import { registerCommands } from "./commands.ts";
import { dockerfileInView } from "./dockerfileInView.ts";
import { registerFileCommands } from "./files/fileCommands.ts";
import { imageFiles } from "./files/imageFiles.ts";
import { imageStatuses } from "./imageStatuses.ts";
import { startLanguageClient } from "./languageClient.ts";
import { rewritePreviews } from "./rewritePreview.ts";
import { buildHistoryView } from "./views/buildHistory.ts";
import { layerTreeView } from "./views/layerTree.ts";
import { registerLayerTreeCommands } from "./views/layerTreeCommands.ts";
import { layerTreeOptions } from "./views/layerTreeOptions.ts";
import { toScratchView } from "./views/toScratch.ts";
import { statusBar } from "./views/status.ts";
import { treemapMenu } from "./views/treemapMenu.ts";
import { treemapPanels } from "./views/treemapPanel.ts";

/** Starts the server and puts its views in place; everything ends with the extension's subscriptions. */
export async function activate(context: vscode.ExtensionContext): Promise<void> {
  const inView = dockerfileInView();
  const statuses = imageStatuses();
  const server = startLanguageClient(context, statuses);
  const treeOptions = layerTreeOptions(context.workspaceState);
  const tree = layerTreeView(server, inView, statuses, treeOptions);
  const previews = rewritePreviews(server);
  const comparisons = buildComparisons(server);
  const treemaps = treemapPanels(context.extensionUri, server, statuses);
  const scratch = toScratchView(server, inView, statuses);
  const compared = buildsCompared(server);
  const history = buildHistoryView({ context, server, inView, statuses, compared });
  context.subscriptions.push(
    inView,
    statuses,
    tree,
    treeOptions,
    registerLayerTreeCommands({ server, inView, tree, options: treeOptions }),
    imageFiles(server, statuses),
    registerFileCommands({ server, inView }),
    previews,
    comparisons,
    scratch,
    compared,
    history,
    treemaps,
    ...treemapMenu(),
    statusBar(inView, statuses),
    ...registerCommands({
      context,
      server,
      inView,
      statuses,
      tree,
      previews,
      comparisons,
      scratch,
      treemaps,
      compared,
      history,
    }),
    vscode.workspace.onDidGrantWorkspaceTrust(() => server.grantTrust()),
    server,
  );
  await server.start();
}
