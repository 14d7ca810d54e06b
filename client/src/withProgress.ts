import * as vscode from "vscode";

/** Runs work that takes long, under a notification whose button stops it. */
export function withProgress<T>(
  title: string,
  work: (token: vscode.CancellationToken) => Thenable<T>,
): Thenable<T> {
  const location = vscode.ProgressLocation.Notification;
  return vscode.window.withProgress({ location, title, cancellable: true }, (_, token) =>
    work(token),
  );
}
