import * as vscode from "vscode";
import type { CompareBuildsParams } from "../../server/src/protocol/builds.ts";
import type { Server } from "./languageClient.ts";
import { withProgress } from "./withProgress.ts";

/** Scheme of the pages that say what grew. */
const comparedScheme = "tare-builds";

/** Shows what grew between two builds. */
export interface BuildsCompared extends vscode.Disposable {
  show(params: CompareBuildsParams): Promise<void>;
}

/** No page yet. */
export function buildsCompared(server: Server): BuildsCompared {
  const pages = new Map<string, string>();
  const renewed = new vscode.EventEmitter<vscode.Uri>();
  const listening = vscode.Disposable.from(
    renewed,
    vscode.workspace.registerTextDocumentContentProvider(comparedScheme, {
      onDidChange: renewed.event,
      provideTextDocumentContent: (uri) => pages.get(uri.toString()) ?? "",
    }),
  );
  return {
    async show(params) {
      const title = vscode.l10n.t("Tare: comparing two builds");
      const outcome = await withProgress(title, (token) => server.compareBuilds(params, token));
      switch (outcome.kind) {
        case "compared": {
          const { path } = vscode.Uri.parse(params.uri);
          const page = vscode.Uri.from({ scheme: comparedScheme, path: `${path} builds.md` });
          pages.set(page.toString(), outcome.markdown);
          renewed.fire(page);
          return openPage(page);
        }
        case "failed":
          void vscode.window.showInformationMessage(outcome.message);
          return;
        case "cancelled":
          return;
      }
    },
    dispose: () => void listening.dispose(),
  };
}

/** As a page, or as text where nothing shows Markdown. */
async function openPage(page: vscode.Uri): Promise<void> {
  if (vscode.extensions.getExtension("vscode.markdown-language-features") !== undefined) {
    await vscode.commands.executeCommand("markdown.showPreview", page);
  } else {
    await vscode.window.showTextDocument(page, { preview: true });
  }
}
