import assert from "node:assert/strict";
import { mkdtemp, rm } from "node:fs/promises";
import { createServer as createHttpServer, type ServerResponse } from "node:http";
import { createServer, type AddressInfo, type Server } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { measureStart } from "../../server/src/io/startTime.ts";

/** Answers as an engine does whose container says nothing and goes on, and listens at this address. */
async function silentEngine(folder: string, port: number, onStart: () => void) {
  const asked: string[] = [];
  const answer = (response: ServerResponse, url: string, method: string): void => {
    const what = url.replace(/\?.*$/, "").split("/").at(-1) ?? "";
    asked.push(method === "DELETE" ? "DELETE" : what);
    if (what === "_ping") response.setHeader("Api-Version", "1.41").end("OK");
    else if (what === "attach") response.writeHead(200).flushHeaders();
    else if (what === "wait") response.writeHead(200).flushHeaders();
    else if (what === "json") {
      const Config = { ExposedPorts: { [`${port}/tcp`]: {}, "53/udp": {} } };
      response.end(JSON.stringify({ Config, NetworkSettings: { IPAddress: "127.0.0.1" } }));
    } else {
      if (what === "start") onStart();
      response.statusCode = what === "create" ? 201 : 204;
      response.end(what === "create" ? "{}" : undefined);
    }
  };
  const server = createHttpServer((request, response) =>
    answer(response, request.url ?? "", request.method ?? ""),
  );
  const path = join(folder, "engine.sock");
  await new Promise<void>((resolve) => server.listen(path, () => resolve()));
  return {
    endpoint: `unix://${path}`,
    asked,
    stop: () => {
      server.closeAllConnections();
      server.close();
    },
  };
}

/** A port that nobody listens at. */
async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", () => resolve()));
  const { port } = server.address() as AddressInfo;
  await new Promise<void>((resolve) => server.close(() => resolve()));
  return port;
}

test("a container that says nothing is ready when an exposed port takes a connection, and is removed", async (t) => {
  if (process.platform !== "linux") return t.skip("ports are tried on Linux only");
  const folder = await mkdtemp(join(tmpdir(), "tare-start-"));
  const port = await freePort();
  const listening: Server = createServer((socket) => socket.destroy());
  const engine = await silentEngine(folder, port, () => {
    setTimeout(() => listening.listen(port, "127.0.0.1"), 120);
  });
  t.after(async () => {
    engine.stop();
    listening.close();
    await rm(folder, { recursive: true });
  });
  const series = await measureStart(
    { endpoint: engine.endpoint, environment: {}, homeFolder: folder },
    { references: ["quiet:1"], runs: 1, limitMs: 10_000 },
    AbortSignal.timeout(20_000),
  );
  assert.ok(series.ok, JSON.stringify(series));
  const [run] = series.value[0]?.runs ?? [];
  assert.deepEqual(run?.sign, { kind: "port", port });
  assert.ok((run?.readyMs ?? 0) >= 120, String(run?.readyMs));
  assert.equal(engine.asked.at(-1), "DELETE");
});
