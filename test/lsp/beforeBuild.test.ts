import assert from "node:assert/strict";
import { test } from "node:test";
import type { Hover } from "vscode-languageserver/node";
import { aContext } from "../core/context/contextBuilder.ts";
import { fakeHost, type FakeHost } from "../support/fakeHost.ts";
import { anImage } from "../support/imageBuilder.ts";
import {
  fullCapabilities,
  lspPair,
  saidIn,
  type LspPair,
  type PairOptions,
} from "../support/lspPair.ts";

const uri = "file:///work/Dockerfile";
const ignoreUri = "file:///work/.dockerignore";

/** A world whose engine holds one base, and whose workspace holds a few files. */
function world(): FakeHost {
  const host = fakeHost({ "base:1": anImage().reference("base:1").base("bin/sh 70MB") });
  host.contexts.set("/work", aContext({ app: 9_000_000, log: 1_000_000, Dockerfile: 30 }));
  return host;
}

async function withPair(
  host: FakeHost,
  options: Partial<Omit<PairOptions, "host">>,
  run: (pair: LspPair) => Promise<void>,
): Promise<void> {
  const pair = await lspPair({ settings: {}, ...options, host });
  try {
    await run(pair);
    assert.deepEqual(pair.logs, []);
  } finally {
    await pair.close();
  }
}

const untilHints = (pair: LspPair, wanted: readonly string[]): Promise<void> => {
  let last: readonly string[] = [];
  return pair
    .until("hints", async () => {
      last = await pair.hintTexts(uri);
      return JSON.stringify(last) === JSON.stringify(wanted);
    })
    .catch(() => assert.deepEqual(last, wanted));
};

const text = "FROM base:1\nCOPY . /srv\n";
const hints = ["0: base 70 MB (engine) · predicted 80 MB", "1: 10 MB (context)"];

test("a context of very many files is held against the ignore file in the background, also while that is typed", () => {
  const host = world();
  const files = Object.fromEntries(
    Array.from({ length: 20_000 }, (_, index) => [`lib/file${index}.js`, 100]),
  );
  host.contexts.set("/work", aContext({ ...files, app: 9_000_000, log: 1_000_000 }));
  return withPair(host, {}, async (pair) => {
    await pair.open(uri, text);
    await untilHints(pair, ["0: base 70 MB (engine) · predicted 82 MB", "1: 12 MB (context)"]);
    await pair.open(ignoreUri, "log\n", "ignore");
    await untilHints(pair, ["0: base 70 MB (engine) · predicted 81 MB", "1: 11 MB (context)"]);
    host.contextChanges("/work", aContext({ ...files, app: 3_000_000 }));
    await untilHints(pair, ["0: base 70 MB (engine) · predicted 75 MB", "1: 5 MB (context)"]);
  });
});

test("before any build, base and context have sizes, and the client is told to ask again", () => {
  const host = world();
  return withPair(host, {}, async (pair) => {
    await pair.open(uri, text);
    await untilHints(pair, hints);
    await pair.until("refresh", () => pair.refreshes.has("workspace/inlayHint/refresh"));
    await pair.until("status", () => pair.statuses.at(-1)?.predictedText === "80 MB");
    host.contextChanges("/work", aContext({ app: 3_000_000 }));
    await untilHints(pair, ["0: base 70 MB (engine) · predicted 73 MB", "1: 3 MB (context)"]);
    await pair.client.sendNotification("textDocument/didClose", { textDocument: { uri } });
    await pair.until("closed", () => host.openContexts.size === 0);
  });
});

test("of a base whose layers were read before, the hover says what was found in them", () => {
  const program = { size: "1kB", mode: 0o755 };
  const base = anImage()
    .reference("base:1")
    .base({ "bin/bash": program, "sbin/apk": program, "lib/ld-musl-x86_64.so.1": program });
  const hover = async (isIndexed: boolean): Promise<string> => {
    const host = fakeHost({ "base:1": base });
    host.contexts.set("/work", aContext({ app: 9_000_000 }));
    if (isIndexed) host.indexed.add("base:1");
    let said = "";
    await withPair(host, {}, async (pair) => {
      await pair.open(uri, text);
      await untilHints(pair, ["0: base 3 kB (engine) · predicted 9 MB", "1: 9 MB (context)"]);
      const answer = await pair.client.sendRequest<Hover | null>("textDocument/hover", {
        textDocument: { uri },
        position: { line: 0, character: 1 },
      });
      said = saidIn(answer?.contents).replaceAll("\\", "");
    });
    return said;
  };
  const found = "musl; a shell: bash; package managers: apk (found in its layers)";
  return Promise.all([hover(true), hover(false)]).then(([indexed, other]) => {
    assert.ok(indexed.includes(found), indexed);
    assert.ok(!other.includes("found in its layers"), other);
  });
});

test("a line typed into the .dockerignore counts before it is saved", () =>
  withPair(world(), {}, async (pair) => {
    await pair.open(uri, text);
    await untilHints(pair, hints);
    await pair.open(ignoreUri, "\n", "ignore");
    await pair.edit(ignoreUri, "\n", "log\n");
    await untilHints(pair, ["0: base 70 MB (engine) · predicted 79 MB", "1: 9 MB (context)"]);
  }));

test("a registry that was asked and states nothing is told with its reason", () =>
  withPair(world(), { settings: { registry: true } }, async (pair) => {
    await pair.open(uri, "FROM other:2\n");
    await pair.until("trouble", async () => {
      const hover = await pair.client.sendRequest<Hover | null>("textDocument/hover", {
        textDocument: { uri },
        position: { line: 0, character: 2 },
      });
      return saidIn(hover?.contents).includes("other:2 is not in the test registry");
    });
  }));

