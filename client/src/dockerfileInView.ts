import * as vscode from "vscode";

/** Schemes of documents that are analysed; diffs and other shadows of a file are not. */
export const schemes: readonly string[] = ["file", "untitled", "vscode-vfs"];

/** The Dockerfile that the views speak of. */
export interface DockerfileInView extends vscode.Disposable {
  /** URI of the active Dockerfile, or of the last active one while it is open; undefined without one. */
  uri(): string | undefined;
  readonly onDidChange: vscode.Event<void>;
}

/** Whether the server analyses this document. */
export function isDockerfile({ languageId, uri }: vscode.TextDocument): boolean {
  return languageId === "dockerfile" && schemes.includes(uri.scheme);
}

/** Follows the active editor. */
export function dockerfileInView(): DockerfileInView {
  const changed = new vscode.EventEmitter<void>();
  let current: vscode.Uri | undefined;
  const look = (): void => {
    const active = vscode.window.activeTextEditor?.document;
    const next =
      active !== undefined && isDockerfile(active) ? active.uri : stillOpen(current)?.uri;
    if (next?.toString() === current?.toString()) return;
    current = next;
    changed.fire();
  };
  look();
  const listening = vscode.Disposable.from(
    changed,
    vscode.window.onDidChangeActiveTextEditor(look),
    vscode.workspace.onDidOpenTextDocument(look),
    vscode.workspace.onDidCloseTextDocument(look),
  );
  return {
    uri: () => current?.toString(),
    onDidChange: changed.event,
    dispose: () => void listening.dispose(),
  };
}

/** Says that a command needs one. */
export function sayNoDockerfile(): void {
  void vscode.window.showInformationMessage(vscode.l10n.t("Open a Dockerfile first."));
}

function stillOpen(uri: vscode.Uri | undefined): vscode.TextDocument | undefined {
  const wanted = uri?.toString();
  return vscode.workspace.textDocuments.find(
    (document) => document.uri.toString() === wanted && isDockerfile(document),
  );
}
