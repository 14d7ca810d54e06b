import * as vscode from "vscode";

/** Which open hex views have parts before and after the one they show, for the buttons and commands that lead there. */
export interface HexParts extends vscode.Disposable {
  /** What a view shows now; neither where it shows no file. */
  note(uri: vscode.Uri, shown: { readonly hasPrevious: boolean; readonly hasNext: boolean }): void;
}

/** Context keys that package.json asks: lists of the URIs that have such a part. */
const previousKey = "tare.hexWithPrevious";
const nextKey = "tare.hexWithNext";

/** Keeps the lists until the views are closed. */
export function hexParts(): HexParts {
  const withPrevious = new Set<string>();
  const withNext = new Set<string>();
  const tell = (): void => {
    void vscode.commands.executeCommand("setContext", previousKey, [...withPrevious]);
    void vscode.commands.executeCommand("setContext", nextKey, [...withNext]);
  };
  const note: HexParts["note"] = (uri, { hasPrevious, hasNext }) => {
    const key = uri.toString();
    if (hasPrevious) withPrevious.add(key);
    else withPrevious.delete(key);
    if (hasNext) withNext.add(key);
    else withNext.delete(key);
    tell();
  };
  const closing = vscode.workspace.onDidCloseTextDocument(({ uri }) => {
    const key = uri.toString();
    if (withPrevious.has(key) || withNext.has(key)) note(uri, nothing);
  });
  return { note, dispose: () => void closing.dispose() };
}

const nothing = { hasPrevious: false, hasNext: false };
