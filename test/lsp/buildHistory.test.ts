import assert from "node:assert/strict";
import { test } from "node:test";
import type { Hover } from "vscode-languageserver/node";
import type { ImageStatus } from "../../server/src/protocol.ts";
import type { BuildHistory, BuildsComparison } from "../../server/src/protocol/builds.ts";
import type { TreeOptions, TreeRow } from "../../server/src/protocol/layerTree.ts";
import { methods } from "../../server/src/protocol.ts";
import type { FakeHost } from "../support/fakeHost.ts";
import { fakeHost } from "../support/fakeHost.ts";
import type { ImageBuilder } from "../support/imageBuilder.ts";
import { anImage } from "../support/imageBuilder.ts";
import type { LspPair, PairOptions } from "../support/lspPair.ts";
import { lspPair, saidIn } from "../support/lspPair.ts";

const uri = "file:///work/Dockerfile";
const text = `# tare: image=app
FROM debian:12
RUN fetch
COPY app /app
`;

const app = (fetched = "40MB", appSize = "9MB", created = "2026-01-01T10:00:00Z"): ImageBuilder =>
  anImage()
    .reference("app")
    .created(created)
    .base("bin/sh 70MB")
    .layer(`usr/lib/tool ${fetched}`, { createdBy: "RUN /bin/sh -c fetch # buildkit" })
    .layer(`app ${appSize}`, { createdBy: "COPY app /app # buildkit" });

const later = "2026-01-01T12:00:00Z";

const hostWithHistory = (images: Record<string, ImageBuilder> = { app: app() }): FakeHost =>
  Object.assign(fakeHost(images), { cacheFolder: "/cache" });

async function withPair(
  options: Partial<PairOptions> & { readonly host: FakeHost },
  run: (pair: LspPair) => Promise<void>,
): Promise<void> {
  const pair = await lspPair({ settings: {}, ...options });
  try {
    await run(pair);
  } finally {
    await pair.close();
  }
}

const lastStatus = (pair: LspPair): ImageStatus | undefined => pair.statuses.at(-1);

const buildsOf = (pair: LspPair) =>
  pair.client.sendRequest<BuildHistory>(methods.buildHistory, { uri }).then(({ builds }) => builds);

const untilBuilds = (pair: LspPair, count: number) =>
  pair.until(`${count} builds`, async () => (await buildsOf(pair)).length === count);

const hoverOn = async (pair: LspPair, line: number): Promise<string> => {
  const hover = await pair.client.sendRequest<Hover | null>("textDocument/hover", {
    textDocument: { uri },
    position: { line, character: 1 },
  });
  return saidIn(hover?.contents);
};

/** Another image takes the name. */
function rebuild(host: FakeHost, image: ImageBuilder): void {
  host.images.set("app", image);
  host.engineChanges();
}

