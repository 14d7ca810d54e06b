import { setTimeout as sleep } from "node:timers/promises";
import type { ImageError } from "../core/image/imageError.ts";
import {
  fieldOf,
  parseJsonObject,
  stringField,
  stringsField,
  toObject,
} from "../core/image/json.ts";
import { fail, succeed, type Result } from "../core/result.ts";
import { connectEngine, type Engine } from "./dockerEngine.ts";
import { toImageError } from "./engineAnswers.ts";
import { defaultTimeouts } from "./engineRequest.ts";
import { engineSearch, type EngineOptions } from "./openImage.ts";

/** An image that an engine holds. */
export interface ListedImage {
  /** `name:tag`, or the image id where it has no name; one row for each name. */
  readonly reference: string;
  readonly imageId: string;
  /** As the engine lists it, which is not contentBytes everywhere: for people only. Undefined where not told. */
  readonly sizeBytes: number | undefined;
  /** Milliseconds since 1970; undefined where not told. */
  readonly createdMs: number | undefined;
}

/** The engine's images, newest first, with and without names. Intermediate images of the classic builder are not among them. */
export async function listImages(
  options: EngineOptions,
  signal: AbortSignal,
): Promise<Result<readonly ListedImage[], ImageError>> {
  const engine = await connectEngine(
    engineSearch(options),
    signal,
    options.timeouts ?? defaultTimeouts,
  );
  if (!engine.ok) return engine;
  const answer = await engine.value.readJson("/images/json", {}, signal);
  if (!answer.ok) return fail(toImageError(engine.value, "The list of images", answer.error));
  const rows: readonly unknown[] = Array.isArray(answer.value) ? answer.value : [];
  return succeed(
    rows.flatMap(toListedImages).sort((a, b) => (b.createdMs ?? 0) - (a.createdMs ?? 0)),
  );
}

function toListedImages(row: unknown): readonly ListedImage[] {
  const object = toObject([], row, "row") ?? {};
  const imageId = stringField([], object, "Id");
  if (imageId === undefined) return [];
  const created = fieldOf(object, "Created");
  const sizeBytes = fieldOf(object, "Size");
  const names = (stringsField([], object, "RepoTags") ?? []).filter(
    (name) => !name.includes("<none>"),
  );
  return (names.length === 0 ? [imageId] : names).map((reference) => ({
    reference,
    imageId,
    sizeBytes: typeof sizeBytes === "number" && sizeBytes >= 0 ? sizeBytes : undefined,
    createdMs: typeof created === "number" ? created * 1000 : undefined,
  }));
}

/**
 * Calls whenever images of the engine come, change or go, several changes at once as one, and when an engine answers again after it did not.
 * Keeps trying, ever more patiently, until the signal ends it; never throws.
 */
export function watchEngine(
  options: EngineOptions,
  onChange: () => void,
  signal: AbortSignal,
): void {
  void watch(options, onChange, signal);
}

const firstWaitMs = 1_000;
const longestWaitMs = 60_000;

async function watch(
  options: EngineOptions,
  onChange: () => void,
  signal: AbortSignal,
): Promise<void> {
  const timeouts = options.timeouts ?? defaultTimeouts;
  let waitMs = 0;
  while (!signal.aborted) {
    const engine = await connectEngine(engineSearch(options), signal, timeouts);
    if (engine.ok) {
      // While nobody watched, anything may have changed.
      if (waitMs > 0) onChange();
      waitMs = 0;
      await follow(engine.value, onChange, signal);
    }
    waitMs = Math.min(Math.max(waitMs * 2, firstWaitMs), longestWaitMs);
    await sleep(waitMs, undefined, { signal }).catch(() => undefined);
  }
}

const togetherMs = 200;
const maxLineLength = 1024 * 1024;

/** Reads events until the connection ends, for whatever reason. */
async function follow(engine: Engine, onChange: () => void, signal: AbortSignal): Promise<void> {
  const query = { filters: JSON.stringify({ type: ["image"] }) };
  const stream = await engine.openStream("/events", query, signal);
  if (!stream.ok) return;
  const decoder = new TextDecoder();
  let line = "";
  let timer: NodeJS.Timeout | undefined;
  for (;;) {
    const chunk = await stream.value.next();
    if (!chunk.ok || chunk.value === undefined) break;
    const lines = (line + decoder.decode(chunk.value, { stream: true })).split("\n");
    line = lines.pop()?.slice(0, maxLineLength) ?? "";
    if (lines.some(isChange)) {
      clearTimeout(timer);
      timer = setTimeout(() => signal.aborted || onChange(), togetherMs);
    }
  }
  stream.value.close();
}

/** Whether an event changes what images there are: an export (`save`, ours among them) or a push does not. */
function isChange(line: string): boolean {
  const event = parseJsonObject([], line);
  if (event === undefined) return false;
  const action = stringField([], event, "Action") ?? stringField([], event, "status");
  return action !== undefined && action !== "save" && action !== "push";
}
