import * as vscode from "vscode";
import { commands } from "../../server/src/protocol.ts";
import type { ChosenBy, DocumentParams } from "../../server/src/protocol.ts";
import type { RevealParams } from "../../server/src/protocol/layerTree.ts";
import type { RewriteParams } from "../../server/src/protocol/scratch.ts";
import type { BuildsCompared } from "./buildsCompared.ts";
import type { BuildHistoryView } from "./views/buildHistory.ts";
import type { BuildComparisons } from "./buildCompare.ts";
import { pickImage } from "./chooseImage.ts";
import { type DockerfileInView, sayNoDockerfile } from "./dockerfileInView.ts";
import type { ImageStatuses } from "./imageStatuses.ts";
import type { Server } from "./languageClient.ts";
import { rememberedChoices } from "./rememberedChoices.ts";
import { measureStart } from "./measureStart.ts";
import { pickOffer } from "./pickOffer.ts";
import type { RewritePreviews } from "./rewritePreview.ts";
import { goToLineCommand, type LayerTreeView } from "./views/layerTree.ts";
import { targetOf } from "./views/treemapMenu.ts";
import type { TreemapPanels } from "./views/treemapPanel.ts";
import type { ScratchItem, ToScratchView } from "./views/toScratch.ts";
import { menuCommand } from "./views/status.ts";

/** What the commands act on. */
export interface CommandContext {
  readonly context: vscode.ExtensionContext;
  readonly server: Server;
  readonly inView: DockerfileInView;
  readonly statuses: ImageStatuses;
  readonly tree: LayerTreeView;
  readonly previews: RewritePreviews;
  readonly comparisons: BuildComparisons;
  readonly scratch: ToScratchView;
  readonly treemaps: TreemapPanels;
  readonly compared: BuildsCompared;
  readonly history: BuildHistoryView;
}

/** Registers every command of package.json; those of links take the protocol's arguments, else the Dockerfile in view. */
export function registerCommands(parts: CommandContext): readonly vscode.Disposable[] {
  const { server, tree, previews, scratch } = parts;
  const register = vscode.commands.registerCommand;
  return [
    register(commands.chooseImage, (params?: DocumentParams) => chooseImage(parts, params)),
    register(commands.refresh, (params?: DocumentParams) => refresh(parts, params)),
    register(commands.reveal, (params?: RevealParams) => reveal(parts, params)),
    register(commands.previewRewrite, (params?: RewriteParams) => previewRewrite(parts, params)),
    register(commands.showTreemap, (given?: unknown) => showTreemap(parts, given)),
    // The buttons above a tree are given the row that has the focus: this one means the whole.
    register("tare.showImageTreemap", () => showTreemap(parts, undefined)),
    register("tare.takeRewrite", (shown?: vscode.Uri) => previews.take(shown)),
    register("tare.buildAndCompare", (row?: ScratchItem) => buildAndCompare(parts, row)),
    register(commands.whatGrew, (params?: DocumentParams) => whatGrew(parts, params)),
    register("tare.forgetHistory", () => forgetHistory(parts)),
    register("tare.showHistory", () => parts.history.focus()),
    register("tare.measureStart", () => measureStartInView(parts)),
    register("tare.showScratch", () => scratch.focus()),
    register("tare.showLayers", () => tree.focus()),
    register("tare.showOutput", () => server.showOutput()),
    register("tare.restartServer", () => server.restart()),
    register(goToLineCommand, goToLine),
    register(menuCommand, () => showMenu(parts)),
  ];
}

async function chooseImage(parts: CommandContext, params?: DocumentParams): Promise<void> {
  const uri = documentOf(parts, params);
  if (uri === undefined) return sayNoDockerfile();
  const choices = rememberedChoices(parts.context.workspaceState);
  const reference = await pickImage(parts.server, uri, choices.all()[uri]);
  if (reference === undefined) return;
  await choices.remember(uri, reference);
  await parts.server.chooseImage({ uri, reference });
  sayWhatWins(parts.statuses.of(uri)?.chosenBy);
}

/** A choice that changes nothing would look like a fault. */
function sayWhatWins(chosenBy: ChosenBy | undefined): void {
  if (chosenBy === "directive") {
    void vscode.window.showInformationMessage(
      vscode.l10n.t(
        "The comment `# tare: image=…` in the Dockerfile wins: change or remove it there.",
      ),
    );
  }
  if (chosenBy === "setting") {
    void vscode.window.showInformationMessage(
      vscode.l10n.t("The setting `tare.images` names an image for this Dockerfile and wins."),
    );
  }
}

