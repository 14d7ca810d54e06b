import { describeImageError } from "../../core/analysis.ts";
import type { Analysis, ReadImage } from "../../core/analysis.ts";
import {
  fileTitle,
  findImageFile,
  layerBelow,
  otherFileTitle,
  removedBetween,
  type ImageFile,
} from "../../core/views/imageFiles.ts";
import type { FileFinding, FileParams, OtherFileParams } from "../../protocol/files.ts";
import { folderOf } from "../folders.ts";
import type { ImageRequest } from "../host.ts";
import { placeFor } from "../imageBinding.ts";
import type { Server } from "../serverParts.ts";

/** Where a file of a document's image is; from the newest snapshot. */
export function findFile(server: Server, { uri, path, layer }: FileParams): FileFinding {
  const shown = readImageOf(server, uri);
  if (shown.kind === "none") return shown;
  const found = findImageFile(shown.read, path, layer);
  return toFinding(found, path, { ...shown, uri, titleOf: titlesOf(shown.analysis) });
}

/** The same path in the next lower layer that has a file there; the title says where a layer between took that away. */
export function findFileBelow(server: Server, { uri, path, layer }: FileParams): FileFinding {
  const shown = readImageOf(server, uri);
  if (shown.kind === "none") return shown;
  const { read, analysis } = shown;
  const final = findImageFile(read, path, undefined);
  const above = layer ?? (final.kind === "file" ? final.layer : read.layers.length);
  const below = layerBelow(read, path, above);
  if (below === undefined) return nothing(`No lower layer has a file ${path}.`, "not there");
  const found = findImageFile(read, path, below);
  const removedBy = removedBetween(read, path, { below, above });
  const titleOf = (at: string, holder: number): string =>
    fileTitle(analysis, at, holder, removedBy);
  return toFinding(found, path, { ...shown, uri, titleOf });
}

/** The same path in the final file system of another image, which is opened and read as far as the cache does not know it. */
export async function findFileInImage(
  server: Server,
  { uri, path, reference }: OtherFileParams,
  signal: AbortSignal,
): Promise<FileFinding> {
  const { session, host } = server;
  if (!session.isTrusted) return untrusted;
  const folder = folderOf(session.folders, uri)?.path;
  const request: ImageRequest = { ...placeFor(session, uri, folder), reference };
  const opened = await host.openImage(request, signal);
  if (!opened.ok) return nothing(describeImageError(opened.error), "failed");
  const read = await opened.value.read({ signal });
  await opened.value.close();
  if (!read.ok) return nothing(describeImageError(read.error), "failed");
  const found = findImageFile(read.value, path, undefined);
  const titleOf = (at: string): string => otherFileTitle(at, reference);
  return toFinding(found, path, { read: read.value, request, uri, titleOf });
}

/** There is no file to be had. */
export function nothing(message: string, title: string): FileFinding & { readonly kind: "none" } {
  return { kind: "none", message, title };
}

/** There is no file to be had, whatever its path. */
function unread(message: string, title: string): FileFinding & { readonly kind: "none" } {
  return { ...nothing(message, title), isUnread: true };
}

/** Said of all files until the workspace is trusted. */
export const untrusted = unread(
  "Files of images are read only in a trusted folder: trust this folder first.",
  "not read",
);

interface ShownImage {
  readonly kind: "read";
  readonly read: ReadImage;
  readonly analysis: Analysis;
  readonly request: ImageRequest;
}

function readImageOf(
  { session, documents }: Server,
  uri: string,
): ShownImage | (FileFinding & { readonly kind: "none" }) {
  if (!session.isTrusted) return untrusted;
  const view = documents.view(uri);
  if (view === undefined) return unread("The Dockerfile of this image is not open.", "not open");
  const { analysis, imageRequest: request, context } = view;
  if (request !== undefined && analysis.image?.state === "read") {
    return { kind: "read", read: analysis.image.read, analysis, request };
  }
  const waiting = "The files of the image are not read yet: try again in a moment.";
  return unread(context.message ?? waiting, "not read yet");
}

function titlesOf(analysis: Analysis): (path: string, layer: number) => string {
  return (path, layer) => fileTitle(analysis, path, layer);
}

interface FindingPlace {
  readonly uri: string;
  readonly read: ReadImage;
  readonly request: ImageRequest;
  readonly titleOf: (path: string, layer: number) => string;
}

function toFinding(found: ImageFile, path: string, place: FindingPlace): FileFinding {
  switch (found.kind) {
    case "file": {
      const { reference, baseFolder } = place.request;
      const diffId = place.read.layers[found.layer]?.diffId ?? "";
      const base = baseFolder === undefined ? {} : { baseFolder };
      return {
        kind: "file",
        address: { uri: place.uri, reference, ...base, diffId, path: found.path },
        title: place.titleOf(path, found.layer),
        contentBytes: found.contentBytes,
        layer: found.layer,
      };
    }
    case "link": {
      const leads = found.path === undefined ? {} : { path: found.path };
      return { kind: "link", target: found.target, ...leads };
    }
    case "directory":
      return nothing(`${path} is a directory.`, "directory");
    case "device":
      return nothing(`${path} is a device or a pipe: it has no content.`, "device");
    case "whiteout":
      return nothing(`${path} is deleted by this layer.`, "deleted");
    case "absent":
      return nothing(`There is no file ${path}.`, "not there");
  }
}
