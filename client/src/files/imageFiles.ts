import * as vscode from "vscode";
import type { FileAddress, FileAnswer } from "../../../server/src/protocol/files.ts";
import type { ImageStatuses } from "../imageStatuses.ts";
import type { Server } from "../languageClient.ts";
import { fileScheme, fileShownAt, fromFileUri, hexScheme } from "./fileUris.ts";
import { maxTextBytes, readingTitle } from "./foundFile.ts";
import { hexTexts } from "./hexTexts.ts";
import { readWithProgress } from "./readWithProgress.ts";

/** Between asking how long a file is and reading it no time passes: what was read is kept so long. */
const keptMs = 10_000;

/** Serves files of images to the editor, read-only, and notices when an image that one is of was built anew. */
export function imageFiles(server: Server, statuses: ImageStatuses): vscode.Disposable {
  const changed = new vscode.EventEmitter<vscode.FileChangeEvent[]>();
  const kept = new Map<string, Promise<Uint8Array>>();
  const load = (uri: vscode.Uri): Promise<Uint8Array> => {
    const key = uri.toString();
    const known = kept.get(key) ?? read(server, uri);
    if (!kept.has(key)) {
      kept.set(key, known);
      const forget = (): void => void kept.delete(key);
      known.catch(forget);
      setTimeout(forget, keptMs);
    }
    return known;
  };
  const hex = hexTexts(server);
  return vscode.Disposable.from(
    changed,
    hex,
    vscode.workspace.registerFileSystemProvider(fileScheme, providerOf(load, changed.event), {
      isCaseSensitive: true,
      isReadonly: new vscode.MarkdownString(
        vscode.l10n.t("A file of a built image: it changes only when the image is built anew."),
      ),
    }),
    whenAnotherImage(statuses, (dockerfile) =>
      lookAgain(server, dockerfile, (gone) => {
        kept.delete(gone.toString());
        if (gone.scheme === hexScheme) hex.renew(gone);
        else changed.fire([{ type: vscode.FileChangeType.Deleted, uri: gone }]);
      }),
    ),
  );
}

/** Calls for a Dockerfile each time that its image is read and has become another one. */
function whenAnotherImage(
  statuses: ImageStatuses,
  look: (dockerfile: string) => Promise<void>,
): vscode.Disposable {
  const versions = new Map<string, string | undefined>();
  return statuses.onDidChange((uri) => {
    const status = statuses.of(uri);
    if (uri === undefined || status?.state !== "read") return;
    const isOther = versions.has(uri) && versions.get(uri) !== status.treeVersion;
    versions.set(uri, status.treeVersion);
    if (isOther) void look(uri);
  });
}

function providerOf(
  load: (uri: vscode.Uri) => Promise<Uint8Array>,
  onDidChangeFile: vscode.Event<vscode.FileChangeEvent[]>,
): vscode.FileSystemProvider {
  const refuse = (uri: vscode.Uri): never => {
    throw vscode.FileSystemError.NoPermissions(uri);
  };
  return {
    onDidChangeFile,
    watch: () => new vscode.Disposable(() => undefined),
    async stat(uri) {
      const { length } = await load(uri);
      const permissions = vscode.FilePermission.Readonly;
      // Layers are indexed without times; the same address never has other content.
      return { type: vscode.FileType.File, ctime: 0, mtime: 0, size: length, permissions };
    },
    readFile: load,
    // An address is of one file of one layer. A listed folder would be asked for the size of each file in it, and to know that takes reading them.
    readDirectory(uri) {
      throw vscode.FileSystemError.FileNotADirectory(uri);
    },
    createDirectory: refuse,
    writeFile: refuse,
    delete: refuse,
    rename: refuse,
  };
}

async function read(server: Server, uri: vscode.Uri): Promise<Uint8Array> {
  const place = fromFileUri(uri);
  if (place === undefined) throw vscode.FileSystemError.FileNotFound(uri);
  if (place.kind === "nothing") return new Uint8Array(0);
  const { address } = place;
  const answer = await readWithProgress(readingTitle(address), (token) =>
    server.readFile({ ...address, maxBytes: maxTextBytes, as: "base64" }, token),
  );
  switch (answer.kind) {
    case "content":
      return Buffer.from(answer.text, "base64");
    case "refused":
      throw answer.isGone
        ? vscode.FileSystemError.FileNotFound(answer.message)
        : vscode.FileSystemError.Unavailable(answer.message);
    case "cancelled":
      throw vscode.FileSystemError.Unavailable(vscode.l10n.t("Reading it was cancelled."));
  }
}

/** Says once of each open file of that Dockerfile's image that it is of a build before. */
async function lookAgain(
  server: Server,
  dockerfile: string,
  isGone: (uri: vscode.Uri) => void,
): Promise<void> {
  for (const { uri } of vscode.workspace.textDocuments) {
    const place = fileShownAt(uri);
    if (place === undefined) continue;
    if (vscode.Uri.parse(place.address.uri).toString() !== dockerfile) continue;
    const answer = await peek(server, place.address);
    if (answer.kind !== "refused" || !answer.isGone) continue;
    isGone(uri);
    void vscode.window.showWarningMessage(`${place.address.path}: ${answer.message}`);
  }
}

/** Only whether it is there. */
async function peek(server: Server, address: FileAddress): Promise<FileAnswer> {
  const source = new vscode.CancellationTokenSource();
  try {
    const nothing = { ...address, start: 0, maxBytes: 0, as: "base64" } as const;
    return await server.readFile(nothing, source.token);
  } finally {
    source.dispose();
  }
}
