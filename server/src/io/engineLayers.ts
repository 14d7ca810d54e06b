import { parseDigest, type DiffId, type Digest } from "../core/image/digest.ts";
import type { ImageError } from "../core/image/imageError.ts";
import { objectField, stringsField, toObject } from "../core/image/json.ts";
import { succeed, type Result } from "../core/result.ts";
import { connectEngine, type Engine } from "./dockerEngine.ts";
import { imagePath } from "./engineAnswers.ts";
import { listImages, type ListedImage } from "./engineImages.ts";
import { defaultTimeouts } from "./engineRequest.ts";
import { engineSearch, type EngineOptions } from "./openImage.ts";

/** An image of an engine with what its layers are called. */
export interface ImageLayers {
  readonly imageId: Digest;
  /** Every name it has; empty where it has none. */
  readonly references: readonly string[];
  /** Base layer first. */
  readonly diffIds: readonly DiffId[];
}

/** The images of an engine with their layers. */
export interface EngineLayers {
  readonly images: readonly ImageLayers[];
  /** False where there are more than are looked at, or one did not answer. */
  readonly isComplete: boolean;
}

/** Images looked at, newest first: each costs the engine one short request, once. */
const mostImages = 300;
const askedAtOnce = 4;

/** Asks an engine for the layers of its images; of those in `known` only whether they are still there. */
export async function listImageLayers(
  options: EngineOptions,
  known: ReadonlyMap<string, readonly DiffId[]>,
  signal: AbortSignal,
): Promise<Result<EngineLayers, ImageError>> {
  const listed = await listImages(options, signal);
  if (!listed.ok) return listed;
  const timeouts = options.timeouts ?? defaultTimeouts;
  const engine = await connectEngine(engineSearch(options), signal, timeouts);
  if (!engine.ok) return engine;
  const all = byId(listed.value);
  const wanted = all.slice(0, mostImages);
  const found = new Map(known);
  const queue = wanted.filter(({ imageId }) => !found.has(imageId));
  const work = async (): Promise<void> => {
    for (let next = queue.shift(); next !== undefined && !signal.aborted; next = queue.shift()) {
      const diffIds = await readDiffIds(engine.value, next.imageId, signal);
      if (diffIds !== undefined) found.set(next.imageId, diffIds);
    }
  };
  await Promise.all(Array.from({ length: askedAtOnce }, work));
  const images = wanted.flatMap(({ imageId, references }) => {
    const diffIds = found.get(imageId);
    return diffIds === undefined ? [] : [{ imageId, references, diffIds }];
  });
  return succeed({ images, isComplete: images.length === all.length });
}

function byId(listed: readonly ListedImage[]): readonly Omit<ImageLayers, "diffIds">[] {
  const names = new Map<string, string[]>();
  for (const { imageId, reference } of listed) {
    const known = names.get(imageId) ?? [];
    if (reference !== imageId) known.push(reference);
    names.set(imageId, known);
  }
  return [...names].map(([imageId, references]) => ({ imageId, references }));
}

async function readDiffIds(
  engine: Engine,
  imageId: string,
  signal: AbortSignal,
): Promise<readonly DiffId[] | undefined> {
  const answer = await engine.readJson(imagePath(imageId, "json"), {}, signal);
  if (!answer.ok) return undefined;
  const rootfs = objectField([], toObject([], answer.value, "the answer") ?? {}, "RootFS") ?? {};
  const texts = stringsField([], rootfs, "Layers") ?? [];
  const diffIds = texts.flatMap((text) => parseDigest(text) ?? []);
  return diffIds.length === texts.length ? diffIds : undefined;
}
