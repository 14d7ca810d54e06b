import type { ImageError } from "../../core/analysis.ts";
import type { FileContent } from "../../io/fileContent.ts";
import { readImageFile } from "../../io/imageFile.ts";
import type { OpenedImage } from "../../io/imageSource.ts";
import type { FileAddress } from "../../protocol/files.ts";
import { placeFor } from "../imageBinding.ts";
import type { Server } from "../serverParts.ts";

/** What came of reading a file of a layer. */
export type LayerFile =
  | { readonly kind: "read"; readonly content: FileContent }
  /** The image has no such layer any more. */
  | { readonly kind: "rebuilt" }
  | { readonly kind: "failed"; readonly error: ImageError }
  | { readonly kind: "cancelled" };

/** Which bytes of it. */
export interface WantedBytes {
  /** Of the file; absent for all of a file that is no longer than the most. */
  readonly start?: number;
  readonly maxBytes: number;
}

/** Opens the image, reads the file of the layer that its address names, and of no other, and closes the image again. */
export async function readLayerFile(
  { session, host }: Server,
  address: FileAddress,
  wanted: WantedBytes,
  signal: AbortSignal,
): Promise<LayerFile> {
  if (signal.aborted) return { kind: "cancelled" };
  const { uri, baseFolder, reference } = address;
  const opened = await host.openImage({ ...placeFor(session, uri, baseFolder), reference }, signal);
  if (!opened.ok) return failedWith(opened.error, signal);
  try {
    return await readOpened(opened.value, address, wanted, signal);
  } finally {
    await opened.value.close();
  }
}

async function readOpened(
  image: OpenedImage,
  { diffId, path }: FileAddress,
  wanted: WantedBytes,
  signal: AbortSignal,
): Promise<LayerFile> {
  if (signal.aborted) return { kind: "cancelled" };
  const layer = image.description.layers.findIndex((one) => one.diffId === diffId);
  if (layer < 0) return { kind: "rebuilt" };
  const read = await readImageFile(image, { layer, path, ...wanted, signal });
  return read.ok ? { kind: "read", content: read.value } : failedWith(read.error, signal);
}

function failedWith(error: ImageError, { aborted }: AbortSignal): LayerFile {
  return aborted || error.code === "cancelled" ? { kind: "cancelled" } : { kind: "failed", error };
}