test("in an untrusted workspace neither disk nor engine is asked", () => {
  const host = world();
  const initialize = { initializationOptions: { trusted: false } };
  return withPair(host, { initialize, settings: { registry: true } }, async (pair) => {
    await pair.open(uri, text);
    await pair.until("status", () => pair.statuses.at(-1)?.state === "untrusted");
    await new Promise((resolve) => setTimeout(resolve, 60));
    assert.deepEqual(await pair.hintTexts(uri), []);
    assert.equal(host.openContexts.size, 0);
    assert.deepEqual([host.opened.length, host.askedRegistry.length], [0, 0]);
    await pair.client.sendNotification("tare/trust", { trusted: true });
    await untilHints(pair, hints);
  });
});

test("registries are asked only where the setting says so", () => {
  const host = world();
  host.registry.set("other:2", 28_000_000);
  return withPair(host, {}, async (pair) => {
    await pair.open(uri, "FROM other:2\n");
    await pair.until("status", () => pair.statuses.at(-1)?.state === "none");
    assert.deepEqual(host.askedRegistry, []);
    await pair.configure({ registry: true });
    await untilHints(pair, ["0: base 28 MB compressed (registry)"]);
    assert.deepEqual([...new Set(host.askedRegistry)], ["other:2"]);
  });
});

test("the setting names the context, the comment in the file wins", () => {
  const host = world();
  host.contexts.set("/work/a", aContext({ x: 1000 }));
  host.contexts.set("/work/b", aContext({ x: 2000 }));
  return withPair(host, { settings: { context: "a" } }, async (pair) => {
    await pair.open(uri, "FROM scratch\nCOPY x /\n");
    await untilHints(pair, ["0: predicted 1 kB", "1: 1 kB (context)"]);
    await pair.edit(uri, "FROM", "# tare: context=b\nFROM");
    await untilHints(pair, ["1: predicted 2 kB", "2: 2 kB (context)"]);
  });
});

test("the FROM has smaller bases in its hover, and offers them with what to think of", () => {
  const host = world();
  host.registry.set("node:20", 400_000_000);
  host.registry.set("node:20-slim", 70_000_000);
  return withPair(host, { settings: { registry: true } }, async (pair) => {
    await pair.open(uri, "FROM node:20\nCMD node app.js\n");
    await untilHints(pair, ["0: base 400 MB compressed (registry)"]);
    const hover = await pair.client.sendRequest<Hover | null>("textDocument/hover", {
      textDocument: { uri },
      position: { line: 0, character: 2 },
    });
    assert.match(
      saidIn(hover?.contents),
      /\| node:20-slim \| \? \| 70 MB \(registry\) \| −330 MB compressed \|/,
    );
    const actions = await pair.actions(uri, "node:20");
    const slim = actions.find(({ title }) => title.startsWith("Switch base to node:20-slim"));
    assert.equal(slim?.title, "Switch base to node:20-slim: −330 MB compressed");
    assert.equal(pair.textsAfter(slim)[uri], "FROM node:20-slim\nCMD node app.js\n");
    const distroless = actions.find(({ title }) => title.includes("distroless"));
    assert.match(distroless?.title ?? "", /CMD is in shell form/);
  });
});

for (const features of ["previews", "edits"] as const) {
  test(`the same edit of a FROM is offered once, to a client that takes ${features}`, () =>
    withPair(
      world(),
      features === "previews" ? { capabilities: fullCapabilities } : {},
      async (pair) => {
        await pair.open(uri, 'FROM debian:12\nCMD ["sleep", "9"]\n');
        const titles = (await pair.actions(uri, "debian:12")).map(({ title }) => title);
        const slim = titles.filter((title) => title.includes("debian:12-slim"));
        assert.equal(slim.length, 1, titles.join("\n"));
        assert.match(slim[0] ?? "", /^Switch base to debian:12-slim/);
      },
    ));
}

test("a client without previews reads all that a switch asks to think of in its title, and in the hover", () =>
  withPair(world(), {}, async (pair) => {
    await pair.open(uri, "FROM node:20\nRUN npm ci\nHEALTHCHECK CMD curl localhost\n");
    const actions = await pair.actions(uri, "node:20");
    const alpine = actions.find(({ title }) => title.startsWith("Switch base to node:20-alpine"));
    const hover = await pair.client.sendRequest<Hover | null>("textDocument/hover", {
      textDocument: { uri },
      position: { line: 0, character: 2 },
    });
    const row = saidIn(hover?.contents)
      .split("\n")
      .find((line) => line.includes("node:20-alpine"));
    for (const part of ["musl", "HEALTHCHECK calls curl", "was not checked"]) {
      assert.ok(alpine?.title.includes(part), `${part} should stand in ${alpine?.title}`);
      assert.ok(row?.includes(part), `${part} should stand in ${row}`);
    }
  }));

test("a client with previews is asked to confirm a switch that needs thinking of", () => {
  const workspaceEdit = {
    ...fullCapabilities.workspace?.workspaceEdit,
    changeAnnotationSupport: {},
  };
  const capabilities = {
    ...fullCapabilities,
    workspace: { ...fullCapabilities.workspace, workspaceEdit },
  };
  return withPair(world(), { capabilities }, async (pair) => {
    await pair.open(uri, "FROM node:20\nRUN npm ci\n");
    const actions = await pair.actions(uri, "node:20");
    const alpine = actions.find(({ title }) => title.startsWith("Switch base to node:20-alpine"));
    const [annotation] = Object.values(alpine?.edit?.changeAnnotations ?? {});
    assert.equal(annotation?.needsConfirmation, true);
    assert.match(annotation?.description ?? "", /musl/);
  });
});
