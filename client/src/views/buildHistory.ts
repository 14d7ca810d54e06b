import * as vscode from "vscode";
import type { HistoryBuild, HistoryViewMessage } from "../../../server/src/protocol/builds.ts";
import type { BuildsCompared } from "../buildsCompared.ts";
import type { DockerfileInView } from "../dockerfileInView.ts";
import type { ImageStatuses } from "../imageStatuses.ts";
import type { Server } from "../languageClient.ts";
import { historyPage } from "./historyPage.ts";

/** Id of the view in package.json. */
const historyId = "tare.history";

/** The view of what builds of the Dockerfile in view weighed. */
export interface BuildHistoryView extends vscode.Disposable {
  focus(): Promise<void>;
}

/** What the view shows and calls. */
export interface BuildHistoryParts {
  readonly context: vscode.ExtensionContext;
  readonly server: Server;
  readonly inView: DockerfileInView;
  readonly statuses: ImageStatuses;
  readonly compared: BuildsCompared;
}

/** Registers the webview view: builds are asked for while it is seen, never before. */
export function buildHistoryView(parts: BuildHistoryParts): BuildHistoryView {
  const { context, inView, statuses, compared } = parts;
  let shown: vscode.WebviewView | undefined;
  let version: string | undefined;
  let builds: readonly HistoryBuild[] = [];
  const renew = async (): Promise<void> => {
    const view = shown;
    if (view?.visible !== true) return;
    const uri = inView.uri();
    version = versionOf(parts);
    builds = uri === undefined ? [] : await parts.server.buildHistory(uri);
    const sentence = sentenceFor(uri, statuses.of(uri)?.state, builds.length);
    const message: HistoryViewMessage = { kind: "show", builds, sentence };
    await view.webview.postMessage(message);
  };
  const comparePicked = async (id: string): Promise<void> => {
    const uri = inView.uri();
    const newest = builds.at(-1);
    if (uri === undefined || newest === undefined) return;
    const isNewest = newest.id === id;
    await compared.show({ uri, after: newest.id, ...(isNewest ? {} : { before: id }) });
  };
  const provider: vscode.WebviewViewProvider = {
    resolveWebviewView(view) {
      shown = view;
      view.webview.onDidReceiveMessage((message: HistoryViewMessage) => {
        if (message.kind === "ready") void renew();
        if (message.kind === "compare") void comparePicked(message.id);
      });
      view.onDidChangeVisibility(() => void renew());
      view.onDidDispose(() => {
        shown = undefined;
      });
      fill(view.webview, context.extensionUri);
    },
  };
  const listening = vscode.Disposable.from(
    vscode.window.registerWebviewViewProvider(historyId, provider),
    inView.onDidChange(() => void renew()),
    statuses.onDidChange(() => {
      if (versionOf(parts) !== version) void renew();
    }),
  );
  return {
    focus: async () => {
      await vscode.commands.executeCommand(`${historyId}.focus`);
    },
    dispose: () => void listening.dispose(),
  };
}

function fill(webview: vscode.Webview, extension: vscode.Uri): void {
  const media = vscode.Uri.joinPath(extension, "media/dist");
  const script = webview.asWebviewUri(vscode.Uri.joinPath(media, "history.js"));
  webview.options = { enableScripts: true, localResourceRoots: [media] };
  webview.html = historyPage(script.toString(), webview.cspSource);
}

/** Another text when something else is to be shown. */
function versionOf({ inView, statuses }: BuildHistoryParts): string {
  const uri = inView.uri();
  const status = statuses.of(uri);
  return JSON.stringify([uri, status?.state, status?.historyVersion, status?.totalBytes]);
}

function sentenceFor(uri: string | undefined, state: string | undefined, count: number): string {
  if (uri === undefined) return vscode.l10n.t("Open a Dockerfile to see what its builds weighed.");
  if (state === "untrusted") {
    return vscode.l10n.t("Builds are not recorded until you trust this workspace.");
  }
  if (!vscode.workspace.getConfiguration("tare", vscode.Uri.parse(uri)).get("history", true)) {
    return vscode.l10n.t("The setting tare.history is off: no builds are recorded.");
  }
  switch (count) {
    case 0:
      return vscode.l10n.t("No build of this Dockerfile was seen yet.");
    case 1:
      return vscode.l10n.t("One build was seen. The next one is shown beside it.");
    default:
      return vscode.l10n.t("Pick a build to see what grew since then.");
  }
}
