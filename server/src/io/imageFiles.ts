import { createHash } from "node:crypto";
import type { Digest, DiffId } from "../core/image/digest.ts";
import type { ImageError } from "../core/image/imageError.ts";
import { succeed, type Result } from "../core/result.ts";
import { sniffCompression } from "./decoder.ts";
import type { LayerPart } from "./fileContent.ts";
import type { LayerSource, ReadOptions } from "./layerReader.ts";
import { defaultLimits } from "./limits.ts";

/** A file of a store, as far as it is looked at before layers are read. */
export interface StoredBlob {
  readonly blobBytes: number;
  /** By its first bytes; media types lie. */
  readonly isCompressed: boolean;
}

/** Which file of a store holds which layer. */
export interface WantedLayer {
  readonly name: string;
  readonly diffId: DiffId;
}

/** The named files of a store, whatever keeps them: a folder, a tar, an export that came by. Names are relative and `/`-separated, links are followed inside the store only. */
export interface ImageFiles {
  /** The store for people: its path, or the engine. */
  readonly place: string;
  /** The whole file, undefined when there is none of the name; `limit-exceeded` when it is longer. */
  readSmallFile(
    name: string,
    maxBytes: number,
  ): Promise<Result<Uint8Array | undefined, ImageError>>;
  /** Undefined when there is no regular file of the name. */
  findBlob(name: string): Promise<StoredBlob | undefined>;
  /** Where the bytes of the layers are, in the order wanted. */
  openLayers(
    wanted: readonly WantedLayer[],
    options: ReadOptions,
  ): Promise<Result<readonly LayerSource[], ImageError>>;
  /** Reads a part of a layer once uncompressed. Only of stores whose layers are no regions of a file. */
  readPart?(
    wanted: WantedLayer,
    part: LayerPart,
    signal: AbortSignal,
  ): Promise<Result<Uint8Array, ImageError>>;
  close(): Promise<void>;
}

/** A document of a store with the digest of its bytes. */
export interface StoredDocument {
  readonly text: string;
  readonly digest: Digest;
}

/** A manifest, index or config; undefined when the store has no file of the name. */
export async function readDocument(
  files: ImageFiles,
  name: string,
): Promise<Result<StoredDocument | undefined, ImageError>> {
  const bytes = await files.readSmallFile(name, defaultLimits.jsonBytes);
  if (!bytes.ok || bytes.value === undefined) return bytes.ok ? succeed(undefined) : bytes;
  return succeed({ text: new TextDecoder().decode(bytes.value), digest: digestOf(bytes.value) });
}

/** sha256 of the bytes. */
export function digestOf(bytes: Uint8Array): Digest {
  return `sha256:${createHash("sha256").update(bytes).digest("hex")}`;
}

/** File of a blob in every OCI layout. image-spec image-layout.md § Blobs. */
export function blobName(digest: Digest): string {
  return `blobs/${digest.replace(":", "/")}`;
}

/** Whether a file that begins so is packed, whatever its media type says. */
export function isCompressed(head: Uint8Array): boolean {
  return sniffCompression(head) !== "plain";
}

/** A name as stores compare it: no `./`, no leading or doubled slash; undefined when it leads out of the store. */
export function normaliseName(name: string): string | undefined {
  const parts: string[] = [];
  for (const part of name.split("/")) {
    if (part === "" || part === ".") continue;
    if (part !== "..") parts.push(part);
    else if (parts.pop() === undefined) return undefined;
  }
  return parts.join("/");
}
