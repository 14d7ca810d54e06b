import type { Digest } from "../core/image/digest.ts";
import { findLayerRows, findUnclearRows, type HistoryRow } from "../core/image/engineHistory.ts";
import type { HistoryEntry } from "../core/image/imageConfig.ts";
import {
  fieldOf,
  objectField,
  stringField,
  stringsField,
  toObject,
  type JsonObject,
} from "../core/image/json.ts";
import type { Engine } from "./dockerEngine.ts";
import { imagePath } from "./engineAnswers.ts";

/** Rows of `GET /images/…/history`, base first; undefined when the answer is something else, or of another image than the id says: a tag may move at any time. */
export function toHistoryRows(
  answer: unknown,
  engineId: Digest,
): readonly HistoryRow[] | undefined {
  if (!Array.isArray(answer)) return undefined;
  const rows = answer.map((row: unknown) => toHistoryRow(toObject([], row, "row") ?? {}));
  const newest = rows[0]?.imageId;
  if (newest !== undefined && !engineId.endsWith(newest)) return undefined;
  return rows.reverse();
}

function toHistoryRow(object: JsonObject): HistoryRow {
  const createdBy = stringField([], object, "CreatedBy");
  const comment = stringField([], object, "Comment");
  const id = stringField([], object, "Id") ?? "";
  const printedBytes = fieldOf(object, "Size");
  return {
    ...(createdBy ? { createdBy } : {}),
    ...(comment ? { comment } : {}),
    ...createdOf(fieldOf(object, "Created")),
    printedBytes: typeof printedBytes === "number" && printedBytes > 0 ? printedBytes : 0,
    ...(/^(sha256:)?[a-f0-9]{64}$/.test(id) ? { imageId: id } : {}),
  };
}

/** Seconds since 1970 as RFC 3339, where they make a date. */
export function createdOf(seconds: unknown): { readonly created?: string } {
  const date = new Date(typeof seconds === "number" ? seconds * 1000 : Number.NaN);
  return Number.isNaN(date.getTime()) ? {} : { created: date.toISOString() };
}

/**
 * Which rows made layers, or undefined when that stays open. A config seen before knows; else the rows themselves may leave one way only; else
 * images in between that the engine still has are asked how many layers they have.
 */
export async function findMadeRows(
  engine: Engine,
  rows: readonly HistoryRow[],
  layerCount: number,
  known: readonly HistoryEntry[] | undefined,
  signal: AbortSignal,
): Promise<readonly boolean[] | undefined> {
  if (known?.length === rows.length) return known.map(({ emptyLayer }) => !emptyLayer);
  const made = findLayerRows(rows, layerCount);
  if (made !== undefined) return made;
  const counts = new Map<number, number>();
  await Promise.all(
    findUnclearRows(rows).map(async (index) => {
      const path = imagePath(rows[index]?.imageId ?? "", "json");
      const answer = await engine.readJson(path, {}, signal);
      const object = answer.ok ? toObject([], answer.value, "the answer") : undefined;
      const rootfs = object && objectField([], object, "RootFS");
      if (rootfs) counts.set(index, stringsField([], rootfs, "Layers")?.length ?? 0);
    }),
  );
  return findLayerRows(rows, layerCount, counts);
}

/** Drivers that only an engine without the containerd store has; podman's are called otherwise. */
const graphDrivers: ReadonlySet<unknown> = new Set([
  "overlay2",
  "aufs",
  "devicemapper",
  "windowsfilter",
]);

/** Whether the image for certain lies in a graph driver of Docker's, by its answer to inspect; some names of drivers leave that open. */
export function hasGraphDriver({ kind }: Engine, inspected: JsonObject): boolean {
  return (
    kind === "docker" &&
    graphDrivers.has(fieldOf(objectField([], inspected, "GraphDriver") ?? {}, "Name"))
  );
}

/**
 * Whether the engine's history prints contentBytes: a graph driver's does. The containerd store prints block-rounded snapshot usage
 * (moby daemon/containerd/image_history.go), podman the length of the tar.
 */
export async function hasContentBytes(
  engine: Engine,
  inspected: JsonObject,
  signal: AbortSignal,
): Promise<boolean> {
  if (engine.kind === "podman") return false;
  const driver = objectField([], inspected, "GraphDriver");
  if (driver === undefined) return false;
  if (hasGraphDriver(engine, inspected)) return true;
  // vfs, btrfs, zfs and fuse-overlayfs are names of graph drivers and of snapshotters.
  const info = await engine.readJson("/info", {}, signal);
  const status = info.ok ? fieldOf(toObject([], info.value, "info") ?? {}, "DriverStatus") : [];
  return info.ok && !JSON.stringify(status ?? []).includes("io.containerd.snapshotter");
}
