import type { DiffId } from "../core/image/digest.ts";
import type { ImageError } from "../core/image/imageError.ts";
import { fail, succeed, type Result } from "../core/result.ts";
import type { StreamedFile } from "./archiveReader.ts";
import { tooLong } from "./folderFiles.ts";
import { normaliseName, type ImageFiles, type WantedLayer } from "./imageFiles.ts";
import { keepReceived } from "./layerCache.ts";
import type { LayerSource } from "./layerReader.ts";

/** The file of that name, through links. */
export function findStreamed(
  files: ReadonlyMap<string, StreamedFile>,
  name: string,
): Exclude<StreamedFile, { kind: "link" }> | undefined {
  let at = normaliseName(name);
  for (let links = 0; links < 8 && at !== undefined; links += 1) {
    const file = files.get(at);
    if (file === undefined || file.kind !== "link") return file;
    at = normaliseName(file.target);
  }
  return undefined;
}

/** What came by in a stream, as a store. Layers of `cached` need not have been read. */
export function toImageFiles(
  place: string,
  files: ReadonlyMap<string, StreamedFile>,
  cached: ReadonlySet<DiffId>,
): ImageFiles {
  return {
    place,
    readSmallFile: async (name, maxBytes) => {
      const file = findStreamed(files, name);
      if (file === undefined) return succeed(undefined);
      if (file.kind === "document" && file.bytes.length <= maxBytes) return succeed(file.bytes);
      return fail(tooLong(`${place}:${name}`, maxBytes));
    },
    findBlob: async (name) => {
      const file = findStreamed(files, name);
      if (file === undefined) return undefined;
      return file.kind === "blob" ? file : { blobBytes: file.bytes.length, isCompressed: false };
    },
    async openLayers(wanted, { cacheFolder }) {
      const sources = collectLayers(files, wanted, cached);
      if (sources.ok && cacheFolder !== undefined) await keepReceived(cacheFolder, sources.value);
      return sources;
    },
    close: async () => undefined,
  };
}

/** The layers that were read on the way, or the first that was not and should have been. */
export function collectLayers(
  files: ReadonlyMap<string, StreamedFile>,
  wanted: readonly WantedLayer[],
  cached: ReadonlySet<DiffId>,
): Result<readonly LayerSource[], ImageError> {
  const sources: LayerSource[] = [];
  for (const { name, diffId } of wanted) {
    const file = findStreamed(files, name);
    const layer = file?.kind === "blob" ? file.layer : undefined;
    if (layer?.ok === true) {
      const { diffId: actual = diffId } = layer.value;
      if (actual !== diffId) {
        return fail({ code: "layer-digest-mismatch", expected: diffId, actual });
      }
      sources.push({ kind: "indexed", ...layer.value, diffId });
    } else if (cached.has(diffId)) sources.push({ kind: "cached", diffId });
    else if (layer?.ok === false) return layer;
    else return fail({ code: "layer-unreadable", layer: diffId, reason: `${name} is no layer` });
  }
  return succeed(sources);
}
