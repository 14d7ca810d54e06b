import * as vscode from "vscode";
import type { FileFinding, FileParams } from "../../../server/src/protocol/files.ts";
import { pickImage } from "../chooseImage.ts";
import type { Server } from "../languageClient.ts";
import { type FoundFile, looksLikeText, readingTitle, sayNone } from "./foundFile.ts";
import { fileScheme, hexScheme, toFileUri, toNothingUri } from "./fileUris.ts";
import { readWithProgress } from "./readWithProgress.ts";

/** Shows the file beside what the next lower layer that wrote it has there. */
export async function compareBelow(server: Server, params: FileParams): Promise<void> {
  const [below, own] = await Promise.all([server.findFileBelow(params), server.findFile(params)]);
  await compare(server, params.path, below, own);
}

/** Lets the user pick another image and shows what its final file system has at the path beside the file. */
export async function compareWithImage(server: Server, params: FileParams): Promise<void> {
  const { uri, path } = params;
  const reference = await pickImage(server, uri, undefined, {
    title: vscode.l10n.t("Compare {0} with …", path),
    placeholder: vscode.l10n.t("Choose the image that has the other file, or type a reference"),
    accept: vscode.l10n.t("Compare"),
    forget: "",
  });
  if (reference === undefined || reference === null) return;
  const other = await readWithProgress(readingTitle({ path, reference }), (token) =>
    server.findFileInImage({ uri, path, reference }, token),
  );
  if (other.kind === "cancelled") return;
  if (other.kind === "none" && other.title === "failed") return sayNone(other);
  await compare(server, path, other, await server.findFile(params));
}

/** Text beside text, else hex beside hex; where there is no file the side is empty and says why. */
async function compare(
  server: Server,
  path: string,
  left: FileFinding,
  right: FileFinding,
): Promise<void> {
  const files = [left, right].filter((side): side is FoundFile => side.kind === "file");
  if (files.length === 0) return right.kind === "none" ? sayNone(right) : sayNoFile(path);
  const isText: (boolean | undefined)[] = [];
  for (const file of files) isText.push(await looksLikeText(server, file));
  if (isText.includes(undefined)) return;
  const scheme = isText.every((is) => is === true) ? fileScheme : hexScheme;
  await vscode.commands.executeCommand(
    "vscode.diff",
    uriOf(left, path, scheme),
    uriOf(right, path, scheme),
    `${titleOf(left)} ↔ ${titleOf(right)}`,
    { preview: true },
  );
}

function uriOf(side: FileFinding, path: string, scheme: string): vscode.Uri {
  const parts = side.kind === "file" ? toFileUri(side.address, side.layer) : toNothingUri(path);
  return vscode.Uri.from({ scheme, ...parts });
}

function titleOf(side: FileFinding): string {
  return side.kind === "link" ? vscode.l10n.t("link to {0}", side.target) : side.title;
}

function sayNoFile(path: string): void {
  void vscode.window.showInformationMessage(vscode.l10n.t("{0} is a file on neither side.", path));
}
