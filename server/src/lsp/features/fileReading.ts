import { describeImageError, formatSize } from "../../core/analysis.ts";
import { hexLines } from "../../core/views/hexLines.ts";
import type { FileContent } from "../../io/fileContent.ts";
import { readImageFile } from "../../io/imageFile.ts";
import type { OpenedImage } from "../../io/imageSource.ts";
import type { FileAnswer, FileReadParams } from "../../protocol/files.ts";
import type { ImageRequest } from "../host.ts";
import { placeFor } from "../imageBinding.ts";
import type { Server } from "../serverParts.ts";
import { untrusted } from "./fileFinding.ts";

/** Bytes of one answer at most, whatever a client asks for: as text in a message they take a third more. */
const mostBytes = 64 * 2 ** 20;

/** Reads a file of the layer that its address names, and of no other. */
export async function readFile(
  { session, host }: Server,
  params: FileReadParams,
  signal: AbortSignal,
): Promise<FileAnswer> {
  if (!session.isTrusted) return refused(untrusted.message, false);
  const place = placeFor(session, params.uri, params.baseFolder);
  const request: ImageRequest = { ...place, reference: params.reference };
  const opened = await host.openImage(request, signal);
  if (signal.aborted) {
    if (opened.ok) await opened.value.close();
    return { kind: "cancelled" };
  }
  if (!opened.ok) {
    return refused(describeImageError(opened.error), opened.error.code === "image-not-found");
  }
  try {
    return await readOpened(opened.value, params, signal);
  } finally {
    await opened.value.close();
  }
}

async function readOpened(
  image: OpenedImage,
  params: FileReadParams,
  signal: AbortSignal,
): Promise<FileAnswer> {
  const { diffId, path, reference, start } = params;
  const layer = image.description.layers.findIndex((one) => one.diffId === diffId);
  if (layer < 0) {
    const message = `${reference} was built anew and does not have this layer any more: open the file again.`;
    return refused(message, true);
  }
  const maxBytes = Math.min(toCount(params.maxBytes), mostBytes);
  const from = start === undefined ? {} : { start: toCount(start) };
  const read = await readImageFile(image, { layer, path, maxBytes, signal, ...from });
  if (read.ok) return toAnswer(read.value, params, maxBytes);
  return read.error.code === "cancelled"
    ? { kind: "cancelled" }
    : refused(describeImageError(read.error), false);
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
