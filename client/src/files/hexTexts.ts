import * as vscode from "vscode";
import type { Server } from "../languageClient.ts";
import { fromFileUri, hexScheme } from "./fileUris.ts";
import { type HexParts, hexParts } from "./hexParts.ts";

/** Bytes of one part of a hex view: 16 times as many characters fit into an editor with ease. */
export const hexPartBytes = 256 * 1024;

/** Files of images as lines of offset, bytes and characters. */
export interface HexTexts extends vscode.Disposable {
  /** The text is to be made again. */
  renew(uri: vscode.Uri): void;
}

/** Serves the hex views, one part of a file at a time; the first line says which. */
export function hexTexts(server: Server): HexTexts {
  const renewed = new vscode.EventEmitter<vscode.Uri>();
  const parts = hexParts();
  const registered = vscode.workspace.registerTextDocumentContentProvider(hexScheme, {
    onDidChange: renewed.event,
    provideTextDocumentContent: (uri, token) => hexText({ server, parts }, uri, token),
  });
  return {
    renew: (uri) => renewed.fire(uri),
    dispose: () => vscode.Disposable.from(renewed, registered, parts).dispose(),
  };
}

async function hexText(
  { server, parts }: { readonly server: Server; readonly parts: HexParts },
  uri: vscode.Uri,
  token: vscode.CancellationToken,
): Promise<string> {
  const place = fromFileUri(uri);
  if (place === undefined) return vscode.l10n.t("There is no such file.");
  if (place.kind === "nothing") return "";
  const { address, part } = place;
  parts.note(uri, { hasPrevious: part > 0, hasNext: false });
  const start = part * hexPartBytes;
  const answer = await server.readFile(
    { ...address, start, maxBytes: hexPartBytes, as: "hex" },
    token,
  );
  if (answer.kind === "refused") return answer.message;
  if (answer.kind === "cancelled") return vscode.l10n.t("Reading it was cancelled.");
  const { text, contentBytes, shownBytes } = answer;
  const hasNext = start + shownBytes < contentBytes;
  parts.note(uri, { hasPrevious: part > 0, hasNext });
  if (shownBytes === contentBytes) return text;
  const count = Math.ceil(contentBytes / hexPartBytes);
  const head = vscode.l10n.t(
    "Part {0} of {1}: bytes {2} to {3} of {4}.",
    part + 1,
    count,
    start,
    start + shownBytes - 1,
    contentBytes,
  );
  const onward = hasNext ? ` ${vscode.l10n.t("Tare: Show the Next Part leads on.")}` : "";
  return `${head}${onward}\n${text}`;
}
