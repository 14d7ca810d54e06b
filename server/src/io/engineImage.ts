import { parseDigest, type Digest } from "../core/image/digest.ts";
import { toHistory, type HistoryRow } from "../core/image/engineHistory.ts";
import type { ImageDescription } from "../core/image/image.ts";
import { toImageConfig, type HistoryEntry, type ImageConfig } from "../core/image/imageConfig.ts";
import type { ImageError } from "../core/image/imageError.ts";
import {
  fieldOf,
  objectField,
  stringField,
  toObject,
  withoutAbsent,
  type JsonObject,
} from "../core/image/json.ts";
import { suitsPlatform, type PlatformWish } from "../core/image/manifest.ts";
import { fail, succeed, type Result } from "../core/result.ts";
import type { ExportCache, RememberedExport } from "./exportCache.ts";
import type { Engine } from "./dockerEngine.ts";
import { findMadeRows, hasContentBytes, hasGraphDriver, toHistoryRows } from "./engineHistory.ts";
import { imagePath, isAtLeast, placeOf, toImageError } from "./engineAnswers.ts";
import type { EngineQuery } from "./engineRequest.ts";
import { platformError } from "./ociLayout.ts";
import { storageRootOf } from "./tarSplitStorage.ts";

/** An image as its engine describes it, in milliseconds. */
export interface EngineImage {
  readonly description: ImageDescription;
  /** What the engine calls it: the config's digest, in the containerd store that of a manifest or index. */
  readonly engineId: Digest;
  /** Whether the description's history says for certain which rows made layers; if not it is empty. */
  readonly hasHistory: boolean;
  /** Whether it for certain lies in a graph driver of Docker's: see `hasGraphDriver`. */
  readonly hasGraphDriver: boolean;
  /** Where on this machine its layers may lie; undefined where nothing says so. */
  readonly storageRoot?: string;
}

/** How an image of an engine is looked up. */
export interface EngineLookUp {
  readonly platform: PlatformWish;
  readonly exports: ExportCache;
  readonly signal: AbortSignal;
}

/** Looks an image up by name or id. The history has bytes only where the engine's figures are contentBytes and every row is certain. */
export async function describeEngineImage(
  engine: Engine,
  name: string,
  lookUp: EngineLookUp,
): Promise<Result<EngineImage, ImageError>> {
  const { signal } = lookUp;
  const query = platformQuery(engine, lookUp.platform);
  const [answer, historyAnswer] = await Promise.all([
    engine.readJson(imagePath(name, "json"), query.inspect, signal),
    engine.readJson(imagePath(name, "history"), query.history, signal),
  ]);
  if (!answer.ok) return fail(toImageError(engine, name, answer.error));
  const inspected = toObject([], answer.value, "the answer") ?? {};
  const read = readInspected(engine, name, inspected, lookUp.platform);
  if (!read.ok) return read;
  const { engineId, config } = read.value;
  const rows = historyAnswer.ok ? toHistoryRows(historyAnswer.value, engineId) : undefined;
  const remembered = await lookUp.exports.find(engineId);
  const exported = isSameImage(remembered, config) ? remembered : undefined;
  const { history, historyBytes } = await settleHistory(engine, inspected, {
    config,
    rows,
    known: exported?.config.history,
    signal,
  });
  return succeed({
    engineId,
    hasHistory: history !== undefined,
    hasGraphDriver: hasGraphDriver(engine, inspected),
    ...withoutAbsent({ storageRoot: storageRootOf(engine, inspected) }),
    description: {
      reference: name,
      imageId: exported?.imageId ?? engineId,
      source: "engine",
      config: { ...config, history: history ?? [] },
      layers: config.diffIds.map((diffId, index) => ({ diffId, ...exported?.blobs[index] })),
      ...withoutAbsent({ historyBytes }),
    },
  });
}

/** What can be said for certain of an image's history; undefined where nothing can. */
async function settleHistory(
  engine: Engine,
  inspected: JsonObject,
  {
    config,
    rows,
    known,
    signal,
  }: {
    readonly config: ImageConfig;
    readonly rows: readonly HistoryRow[] | undefined;
    readonly known: readonly HistoryEntry[] | undefined;
    readonly signal: AbortSignal;
  },
): Promise<{
  readonly history: readonly HistoryEntry[] | undefined;
  readonly historyBytes?: readonly number[];
}> {
  if (rows === undefined) return { history: known };
  const made = await findMadeRows(engine, rows, config.diffIds.length, known, signal);
  if (made === undefined) return { history: known };
  const history = known ?? toHistory(rows, made);
  if (!(await hasContentBytes(engine, inspected, signal))) return { history };
  return { history, historyBytes: bytesOf(rows, made) };
}

function bytesOf(rows: readonly HistoryRow[], made: readonly boolean[]): readonly number[] {
  return rows.filter((_, index) => made[index]).map((row) => row.printedBytes);
}

function readInspected(
  engine: Engine,
  name: string,
  inspected: JsonObject,
  { required }: PlatformWish,
): Result<{ readonly engineId: Digest; readonly config: ImageConfig }, ImageError> {
  const where = `${engine.address}: ${name}`;
  const engineId = parseDigest(stringField([], inspected, "Id") ?? "");
  if (engineId === undefined) {
    return fail({ code: "config-invalid", where, reason: "the engine gives no id" });
  }
  const config = toImageConfig(toConfigObject(inspected), where);
  if (!config.ok) return config;
  const { platform } = config.value;
  if (required !== undefined && !suitsPlatform(platform, required)) {
    return fail(platformError(placeOf(engine), name, required, [platform]));
  }
  return succeed({ engineId, config: config.value });
}

/** Inspect's answer in the shape of a config; both have the same settings. */
function toConfigObject(object: JsonObject): JsonObject {
  const rootfs = objectField([], object, "RootFS") ?? {};
  return {
    os: fieldOf(object, "Os"),
    architecture: fieldOf(object, "Architecture"),
    variant: fieldOf(object, "Variant"),
    created: fieldOf(object, "Created"),
    config: fieldOf(object, "Config"),
    rootfs: { diff_ids: fieldOf(rootfs, "Layers") },
  };
}

function isSameImage(
  remembered: RememberedExport | undefined,
  config: ImageConfig,
): remembered is RememberedExport {
  return remembered?.config.diffIds.join() === config.diffIds.join();
}

/** `platform` is understood by history since API 1.48, by inspect since 1.49. */
function platformQuery(
  { apiVersion }: Engine,
  { required }: PlatformWish,
): { readonly inspect: EngineQuery; readonly history: EngineQuery } {
  const platform = required === undefined ? {} : { platform: JSON.stringify(required) };
  return {
    inspect: isAtLeast(apiVersion, 1.49) ? platform : {},
    history: isAtLeast(apiVersion, 1.48) ? platform : {},
  };
}
