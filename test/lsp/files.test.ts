import assert from "node:assert/strict";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { suite, test } from "node:test";
import { pathToFileURL } from "node:url";
import { CancellationTokenSource } from "vscode-languageserver/node";
import { openImage } from "../../server/src/io/openImage.ts";
import type {
  FileAnswer,
  FileFinding,
  FileHit,
  FileReadParams,
} from "../../server/src/protocol/files.ts";
import { methods } from "../../server/src/protocol.ts";
import { noEngine, withFolder } from "../io/openedImage.ts";
import { fakeHost } from "../support/fakeHost.ts";
import { anImage, type ImageBuilder } from "../support/imageBuilder.ts";
import { dockerArchiveTar } from "../support/imageWriters.ts";
import { type LspPair, lspPair } from "../support/lspPair.ts";

const text = `# tare: image=docker-archive:app.tar
FROM debian
COPY etc /etc
RUN adduser app
`;

const app = anImage()
  .base({
    "etc/passwd": { content: "root:x:0:0\n" },
    "etc/hosts": { content: "127.0.0.1\n" },
    "etc/mtab": { symlink: "../proc/mounts" },
    "etc/circle": { symlink: "circle" },
    "etc/way": { symlink: "/etc/hosts" },
    "bin/tool": { content: "\u007fELF\0\0tool" },
  })
  .layer(
    { "etc/hosts": { content: "10.0.0.1\n" }, "bin/same": { hardlink: "bin/tool" } },
    { createdBy: "COPY etc /etc # buildkit" },
  )
  .layer(
    { "etc/passwd": { content: "root:x:0:0\napp:x:1:1\n" }, "etc/.wh.hosts": "0" },
    { createdBy: "RUN /bin/sh -c adduser app # buildkit" },
  );

const other = anImage().base({ "etc/passwd": { content: "other:x:0:0\n" } });

