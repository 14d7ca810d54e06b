import { describeImageError, formatSize } from "../../core/analysis.ts";
import { hexLines } from "../../core/views/hexLines.ts";
import type { FileContent } from "../../io/fileContent.ts";
import type { FileAnswer, FileReadParams } from "../../protocol/files.ts";
import type { Server } from "../serverParts.ts";
import { untrusted } from "./fileFinding.ts";
import { readLayerFile } from "./layerFile.ts";

/** Bytes of one answer at most, whatever a client asks for: as text in a message they take a third more. */
const mostBytes = 64 * 2 ** 20;

/** Reads a file of the layer that its address names, and of no other. */
export async function readFile(
  server: Server,
  params: FileReadParams,
  signal: AbortSignal,
): Promise<FileAnswer> {
  if (!server.session.isTrusted) return refused(untrusted.message, false);
  const { reference, start } = params;
  const maxBytes = Math.min(toCount(params.maxBytes), mostBytes);
  const from = start === undefined ? {} : { start: toCount(start) };
  const file = await readLayerFile(server, params, { maxBytes, ...from }, signal);
  switch (file.kind) {
    case "read":
      return toAnswer(file.content, params, maxBytes);
    case "rebuilt": {
      const message = `${reference} was built anew and does not have this layer any more: open the file again.`;
      return refused(message, true);
    }
    case "failed":
      return refused(describeImageError(file.error), file.error.code === "image-not-found");
    case "cancelled":
      return file;
  }
}

/** What a client says is a number of bytes; 0 for what is none. */
function toCount(said: number): number {
  return Number.isSafeInteger(said) && said > 0 ? said : 0;
}

function toAnswer(
  content: FileContent,
  { path, as, start = 0 }: FileReadParams,
  maxBytes: number,
): FileAnswer {
  if (content.kind !== "file") return refusalOf(content, path, maxBytes);
  const { bytes, contentBytes } = content;
  return {
    kind: "content",
    text:
      as === "hex"
        ? hexLines(bytes, start, contentBytes)
        : Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString("base64"),
    contentBytes,
    shownBytes: bytes.length,
    isText: !bytes.includes(0),
  };
}

function refusalOf(
  content: Exclude<FileContent, { readonly kind: "file" }>,
  path: string,
  maxBytes: number,
): FileAnswer {
  switch (content.kind) {
    case "too-large": {
      const size = formatSize(content.contentBytes);
      const most = formatSize(maxBytes);
      return refused(
        `${path} has ${size}, more than the ${most} that are opened at once: open it as hex.`,
        false,
      );
    }
    case "sparse":
      return refused(
        `${path} is stored with holes, which Tare does not fill: look at it in a container.`,
        false,
      );
    case "ambiguous":
      return refused(`Several files look like ${path}: their names are no UTF-8.`, false);
    case "absent":
    case "directory":
    case "device":
    case "symlink":
    case "link-below":
    case "whiteout":
      return refused(`The layer has no file ${path}.`, true);
  }
}

function refused(message: string, isGone: boolean): FileAnswer {
  return { kind: "refused", isGone, message };
}
