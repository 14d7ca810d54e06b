import * as vscode from "vscode";
import type { FileAddress, FileFinding } from "../../../server/src/protocol/files.ts";
import type { Server } from "../languageClient.ts";
import { readWithProgress } from "./readWithProgress.ts";

/** A file that was found. */
export type FoundFile = FileFinding & { readonly kind: "file" };

/** Text longer than that is shown as hex, part by part. */
export const maxTextBytes = 20_000_000;

/** Enough to tell text from programs. */
const sniffedBytes = 8192;

/** Whether the editor shows it as text; undefined where it cannot be read, which is said. */
export async function looksLikeText(
  server: Server,
  { address, contentBytes }: FoundFile,
): Promise<boolean | undefined> {
  const answer = await readWithProgress(readingTitle(address), (token) =>
    server.readFile({ ...address, start: 0, maxBytes: sniffedBytes, as: "base64" }, token),
  );
  if (answer.kind === "content") return answer.isText && contentBytes <= maxTextBytes;
  if (answer.kind === "refused") void vscode.window.showErrorMessage(answer.message);
  return undefined;
}

/** Says why there is no file. */
export function sayNone({ message }: FileFinding & { readonly kind: "none" }): void {
  void vscode.window.showInformationMessage(message);
}

/** What the progress says while a file is read. */
export function readingTitle({ path, reference }: Pick<FileAddress, "path" | "reference">): string {
  return vscode.l10n.t("Tare: reading {0} out of {1}", path, reference);
}
