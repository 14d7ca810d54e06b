import * as vscode from "vscode";
import type { BuildOutcome, RewriteParams } from "../../server/src/protocol/scratch.ts";
import type { Server } from "./languageClient.ts";
import { withProgress } from "./withProgress.ts";

/** Scheme of both sides of the comparison. */
const compareScheme = "tare-compare";

/** Builds a Dockerfile as it is and as an offer has it, and shows both with their bytes by line. */
export interface BuildComparisons extends vscode.Disposable {
  /** Asks first; nothing is built before the user has said so. */
  compare(params: RewriteParams): Promise<void>;
}

/** No comparison yet. */
export function buildComparisons(server: Server): BuildComparisons {
  const texts = new Map<string, string>();
  const renewed = new vscode.EventEmitter<vscode.Uri>();
  const show = async (
    document: vscode.Uri,
    outcome: Extract<BuildOutcome, { kind: "built" }>,
  ): Promise<void> => {
    const [before, after] = (["before", "after"] as const).map((side) => {
      const place = vscode.Uri.from({
        scheme: compareScheme,
        path: `${document.path}.sizes`,
        query: side,
      });
      texts.set(place.toString(), outcome[side]);
      renewed.fire(place);
      return place;
    });
    await vscode.commands.executeCommand("vscode.diff", before, after, outcome.title);
    if (outcome.remarks.length > 0) {
      void vscode.window.showWarningMessage(outcome.remarks.join(" "));
    }
  };
  const listening = vscode.Disposable.from(
    renewed,
    vscode.workspace.registerTextDocumentContentProvider(compareScheme, {
      onDidChange: renewed.event,
      provideTextDocumentContent: (uri) => texts.get(uri.toString()) ?? "",
    }),
    vscode.workspace.onDidCloseTextDocument(({ uri }) => void texts.delete(uri.toString())),
  );
  return {
    async compare(params) {
      if (!(await isWanted())) return;
      const title = vscode.l10n.t("Tare: building both; the output has what the builder says");
      const outcome = await withProgress(title, (token) => server.buildCompare(params, token));
      switch (outcome.kind) {
        case "built":
          return show(vscode.Uri.parse(params.uri), outcome);
        case "failed":
          void vscode.window.showErrorMessage(outcome.message);
          return;
        case "cancelled":
          return;
      }
    },
    dispose: () => void listening.dispose(),
  };
}

async function isWanted(): Promise<boolean> {
  if (!vscode.workspace.isTrusted) {
    void vscode.window.showInformationMessage(
      vscode.l10n.t("Nothing is built in a workspace that is not trusted."),
    );
    return false;
  }
  const build = vscode.l10n.t("Build Both");
  const answer = await vscode.window.showWarningMessage(
    vscode.l10n.t("Build this Dockerfile as it is and as it would be?"),
    {
      modal: true,
      detail: vscode.l10n.t(
        "Your builder runs the lines of the Dockerfile and pulls base images that are not here. Both images get names of our own and are removed when they are measured; the build cache and pulled base images stay.",
      ),
    },
    build,
  );
  return answer === build;
}
