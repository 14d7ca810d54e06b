import assert from "node:assert/strict";
import { test } from "node:test";
import { CancellationTokenSource } from "vscode-languageserver/node";
import type {
  BuildOutcome,
  RewritePreview,
  ScratchRow,
} from "../../server/src/protocol/scratch.ts";
import { commands, methods } from "../../server/src/protocol.ts";
import { programFile, programImage } from "../core/views/scratchCase.ts";
import { anImage } from "../support/imageBuilder.ts";
import type { FakeHost } from "../support/fakeHost.ts";
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

const offer = { uri, offerId: "scratch: FROM scratch" };
const rewritten = text.replace("FROM debian:12", "FROM scratch");

/** A world in which both texts can be built. */
function buildingHost(): FakeHost {
  const host = fakeHost({ app: programImage() });
  host.builds.set(text, programImage());
  host.builds.set(
    rewritten,
    anImage().layer("app 272B", { createdBy: "COPY /app /app # buildkit" }),
  );
  return host;
}

test("both builds are measured side by side, and nothing of them is left", async () => {
  const host = buildingHost();
  await withBuilds({ host }, async (pair) => {
    const outcome = await pair.client.sendRequest<BuildOutcome>(methods.buildCompare, offer);
    assert.ok(outcome.kind === "built", JSON.stringify(outcome));
    assert.equal(outcome.title, "402 kB → 272 B, as built");
    assert.match(outcome.after, /^272 B │ COPY --from=build \/app \/app$/m);
    assert.deepEqual(outcome.remarks, []);
  });
  assert.deepEqual([...host.images.keys()], ["app"]);
});

test("builds start where the setting says, as their weight was counted there", async () => {
  const host = buildingHost();
  const asked: (string | undefined)[] = [];
  const listening: FakeHost = {
    ...host,
    buildTemporaryImage(request, signal) {
      asked.push(request.contextSetting);
      return host.buildTemporaryImage(request, signal);
    },
  };
  await withBuilds({ host: listening, settings: { context: "service" } }, async (pair) => {
    await pair.client.sendRequest(methods.buildCompare, offer);
  });
  assert.deepEqual(asked, ["service", "service"]);
});

test("a build that fails says why, and the other one is taken away", async () => {
  const host = buildingHost();
  host.builds.set(rewritten, "The build failed: no space left.");
  await withBuilds({ host }, async (pair) => {
    assert.deepEqual(await pair.client.sendRequest(methods.buildCompare, offer), {
      kind: "failed",
      message: "The build failed: no space left.",
    });
  });
  assert.deepEqual([...host.images.keys()], ["app"]);
});

test("a build can be cancelled", async () => {
  const host = buildingHost();
  host.builds.set(rewritten, "never ends");
  await withBuilds({ host }, async (pair) => {
    const cancelling = new CancellationTokenSource();
    const outcome = pair.client.sendRequest(methods.buildCompare, offer, cancelling.token);
    await pair.until("second build", () => pair.logs.length === 2);
    cancelling.cancel();
    assert.deepEqual(await outcome, { kind: "cancelled" });
  });
  assert.deepEqual([...host.images.keys()], ["app"]);
});

test("nothing is built where the engine is switched off or the workspace is not trusted", async () => {
  const host = buildingHost();
  await withBuilds({ host, settings: { engine: { enabled: false } } }, async (pair) => {
    const outcome = await pair.client.sendRequest<BuildOutcome>(methods.buildCompare, offer);
    assert.ok(outcome.kind === "failed");
    assert.match(outcome.message, /tare\.engine\.enabled/);
    await pair.client.sendNotification(methods.trust, { trusted: false });
    const untrusted = await pair.client.sendRequest<BuildOutcome>(methods.buildCompare, offer);
    assert.ok(untrusted.kind === "failed");
    assert.match(untrusted.message, /not trusted/);
    assert.deepEqual(pair.logs, []);
  });
});

/** Like `withProgram`; what the builder prints is logged. */
async function withBuilds(
  options: Partial<PairOptions>,
  run: (pair: LspPair) => Promise<void>,
): Promise<void> {
  await withProgram(options, async (pair) => {
    await run(pair);
    for (const line of pair.logs.splice(0)) assert.match(line, /^building \d+ characters$/);
  });
}
