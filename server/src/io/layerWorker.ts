import { isMainThread, parentPort, workerData } from "node:worker_threads";
import { compareContents } from "./contentCompare.ts";
import { readContentHashes } from "./contentHashes.ts";
import { answerFind, answerPart } from "./fileTasks.ts";
import { answerIndex, answerLoad } from "./indexTasks.ts";
import { answerLabel } from "./labelTask.ts";
import type { LayerTask, SayFromThread, TaskOf } from "./layerTasks.ts";
import { type LayerStack, answerMerge, answerStack } from "./mergeTasks.ts";
import { rehearseLayers } from "./layerRehearsal.ts";
import { type OpenStream, beginStream, endStream, takeChunk } from "./streamTasks.ts";
import { buffersOf } from "./transfer.ts";

/** What `workerData` is for a thread that reads layers. */
export const layerWorkerRole = { role: "layer" } as const;

/** Whether this thread was started to read layers, so that `runLayerWorker` is all it has to do. */
export function isLayerWorker(): boolean {
  const data: unknown = workerData;
  if (isMainThread || typeof data !== "object" || data === null || !("role" in data)) return false;
  return data.role === layerWorkerRole.role;
}

/** Answers tasks one after the other until the thread is ended. */
export function runLayerWorker(): void {
  const port = parentPort;
  if (port === null) return;
  detachOnce();
  const say: SayFromThread = (message) => port.postMessage(message, buffersOf(message));
  const kept: Kept = { stack: undefined, stream: undefined };
  port.on("message", (task: LayerTask) => answer(task, kept, say));
}

/**
 * Until a buffer is moved for the first time, V8 compiles access to columns without asking whether they are still there, and then throws all that code away:
 * in the middle of the work. So it happens before there is any.
 */
function detachOnce(): void {
  const buffer = new ArrayBuffer(8);
  structuredClone(buffer, { transfer: [buffer] });
}

/** What a thread keeps from one task to the next. */
interface Kept {
  stack: LayerStack | undefined;
  stream: OpenStream | undefined;
}

function answer(task: LayerTask, kept: Kept, say: SayFromThread): void {
  if (isInStack(task)) kept.stack = answerInStack(task, kept.stack, say);
  else if (isInStream(task)) kept.stream = answerInStream(task, kept.stream, say);
  else answerByItself(task, say);
}

function isInStack(task: LayerTask): task is TaskOf<"stack" | "merge"> {
  return task.kind === "stack" || task.kind === "merge";
}

function isInStream(task: LayerTask): task is TaskOf<"begin" | "chunk" | "end"> {
  return task.kind === "begin" || task.kind === "chunk" || task.kind === "end";
}

/** Tasks of which nothing is kept. */
function answerByItself(
  task: TaskOf<"rehearse" | "index" | "load" | "find" | "part" | "label" | "hash" | "compare">,
  say: SayFromThread,
): void {
  switch (task.kind) {
    case "rehearse":
      rehearseLayers();
      return undefined;
    case "index":
      return answerIndex(task, say);
    case "load":
      return answerLoad(task, say);
    case "find":
      return answerFind(task, say);
    case "part":
      return answerPart(task, say);
    case "label":
      return answerLabel(task, say);
    case "compare":
      say({ kind: "compared", result: compareContents(task) });
      return say({ kind: "idle" });
    case "hash":
      say({ kind: "hashed", result: readContentHashes(task.region, task.contents) });
      return say({ kind: "idle" });
  }
}

function answerInStack(
  task: TaskOf<"stack" | "merge">,
  stack: LayerStack | undefined,
  say: SayFromThread,
): LayerStack | undefined {
  if (task.kind === "stack") return answerStack(task, say);
  if (stack !== undefined) answerMerge(task, stack, say);
  return undefined;
}

function answerInStream(
  task: TaskOf<"begin" | "chunk" | "end">,
  stream: OpenStream | undefined,
  say: SayFromThread,
): OpenStream | undefined {
  if (task.kind === "begin") return beginStream(task);
  if (stream === undefined) return undefined;
  if (task.kind === "chunk") {
    takeChunk(task, stream, say);
    return stream;
  }
  endStream(stream, say);
  return undefined;
}
