import assert from "node:assert/strict";
import { test } from "node:test";
import type { CodeLens, Hover } from "vscode-languageserver/node";
import type { ImageChoice, ImageStatus } from "../../server/src/protocol.ts";
import type { TreeRow } from "../../server/src/protocol/layerTree.ts";
import { methods } from "../../server/src/protocol.ts";
import type { FakeHost } from "../support/fakeHost.ts";
import { fakeHost } from "../support/fakeHost.ts";
import type { ImageBuilder } from "../support/imageBuilder.ts";
import { anImage } from "../support/imageBuilder.ts";
import type { LspPair, PairOptions } from "../support/lspPair.ts";
import { lspPair, neverAnswered, saidIn } from "../support/lspPair.ts";

const uri = "file:///work/Dockerfile";
const text = `# tare: image=app
FROM debian:12
RUN fetch
COPY app /app
RUN clean
`;

const app = (appSize = "9MB"): ImageBuilder =>
  anImage()
    .reference("app")
    .base("bin/sh 70MB")
    .layer("var/lists 40MB, usr/lib/tool 1MB", { createdBy: "RUN /bin/sh -c fetch # buildkit" })
    .layer(`app ${appSize}`, { createdBy: "COPY app /app # buildkit" })
    .layer({ "var/.wh.lists": "0" }, { createdBy: "RUN /bin/sh -c clean # buildkit" });

const readHints = [
  "1: base 70 MB · image 120 MB · 40 MB wasted",
  "2: 41 MB · 40 MB wasted",
  "3: 9 MB",
];

/** Runs with a client and a server, and closes both. */
async function withPair(
  options: Partial<Omit<PairOptions, "host">> & { readonly host?: FakeHost },
  run: (pair: LspPair, host: FakeHost) => Promise<void>,
): Promise<void> {
  const host = options.host ?? fakeHost({ app: app() });
  const pair = await lspPair({ settings: {}, ...options, host });
  try {
    await run(pair, host);
    assert.deepEqual(pair.logs, []);
  } finally {
    await pair.close();
  }
}

const isRead = (pair: LspPair) =>
  pair.until("image read", () => lastStatus(pair)?.state === "read");

const lastStatus = (pair: LspPair): ImageStatus | undefined => pair.statuses.at(-1);

const hoverOn = async (pair: LspPair, line: number, character = 1): Promise<string | undefined> => {
  const hover = await pair.client.sendRequest<Hover | null>("textDocument/hover", {
    textDocument: { uri },
    position: { line, character },
  });
  return hover === null ? undefined : saidIn(hover.contents);
};

test("sizes from history come first, the files' follow without being asked for", () =>
  withPair({}, async (pair, host) => {
    const go = host.holdReads();
    await pair.open(uri, text);
    await pair.until("described", async () => lastStatus(pair)?.state === "reading");
    assert.deepEqual(await pair.hintTexts(uri), [
      "1: base 70 MB · image 120 MB",
      "2: 41 MB",
      "3: 9 MB",
    ]);
    assert.match((await hoverOn(pair, 2)) ?? "", /files of the layers are being read/);
    go();
    await isRead(pair);
    assert.deepEqual(await pair.hintTexts(uri), readHints);
    await pair.until("refresh", () => pair.refreshes.has("workspace/inlayHint/refresh"));
    assert.equal(host.closedCount, 1);
  }));

test("an edited line is marked, the others keep their sizes", () =>
  withPair({}, async (pair) => {
    await pair.open(uri, text);
    await isRead(pair);
    await pair.edit(uri, "RUN fetch", "RUN fetch --all");
    assert.deepEqual(await pair.hintTexts(uri), [
      readHints[0],
      "2: was 41 MB · 40 MB wasted",
      "3: 9 MB",
    ]);
    await pair.edit(uri, "RUN fetch --all", "RUN fetch");
    assert.deepEqual(await pair.hintTexts(uri), readHints);
  }));

