import type { IncomingHttpHeaders, IncomingMessage } from "node:http";
import { fail, succeed, type Result } from "../core/result.ts";

/** Why an engine gave no answer of use: what it said with which HTTP status, or what went wrong on the way. */
export interface EngineFailure {
  /** Undefined when no answer came. */
  readonly status?: number;
  readonly reason: string;
  /** True when the caller's signal ended it. */
  readonly isCancelled: boolean;
}

/** Parameters of a request's query; a list is repeated. */
export type EngineQuery = Readonly<Record<string, string | readonly string[]>>;

/** An answer while it arrives. */
export interface EngineStream {
  readonly headers: IncomingHttpHeaders;
  /** The next bytes, undefined at the end. A connection that broke off before the end is a failure. */
  next(): Promise<EngineAnswer<Uint8Array | undefined>>;
  /**
   * Instead of `next`: hands over all there is as it comes, several times faster. A promise from `take` holds the engine back until it is fulfilled.
   * Resolves at the end, or when the stream was closed.
   */
  pump(take: (chunk: Uint8Array) => Promise<void> | undefined): Promise<EngineAnswer<undefined>>;
  /** Drops what is left; must be called when the end was not reached, may be called always. */
  close(): void;
}

/** What came of a request. */
export type EngineAnswer<T> = Result<T, EngineFailure>;

/** How long an engine may take. */
export interface EngineTimeouts {
  /** Until a new connection has answered a ping. */
  readonly connectMs: number;
  /** Until a question about an image is answered. */
  readonly answerMs: number;
  /** Between two pieces of a stream, and before its first: an export of a large image is silent while the engine prepares it. */
  readonly silenceMs: number;
}

/** Patient enough for a large image on a slow disk. */
export const defaultTimeouts: EngineTimeouts = {
  connectMs: 5_000,
  answerMs: 30_000,
  silenceMs: 10 * 60_000,
};

/** A request to an engine. */
export interface EngineCall {
  readonly method: "GET" | "POST" | "DELETE";
  readonly path: string;
  readonly query: EngineQuery;
  /** Sent as JSON, only with POST. */
  readonly body?: Readonly<Record<string, unknown>>;
}

/** The part of docker-modem that is used: one request, its response as a stream. */
export interface Modem {
  dial(
    options: {
      readonly path: string;
      readonly method: EngineCall["method"];
      readonly isStream: true;
      readonly statusCodes: Readonly<Record<number, true>>;
      readonly options: {
        readonly _query: EngineQuery;
        readonly _body: Readonly<Record<string, unknown>>;
      };
      readonly abortSignal: AbortSignal;
    },
    callback: (error: Error | null, response: IncomingMessage | null) => void,
  ): void;
}

/** One GET; see `send`. */
export function request(
  modem: Modem,
  path: string,
  query: EngineQuery,
  signal: AbortSignal,
  silenceMs: number,
): Promise<EngineAnswer<EngineStream>> {
  return send(modem, { method: "GET", path, query }, signal, silenceMs);
}

/** One request; resolves when the head of the response is there, within `silenceMs`, which afterwards limits every silence. */
export function send(
  modem: Modem,
  { method, path, query, body }: EngineCall,
  signal: AbortSignal,
  silenceMs: number,
): Promise<EngineAnswer<EngineStream>> {
  const ending = new AbortController();
  const end = (): void => ending.abort();
  const timer = setTimeout(end, silenceMs);
  const letGo = (): void => {
    clearTimeout(timer);
    signal.removeEventListener("abort", end);
  };
  const failed = (error: unknown): EngineFailure => {
    const isTimeout = ending.signal.aborted && !signal.aborted;
    return isTimeout ? silenceFailure(silenceMs) : failureOf(error, signal.aborted);
  };
  signal.addEventListener("abort", end, { once: true });
  if (signal.aborted) end();
  const options = {
    path: Object.keys(query).length === 0 ? path : `${path}?`,
    method,
    isStream: true,
    statusCodes: method === "GET" ? answeredStatus : doneStatus,
    options: { _query: query, _body: body ?? {} },
    abortSignal: ending.signal,
  } as const;
  return new Promise((resolve) =>
    modem.dial(options, (error, response) => {
      if (error === null && response !== null) {
        const onChunk = (): void => void timer.refresh();
        resolve(succeed(createStream(response, { onChunk, failed, letGo })));
        return;
      }
      letGo();
      resolve(fail(failed(error)));
    }),
  );
}

const answeredStatus = { 200: true } as const;
const doneStatus = { 200: true, 201: true, 204: true } as const;

async function* readChunks(
  response: IncomingMessage,
  onChunk: () => void,
): AsyncGenerator<Uint8Array> {
  for await (const chunk of response as AsyncIterable<Uint8Array>) {
    onChunk();
    yield chunk;
  }
}

