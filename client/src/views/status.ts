import * as vscode from "vscode";
import type { ImageStatus } from "../../../server/src/protocol.ts";
import type { DockerfileInView } from "../dockerfileInView.ts";
import type { ImageStatuses } from "../imageStatuses.ts";

/** Internal command of the status bar item: what can be done with the image. */
export const menuCommand = "tare.menu";

/** What the item shows; plain data, so that the rules stand in one place. */
interface Shown {
  readonly text: string;
  readonly tooltip: string;
  readonly isOverBudget: boolean;
}

/** Total and budget of the Dockerfile in view; hidden without one. */
export function statusBar(inView: DockerfileInView, statuses: ImageStatuses): vscode.Disposable {
  const item = vscode.window.createStatusBarItem("tare.total", vscode.StatusBarAlignment.Left, 5);
  item.name = vscode.l10n.t("Tare: Image Size");
  item.command = menuCommand;
  const renew = (): void => {
    const shown = statuses.isServerDead()
      ? serverDead()
      : inView.uri() === undefined
        ? undefined
        : shownFor(statuses.of(inView.uri()));
    if (shown === undefined) return item.hide();
    item.text = shown.text;
    item.tooltip = shown.tooltip;
    item.accessibilityInformation = { label: shown.tooltip.replaceAll("\n", ", ") };
    item.backgroundColor = shown.isOverBudget
      ? new vscode.ThemeColor("statusBarItem.warningBackground")
      : undefined;
    item.show();
  };
  renew();
  return vscode.Disposable.from(item, inView.onDidChange(renew), statuses.onDidChange(renew));
}

function serverDead(): Shown {
  const tooltip = vscode.l10n.t("Tare's server does not run: click to start it again.");
  return { text: "$(error) Tare", tooltip, isOverBudget: false };
}

function shownFor(status: ImageStatus | undefined): Shown {
  const sentence = sentenceOf(status);
  if (status?.totalText === undefined) return shownBeforeBuild(status, sentence);
  const { budget, totalText, reference, wastedText } = status;
  const over = isOverLimit(status);
  const limit = budget === undefined ? "" : ` / ${budget.limitText}`;
  const busy = status.state === "reading" ? " $(loading~spin)" : "";
  const lines = [
    vscode.l10n.t("Tare: the image weighs {0}", totalText),
    ...(reference === undefined ? [] : [reference]),
    ...(status.chosenBy === undefined ? [] : [chosenBySentence(status.chosenBy)]),
    ...predictedSentence(status),
    ...(wastedText === undefined ? [] : [vscode.l10n.t("wasted {0}", wastedText)]),
    ...besideSentences(status),
    ...limitSentences(status),
    sentence,
  ];
  return {
    text: `$(${over ? "warning" : "layers"}) ${totalText}${limit}${busy}`,
    tooltip: lines.filter((line) => line !== "").join("\n"),
    isOverBudget: over,
  };
}

/** Without an image: what the next build will weigh, marked as such. */
function shownBeforeBuild(status: ImageStatus | undefined, sentence: string): Shown {
  const predicted = status?.predictedText;
  if (status === undefined || predicted === undefined) {
    return { text: `$(layers) ${markOf(status)}`, tooltip: sentence, isOverBudget: false };
  }
  const { budget } = status;
  const over = isOverLimit(status);
  const limit = budget === undefined ? "" : ` / ${budget.limitText}`;
  const lines = [...predictedSentence(status), ...limitSentences(status), sentence];
  return {
    text: `$(${over ? "warning" : "layers"}) ${vscode.l10n.t("predicted {0}", predicted)}${limit}`,
    tooltip: lines.filter((line) => line !== "").join("\n"),
    isOverBudget: over,
  };
}

function predictedSentence({ predictedText }: ImageStatus): readonly string[] {
  return predictedText === undefined
    ? []
    : [vscode.l10n.t("Tare: the next build is predicted to weigh {0}", predictedText)];
}

function besideSentences({ growthText, sharedText }: ImageStatus): readonly string[] {
  return [
    ...(growthText === undefined ? [] : [growthText]),
    ...(sharedText === undefined ? [] : [vscode.l10n.t("shares {0}", sharedText)]),
  ];
}

function chosenBySentence(chosenBy: NonNullable<ImageStatus["chosenBy"]>): string {
  switch (chosenBy) {
    case "directive":
      return vscode.l10n.t("named in the Dockerfile");
    case "setting":
      return vscode.l10n.t("named by the setting tare.images");
    case "remembered":
      return vscode.l10n.t("chosen by you");
    case "history":
      return vscode.l10n.t("found by its history");
  }
}

function isOverLimit({ budget, layerBudget }: ImageStatus): boolean {
  return budget?.isWithin === false || layerBudget?.isWithin === false;
}

function limitSentences({ budget, layerBudget }: ImageStatus): readonly string[] {
  return [
    ...(budget === undefined ? [] : [budgetSentence(budget)]),
    ...(layerBudget === undefined ? [] : [layerSentence(layerBudget)]),
  ];
}

/** Names the target that states the limit, and the platform that it holds for. */
function budgetSentence(budget: NonNullable<ImageStatus["budget"]>): string {
  const { actualText, limitText, target, platform } = budget;
  const words = budget.isWithin
    ? vscode.l10n.t("within the budget: {0} of {1}", actualText, limitText)
    : vscode.l10n.t("over budget: {0}, {1} allowed", actualText, limitText);
  const whose = [
    ...(target === undefined ? [] : [vscode.l10n.t("target {0}", target)]),
    ...(platform === undefined ? [] : [platform]),
  ];
  return whose.length === 0 ? words : `${words} (${whose.join(", ")})`;
}

function layerSentence(layerBudget: NonNullable<ImageStatus["layerBudget"]>): string {
  const { actualLayers, mostLayers, isWithin } = layerBudget;
  return isWithin
    ? vscode.l10n.t("layers: {0} of {1}", actualLayers, mostLayers)
    : vscode.l10n.t("too many layers: {0}, {1} allowed", actualLayers, mostLayers);
}

/** What stands in place of a total that is not known: never a number. */
function markOf(status: ImageStatus | undefined): string {
  switch (status?.state) {
    case undefined:
    case "looking":
    case "reading":
      return "$(loading~spin)";
    case "none":
    case "read":
      return "?";
    case "failed":
      return "$(warning)";
    case "untrusted":
      return "$(shield)";
  }
}

function sentenceOf(status: ImageStatus | undefined): string {
  switch (status?.state) {
    case undefined:
    case "looking":
      return vscode.l10n.t("Tare looks for the image of this Dockerfile.");
    case "reading":
      return vscode.l10n.t("The files of the layers are being read.");
    case "none":
      return status.message ?? vscode.l10n.t("No image belongs to this Dockerfile yet.");
    case "failed":
      return status.message ?? vscode.l10n.t("The image cannot be read.");
    case "untrusted":
      return vscode.l10n.t("Tare reads only the text until you trust this workspace.");
    case "read":
      return "";
  }
}
