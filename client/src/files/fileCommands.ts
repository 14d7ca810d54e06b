import * as vscode from "vscode";
import type { FileParams, FileFinding } from "../../../server/src/protocol/files.ts";
import { commands } from "../../../server/src/protocol.ts";
import { type DockerfileInView, sayNoDockerfile } from "../dockerfileInView.ts";
import { givenFields, isRecord } from "../givenFields.ts";
import type { Server } from "../languageClient.ts";
import { compareBelow, compareWithImage } from "./compareFiles.ts";
import { fileScheme, fileShownAt, hexScheme, toFileUri } from "./fileUris.ts";
import { hexPartBytes } from "./hexTexts.ts";
import { type FoundFile, looksLikeText, sayNone } from "./foundFile.ts";
import { pickFile } from "./pickFile.ts";

/** What the commands act on. */
export interface FileCommandParts {
  readonly server: Server;
  readonly inView: DockerfileInView;
}

/** Registers the commands for files of images. They take what a link says, a row of the layer tree, or the file in the active editor; else they ask. */
export function registerFileCommands(parts: FileCommandParts): vscode.Disposable {
  const { server } = parts;
  const register = (
    command: string,
    run: (params: FileParams) => Promise<void>,
  ): vscode.Disposable =>
    vscode.commands.registerCommand(command, async (given?: unknown) => {
      const params = paramsOf(given) ?? ofActiveEditor(command) ?? (await ask(parts));
      if (params !== undefined) await run(params);
    });
  return vscode.Disposable.from(
    register(commands.openFile, (params) => openFile(server, params, "text")),
    register("tare.openAsHex", (params) => openFile(server, params, "hex")),
    register("tare.compareFileBelow", (params) => compareBelow(server, params)),
    register("tare.compareFileWithImage", (params) => compareWithImage(server, params)),
    vscode.commands.registerCommand("tare.showNextPart", () => showPart(server, 1)),
    vscode.commands.registerCommand("tare.showPreviousPart", () => showPart(server, -1)),
  );
}

/** Of a link, or of a row of the layer tree. */
function paramsOf(given: unknown): FileParams | undefined {
  if (!isRecord(given)) return undefined;
  const { path, layer } = givenFields(given);
  const { uri } = given;
  if (typeof uri !== "string" || typeof path !== "string") return undefined;
  return { uri, path, ...(typeof layer === "number" && { layer }) };
}

/** To open a file that is open already is no wish: then another one is meant. */
function ofActiveEditor(command: string): FileParams | undefined {
  if (command === commands.openFile) return undefined;
  const uri = vscode.window.activeTextEditor?.document.uri;
  const place = uri && fileShownAt(uri);
  if (place === undefined) return undefined;
  const { address, layer } = place;
  return { uri: address.uri, path: address.path, layer };
}

async function ask({ server, inView }: FileCommandParts): Promise<FileParams | undefined> {
  const uri = inView.uri();
  if (uri === undefined) {
    sayNoDockerfile();
    return undefined;
  }
  const root = await server.findFile({ uri, path: "" });
  if (root.kind === "none" && root.isUnread === true) {
    sayNone(root);
    return undefined;
  }
  const path = await pickFile(server, uri);
  return path === undefined ? undefined : { uri, path };
}

async function openFile(server: Server, params: FileParams, as: "text" | "hex"): Promise<void> {
  const found = await server.findFile(params);
  if (found.kind === "none") return sayNone(found);
  if (found.kind === "link") return followLink(server, params, found, as);
  const isText = as === "text" ? await looksLikeText(server, found) : false;
  if (isText !== undefined) await show(found, isText ? fileScheme : hexScheme);
}

/** Shows it as a document of that scheme. */
async function show({ address, layer, title }: FoundFile, scheme: string): Promise<void> {
  const uri = vscode.Uri.from({ scheme, ...toFileUri(address, layer) });
  await vscode.commands.executeCommand("vscode.open", uri, { preview: true }, title);
}

async function followLink(
  server: Server,
  { uri, path }: FileParams,
  link: FileFinding & { readonly kind: "link" },
  as: "text" | "hex",
): Promise<void> {
  const target = link.path;
  if (target === undefined) {
    void vscode.window.showInformationMessage(
      vscode.l10n.t("{0} is a link to {1}, and nothing is there.", path, link.target),
    );
    return;
  }
  const open = vscode.l10n.t("Open What It Leads To");
  const answer = await vscode.window.showInformationMessage(
    vscode.l10n.t("{0} is a link to {1}.", path, link.target),
    open,
  );
  if (answer === open) await openFile(server, { uri, path: target }, as);
}

/** Goes on in the hex view of the active editor. */
async function showPart(server: Server, step: 1 | -1): Promise<void> {
  const uri = vscode.window.activeTextEditor?.document.uri;
  const place = uri?.scheme === hexScheme ? fileShownAt(uri) : undefined;
  if (place === undefined) return;
  const { address, layer, part } = place;
  const found = await server.findFile({ uri: address.uri, path: address.path, layer });
  const isSame = found.kind === "file" && found.address.diffId === address.diffId;
  const next = part + step;
  if (next < 0 || (isSame && next * hexPartBytes >= found.contentBytes)) return;
  const title = isSame ? found.title : address.path;
  const moved = vscode.Uri.from({ scheme: hexScheme, ...toFileUri(address, layer, next) });
  await vscode.commands.executeCommand("vscode.open", moved, { preview: true }, title);
}
