import { fail, succeed, type Result } from "../result.ts";
import type { ContextUnknown } from "./contextUnknown.ts";
import type { Destination } from "./destinations.ts";
import { entryKind, pathIn } from "./listing.ts";
import { repeatedBytes, type PickedFolder } from "./pickedFolder.ts";
import type { PickedSource } from "./pickSources.ts";

/** Sums over the files that a layer will hold. */
export interface WrittenFiles {
  readonly contentBytes: number;
  readonly fileCount: number;
}

/**
 * What is left in the layer when all sources are written to the destination one after the other: a file that a later source overwrites is gone,
 * and hard links of one source share their bytes. Unknown when several files go to what may be a folder or one file.
 */
export function writtenFiles(
  destination: Destination,
  sources: readonly PickedSource[],
): Result<WrittenFiles, ContextUnknown> {
  if (isUnclear(destination, sources)) {
    return fail({ code: "destination", destination: destination.text });
  }
  if (sources.length > 1 && mayOverwrite(sources)) return sumOfLast(sources);
  return succeed({
    contentBytes: sources.reduce((sum, one) => sum + bytesOf(one), 0),
    fileCount: sources.reduce((sum, one) => sum + fileCountOf(one), 0),
  });
}

/** A folder makes the destination one; before that a file may become the destination itself. */
function isUnclear({ isFolder }: Destination, sources: readonly PickedSource[]): boolean {
  return sources.length > 1 && isFolder === undefined && sources[0]?.kind !== "folder";
}

function mayOverwrite(sources: readonly PickedSource[]): boolean {
  const names = sources.flatMap((one) => (one.kind === "folder" ? [] : [one.name]));
  return names.length < sources.length || new Set(names).size < names.length;
}

function bytesOf(source: PickedSource): number {
  if (source.kind !== "folder") return source.contentBytes;
  return source.folder.contentBytes - repeatedBytes(source.folder);
}

function fileCountOf(source: PickedSource): number {
  if (source.kind === "folder") return source.folder.fileCount;
  return source.kind === "heredoc" || source.isRegular ? 1 : 0;
}

interface Written {
  readonly contentBytes: number;
  readonly isRegular: boolean;
  /** What the hard links of one file have in common within one source. */
  readonly link: string | undefined;
}

/** What the sources written so far left, by path; a folder has no entry of its own in `files`. */
interface Layer {
  readonly files: Map<string, Written>;
  readonly folders: Set<string>;
  /** The first path where a file meets a folder: there the build ends. */
  conflict: string | undefined;
}

/** The slow way, by the path of every file. */
function sumOfLast(sources: readonly PickedSource[]): Result<WrittenFiles, ContextUnknown> {
  const layer: Layer = { files: new Map(), folders: new Set(), conflict: undefined };
  for (const [index, source] of sources.entries()) {
    if (source.kind === "folder") writeFolder(layer, source.folder, "", index);
    else {
      const isRegular = source.kind === "heredoc" || source.isRegular;
      const { contentBytes } = source;
      writeFile(layer, source.name, { contentBytes, isRegular, link: undefined });
    }
  }
  if (layer.conflict !== undefined) return fail({ code: "conflict", path: layer.conflict });
  const seen = new Set<string>();
  let contentBytes = 0;
  let fileCount = 0;
  for (const { contentBytes: bytes, isRegular, link } of layer.files.values()) {
    if (isRegular) fileCount += 1;
    if (link === undefined || !seen.has(link)) contentBytes += bytes;
    if (link !== undefined) seen.add(link);
  }
  return succeed({ contentBytes, fileCount });
}

function writeFile(layer: Layer, path: string, file: Written): void {
  if (layer.folders.has(path)) layer.conflict ??= path;
  layer.files.set(path, file);
}

function writeFolder(layer: Layer, folder: PickedFolder, path: string, source: number): void {
  for (const [index, name] of folder.names.entries()) {
    const at = pathIn(path, name);
    const inner = folder.folders.get(name);
    if (inner !== undefined) {
      if (layer.files.has(at)) layer.conflict ??= at;
      layer.folders.add(at);
      writeFolder(layer, inner, at, source);
    } else if (folder.kinds[index] !== entryKind.folder) {
      const link = folder.links.get(name);
      writeFile(layer, at, {
        contentBytes: folder.fileBytes[index] ?? 0,
        isRegular: folder.kinds[index] === entryKind.file,
        link: link === undefined ? undefined : `${source} ${link}`,
      });
    }
  }
}
