import assert from "node:assert/strict";
import { test } from "node:test";
import { readTransport } from "../../server/src/lsp/transport.ts";

test("a client may say how it talks, and is served over standard input and output unless it does", () => {
  const served = (...words: readonly string[]): void =>
    assert.deepEqual(readTransport(words), { kind: "serve", words });
  served("--stdio");
  served("--node-ipc", "--clientProcessId=12");
  served("--socket=6009");
  served("--pipe", "/run/tare.sock", "--clientProcessId", "12");
  for (const words of [[], ["--clientProcessId=12"]]) {
    assert.deepEqual(readTransport(words), { kind: "serve", words: [...words, "--stdio"] });
  }
});

test("what is no word of a client is refused in one sentence that says what to do", () => {
  const refusals = [
    ["--nope"],
    ["extra", "--stdio"],
    ["--stdio=1"],
    ["--socket"],
    ["--socket=abc"],
    ["--pipe"],
    ["--clientProcessId=x"],
  ];
  for (const words of refusals) {
    const read = readTransport(words);
    assert(read.kind === "refuse", words.join(" "));
    assert.match(read.sentence, /^[^\n]+: start the server with `tare lsp --stdio`\.$/);
  }
});