async function refresh(parts: CommandContext, params?: DocumentParams): Promise<void> {
  const uri = documentOf(parts, params);
  if (uri === undefined) return sayNoDockerfile();
  await parts.server.refresh(uri);
}

async function reveal(parts: CommandContext, params?: RevealParams): Promise<void> {
  const editor = vscode.window.activeTextEditor;
  const uri = documentOf(parts, params);
  if (uri === undefined) return sayNoDockerfile();
  const isActive = editor?.document.uri.toString() === uri;
  const asked = params ?? { uri, ...(isActive && { line: editor.selection.active.line }) };
  if (await parts.tree.reveal({ ...asked, uri })) return;
  const message = parts.statuses.of(uri)?.message;
  vscode.window.setStatusBarMessage(message ?? vscode.l10n.t("This line wrote no layer."), 5000);
}

function showTreemap({ treemaps, inView }: CommandContext, given: unknown): void {
  const target = targetOf(given, inView.uri());
  if (target === undefined) sayNoDockerfile();
  else treemaps.show(target);
}

async function previewRewrite(parts: CommandContext, params?: RewriteParams): Promise<void> {
  if (params !== undefined) return parts.previews.show(params);
  const uri = parts.inView.uri();
  if (uri === undefined) return sayNoDockerfile();
  const chosen = await pickOffer(parts.server, uri);
  if (chosen !== undefined) await parts.previews.show(chosen);
}

async function buildAndCompare(parts: CommandContext, row?: ScratchItem): Promise<void> {
  const uri = row?.uri ?? parts.inView.uri();
  if (uri === undefined) return sayNoDockerfile();
  const offerId = row?.row.offerId;
  const chosen = offerId === undefined ? await pickOffer(parts.server, uri) : { uri, offerId };
  if (chosen !== undefined) await parts.comparisons.compare(chosen);
}

async function whatGrew(parts: CommandContext, params?: DocumentParams): Promise<void> {
  const uri = documentOf(parts, params);
  if (uri === undefined) return sayNoDockerfile();
  await parts.compared.show({ uri });
}

/** Asks first: what is forgotten is gone. */
async function forgetHistory({ inView, server }: CommandContext): Promise<void> {
  const uri = inView.uri();
  if (uri === undefined) return sayNoDockerfile();
  const forget = vscode.l10n.t("Forget");
  const answer = await vscode.window.showWarningMessage(
    vscode.l10n.t("Forget what builds of this Dockerfile weighed?"),
    { modal: true, detail: vscode.l10n.t("Images are left as they are.") },
    forget,
  );
  if (answer === forget) await server.forgetHistory(uri);
}

async function measureStartInView({ server, inView, statuses }: CommandContext): Promise<void> {
  const uri = inView.uri();
  if (uri === undefined) return sayNoDockerfile();
  await measureStart(server, uri, statuses.of(uri)?.reference);
}

async function goToLine(uri: string, line: number, column?: vscode.ViewColumn): Promise<void> {
  const at = new vscode.Range(line, 0, line, 0);
  await vscode.window.showTextDocument(vscode.Uri.parse(uri), {
    selection: at,
    ...(column !== undefined && { viewColumn: column }),
    // The tree keeps the keyboard: arrow keys go on through its rows.
    preserveFocus: true,
    preview: true,
  });
}

async function showMenu(parts: CommandContext): Promise<void> {
  const all = [
    { label: vscode.l10n.t("$(package) Choose Image …"), command: commands.chooseImage },
    { label: vscode.l10n.t("$(layers) Show the Layer Tree"), command: "tare.showLayers" },
    { label: vscode.l10n.t("$(layout) Show as Treemap"), command: commands.showTreemap },
    { label: vscode.l10n.t("$(wand) Show the Way to Scratch"), command: "tare.showScratch" },
    { label: vscode.l10n.t("$(graph) Show the Build History"), command: "tare.showHistory" },
    { label: vscode.l10n.t("$(refresh) Look at the Image Again"), command: commands.refresh },
    { label: vscode.l10n.t("$(output) Show the Output"), command: "tare.showOutput" },
  ];
  const restart = {
    label: vscode.l10n.t("$(debug-restart) Start the Server Again"),
    command: "tare.restartServer",
  };
  const picked = await vscode.window.showQuickPick(
    parts.statuses.isServerDead() ? [restart, ...all] : all,
    { title: "Tare" },
  );
  if (picked !== undefined) await vscode.commands.executeCommand(picked.command);
}

/** Canonical, so that it compares with what the views hold. */
function documentOf({ inView }: CommandContext, params?: DocumentParams): string | undefined {
  return params?.uri === undefined ? inView.uri() : vscode.Uri.parse(params.uri).toString();
}
