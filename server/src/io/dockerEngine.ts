import { randomUUID } from "node:crypto";
import type { Agent } from "node:http";
import { Agent as HttpsAgent } from "node:https";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type Docker from "dockerode";
import type { ImageError } from "../core/image/imageError.ts";
import { fail, succeed, type Result } from "../core/result.ts";
import {
  defaultAddress,
  findEndpoints,
  type EngineConnection,
  type EngineEndpoint,
  type EngineSearch,
} from "./engineEndpoints.ts";
import {
  defaultTimeouts,
  readJson,
  reasonOf,
  request,
  send,
  type EngineAnswer,
  type EngineCall,
  type EngineQuery,
  type EngineStream,
  type EngineTimeouts,
  type Modem,
} from "./engineRequest.ts";
import { createSshAgent } from "./sshAgent.ts";

/** An engine that answered. Every method but `send` asks only and changes nothing in the engine. */
export interface Engine {
  readonly address: string;
  /** Where exactly it answered, so that another thread can reach the same one. */
  readonly endpoint: EngineEndpoint;
  readonly timeouts: EngineTimeouts;
  /** Podman speaks Docker's API and means something else by some of its figures. */
  readonly kind: "docker" | "podman";
  /** Newest version of the API it speaks, `1.41`; undefined when it does not say. */
  readonly apiVersion: string | undefined;
  /** The answer to a GET as JSON, whole within `timeoutMs`. */
  readJson(path: string, query: EngineQuery, signal: AbortSignal): Promise<EngineAnswer<unknown>>;
  /** The answer to a GET as it comes; the signal ends it. */
  openStream(
    path: string,
    query: EngineQuery,
    signal: AbortSignal,
  ): Promise<EngineAnswer<EngineStream>>;
  /** Any request. What changes something is sent by `measureStart` alone, for containers that it makes and removes because the user asked for it. */
  send(call: EngineCall, signal: AbortSignal): Promise<EngineAnswer<EngineStream>>;
}

/** The first engine that answers where one is to be looked for; which ones these are says `findEndpoints`. */
export async function connectEngine(
  search: EngineSearch,
  signal: AbortSignal,
  timeouts: EngineTimeouts = defaultTimeouts,
): Promise<Result<Engine, ImageError>> {
  const finding = findEndpoints(search);
  // While the disk is asked.
  const loading = loadEngineClient();
  const endpoints = await finding;
  await loading;
  if (!endpoints.ok) return endpoints;
  const failures: ImageError[] = [];
  for (const endpoint of endpoints.value) {
    const engine = await connectEndpoint(endpoint, signal, timeouts);
    if (engine.ok) return engine;
    if (signal.aborted) return fail({ code: "cancelled" });
    failures.push(engine.error);
  }
  return fail(
    failures[0] ?? {
      code: "engine-unreachable",
      endpoint: defaultAddress(search.platform),
      reason: "no engine has a socket there or in the other usual places",
    },
  );
}

/** Loads what questions to an engine need, which takes longer than the first of them. Nothing is asked yet. */
async function loadEngineClient(): Promise<void> {
  await import("dockerode");
}

/**
 * Has the client, and what Node needs for HTTP, loaded and run once, by a request to a socket that is not there: no engine hears of it, and the first that is
 * asked answers in half the time.
 */
export async function warmEngineClient(): Promise<void> {
  const path = join(tmpdir(), "tare-no-such-engine", randomUUID());
  const nowhere = { address: path, connection: { kind: "socket", path } } as const;
  await connectEndpoint(nowhere, new AbortController().signal, defaultTimeouts);
}

/** The engine at just this place. */
export async function connectEndpoint(
  endpoint: EngineEndpoint,
  signal: AbortSignal,
  timeouts: EngineTimeouts,
): Promise<Result<Engine, ImageError>> {
  const { address, connection } = endpoint;
  const unreachable = (reason: string): Result<never, ImageError> =>
    fail({ code: "engine-unreachable", endpoint: address, reason });
  const modem = await createModem(connection);
  if (typeof modem === "string") return unreachable(modem);
  const ping = await request(modem, "/_ping", {}, signal, timeouts.connectMs);
  if (!ping.ok) return unreachable(ping.error.reason);
  const { headers } = ping.value;
  ping.value.close();
  const isPodman =
    headers["libpod-api-version"] !== undefined || /libpod/i.test(String(headers["server"] ?? ""));
  const apiVersion = headers["api-version"];
  return succeed({
    address,
    endpoint,
    timeouts,
    kind: isPodman ? "podman" : "docker",
    apiVersion: typeof apiVersion === "string" ? apiVersion : undefined,
    readJson: (path, query, ownSignal) => readJson(modem, path, query, ownSignal, timeouts),
    openStream: (path, query, ownSignal) =>
      request(modem, path, query, ownSignal, timeouts.silenceMs),
    send: (call, ownSignal) => send(modem, call, ownSignal, timeouts.silenceMs),
  });
}

/** A modem for exactly this connection; what the environment says is overruled. A text says why there is none. */
async function createModem(connection: EngineConnection): Promise<Modem | string> {
  // Loaded with the first engine: it is most of what the server would load to start, and an archive needs none of it.
  const { default: Engines } = await import("dockerode");
  try {
    // docker-modem would mix in host, port and certificates of DOCKER_HOST where these are left out.
    const nothing = Object.fromEntries(overruled.map((key) => [key, undefined]));
    const options = { ...nothing, protocol: "http", ...modemOptions(connection) };
    return new Engines(options as Docker.DockerOptions).modem as Modem;
  } catch (error) {
    return reasonOf(error);
  }
}

const overruled = ["host", "port", "socketPath", "ca", "cert", "key", "timeout", "pathPrefix"];

function modemOptions(connection: EngineConnection): Readonly<Record<string, unknown>> {
  switch (connection.kind) {
    case "socket":
      return { socketPath: connection.path };
    case "ssh":
      return withAgent("ssh.invalid", createSshAgent(connection.words, connection.remoteSocket));
    case "tcp": {
      const { port, tls } = connection;
      const host = connection.host.includes(":") ? `[${connection.host}]` : connection.host;
      if (tls === undefined) return { host: `http://${host}`, port, pathPrefix: "/" };
      const agent = new HttpsAgent({
        ...(tls.ca === undefined ? {} : { ca: tls.ca }),
        ...(tls.certificate === undefined ? {} : { cert: tls.certificate }),
        ...(tls.key === undefined ? {} : { key: tls.key }),
        rejectUnauthorized: tls.isVerified,
      });
      return { host: `https://${host}`, port, protocol: "https", pathPrefix: "/", agent };
    }
  }
}

function withAgent(host: string, agent: Agent): Readonly<Record<string, unknown>> {
  return { host: `http://${host}`, port: 80, pathPrefix: "/", agent };
}
