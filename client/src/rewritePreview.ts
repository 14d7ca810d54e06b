import * as vscode from "vscode";
import type { RewriteParams, RewritePreview } from "../../server/src/protocol/scratch.ts";
import type { Server } from "./languageClient.ts";

/** Scheme of the right side of the comparison; named in package.json. */
export const previewScheme = "tare-preview";

/** Shows what a rewrite makes of a Dockerfile beside what it is, and makes it when the user says so. */
export interface RewritePreviews extends vscode.Disposable {
  show(params: RewriteParams): Promise<void>;
  /** Makes the change that is shown: of this document, or of the one in the active editor. */
  take(shown?: vscode.Uri): Promise<void>;
}

/** A preview that is open. */
interface Shown {
  readonly document: vscode.Uri;
  readonly params: RewriteParams;
  readonly preview: RewritePreview;
}

/** No preview yet. */
export function rewritePreviews(server: Server): RewritePreviews {
  const shown = new Map<string, Shown>();
  const renewed = new vscode.EventEmitter<vscode.Uri>();
  const take = async (uri?: vscode.Uri): Promise<void> => {
    const place = uri ?? vscode.window.activeTextEditor?.document.uri;
    const open = place && shown.get(place.toString());
    if (place !== undefined && open !== undefined) await takeShown(open, place);
  };
  const listening = vscode.Disposable.from(
    renewed,
    vscode.workspace.registerTextDocumentContentProvider(previewScheme, {
      onDidChange: renewed.event,
      provideTextDocumentContent: (uri) => shown.get(uri.toString())?.preview.newText ?? "",
    }),
    vscode.workspace.onDidCloseTextDocument(({ uri }) => void shown.delete(uri.toString())),
  );
  return {
    async show(params) {
      const preview = await server.rewrite(params);
      if (preview === null) return sayGone();
      const document = vscode.Uri.parse(params.uri);
      const place = placeOf(document, params);
      shown.set(place.toString(), { document, params, preview });
      renewed.fire(place);
      await vscode.commands.executeCommand("vscode.diff", document, place, preview.title);
      await askToTake(preview, () => take(place));
    },
    take,
    dispose: () => void listening.dispose(),
  };
}

/** Named as the Dockerfile, so that it is coloured as one. */
function placeOf({ path }: vscode.Uri, { uri, offerId }: RewriteParams): vscode.Uri {
  return vscode.Uri.from({
    scheme: previewScheme,
    path,
    query: JSON.stringify({ uri, offerId }),
  });
}

async function askToTake(
  { title, caveats }: RewritePreview,
  take: () => Promise<void>,
): Promise<void> {
  const takeIt = vscode.l10n.t("Make This Change");
  const message = [title.endsWith(".") ? title : `${title}.`, ...caveats].join(" ");
  const say =
    caveats.length === 0 ? vscode.window.showInformationMessage : vscode.window.showWarningMessage;
  if ((await say(message, takeIt)) === takeIt) await take();
}

async function takeShown({ document, preview }: Shown, place: vscode.Uri): Promise<void> {
  const open = await vscode.workspace.openTextDocument(document);
  if (open.version !== preview.version) {
    void vscode.window.showInformationMessage(
      vscode.l10n.t("The Dockerfile has changed since: ask for the preview once more."),
    );
    return;
  }
  const edit = new vscode.WorkspaceEdit();
  for (const { range, newText } of preview.edits) {
    const { start, end } = range;
    edit.replace(
      document,
      new vscode.Range(start.line, start.character, end.line, end.character),
      newText,
    );
  }
  if (!(await vscode.workspace.applyEdit(edit))) return;
  await closeTab(place);
  await vscode.window.showTextDocument(open);
}

async function closeTab(place: vscode.Uri): Promise<void> {
  const tab = vscode.window.tabGroups.all
    .flatMap(({ tabs }) => tabs)
    .find(
      ({ input }) =>
        input instanceof vscode.TabInputTextDiff && input.modified.toString() === place.toString(),
    );
  if (tab !== undefined) await vscode.window.tabGroups.close(tab);
}

function sayGone(): void {
  void vscode.window.showInformationMessage(
    vscode.l10n.t("This is not offered any more: the Dockerfile or its image has changed."),
  );
}
