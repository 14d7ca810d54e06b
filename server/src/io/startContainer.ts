import { randomUUID } from "node:crypto";
import { fieldOf, objectField, stringField, toObject } from "../core/image/json.ts";
import type { Result } from "../core/result.ts";
import { succeed } from "../core/result.ts";
import type { Engine } from "./dockerEngine.ts";
import type { EngineAnswer, EngineCall, EngineStream } from "./engineRequest.ts";
import { readAnswer } from "./engineRequest.ts";

/** A container that was made to be measured. Its maker removes it. */
export interface MadeContainer {
  /** Its output from the very start, as it comes. */
  attach(signal: AbortSignal): Promise<EngineAnswer<EngineStream>>;
  start(signal: AbortSignal): Promise<EngineAnswer<undefined>>;
  /** Resolves with the exit code once it has ended; to be asked for after the start. */
  exitCode(signal: AbortSignal): Promise<EngineAnswer<number>>;
  /** Where it listens, once it runs; undefined without an address that this machine may reach, or without exposed ports. */
  address(signal: AbortSignal): Promise<ContainerAddress | undefined>;
}

/** Where a container may be listening. */
export interface ContainerAddress {
  readonly host: string;
  /** The TCP ports that the image exposes. */
  readonly ports: readonly number[];
}

/** How long the engine may take to remove a container. */
const removalMs = 30_000;

/**
 * Makes a container as `docker run` would, without publishing ports, hands it to `use`, and removes it with its anonymous volumes whatever
 * happens in between, cancelling included. The image must be there: nothing is pulled.
 */
export async function withContainer<T>(
  engine: Engine,
  image: string,
  use: (container: MadeContainer) => Promise<EngineAnswer<T>>,
): Promise<EngineAnswer<T>> {
  const name = `tare-start-${randomUUID()}`;
  // Not cancelled half way: an engine that has made it must be known to have.
  const made = await finished(engine, {
    method: "POST",
    path: "/containers/create",
    query: { name },
    body: { Image: image, Labels: { "tare.start-time": "true" } },
  });
  try {
    return made.ok ? await use(containerOf(engine, name)) : made;
  } finally {
    const query = { force: "1", v: "1" };
    await finished(engine, { method: "DELETE", path: `/containers/${name}`, query });
  }
}

async function finished(engine: Engine, call: EngineCall): Promise<EngineAnswer<undefined>> {
  const signal = AbortSignal.timeout(removalMs);
  const answer = await engine.send(call, signal);
  if (!answer.ok) return answer;
  answer.value.close();
  return succeed(undefined);
}

function containerOf(engine: Engine, name: string): MadeContainer {
  const at = (what: string): string => `/containers/${name}/${what}`;
  return {
    attach: (signal) =>
      engine.send(
        {
          method: "POST",
          path: at("attach"),
          query: { stream: "1", stdout: "1", stderr: "1" },
        },
        signal,
      ),
    async start(signal) {
      const answer = await engine.send({ method: "POST", path: at("start"), query: {} }, signal);
      if (!answer.ok) return answer;
      answer.value.close();
      return succeed(undefined);
    },
    async exitCode(signal) {
      const query = { condition: "not-running" };
      const answer = await engine.send({ method: "POST", path: at("wait"), query }, signal);
      const ended = answer.ok ? await readAnswer(answer.value) : answer;
      if (!ended.ok) return ended;
      const code = fieldOf(toObject([], ended.value, "the answer") ?? {}, "StatusCode");
      return succeed(typeof code === "number" ? code : 0);
    },
    async address(signal) {
      const answer = await engine.readJson(at("json"), {}, signal);
      return answer.ok ? addressIn(answer) : undefined;
    },
  };
}

function addressIn(answer: Result<unknown, unknown> & { readonly ok: true }) {
  const inspected = toObject([], answer.value, "the answer") ?? {};
  const network = objectField([], inspected, "NetworkSettings") ?? {};
  const exposed = objectField([], objectField([], inspected, "Config") ?? {}, "ExposedPorts") ?? {};
  const ports = Object.keys(exposed)
    .filter((port) => /^\d+\/tcp$/.test(port))
    .map((port) => Number.parseInt(port, 10));
  const networks = Object.values(objectField([], network, "Networks") ?? {});
  const host = [network, ...networks]
    .map((one) => stringField([], toObject([], one, "a network") ?? {}, "IPAddress"))
    .find((address) => address !== undefined && address !== "");
  return host === undefined || ports.length === 0 ? undefined : { host, ports };
}
