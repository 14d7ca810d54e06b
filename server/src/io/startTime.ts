import { connect } from "node:net";
import { setTimeout as delay } from "node:timers/promises";
import { describeImageError, type ImageError } from "../core/image/imageError.ts";
import type { StartRun, StartSeries, StartSign } from "../core/image/startRun.ts";
import { fail, succeed, type Result } from "../core/result.ts";
import { connectEngine, type Engine } from "./dockerEngine.ts";
import { placeOf } from "./engineAnswers.ts";
import { defaultTimeouts, type EngineAnswer, type EngineFailure } from "./engineRequest.ts";
import { engineSearch, type EngineOptions } from "./openImage.ts";
import { withContainer, type ContainerAddress, type MadeContainer } from "./startContainer.ts";

/** What is to be measured. */
export interface StartRequest {
  /** Images of the engine, by name or id. */
  readonly references: readonly string[];
  /** Starts of each, at least one. */
  readonly runs: number;
  /** How long one start may take to show a sign. */
  readonly limitMs: number;
  /** Called before each start, with how many of all are done. */
  readonly onRun?: (doneCount: number) => void;
}

/** Why nothing was measured: the image or its engine, or a container that the engine could not start. */
export type StartTrouble =
  | ImageError
  | { readonly code: "not-started"; readonly reference: string; readonly reason: string };

/** One sentence that says what is wrong and what to do next. */
export function describeStartTrouble(trouble: StartTrouble): string {
  return trouble.code === "not-started"
    ? `The engine cannot start ${trouble.reference} (${trouble.reason}): look at its ENTRYPOINT and CMD.`
    : describeImageError(trouble);
}

/**
 * Starts containers of each image in turn, one at a time, and measures each from the request to create it until its first sign: output,
 * the end of its program, or a connection to an exposed port. Every container is removed before the next one is made, and when the signal
 * ends it all. Ports are tried on Linux only, where the addresses of an engine's containers can be reached, every 5 ms.
 */
export async function measureStart(
  options: EngineOptions,
  request: StartRequest,
  signal: AbortSignal,
): Promise<Result<readonly StartSeries[], StartTrouble>> {
  const engine = await connectEngine(engineSearch(options), signal, defaultTimeouts);
  if (!engine.ok) return engine;
  const { references, runs, onRun } = request;
  const series = references.map((reference) => ({ reference, runs: [] as StartRun[] }));
  let doneCount = 0;
  for (let round = 0; round < runs; round += 1) {
    // In turn, so that what slows the machine for a while slows all images alike.
    for (const { reference, runs: done } of series) {
      if (signal.aborted) return fail({ code: "cancelled" });
      onRun?.(doneCount);
      const run = await measureOnce(engine.value, reference, request.limitMs, signal);
      if (!run.ok) return fail(troubleOf(engine.value, reference, run.error));
      done.push(run.value);
      doneCount += 1;
    }
  }
  return signal.aborted ? fail({ code: "cancelled" }) : succeed(series);
}

function troubleOf(engine: Engine, reference: string, failure: EngineFailure): StartTrouble {
  if (failure.isCancelled) return { code: "cancelled" };
  if (failure.status === undefined) {
    return { code: "engine-unreachable", endpoint: engine.address, reason: failure.reason };
  }
  const isMissing = failure.status === 404 && /no such image|image not known/i.test(failure.reason);
  return isMissing
    ? { code: "image-not-found", reference, place: placeOf(engine) }
    : { code: "not-started", reference, reason: failure.reason };
}

/** One container, from its creation to its removal. */
async function measureOnce(
  engine: Engine,
  reference: string,
  limitMs: number,
  signal: AbortSignal,
): Promise<EngineAnswer<StartRun>> {
  const ending = new AbortController();
  const startedAt = performance.now();
  const either = AbortSignal.any([signal, ending.signal]);
  try {
    return await withContainer(engine, reference, (container) =>
      firstSign(engine, container, { startedAt, limitMs, signal: either, cancel: signal }),
    );
  } finally {
    ending.abort();
  }
}

interface Watch {
  readonly startedAt: number;
  readonly limitMs: number;
  /** Ends everything that still waits. */
  readonly signal: AbortSignal;
  /** The user's own. */
  readonly cancel: AbortSignal;
}

async function firstSign(
  engine: Engine,
  container: MadeContainer,
  watch: Watch,
): Promise<EngineAnswer<StartRun>> {
  const output = await container.attach(watch.signal);
  if (!output.ok) return output;
  try {
    const written = output.value.next();
    const started = await container.start(watch.signal);
    return started.ok ? await anySign(engine, container, written, watch) : started;
  } finally {
    output.value.close();
  }
}

function anySign(
  engine: Engine,
  container: MadeContainer,
  written: Promise<EngineAnswer<Uint8Array | undefined>>,
  { startedAt, limitMs, signal, cancel }: Watch,
): Promise<EngineAnswer<StartRun>> {
  const signed = (sign: StartSign): EngineAnswer<StartRun> =>
    succeed({ readyMs: performance.now() - startedAt, sign });
  const silence = delay(limitMs, undefined, { signal }).then(
    () => succeed({ readyMs: undefined, sign: undefined }),
    () => fail({ reason: "cancelled", isCancelled: cancel.aborted }),
  );
  return Promise.race([
    written.then((chunk) =>
      chunk.ok && chunk.value !== undefined ? signed({ kind: "output" }) : never(),
    ),
    container
      .exitCode(signal)
      .then((code) => (code.ok ? signed({ kind: "exit", exitCode: code.value }) : never())),
    openPort(engine, container, signal).then((port) =>
      port === undefined ? never() : signed({ kind: "port", port }),
    ),
    silence,
  ]);
}

/** Another sign, or the limit, comes first. */
function never(): Promise<never> {
  return new Promise(() => undefined);
}

const betweenTriesMs = 5;

/** The first exposed port that takes a connection; undefined where none can be tried. */
async function openPort(
  engine: Engine,
  container: MadeContainer,
  signal: AbortSignal,
): Promise<number | undefined> {
  if (process.platform !== "linux" || !engine.address.startsWith("unix:")) return undefined;
  const address = await container.address(signal);
  if (address === undefined) return undefined;
  while (!signal.aborted) {
    const port = await firstOpen(address);
    if (port !== undefined) return port;
    await delay(betweenTriesMs);
  }
  return undefined;
}

async function firstOpen({ host, ports }: ContainerAddress): Promise<number | undefined> {
  const tries = await Promise.all(
    ports.map(async (port) => ((await isOpen(host, port)) ? port : undefined)),
  );
  return tries.find((port) => port !== undefined);
}

function isOpen(host: string, port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ host, port, timeout: 250 });
    const end = (isConnected: boolean): void => {
      socket.destroy();
      resolve(isConnected);
    };
    socket.once("connect", () => end(true));
    socket.once("timeout", () => end(false));
    socket.once("error", () => end(false));
  });
}