test("after a rebuild the lines that weigh something else say so, the others do not", () => {
  const host = hostWithHistory();
  return withPair({ host }, async (pair) => {
    await pair.open(uri, text);
    await untilBuilds(pair, 1);
    assert.deepEqual(await pair.hintTexts(uri), [
      "1: base 70 MB · image 119 MB",
      "2: 40 MB",
      "3: 9 MB",
    ]);
    host.commit = "0123456789abcdef0123456789abcdef01234567";
    rebuild(host, app("54MB", "9MB", later));
    await untilBuilds(pair, 2);
    assert.deepEqual(await pair.hintTexts(uri), [
      "1: base 70 MB · image 133 MB · +14 MB since the last build",
      "2: 54 MB · +14 MB since the last build",
      "3: 9 MB",
    ]);
    assert.match(
      await hoverOn(pair, 2),
      /\\\+14 MB since the build of 2026-01-01 10:00 UTC: it weighed 40 MB then/,
    );
    assert.match(await hoverOn(pair, 2), /\[Show what grew\]\(command:tare\.whatGrew\?/);
    assert.match(await hoverOn(pair, 1), /Grown: .*14 MB since the build of 2026-01-01 10:00 UTC/);
    await pair.until("status", () => lastStatus(pair)?.growthText !== undefined);
    assert.equal(lastStatus(pair)?.growthText, "+14 MB since the build of 2026-01-01 10:00 UTC");
    const builds = await buildsOf(pair);
    assert.deepEqual(
      builds.map(({ totalText, changeText, commit, isShown }) => [
        totalText,
        changeText,
        commit,
        isShown,
      ]),
      [
        ["119 MB", undefined, undefined, false],
        ["133 MB", "+14 MB", host.commit, true],
      ],
    );
  });
});

test("a commit that was checked out after the build is not said to be its own", () => {
  const host = hostWithHistory();
  host.commit = "0123456789abcdef0123456789abcdef01234567";
  host.commitSinceMs = Date.parse("2026-01-01T11:00:00Z");
  return withPair({ host }, async (pair) => {
    await pair.open(uri, text);
    await untilBuilds(pair, 1);
    rebuild(host, app("54MB", "9MB", later));
    await untilBuilds(pair, 2);
    const builds = await buildsOf(pair);
    assert.deepEqual(
      builds.map(({ commit }) => commit),
      [undefined, host.commit],
    );
  });
});

test("a line that lost all of its weight says so, and one that never had any says nothing", () => {
  const host = hostWithHistory();
  return withPair({ host }, async (pair) => {
    await pair.open(uri, text);
    await untilBuilds(pair, 1);
    rebuild(host, app("0", "9MB", later));
    await untilBuilds(pair, 2);
    assert.deepEqual((await pair.hintTexts(uri)).slice(1), [
      "2: 0 B · −40 MB since the last build",
      "3: 9 MB",
    ]);
    assert.match(await hoverOn(pair, 2), /−40 MB since the build of .*: it weighed 40 MB then/);
    rebuild(host, app("0", "8MB", "2026-01-01T13:00:00Z"));
    await untilBuilds(pair, 3);
    assert.deepEqual((await pair.hintTexts(uri)).slice(1), [
      "3: 8 MB · −1 MB since the last build",
    ]);
  });
});

test("lines that cannot be told from each other, or from new ones, say nothing", () => {
  const host = hostWithHistory();
  return withPair({ host }, async (pair) => {
    await pair.open(uri, text);
    await untilBuilds(pair, 1);
    await pair.edit(uri, "RUN fetch\n", "RUN fetch --all\nRUN mk\n");
    await pair.edit(uri, "COPY app /app\n", "COPY app /app\nRUN mk\n");
    rebuild(
      host,
      anImage()
        .reference("app")
        .created(later)
        .base("bin/sh 70MB")
        .layer("usr/lib/tool 41MB", { createdBy: "RUN /bin/sh -c fetch --all # buildkit" })
        .layer("made 1MB", { createdBy: "RUN /bin/sh -c mk # buildkit" })
        .layer("app 8MB", { createdBy: "COPY app /app # buildkit" })
        .layer("made 2MB", { createdBy: "RUN /bin/sh -c mk # buildkit" }),
    );
    await untilBuilds(pair, 2);
    assert.deepEqual((await pair.hintTexts(uri)).slice(1), [
      "2: 41 MB",
      "3: 1 MB · all wasted",
      "4: 8 MB · −1 MB since the last build",
      "5: 2 MB",
    ]);
  });
});

test("one edited line between two that stayed says what it weighed when it read otherwise", () => {
  const host = hostWithHistory();
  return withPair({ host }, async (pair) => {
    await pair.open(uri, text.replace("RUN fetch", "RUN fetch one two"));
    rebuild(
      host,
      anImage()
        .reference("app")
        .base("bin/sh 70MB")
        .layer("usr/lib/tool 40MB", { createdBy: "RUN /bin/sh -c fetch one two # buildkit" })
        .layer("app 9MB", { createdBy: "COPY app /app # buildkit" }),
    );
    await untilBuilds(pair, 1);
    await pair.edit(uri, "one two", "one two three");
    rebuild(
      host,
      anImage()
        .reference("app")
        .base("bin/sh 70MB")
        .layer("usr/lib/tool 41MB", { createdBy: "RUN /bin/sh -c fetch one two three # buildkit" })
        .layer("app 9MB", { createdBy: "COPY app /app # buildkit" }),
    );
    await untilBuilds(pair, 2);
    assert.equal((await pair.hintTexts(uri))[1], "2: 41 MB · +1 MB since the last build");
    assert.match(await hoverOn(pair, 2), /40 MB then, when this line read: RUN fetch one two/);
  });
});

test("builds are compared by line, package and path while both images are there, else by what was recorded", () => {
  const old = app();
  const host = hostWithHistory({ app: old });
  return withPair({ host }, async (pair) => {
    const compare = () => pair.client.sendRequest<BuildsComparison>(methods.compareBuilds, { uri });
    await pair.open(uri, text);
    await untilBuilds(pair, 1);
    assert.deepEqual(await compare(), {
      kind: "failed",
      message: "No earlier build of this Dockerfile was seen here: build it once more.",
    });
    rebuild(host, app("54MB", "9MB", later));
    await untilBuilds(pair, 2);
    const recorded = await compare();
    assert.ok(recorded.kind === "compared");
    assert.equal(recorded.title, "119 MB → 133 MB (+14 MB)");
    assert.match(recorded.markdown, /not to be found/);
    assert.match(recorded.markdown, /\| \+14 MB \| `RUN fetch` \|/);
    assert.doesNotMatch(recorded.markdown, /COPY/);
    host.images.set("kept", old);
    const whole = await compare();
    assert.ok(whole.kind === "compared");
    assert.match(whole.markdown, /\*\*By line\*\*[\s\S]*RUN fetch[\s\S]*\*\*By path\*\*/);
    assert.match(whole.markdown, /usr\/lib\/tool/);
    assert.match(
      whole.markdown,
      /^From the build of 2026-01-01 10:00 UTC \(`app`, 119,000,000 B\) to the build of 2026-01-01 12:00 UTC/,
    );
  });
});

test("a history survives the server, and is forgotten when the user says so", async () => {
  const host = hostWithHistory();
  await withPair({ host }, async (pair) => {
    await pair.open(uri, text);
    await untilBuilds(pair, 1);
  });
  await withPair({ host }, async (pair) => {
    host.images.set("app", app("39MB", "9MB", later));
    await pair.open(uri, text);
    await untilBuilds(pair, 2);
    assert.equal((await pair.hintTexts(uri))[1], "2: 39 MB · −1 MB since the last build");
    await pair.client.sendRequest(methods.forgetHistory, { uri });
    assert.deepEqual(await buildsOf(pair), []);
    assert.equal(host.records.size, 0);
    assert.equal((await pair.hintTexts(uri))[1], "2: 39 MB");
  });
});

for (const [what, options] of [
  ["switched off", { settings: { history: false } }],
  ["not trusted", { initialize: { initializationOptions: { trusted: false } } }],
] as const) {
  test(`nothing is recorded where it is ${what}`, () => {
    const host = hostWithHistory();
    return withPair({ host, ...options }, async (pair) => {
      await pair.open(uri, text);
      await new Promise((resolve) => setTimeout(resolve, 100));
      assert.equal(host.records.size, 0);
      assert.deepEqual(await buildsOf(pair), []);
    });
  });
}

test("a damaged history begins anew, is set aside and people are told", () => {
  const host = hostWithHistory();
  host.records.set(uri, '{"version":1,"builds":[{}]}');
  return withPair({ host }, async (pair) => {
    await pair.open(uri, text);
    await untilBuilds(pair, 1);
    await pair.until("told", () => pair.logs.some((log) => log.includes("/records/damaged")));
  });
});

test("what other images of the engine hold, too, stands in the status, at the last FROM and at the image in the tree", () => {
  const host = hostWithHistory();
  const diffIds = (image: ImageBuilder) => image.describe().layers.map(({ diffId }) => diffId);
  const own = app();
  const other = anImage().base("bin/sh 70MB").layer("other 1MB");
  host.imageLayers = [
    { imageId: own.describe().imageId, references: ["app:latest"], diffIds: diffIds(own) },
    { imageId: other.describe().imageId, references: ["other:1"], diffIds: diffIds(other) },
    { imageId: "sha256:strange", references: [], diffIds: ["sha256:strange"] },
  ];
  return withPair({ host }, async (pair) => {
    await pair.open(uri, text);
    await pair.until("shared", () => lastStatus(pair)?.sharedText !== undefined);
    assert.equal(
      lastStatus(pair)?.sharedText,
      "70 MB (layer 1) with 1 other image; this image alone adds 49 MB",
    );
    assert.match(await hoverOn(pair, 1), /Shares: 70 MB \(layer 1\) with 1 other image/);
    const rows = (options: TreeOptions) =>
      pair.client.sendRequest<readonly TreeRow[]>(methods.tree, { uri, options });
    const [image] = await rows({});
    assert.equal(image?.description, "119 MB · 3 layers · 49 MB its own");
    assert.match(
      image.tooltip ?? "",
      /^Shares 70 MB \(layer 1\) with 1 other image; this image alone adds 49 MB$/m,
    );
    const [narrowed] = await rows({ ownOnly: true });
    assert.equal(narrowed?.description, "49 MB of 119 MB · 3 layers");
    assert.match(narrowed.tooltip ?? "", /^Shares 70 MB/m);
    const versions = pair.statuses.map(({ treeVersion }) => treeVersion);
    assert.ok(new Set(versions).size > 1, "the client is told to ask for the rows again");
  });
});
