import assert from "node:assert/strict";
import { mkdtemp, rm } from "node:fs/promises";
import { type Socket, createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { setImmediate as nextTurn } from "node:timers/promises";
import { type TakePiece, downloadFromSocket } from "../../server/src/io/socketDownload.ts";

const head = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n";

interface Download {
  readonly answer: Awaited<ReturnType<typeof downloadFromSocket>>;
  readonly asked: string;
}

/** Downloads from a server that does as told with its one connection. */
async function download(
  serve: (socket: Socket) => void,
  take: TakePiece,
  { signal = new AbortController().signal, silenceMs = 30_000 } = {},
): Promise<Download> {
  const folder = await mkdtemp(join(tmpdir(), "tare-socket-"));
  const socketPath = join(folder, "engine.sock");
  let asked = "";
  const server = createServer((socket) => {
    socket.on("error", () => undefined);
    socket.once("data", (bytes) => {
      asked = String(bytes);
      serve(socket);
    });
  });
  await new Promise<void>((resolve) => server.listen(socketPath, resolve));
  try {
    const request = {
      socketPath,
      path: "/images/a/get",
      query: { platform: "{}", names: ["b", "c"] },
    };
    return { answer: await downloadFromSocket(request, take, { signal, silenceMs }), asked };
  } finally {
    server.close();
    await rm(folder, { recursive: true, force: true });
  }
}

test("asks once, and hands over all of the body", async () => {
  const text = "x".repeat(1_000_000);
  let bytes = 0;
  const { answer, asked } = await download(
    (socket) => socket.end(`${head}f4240\r\n${text}\r\n0\r\n\r\n`),
    (piece) => {
      bytes += piece.length;
      return undefined;
    },
  );
  assert.deepEqual(answer, { ok: true, value: undefined });
  assert.equal(bytes, 1_000_000);
  assert.match(asked, /^GET \/images\/a\/get\?platform=%7B%7D&names=b&names=c HTTP\/1\.1\r\n/);
});

test("a promise holds the engine back", async () => {
  let isHeld = false;
  let bytes = 0;
  const { answer } = await download(
    (socket) => socket.end(`${head}f4240\r\n${"x".repeat(1_000_000)}\r\n0\r\n\r\n`),
    async (piece) => {
      assert.equal(isHeld, false);
      bytes += piece.length;
      isHeld = true;
      await nextTurn();
      isHeld = false;
    },
  );
  assert.deepEqual(answer, { ok: true, value: undefined });
  assert.equal(bytes, 1_000_000);
});

test("enough is enough: the connection is ended", async () => {
  let isClosed: Promise<void> | undefined;
  let pieces = 0;
  const { answer } = await download(
    (socket) => {
      isClosed = new Promise((resolve) => socket.once("close", () => resolve()));
      socket.write(`${head}3\r\nabc\r\n3\r\ndef\r\n`);
    },
    () => {
      pieces += 1;
      return "enough";
    },
  );
  assert.deepEqual(answer, { ok: true, value: undefined });
  assert.equal(pieces, 1);
  await isClosed;
});

test("an answer that breaks off, or is none any more, is a failure", async () => {
  for (const rest of ["5\r\nabc", "3\r\nabc\r\nnonsense\r\n"]) {
    const { answer } = await download(
      (socket) => socket.end(`${head}${rest}`),
      () => undefined,
    );
    assert.equal(typeof answer === "object" && !answer.ok && answer.error.reason, "it broke off");
  }
});

test("an engine that falls silent is given up", async () => {
  const { answer } = await download(
    (socket) => socket.write(`${head}3\r\nabc\r\n`),
    () => undefined,
    { silenceMs: 100 },
  );
  const reason = "no answer within 0.1 s";
  assert.equal(typeof answer === "object" && !answer.ok && answer.error.reason, reason);
});

test("who cancels hears so at once", async () => {
  const signal = AbortSignal.timeout(50);
  const { answer } = await download(
    (socket) => socket.write(head),
    () => undefined,
    { signal },
  );
  assert.equal(typeof answer === "object" && !answer.ok && answer.error.isCancelled, true);
});

test("another answer than the body is refused, as is a socket that nobody listens at", async () => {
  const { answer } = await download(
    (socket) => socket.end("HTTP/1.1 404 Not Found\r\nContent-Length: 2\r\n\r\n{}"),
    () => assert.fail("nothing is handed over"),
  );
  assert.equal(answer, "refused");
  const request = { socketPath: join(tmpdir(), "tare-nobody.sock"), path: "/", query: {} };
  const { signal } = new AbortController();
  const nobody = await downloadFromSocket(request, () => undefined, { signal, silenceMs: 1000 });
  assert.equal(nobody, "refused");
});
