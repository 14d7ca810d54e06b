import assert from "node:assert/strict";
import { test } from "node:test";
import type { RewritePreview, ScratchRow } from "../../server/src/protocol.ts";
import { commands, methods } from "../../server/src/protocol.ts";
import { programFile, programImage } from "../core/views/scratchCase.ts";
import { fakeHost } from "../support/fakeHost.ts";
import type { LspPair, PairOptions } from "../support/lspPair.ts";
import { lspPair } from "../support/lspPair.ts";

const uri = "file:///work/Dockerfile";
const text = `# tare: image=app\n${programFile}`;
const title = "FROM scratch: 402 kB → 272 B";

/** Runs with an open document whose image is read, and closes everything. */
async function withProgram(
  options: Partial<PairOptions>,
  run: (pair: LspPair) => Promise<void>,
): Promise<void> {
  const pair = await lspPair({ settings: {}, host: fakeHost({ app: programImage() }), ...options });
  try {
    await pair.open(uri, text);
    await pair.until("image read", () => pair.statuses.at(-1)?.state === "read");
    await run(pair);
    assert.deepEqual(pair.logs, []);
  } finally {
    await pair.close();
  }
}

const previewing = { initialize: { initializationOptions: { rewritePreviews: true } } };

test("the final FROM offers scratch with its size; a client without previews gets the edit", () =>
  withProgram({}, async (pair) => {
    const actions = await pair.actions(uri, "FROM debian", ["refactor.rewrite"]);
    const action = actions.find((one) => one.title === title)!;
    assert.equal(action.kind, "refactor.rewrite");
    assert.equal(pair.textsAfter(action)[uri], text.replace("FROM debian:12", "FROM scratch"));
    for (const elsewhere of ["FROM golang", "COPY"]) {
      const others = await pair.actions(uri, elsewhere);
      assert.ok(others.every((one) => !one.title.startsWith("FROM ")));
    }
  }));

test("it is a quick-fix where the rule recommends it", () =>
  withProgram({}, async (pair) => {
    const range = { start: { line: 3, character: 0 }, end: { line: 3, character: 4 } };
    const diagnostic = {
      range,
      source: "tare",
      code: "static-program-in-fat-image",
      message: "The image is fat.",
    };
    const actions = await pair.client.sendRequest<readonly { title: string; kind: string }[]>(
      "textDocument/codeAction",
      {
        textDocument: { uri },
        range,
        context: { diagnostics: [diagnostic], only: ["quickfix"] },
      },
    );
    const fixes = actions.filter((one) => one.title === title);
    assert.deepEqual(
      fixes.map(({ kind }) => kind),
      ["quickfix"],
    );
  }));

test("our client is told what to preview, and gets the text, the edits and the version", () =>
  withProgram(previewing, async (pair) => {
    const [action] = await pair.actions(uri, "FROM debian", ["refactor.rewrite"]);
    assert.equal(action!.edit, undefined);
    assert.equal(action!.command!.command, commands.previewRewrite);
    const target: unknown = action!.command!.arguments![0];
    const preview = await pair.client.sendRequest<RewritePreview>(methods.rewrite, target);
    assert.deepEqual(preview, {
      title,
      version: 1,
      newText: text.replace("FROM debian:12", "FROM scratch"),
      edits: preview.edits,
      caveats: [],
    });
    assert.equal(preview.edits[0]!.range.start.line, 3);
    const gone = { uri, offerId: "scratch: never" };
    assert.equal(await pair.client.sendRequest(methods.rewrite, gone), null);
    const unknown = { uri: "file:///work/other", offerId: "scratch: FROM scratch" };
    assert.equal(await pair.client.sendRequest(methods.rewrite, unknown), null);
  }));

test("the view's rows are answered for open documents, and none for others", () =>
  withProgram({}, async (pair) => {
    const rows = await pair.client.sendRequest<readonly ScratchRow[]>(methods.scratch, { uri });
    assert.equal(rows[0]!.label, "Scratch can be had");
    assert.equal(rows[1]!.offerId, "scratch: FROM scratch");
    assert.deepEqual(
      await pair.client.sendRequest(methods.scratch, { uri: "file:///work/other" }),
      [],
    );
  }));
