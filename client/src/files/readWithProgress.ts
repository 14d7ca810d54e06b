import * as vscode from "vscode";
import { withProgress } from "../withProgress.ts";

/** Work that takes no longer shows no progress. */
const quietMs = 700;

/** Runs work that the user waits for: after a moment it shows that it goes on, with a button that stops it. */
export async function readWithProgress<T>(
  title: string,
  work: (token: vscode.CancellationToken) => Promise<T>,
): Promise<T> {
  const source = new vscode.CancellationTokenSource();
  const running = work(source.token);
  const timer = setTimeout(() => {
    void withProgress(title, (token) => {
      token.onCancellationRequested(() => source.cancel());
      return running.then(
        () => undefined,
        () => undefined,
      );
    });
  }, quietMs);
  try {
    return await running;
  } finally {
    clearTimeout(timer);
    source.dispose();
  }
}