/** What a stream tells the request that it came from. */
interface StreamEnds {
  readonly onChunk: () => void;
  readonly failed: (error: unknown) => EngineFailure;
  readonly letGo: () => void;
}

function createStream(response: IncomingMessage, ends: StreamEnds): EngineStream {
  const { onChunk, failed, letGo } = ends;
  const chunks = readChunks(response, onChunk);
  // Between two reads nobody else would listen, and an unheard error ends the process.
  response.on("error", () => undefined);
  return {
    headers: response.headers,
    pump: (take) => pump(response, ends, take),
    async next() {
      try {
        const { value, done } = await chunks.next();
        if (done !== true) return succeed(value);
        letGo();
        return response.complete ? succeed(undefined) : fail(failed(new Error("it broke off")));
      } catch (error) {
        letGo();
        return fail(failed(error));
      }
    },
    close() {
      letGo();
      response.destroy();
    },
  };
}

function pump(
  response: IncomingMessage,
  { onChunk, failed, letGo }: StreamEnds,
  take: (chunk: Uint8Array) => Promise<void> | undefined,
): Promise<EngineAnswer<undefined>> {
  return new Promise((resolve) => {
    const end = (answer: EngineAnswer<undefined>): void => {
      letGo();
      resolve(answer);
    };
    const brokenOff = (): EngineAnswer<never> => fail(failed(new Error("it broke off")));
    response.on("data", (chunk: Uint8Array) => {
      onChunk();
      const wait = take(chunk);
      if (wait === undefined) return;
      response.pause();
      void wait.then(() => response.resume());
    });
    response.once("end", () => end(response.complete ? succeed(undefined) : brokenOff()));
    response.once("error", (error) => end(fail(failed(error))));
    response.once("close", () => end(brokenOff()));
  });
}

/** Longest answer to a question about images; the list of thousands of them takes a few megabytes. */
const maxAnswerBytes = 64 * 1024 * 1024;

/** One GET and its answer as JSON, whole within `answerMs`. */
export async function readJson(
  modem: Modem,
  path: string,
  query: EngineQuery,
  signal: AbortSignal,
  { answerMs }: EngineTimeouts,
): Promise<EngineAnswer<unknown>> {
  const late = AbortSignal.timeout(answerMs);
  const either = AbortSignal.any([signal, late]);
  const failed = (failure: EngineFailure): EngineAnswer<never> =>
    fail(late.aborted && !signal.aborted ? silenceFailure(answerMs) : failure);
  const response = await request(modem, path, query, either, answerMs);
  if (!response.ok) return failed(response.error);
  const answer = await readAnswer(response.value);
  return answer.ok ? answer : failed(answer.error);
}

/** A whole answer as JSON. */
export async function readAnswer(stream: EngineStream): Promise<EngineAnswer<unknown>> {
  const parts: Uint8Array[] = [];
  let readBytes = 0;
  for (;;) {
    const chunk = await stream.next();
    if (!chunk.ok) return chunk;
    if (chunk.value === undefined) break;
    readBytes += chunk.value.length;
    parts.push(chunk.value);
    if (readBytes > maxAnswerBytes) {
      stream.close();
      return fail({ reason: "its answer is too long", isCancelled: false });
    }
  }
  return parseAnswer(Buffer.concat(parts).toString("utf8"));
}

function parseAnswer(text: string): EngineAnswer<unknown> {
  try {
    return succeed(JSON.parse(text) as unknown);
  } catch {
    return fail({ reason: "its answer is not JSON", isCancelled: false });
  }
}

/** What is said of an engine that was silent for too long. */
export function silenceFailure(silenceMs: number): EngineFailure {
  return { reason: `no answer within ${silenceMs / 1000} s`, isCancelled: false };
}

/** What went wrong, told as the failure of a request. */
export function failureOf(error: unknown, isCancelled: boolean): EngineFailure {
  const status =
    error instanceof Error && "statusCode" in error && typeof error.statusCode === "number"
      ? { status: error.statusCode }
      : {};
  return { ...status, reason: reasonOf(error), isCancelled };
}

const knownReasons: Readonly<Record<string, string>> = {
  ENOENT: "no socket there",
  ECONNREFUSED: "connection refused",
  EACCES: "permission denied: this user may not use the socket",
  EPERM: "permission denied: this user may not use the socket",
  ENOTFOUND: "the host is not known",
  ECONNRESET: "the connection broke off",
  EHOSTUNREACH: "the host cannot be reached",
  ETIMEDOUT: "no answer",
};

/** What went wrong, in a few words of one line. */
export function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return "it gave no reason";
  const known = "code" in error && typeof error.code === "string" ? knownReasons[error.code] : "";
  // docker-modem wraps what the engine said in "(HTTP code 500) unexpected - … ".
  const said = error.message.replace(/^\(HTTP code \d+\) \w+ - /, "").trim();
  return known || said.split("\n")[0]?.slice(0, 300) || error.name;
}
