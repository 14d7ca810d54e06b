import { connect, type OnReadOpts, type Socket } from "node:net";
import { fail, succeed } from "../core/result.ts";
import { memoryToHashIn } from "./hashMemory.ts";
import { failureOf, silenceFailure, type EngineAnswer, type EngineQuery } from "./engineRequest.ts";
import { createHttpBody } from "./httpBody.ts";

/** A GET to an engine on this machine. */
export interface SocketRequest {
  readonly socketPath: string;
  readonly path: string;
  readonly query: EngineQuery;
}

/** Takes a piece of the body, valid only during the call; a promise holds the engine back. `enough` ends it. */
export type TakePiece = (piece: Uint8Array) => Promise<void> | "enough" | undefined;

/**
 * Hands the body of the answer to `take`, over a connection of its own that reads into the same memory again and again: Node's client makes five calls and a
 * piece of garbage of every 32 KB, three times the work of reading the layers in them. `refused` where nothing was handed over: to ask in the usual way tells why.
 */
export function downloadFromSocket(
  request: SocketRequest,
  take: TakePiece,
  { signal, silenceMs }: { readonly signal: AbortSignal; readonly silenceMs: number },
): Promise<EngineAnswer<undefined> | "refused"> {
  return new Promise((resolve) => {
    let hasBegun = false;
    const end = (answer: EngineAnswer<undefined> | "refused"): void => {
      signal.removeEventListener("abort", cancel);
      socket.destroy();
      resolve(answer);
    };
    const giveUp = (error: unknown): void =>
      end(hasBegun ? fail(failureOf(error, signal.aborted)) : "refused");
    const cancel = (): void => end(fail(failureOf(new Error("cancelled"), true)));
    let waits: Promise<void>[] = [];
    let isEnough = false;
    const body = createHttpBody((piece) => {
      hasBegun = true;
      const next = isEnough ? undefined : take(piece);
      if (next === "enough") isEnough = true;
      else if (next !== undefined) waits.push(next);
    });
    const callback: OnReadOpts["callback"] = (count, memory) => {
      const outcome = body.push(memory.subarray(0, count));
      if (isEnough || outcome === "ended") end(succeed(undefined));
      else if (outcome === "refused") end("refused");
      else if (outcome === "broken") giveUp(brokenOff());
      if (waits.length === 0) return true;
      void Promise.all(waits).then(() => socket.resume());
      waits = [];
      return false;
    };
    const socket: Socket = connect({
      path: request.socketPath,
      onread: { buffer: memoryToHashIn(), callback },
    });
    socket.setTimeout(silenceMs, () => end(fail(silenceFailure(silenceMs))));
    socket.once("error", giveUp);
    socket.once("close", () => (body.mayEnd() ? end(succeed(undefined)) : giveUp(brokenOff())));
    signal.addEventListener("abort", cancel, { once: true });
    if (signal.aborted) cancel();
    socket.write(`GET ${targetOf(request)} HTTP/1.1\r\nHost: docker\r\nConnection: close\r\n\r\n`);
  });
}

function brokenOff(): Error {
  return new Error("it broke off");
}

function targetOf({ path, query }: SocketRequest): string {
  const parameters = new URLSearchParams();
  for (const [name, value] of Object.entries(query)) {
    for (const one of typeof value === "string" ? [value] : value) parameters.append(name, one);
  }
  return parameters.size === 0 ? path : `${path}?${parameters.toString()}`;
}