suite("files of an image, asked for over LSP", () => {
  const folder = withFolder();

  const put = (name: string, image: ImageBuilder): Promise<void> =>
    writeFile(join(folder(), name), dockerArchiveTar(image));

  async function withImages(
    run: (pair: LspPair, uri: string) => Promise<void>,
    trusted = true,
  ): Promise<void> {
    await put("app.tar", app);
    await put("other.tar", other);
    const world = fakeHost();
    const pair = await lspPair({
      settings: {},
      host: {
        ...world,
        openImage: ({ reference, baseFolder }, signal) =>
          openImage(reference, { ...noEngine(baseFolder ?? "/nowhere"), signal }),
      },
      initialize: {
        workspaceFolders: [{ uri: pathToFileURL(folder()).href, name: "work" }],
        initializationOptions: { trusted, commandLinks: true },
      },
    });
    const uri = pathToFileURL(join(folder(), "Dockerfile")).href;
    try {
      await pair.open(uri, text);
      const state = trusted ? "read" : "untrusted";
      await pair.until(state, () => pair.statuses.at(-1)?.state === state);
      await run(pair, uri);
      assert.deepEqual(pair.logs, []);
    } finally {
      await pair.close();
    }
  }

  const find = (pair: LspPair, method: string, params: object): Promise<FileFinding> =>
    pair.client.sendRequest<FileFinding>(method, params);

  /** The title and content of what was found, or why there is none. */
  async function contentOf(pair: LspPair, found: FileFinding): Promise<string> {
    if (found.kind === "link") return `link ${found.target} → ${found.path ?? "nowhere"}`;
    if (found.kind === "none") return `${found.title}: ${found.message}`;
    const answer = await read(pair, { ...found.address, maxBytes: 1000, as: "base64" });
    assert.ok(answer.kind === "content", JSON.stringify(answer));
    assert.equal(answer.contentBytes, found.contentBytes);
    return `${found.title}: ${Buffer.from(answer.text, "base64").toString("latin1")}`;
  }

  const read = (pair: LspPair, params: FileReadParams): Promise<FileAnswer> =>
    pair.client.sendRequest<FileAnswer>(methods.readFile, params);

  test("each layer gives its own content, and the final file system the last one", () =>
    withImages(async (pair, uri) => {
      const texts: string[] = [];
      for (const [path, layer] of [
        ["etc/passwd", undefined],
        ["etc/passwd", 0],
        ["etc/hosts", 1],
        ["etc/hosts", 2],
        ["etc/hosts", undefined],
        ["bin/same", 1],
        ["etc/mtab", 0],
        ["etc/circle", undefined],
        ["etc/way", 0],
        ["etc", 0],
        ["../etc/passwd", 0],
      ] as const) {
        const params = { uri, path, ...(layer === undefined ? {} : { layer }) };
        texts.push(await contentOf(pair, await find(pair, methods.findFile, params)));
      }
      assert.deepEqual(texts, [
        "passwd (layer 3, line 4): root:x:0:0\napp:x:1:1\n",
        "passwd (layer 1, base): root:x:0:0\n",
        "hosts (layer 2, line 3): 10.0.0.1\n",
        "deleted: etc/hosts is deleted by this layer.",
        "not there: There is no file etc/hosts.",
        "same (layer 1, base): \u007fELF\0\0tool",
        "link ../proc/mounts → nowhere",
        "link circle → nowhere",
        "link /etc/hosts → nowhere",
        "directory: etc is a directory.",
        "not there: There is no file ../etc/passwd.",
      ]);
    }));

  test("a hover leads to the largest files of its layer, and to nothing else", () =>
    withImages(async (pair, uri) => {
      const linksOn = async (line: number): Promise<readonly unknown[]> => {
        const { contents } = await pair.client.sendRequest<{
          readonly contents: { readonly value: string };
        }>("textDocument/hover", { textDocument: { uri }, position: { line, character: 1 } });
        const links = contents.value.matchAll(/`([^`]*)`\]\(command:tare\.openFile\?([^)]*)\)/g);
        return Array.from(links, ([, shown, query = ""]) => [
          shown,
          ...(JSON.parse(decodeURIComponent(query)) as readonly unknown[]),
        ]);
      };
      assert.deepEqual(await linksOn(2), [["etc/hosts", { uri, path: "etc/hosts", layer: 1 }]]);
      assert.deepEqual(await linksOn(3), [["etc/passwd", { uri, path: "etc/passwd", layer: 2 }]]);
    }));

  test("below a layer is what the next lower one wrote", () =>
    withImages(async (pair, uri) => {
      const below = async (path: string, layer?: number): Promise<string> => {
        const params = { uri, path, ...(layer === undefined ? {} : { layer }) };
        return contentOf(pair, await find(pair, methods.findFileBelow, params));
      };
      assert.equal(await below("etc/passwd", 2), "passwd (layer 1, base): root:x:0:0\n");
      assert.equal(await below("etc/passwd"), "passwd (layer 1, base): root:x:0:0\n");
      assert.equal(await below("etc/hosts", 2), "hosts (layer 2, line 3): 10.0.0.1\n");
      assert.equal(
        await below("etc/hosts"),
        "hosts (layer 2, line 3, removed by layer 3, line 4): 10.0.0.1\n",
      );
      assert.equal(
        await below("etc/passwd", 0),
        "not there: No lower layer has a file etc/passwd.",
      );
    }));

  test("another image gives what its final file system shows", () =>
    withImages(async (pair, uri) => {
      const reference = "docker-archive:other.tar";
      const of = async (path: string, named = reference): Promise<string> =>
        contentOf(pair, await find(pair, methods.findFileInImage, { uri, path, reference: named }));
      assert.equal(await of("etc/passwd"), `passwd (${reference}): other:x:0:0\n`);
      assert.equal(await of("etc/hosts"), "not there: There is no file etc/hosts.");
      assert.match(await of("etc/hosts", "docker-archive:none.tar"), /^failed: .*none\.tar/);
    }));

  test("a search finds files by part of their path, those that begin so first", () =>
    withImages(async (pair, uri) => {
      const hits = await pair.client.sendRequest<readonly FileHit[]>(methods.searchFiles, {
        uri,
        text: "/etc/P",
      });
      assert.deepEqual(hits, [{ path: "etc/passwd", description: "21 B · layer 3, line 4" }]);
      const all = await pair.client.sendRequest<readonly FileHit[]>(methods.searchFiles, {
        uri,
        text: "t",
      });
      assert.deepEqual(
        all.map(({ path }) => path),
        ["bin/tool", "etc/passwd"],
      );
    }));

  test("hex, parts, ceilings and binary content", () =>
    withImages(async (pair, uri) => {
      const found = await find(pair, methods.findFile, { uri, path: "bin/tool" });
      assert.ok(found.kind === "file");
      const { address } = found;
      assert.deepEqual(await read(pair, { ...address, start: 4, maxBytes: 4, as: "hex" }), {
        kind: "content",
        text: "00000004  00 00 74 6f                                       |..to|\n",
        contentBytes: 10,
        shownBytes: 4,
        isText: false,
      });
      const refused = await read(pair, { ...address, maxBytes: 9, as: "base64" });
      assert.deepEqual(refused, {
        kind: "refused",
        isGone: false,
        message: "bin/tool has 10 B, more than the 9 B that are opened at once: open it as hex.",
      });
    }));

  test("an image that was built anew is never read in the place of the old one", () =>
    withImages(async (pair, uri) => {
      const found = await find(pair, methods.findFile, { uri, path: "etc/passwd" });
      assert.ok(found.kind === "file");
      await put("app.tar", other);
      assert.deepEqual(await read(pair, { ...found.address, maxBytes: 1000, as: "base64" }), {
        kind: "refused",
        isGone: true,
        message:
          "docker-archive:app.tar was built anew and does not have this layer any more: open the file again.",
      });
    }));

  test("what is no number of bytes asks for none", () =>
    withImages(async (pair, uri) => {
      const found = await find(pair, methods.findFile, { uri, path: "bin/tool", layer: 0 });
      assert.ok(found.kind === "file");
      for (const maxBytes of [-1, 0.5, "all", null]) {
        const params = { ...found.address, maxBytes, as: "base64" } as unknown as FileReadParams;
        assert.match(JSON.stringify(await read(pair, params)), /more than the 0 B/);
      }
    }));

  test("reading is cancelled", () =>
    withImages(async (pair, uri) => {
      const found = await find(pair, methods.findFile, { uri, path: "etc/passwd" });
      assert.ok(found.kind === "file");
      const source = new CancellationTokenSource();
      const params: FileReadParams = { ...found.address, maxBytes: 1000, as: "base64" };
      const reading = pair.client.sendRequest<FileAnswer>(methods.readFile, params, source.token);
      source.cancel();
      assert.deepEqual(await reading, { kind: "cancelled" });
    }));

  test("nothing is read in a workspace that is not trusted", () =>
    withImages(async (pair, uri) => {
      const message = "Files of images are read only in a trusted folder: trust this folder first.";
      const params = { uri, path: "etc/passwd", reference: "docker-archive:app.tar" };
      for (const method of [methods.findFile, methods.findFileBelow, methods.findFileInImage]) {
        assert.deepEqual(await find(pair, method, params), {
          kind: "none",
          message,
          title: "not read",
          isUnread: true,
        });
      }
      const address = { ...params, baseFolder: folder(), diffId: app.describe().layers[0]!.diffId };
      assert.deepEqual(await read(pair, { ...address, maxBytes: 9, as: "base64" }), {
        kind: "refused",
        isGone: false,
        message,
      });
    }, false));
});