test("hints stand at the end of the line also with CRLF, and only in the range asked for", () =>
  withPair({}, async (pair) => {
    await pair.open(uri, text.replaceAll("\n", "\r\n"));
    await isRead(pair);
    const [from, run] = await pair.hints(uri);
    assert.deepEqual(from!.position, { line: 1, character: "FROM debian:12".length });
    assert.deepEqual(run!.position, { line: 2, character: "RUN fetch".length });
    const inRange = await pair.client.sendRequest<readonly unknown[]>("textDocument/inlayHint", {
      textDocument: { uri },
      range: { start: { line: 2, character: 0 }, end: { line: 2, character: 99 } },
    });
    assert.equal(inRange.length, 1);
  }));

test("the hover says exact bytes, what was wasted and who hid it, and leads to the tree", () =>
  withPair({}, async (pair) => {
    await pair.open(uri, text);
    await isRead(pair);
    const said = (await hoverOn(pair, 2)) ?? "";
    assert.match(said, /41,000,000 B in 1 layer/);
    assert.match(said, /40 MB deleted by line 5 `var\/lists`/);
    assert.match(said, /\(command:tare\.reveal\?/);
    assert.match((await hoverOn(pair, 4)) ?? "", /40 MB deleted, written by line 3 `var\/lists`/);
    assert.match((await hoverOn(pair, 1)) ?? "", /Own part: 50 MB/);
    assert.equal(await hoverOn(pair, 5, 0), undefined);
  }));

test("a client without Markdown and command links gets plain text", () =>
  withPair(
    {
      capabilities: { textDocument: { hover: { contentFormat: ["plaintext"] } } },
      initialize: { initializationOptions: undefined },
    },
    async (pair) => {
      await pair.open(uri, text);
      await pair.until("hints", async () => (await pair.hintTexts(uri)).includes(readHints[1]!));
      const said = (await hoverOn(pair, 2)) ?? "";
      assert.match(said, /^41 MB · 34% of the image\n/);
      assert.doesNotMatch(said, /command:|\*\*/);
      assert.deepEqual(pair.statuses, []);
    },
  ));

test("a budget that is not kept is told at the last FROM and at the line that crosses it", () =>
  withPair({}, async (pair) => {
    await pair.open(uri, text.replace("image=app", "image=app budget=100MB"));
    await isRead(pair);
    await pair.until("diagnostics", () => pair.diagnostics.has(uri));
    const [whole, line] = pair.diagnostics.get(uri)!;
    assert.equal(whole!.message, "The image weighs 120 MB, 20 MB over the budget of 100 MB.");
    assert.equal(whole!.source, "tare");
    assert.equal(whole!.code, "over-budget");
    assert.equal(whole!.relatedInformation?.[0]?.location.range.start.line, 2);
    assert.equal(line!.range.start.line, 2);
    assert.deepEqual(lastStatus(pair)?.budget, {
      limitText: "100 MB",
      actualText: "120 MB",
      isWithin: false,
    });
    await pair.edit(uri, "100MB", "200MB");
    await pair.until("none left", () =>
      pair.diagnostics.get(uri)!.every(({ code }) => code !== "over-budget"),
    );
  }));

test("an unknown key of a directive is mended by a quick-fix", () =>
  withPair({}, async (pair) => {
    await pair.open(uri, "# tare: budgte=1MB\nFROM scratch\n");
    await pair.until("diagnostics", () => pair.diagnostics.has(uri));
    const [diagnostic] = pair.diagnostics.get(uri)!;
    assert.equal(diagnostic!.code, "bad-directive");
    const actions = await pair.actions(uri, "budgte");
    assert.deepEqual(
      actions.map((action) => [action.title, pair.textsAfter(action)[uri]]),
      [
        ["Change to budget", "# tare: budget=1MB\nFROM scratch\n"],
        ["Remove budgte", "FROM scratch\n"],
      ],
    );
  }));

test("lenses are there when they are asked for in the settings", () =>
  withPair({ settings: { codeLens: { enabled: true } } }, async (pair) => {
    await pair.open(uri, text);
    await isRead(pair);
    const lenses = await pair.client.sendRequest<readonly CodeLens[]>("textDocument/codeLens", {
      textDocument: { uri },
    });
    assert.deepEqual(
      lenses.map(({ range, command }) => `${range.start.line}: ${command?.title}`),
      readHints,
    );
    assert.equal(lenses[0]!.command!.command, "tare.reveal");
    await pair.configure({});
    await pair.until("off", async () => {
      const now = await pair.client.sendRequest<readonly CodeLens[]>("textDocument/codeLens", {
        textDocument: { uri },
      });
      return now.length === 0;
    });
  }));

test("settings turn hints off, set a minimum, and count at once", () =>
  withPair({ settings: { inlayHints: { minimumBytes: "10MB" } } }, async (pair) => {
    await pair.open(uri, text);
    await isRead(pair);
    assert.deepEqual(await pair.hintTexts(uri), readHints.slice(0, 2));
    await pair.configure({ inlayHints: { enabled: false } });
    await pair.until("off", async () => (await pair.hintTexts(uri)).length === 0);
  }));

test("a client that never answers about settings gets the defaults", () => {
  const host = fakeHost({ app: app() }, 100);
  return withPair({ host, settings: neverAnswered }, async (pair) => {
    await pair.open(uri, text);
    await isRead(pair);
  });
});

test("a client that only pushes settings is understood", () =>
  withPair({ capabilities: {} }, async (pair) => {
    await pair.open(uri, text);
    await isRead(pair);
    await pair.configure({ inlayHints: { enabled: false } });
    await pair.until("off", async () => (await pair.hintTexts(uri)).length === 0);
  }));

test("the setting names the image by glob, the directive wins over it", () =>
  withPair(
    {
      host: fakeHost({ app: app(), other: app("1MB").reference("other") }),
      settings: { images: { "**/Dockerfile": "other" } },
    },
    async (pair, host) => {
      await pair.open(uri, text.replace("# tare: image=app\n", "\n"));
      await isRead(pair);
      assert.equal(lastStatus(pair)?.chosenBy, "setting");
      assert.equal(lastStatus(pair)?.reference, "other");
      assert.equal(host.opened[0]!.baseFolder, "/work");
      await pair.edit(uri, "\nFROM", "# tare: image=app\nFROM");
      await pair.until("directive", () => lastStatus(pair)?.reference === "app");
      await isRead(pair);
      assert.equal(lastStatus(pair)?.chosenBy, "directive");
      assert.equal(host.watchedFiles, 1);
    },
  ));

test("without a name the engine's image whose history fits is taken, and said to be matched", () =>
  withPair(
    {
      host: fakeHost({
        stranger: anImage().reference("stranger").layer("x 1MB", { createdBy: "RUN x" }),
        app: app(),
      }),
    },
    async (pair) => {
      await pair.open(uri, text.replace("# tare: image=app\n", "\n"));
      await isRead(pair);
      assert.equal(lastStatus(pair)?.chosenBy, "history");
      assert.equal(lastStatus(pair)?.reference, "app");
      assert.match((await hoverOn(pair, 1)) ?? "", /matched by its history/);
    },
  ));

test("no history fits: no number is shown, and the status says what to do", () =>
  withPair({}, async (pair) => {
    await pair.open(uri, "FROM alpine\nRUN something else\n");
    await pair.until("none", () => lastStatus(pair)?.state === "none");
    assert.match(lastStatus(pair)?.message ?? "", /build it once/);
    assert.deepEqual(await pair.hintTexts(uri), []);
  }));

test("the engine is left alone when the settings say so", () =>
  withPair({ settings: { engine: { enabled: false } } }, async (pair, host) => {
    await pair.open(uri, "FROM alpine\nRUN something else\n");
    await pair.until("none", () => lastStatus(pair)?.state === "none");
    assert.equal(host.watchedEngines, 0);
    assert.deepEqual(host.opened, []);
  }));

test("an untrusted workspace is only read as text, until it is trusted", () =>
  withPair({ initialize: { initializationOptions: { trusted: false } } }, async (pair, host) => {
    await pair.open(uri, text);
    await pair.until("untrusted", () => lastStatus(pair)?.state === "untrusted");
    assert.deepEqual(host.opened, []);
    assert.equal(host.watchedEngines, 0);
    await pair.client.sendNotification(methods.trust, { trusted: true });
    await isRead(pair);
  }));

test("a rebuild renews the numbers by itself, an unchanged image is not read again", () =>
  withPair({}, async (pair, host) => {
    await pair.open(uri, text);
    await isRead(pair);
    host.images.set("app", app("5MB"));
    host.engineChanges();
    await pair.until("renewed", async () => (await pair.hintTexts(uri)).includes("3: 5 MB"));
    await isRead(pair);
    const go = host.holdReads();
    host.engineChanges();
    await pair.until("looked at", () => host.opened.length === 3);
    await pair.until("closed", () => host.closedCount === 3);
    assert.equal(lastStatus(pair)?.state, "read");
    go();
  }));

test("events about other images do not start a long reading over", () =>
  withPair({}, async (pair, host) => {
    const go = host.holdReads();
    await pair.open(uri, text);
    await pair.until("reading", () => lastStatus(pair)?.state === "reading");
    host.engineChanges();
    await pair.until("looked at", () => host.opened.length === 2 && host.closedCount === 1);
    assert.equal(host.abortedCount, 0);
    go();
    await isRead(pair);
  }));

test("a rebuild while the image is being read stops the reading and reads the new one", () =>
  withPair({}, async (pair, host) => {
    host.holdReads();
    await pair.open(uri, text);
    await pair.until("reading", () => lastStatus(pair)?.state === "reading");
    host.images.set("app", app("5MB"));
    const go = host.holdReads();
    host.engineChanges();
    await pair.until("stopped", () => host.abortedCount === 1);
    assert.equal((await pair.hintTexts(uri))[2], "3: 5 MB");
    go();
    await isRead(pair);
    assert.equal(host.closedCount, 2);
  }));

test("two images that fit equally well are left to the user", () =>
  withPair({ host: fakeHost({ app: app(), twin: app("5MB").reference("twin") }) }, async (pair) => {
    await pair.open(uri, text.replace("# tare: image=app\n", "\n"));
    await pair.until("none", () => lastStatus(pair)?.state === "none");
    assert.match(lastStatus(pair)?.message ?? "", /app, twin fit .* equally well: choose one/);
    assert.deepEqual(await pair.hintTexts(uri), []);
  }));

test("an engine that does not answer is named in the status", () => {
  const error = { code: "engine-unreachable", endpoint: "unix:///x", reason: "refused" } as const;
  return withPair({ host: fakeHost({ x: error }) }, async (pair) => {
    await pair.open(uri, "FROM alpine\nRUN something\n");
    await pair.until("none", () => lastStatus(pair)?.state === "none");
    assert.match(lastStatus(pair)?.message ?? "", /No container engine answers at unix:/);
  });
});

test("a file that changes is read again", () => {
  const host = fakeHost({ "docker-archive:out/app.tar": app() });
  return withPair({ host }, async (pair) => {
    await pair.open(uri, text.replace("image=app", "image=docker-archive:out/app.tar"));
    await isRead(pair);
    assert.equal(host.opened[0]!.baseFolder, "/work");
    host.images.set("docker-archive:out/app.tar", app("5MB"));
    host.filesChange("docker-archive:out/app.tar");
    await pair.until("renewed", async () => (await pair.hintTexts(uri)).includes("3: 5 MB"));
  });
});

test("an image that cannot be read is told in the status and on the directive", () =>
  withPair({ host: fakeHost() }, async (pair) => {
    await pair.open(uri, text);
    await pair.until("failed", () => lastStatus(pair)?.state === "failed");
    await pair.until("diagnostics", () => pair.diagnostics.has(uri));
    const [diagnostic] = pair.diagnostics.get(uri)!;
    assert.equal(diagnostic!.code, "image-unreadable");
    assert.equal(diagnostic!.severity, 3);
    assert.match(saidIn(diagnostic!.message), /app is not in the test engine/);
    assert.deepEqual(diagnostic!.range.start, { line: 0, character: "# tare: image=".length });
  }));

test("reading can be stopped by the user; the sizes from history stay", () =>
  withPair({}, async (pair, host) => {
    host.holdReads();
    host.progress = { layersDone: 1, layerCount: 4, bytesRead: 10, totalBytes: 40 };
    const begun: { token?: string | number } = {};
    pair.client.onNotification("$/progress", ({ token, value }) => {
      if (value.kind === "begin" && value.cancellable === true) begun.token = token;
    });
    await pair.open(uri, text);
    await pair.until("progress", () => begun.token !== undefined);
    await pair.client.sendNotification("window/workDoneProgress/cancel", { token: begun.token });
    await pair.until("failed", () => lastStatus(pair)?.state === "failed");
    assert.equal(host.abortedCount, 1);
    assert.match(lastStatus(pair)?.message ?? "", /cancelled/);
    assert.equal((await pair.hintTexts(uri))[1], "2: 41 MB");
    host.engineChanges();
    await pair.until("looked at", () => host.closedCount === 2);
    assert.equal(lastStatus(pair)?.state, "failed");
    await pair.client.sendRequest(methods.refresh, { uri });
    await pair.until("reads again", () => lastStatus(pair)?.state === "reading");
  }));

test("diagnostics are told again only where they, or the text, have changed", () =>
  withPair({}, async (pair) => {
    await pair.open(uri, text.replace("image=app", "image=app budget=100MB"));
    await isRead(pair);
    const isOver = (): boolean =>
      (pair.diagnostics.get(uri) ?? []).some(({ code }) => code === "over-budget");
    await pair.until("diagnostics", isOver);
    const before = pair.published.length;
    const refreshes = (): number => pair.refreshes.get("workspace/inlayHint/refresh") ?? 0;
    for (const budget of ["110MB", "120MB"]) {
      const known = refreshes();
      await pair.configure({ budget });
      await pair.until("looked at again", () => refreshes() > known);
    }
    await pair.edit(uri, "100MB", "200MB");
    await pair.until("none left", () => !isOver());
    assert.equal(pair.published.length, before + 1);
    await pair.edit(uri, "200MB", "100MB");
    await pair.until("diagnostics again", isOver);
    assert.equal(pair.published.length, before + 2);
  }));

test("closing a document stops its work and takes back its diagnostics", () =>
  withPair({}, async (pair, host) => {
    host.holdReads();
    await pair.open(uri, text.replace("image=app", "image=app budget=100MB"));
    await pair.until("diagnostics", () => pair.diagnostics.has(uri));
    await pair.client.sendNotification("textDocument/didClose", { textDocument: { uri } });
    await pair.until("taken back", () => pair.diagnostics.get(uri)!.length === 0);
    await pair.until("aborted", () => host.abortedCount === 1);
    assert.equal(host.watchedFiles, 0);
    assert.deepEqual(await pair.hintTexts(uri), []);
  }));

test("two documents of one image share it", () =>
  withPair({}, async (pair, host) => {
    await pair.open(uri, text);
    await pair.open("file:///work/Dockerfile.copy", text);
    await pair.until("both", () => new Set(pair.statuses.map((status) => status.uri)).size === 2);
    await isRead(pair);
    assert.equal(host.opened.length, 1);
  }));

test("files that are no Dockerfiles are left alone; untitled ones and Containerfiles are not", () =>
  withPair({}, async (pair, host) => {
    await pair.open("file:///work/data.json", "{}", "json");
    await pair.open("untitled:Untitled-1", text);
    await pair.open("file:///work/Containerfile", text, "plaintext");
    await pair.until("both", () => new Set(pair.statuses.map((status) => status.uri)).size === 2);
    assert.ok(!pair.statuses.some((status) => status.uri.endsWith(".json")));
    await pair.until("an image asked for", () => host.opened.length >= 1);
  }));

test("a document or a folder whose URI is no path takes nothing from the others", () =>
  withPair(
    {
      initialize: {
        workspaceFolders: [
          { uri: "file:///tmp/%zz", name: "broken" },
          { uri: "file:///work", name: "work" },
        ],
      },
    },
    async (pair) => {
      await pair.open("file:///tmp/100%/Dockerfile", text);
      await pair.open(uri, text);
      await pair.until("both are read", () => {
        const read = pair.statuses.filter(({ state }) => state === "read");
        return new Set(read.map((status) => status.uri)).size === 2;
      });
      await pair.configure({ budget: "100MB" });
      await pair.until("findings", () => (pair.diagnostics.get(uri) ?? []).length > 0);
    },
  ));

test("the tree shows layers, files and waste, and rows are found again by line", () =>
  withPair({}, async (pair) => {
    await pair.open(uri, text);
    await isRead(pair);
    const rows = (parent?: string) =>
      pair.client.sendRequest<readonly TreeRow[]>(methods.tree, { uri, parent });
    const top = await rows();
    assert.deepEqual(
      top.map(({ label, description }) => `${label} · ${description}`),
      ["app · 120 MB · 4 layers", "Waste · 40 MB · 1 file"],
    );
    const layers = await rows(top[0]!.id);
    assert.deepEqual(layers.map(({ label, description }) => `${label} · ${description}`).slice(1), [
      "RUN fetch · 41 MB · 40 MB wasted · line 3",
      "COPY app /app · 9 MB · line 4",
      "RUN clean · 0 B · line 5",
    ]);
    assert.deepEqual(
      (await rows(layers[1]!.id)).map(({ label, description }) => `${label} ${description}`),
      ["var 40 MB · added", "usr 1 MB · added"],
    );
    const path = await pair.client.sendRequest<readonly string[]>(methods.reveal, {
      uri,
      line: 2,
      path: "usr/lib/tool",
    });
    assert.deepEqual(path.slice(0, 2), [top[0]!.id, layers[1]!.id]);
    assert.equal(path.length, 5);
  }));

test("images are listed best match first, and the choice of the user counts", () =>
  withPair({ host: fakeHost({ other: app("1MB"), app: app() }) }, async (pair, host) => {
    host.archives.push("docker-archive:/work/out/app.tar");
    host.images.set("docker-archive:/work/out/app.tar", app("2MB"));
    await pair.open(uri, "FROM debian:12\nRUN nothing\n");
    await pair.until("none", () => lastStatus(pair)?.state === "none");
    const choices = await pair.client.sendRequest<readonly ImageChoice[]>(methods.listImages, {
      uri,
    });
    assert.deepEqual(
      choices.map(({ label }) => label),
      ["other", "app", "out/app.tar"],
    );
    await pair.client.sendRequest(methods.chooseImage, {
      uri,
      reference: choices[2]!.reference,
    });
    await isRead(pair);
    assert.equal(lastStatus(pair)?.chosenBy, "remembered");
    await pair.client.sendRequest(methods.chooseImage, { uri, reference: null });
    await pair.until("forgotten", () => lastStatus(pair)?.state === "none");
  }));
