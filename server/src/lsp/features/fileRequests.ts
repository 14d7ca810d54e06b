import type { CancellationToken } from "vscode-languageserver/node";
import { searchFiles } from "../../core/views/imageFiles.ts";
import { methods } from "../../protocol.ts";
import type {
  FileAnswer,
  FileFinding,
  FileHit,
  FileParams,
  FileReadParams,
  FileSearchParams,
  OtherFileParams,
} from "../../protocol/files.ts";
import { signalOf } from "../cancellation.ts";
import type { Server } from "../serverParts.ts";
import { inTurns } from "../turns.ts";
import { findFile, findFileBelow, findFileInImage, nothing } from "./fileFinding.ts";
import { readFile } from "./fileReading.ts";

/** The methods that look into an image. */
export function answerFileRequests(server: Server): void {
  const { connection, shield, documents, host } = server;
  const mistake = nothing("The file could not be looked up: see the output of Tare.", "failed");
  connection.onRequest<FileFinding, void>(
    methods.findFile,
    shield.answering<[FileParams], FileFinding>(mistake, (params) => findFile(server, params)),
  );
  connection.onRequest<FileFinding, void>(
    methods.findFileBelow,
    shield.answering<[FileParams], FileFinding>(mistake, (params) => findFileBelow(server, params)),
  );
  connection.onRequest<FileFinding, void>(
    methods.findFileInImage,
    shield.answering<[OtherFileParams, CancellationToken], FileFinding>(mistake, (params, token) =>
      findFileInImage(server, params, signalOf(token)),
    ),
  );
  connection.onRequest(
    methods.searchFiles,
    shield.answering<[FileSearchParams, CancellationToken], readonly FileHit[]>(
      [],
      async ({ uri, text }, token) => {
        const analysis = documents.view(uri)?.analysis;
        if (analysis?.image?.state !== "read") return [];
        const search = searchFiles(analysis, analysis.image.read, text);
        return (await inTurns(host, search, () => token.isCancellationRequested)) ?? [];
      },
    ),
  );
  connection.onRequest<FileAnswer, void>(
    methods.readFile,
    shield.answering<[FileReadParams, CancellationToken], FileAnswer>(
      {
        kind: "refused",
        isGone: false,
        message: "The file could not be read: see the output of Tare.",
      },
      (params, token) => readFile(server, params, signalOf(token)),
    ),
  );
}
