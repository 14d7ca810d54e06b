import assert from "node:assert/strict";
import type { ChildProcess } from "node:child_process";
import { fork, spawn } from "node:child_process";
import { join } from "node:path";
import { test } from "node:test";
import type { InitializeResult, ProtocolConnection } from "vscode-languageserver/node";
import {
  createProtocolConnection,
  IPCMessageReader,
  IPCMessageWriter,
  StreamMessageReader,
  StreamMessageWriter,
} from "vscode-languageserver/node";

const main = join(import.meta.dirname, "../../server/src/main.ts");

/** Rejects when the server ends without an answer: nobody else would, and the test would wait for ever. */
const initialize = (client: ProtocolConnection, ended: Promise<number | null>) =>
  Promise.race([
    client.sendRequest<InitializeResult>("initialize", {
      processId: null,
      rootUri: null,
      capabilities: {},
    }),
    ended.then((code) => {
      throw new Error(`The server ended with ${String(code)} before it answered`);
    }),
  ]);

/** Code with which the process ends; ends it after ten seconds. */
function exitOf(child: ChildProcess): Promise<number | null> {
  const timer = setTimeout(() => child.kill("SIGKILL"), 10_000);
  return new Promise((resolve) => {
    child.on("exit", (code) => {
      clearTimeout(timer);
      resolve(code);
    });
  });
}

function overStdio(words: readonly string[]) {
  const child = spawn(process.execPath, [main, "lsp", ...words], {
    stdio: ["pipe", "pipe", "inherit"],
  });
  const client = createProtocolConnection(
    new StreamMessageReader(child.stdout),
    new StreamMessageWriter(child.stdin),
  );
  client.listen();
  return { child, client };
}

test("`tare lsp` serves over standard input and output, and ends when it is told to", async () => {
  const { child, client } = overStdio([]);
  const ended = exitOf(child);
  const { capabilities, serverInfo } = await initialize(client, ended);
  assert.equal(serverInfo?.name, "tare");
  assert.equal(capabilities.hoverProvider, true);
  assert.equal(capabilities.inlayHintProvider, true);
  await client.sendRequest("shutdown");
  await client.sendNotification("exit");
  assert.equal(await ended, 0);
});

test("it ends when its input ends", async () => {
  const { child, client } = overStdio(["--stdio"]);
  const ended = exitOf(child);
  await initialize(client, ended);
  child.stdin.end();
  assert.equal(await ended, 1);
});

test("over a node channel it serves, and ends when the channel closes", async () => {
  const child = fork(main, ["lsp", "--node-ipc"]);
  const ended = exitOf(child);
  const client = createProtocolConnection(new IPCMessageReader(child), new IPCMessageWriter(child));
  client.listen();
  assert.equal((await initialize(client, ended)).serverInfo?.name, "tare");
  child.disconnect();
  assert.equal(await ended, 1);
});
