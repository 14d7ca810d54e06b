import assert from "node:assert/strict";
import { test } from "node:test";
import type { CompletionItem } from "vscode-languageserver/node";
import { fakeHost } from "../support/fakeHost.ts";
import { anImage } from "../support/imageBuilder.ts";
import type { LspPair } from "../support/lspPair.ts";
import { lspPair } from "../support/lspPair.ts";

const uri = "file:///work/Dockerfile";

async function offeredAt(
  { client }: LspPair,
  line: number,
  character: number,
): Promise<readonly CompletionItem[]> {
  return client.sendRequest("textDocument/completion", {
    textDocument: { uri },
    position: { line, character },
  });
}

test("targets and images of the engine are offered in a comment, nothing elsewhere", async () => {
  const pair = await lspPair({
    host: fakeHost({ "app:1": anImage().reference("app:1").layer("a 1MB") }),
    settings: {},
  });
  try {
    await pair.open(uri, "# tare: target=\n# tare: image=\nFROM scratch\n");
    const targets = await offeredAt(pair, 0, 15);
    assert.ok(targets.some(({ label, detail }) => label === "micro" && detail !== undefined));
    await pair.until("the engine's images are offered", async () =>
      (await offeredAt(pair, 1, 14)).some(({ label }) => label === "app:1"),
    );
    assert.deepEqual(await offeredAt(pair, 2, 5), []);
    assert.deepEqual(pair.logs, []);
  } finally {
    await pair.close();
  }
});
