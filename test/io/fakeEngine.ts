import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { Socket } from "node:net";
import { join } from "node:path";
import type { EngineTimeouts } from "../../server/src/io/engineRequest.ts";
import type { OpenOptions } from "../../server/src/io/openImage.ts";
import { digestOf, type ImageBuilder } from "../support/imageBuilder.ts";

/** What the fake answers to a path (without query): JSON, bytes, or whatever the function writes. */
export type FakeAnswer =
  | { readonly json: unknown }
  | { readonly bytes: Uint8Array }
  | { readonly status: number; readonly message: string }
  | ((request: IncomingMessage, response: ServerResponse) => void);

/** Answers by path; `/_ping` is answered unless given. */
export type FakeRoutes = Readonly<Record<string, FakeAnswer>>;

/** An engine of the tests' own on a Unix socket. */
export interface FakeEngine {
  readonly endpoint: string;
  /** Paths with their queries, in order, without pings. */
  readonly requests: readonly string[];
  stop(): Promise<void>;
}

/** Starts it; the headers are those of `/_ping`. */
export function startFakeEngine(
  folder: string,
  routes: FakeRoutes,
  headers: Readonly<Record<string, string>> = { "Api-Version": "1.41" },
): Promise<FakeEngine> {
  const socketPath = join(folder, `fake-${process.hrtime.bigint()}.sock`);
  const requests: string[] = [];
  const sockets = new Set<Socket>();
  const server = createServer((request, response) => {
    const url = decodeURIComponent(request.url ?? "");
    const path = url.replace(/\?.*$/, "");
    if (path !== "/_ping") requests.push(url);
    const answer = routes[path] ?? (path === "/_ping" ? { bytes: Buffer.from("OK") } : undefined);
    if (path === "/_ping")
      for (const [name, value] of Object.entries(headers)) response.setHeader(name, value);
    send(answer ?? { status: 404, message: `no such image: ${path}` }, request, response);
  });
  server.on("connection", (socket) => {
    sockets.add(socket);
    socket.on("close", () => sockets.delete(socket));
  });
  return new Promise((resolve) =>
    server.listen(socketPath, () =>
      resolve({
        endpoint: `unix://${socketPath}`,
        requests,
        stop: () =>
          new Promise((stopped) => {
            for (const socket of sockets) socket.destroy();
            server.close(() => stopped());
          }),
      }),
    ),
  );
}

function send(answer: FakeAnswer, request: IncomingMessage, response: ServerResponse): void {
  if (typeof answer === "function") answer(request, response);
  else if ("json" in answer) response.end(JSON.stringify(answer.json));
  else if ("bytes" in answer) response.end(answer.bytes);
  else {
    response.statusCode = answer.status;
    response.end(JSON.stringify({ message: answer.message }));
  }
}

/** Impatient enough for tests. */
export const shortTimeouts: EngineTimeouts = { connectMs: 300, answerMs: 400, silenceMs: 500 };

/** Longer than a busy machine takes for anything. */
export const patientTimeouts: EngineTimeouts = {
  connectMs: 60_000,
  answerMs: 60_000,
  silenceMs: 60_000,
};

/** Options that know this engine only. */
export function onlyEngine(
  { endpoint }: Pick<FakeEngine, "endpoint">,
  folder: string,
  timeouts: EngineTimeouts = patientTimeouts,
): OpenOptions {
  return {
    signal: AbortSignal.timeout(30_000),
    baseFolder: folder,
    endpoint,
    environment: {},
    homeFolder: folder,
    timeouts,
  };
}

/** What an image is to a graph-driver engine, as its inspect and history tell it. */
export interface FakeImage {
  readonly id: string;
  readonly inspect: Readonly<Record<string, unknown>>;
  /** Newest first. Bytes are those of `describe`. */
  readonly history: readonly Readonly<Record<string, unknown>>[];
}

interface FakeImageOptions {
  readonly id?: string;
  readonly driver?: unknown;
}

const overlay2 = { Name: "overlay2", Data: {} };

/** Inspect and history of a built image; `GraphDriver` is overlay2's unless told otherwise. */
export function fakeImage(
  image: ImageBuilder,
  { id = digestOf(image.configJson()), driver = overlay2 }: FakeImageOptions = {},
): FakeImage {
  const config = JSON.parse(image.configJson()) as {
    os: string;
    architecture: string;
    config: unknown;
    rootfs: { diff_ids: readonly string[] };
    history?: readonly { created_by?: string; comment?: string; empty_layer?: boolean }[];
  };
  const bytes = [...(image.describe({ withHistoryBytes: true }).historyBytes ?? [])];
  const rows = (config.history ?? []).map((row) => ({
    Id: "<missing>",
    Created: 1_700_000_000,
    CreatedBy: row.created_by ?? "",
    Comment: row.comment ?? "",
    Size: row.empty_layer === true ? 0 : (bytes.shift() ?? 0),
    Tags: null,
  }));
  const newest = rows.at(-1);
  if (newest !== undefined) newest.Id = id;
  return {
    id,
    inspect: {
      Id: id,
      Os: config.os,
      Architecture: config.architecture,
      Created: "2026-01-01T00:00:00Z",
      Config: config.config,
      GraphDriver: driver,
      RootFS: { Type: "layers", Layers: config.rootfs.diff_ids },
    },
    history: rows.toReversed(),
  };
}

/** Routes of an engine that holds just this image under this name. */
export function routesFor(
  name: string,
  { id, inspect, history }: FakeImage,
  exported: FakeAnswer,
): FakeRoutes {
  return {
    [`/images/${name}/json`]: { json: inspect },
    [`/images/${name}/history`]: { json: history },
    [`/images/${id}/get`]: exported,
  };
}
