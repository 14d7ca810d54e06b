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
import { isText, maybe, ofDocument, ofFile } from "../shapes.ts";
import { inTurns } from "../turns.ts";
import { findFile, findFileBelow, findFileInImage, nothing } from "./fileFinding.ts";
import { readFile } from "./fileReading.ts";

/** A number of bytes that is none counts as 0. */
const readParams = {
  ...ofDocument,
  path: isText,
  reference: isText,
  baseFolder: maybe(isText),
  diffId: isText,
};

/** The methods that look into an image. */
export function answerFileRequests(server: Server): void {
  const { connection, requests, documents, host } = server;
  const mistake = nothing("The file could not be looked up: see the output of Tare.", "failed");
  connection.onRequest<FileFinding, void>(
    methods.findFile,
    requests.answering<FileParams, FileFinding>(ofFile, mistake, (params) =>
      findFile(server, params),
    ),
  );
  connection.onRequest<FileFinding, void>(
    methods.findFileBelow,
    requests.answering<FileParams, FileFinding>(ofFile, mistake, (params) =>
      findFileBelow(server, params),
    ),
  );
  connection.onRequest<FileFinding, void>(
    methods.findFileInImage,
    requests.answering<OtherFileParams, FileFinding>(
      { ...ofFile, reference: isText },
      mistake,
      (params, token) => findFileInImage(server, params, signalOf(token)),
    ),
  );
  connection.onRequest(
    methods.searchFiles,
    requests.answering<FileSearchParams, readonly FileHit[]>(
      { ...ofDocument, text: isText },
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
    requests.answering<FileReadParams, FileAnswer>(
      readParams,
      {
        kind: "refused",
        isGone: false,
        message: "The file could not be read: see the output of Tare.",
      },
      (params, token) => readFile(server, params, signalOf(token)),
    ),
  );
}
