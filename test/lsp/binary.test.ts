import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { suite, test } from "node:test";
import { pathToFileURL } from "node:url";
import { CancellationTokenSource } from "vscode-languageserver/node";
import { openImage } from "../../server/src/io/openImage.ts";
import type { BinaryAnswer } from "../../server/src/protocol/binary.ts";
import type { FileParams } from "../../server/src/protocol/files.ts";
import type { Treemap, TreemapNode, TreemapTarget } from "../../server/src/protocol/treemap.ts";
import { methods } from "../../server/src/protocol.ts";
import { noEngine, withFolder } from "../io/openedImage.ts";
import { inRoot } from "../machine/place.ts";
import { anElf } from "../support/elfWriter.ts";
import { fakeHost } from "../support/fakeHost.ts";
import { anImage } from "../support/imageBuilder.ts";
import { dockerArchiveTar } from "../support/imageWriters.ts";
import { type LspPair, lspPair } from "../support/lspPair.ts";

const text = `# tare: image=docker-archive:app.tar
FROM scratch
COPY app /app
RUN mv /app/old /app/new
`;

const program = anElf({
  sections: {
    ".text": { flags: 6, bytes: 4000 },
    ".debug_info": 900,
    ".symtab": { type: 2, bytes: 240 },
    ".strtab": { type: 3, bytes: 60 },
  },
});
const micro = readFileSync(inRoot("examples/micro/server"));

const app = anImage()
  .layer(
    {
      "app/server": { content: micro, mode: 0o755 },
      "app/tool": { content: program, mode: 0o755 },
      "app/old": { content: anElf({ sections: { ".old": 700 } }), mode: 0o755 },
      "app/tool2": { hardlink: "app/tool" },
      "app/way": { symlink: "tool" },
      "app/notes": { content: "ELF is a format\n", mode: 0o755 },
    },
    { createdBy: "COPY app /app # buildkit" },
  )
  .layer(
    { "app/.wh.old": "0", "app/new": { content: anElf({ sections: { ".old": 700 } }) } },
    { createdBy: "RUN /bin/sh -c mv /app/old /app/new # buildkit" },
  );

const sumOf = (nodes: readonly { readonly bytes: number }[]): number =>
  nodes.reduce((sum, { bytes }) => sum + bytes, 0);

function allOf(node: TreemapNode): readonly TreemapNode[] {
  return [node, ...(node.children ?? []).flatMap(allOf)];
}

/** Each part weighs what is in it, all through. */
function checkSums(node: TreemapNode): void {
  if (node.children === undefined) return;
  assert.equal(sumOf(node.children), node.bytes);
  node.children.forEach(checkSums);
}

suite("binaries of an image, asked for over LSP", () => {
  const folder = withFolder();

  async function withApp(
    run: (pair: LspPair, uri: string, opened: () => number) => Promise<void>,
  ): Promise<void> {
    await writeFile(join(folder(), "app.tar"), dockerArchiveTar(app));
    let opened = 0;
    const pair = await lspPair({
      settings: {},
      host: {
        ...fakeHost(),
        openImage: ({ reference, baseFolder }, signal) => {
          opened += 1;
          return openImage(reference, { ...noEngine(baseFolder ?? "/nowhere"), signal });
        },
      },
      initialize: {
        workspaceFolders: [{ uri: pathToFileURL(folder()).href, name: "work" }],
      },
    });
    const uri = pathToFileURL(join(folder(), "Dockerfile")).href;
    try {
      await pair.open(uri, text);
      await pair.until("image read", () => pair.statuses.at(-1)?.state === "read");
      await run(pair, uri, () => opened);
      assert.deepEqual(pair.logs, []);
    } finally {
      await pair.close();
    }
  }

  const mapOf = (pair: LspPair, target: TreemapTarget): Promise<Treemap | null> =>
    pair.client.sendRequest<Treemap | null>(methods.treemap, { target, limit: 200 });
  const binaryOf = (pair: LspPair, params: FileParams): Promise<BinaryAnswer> =>
    pair.client.sendRequest<BinaryAnswer>(methods.binary, params);

  test("the map marks what opens, and a binary opens into sections that weigh what it does", () =>
    withApp(async (pair, uri) => {
      const map = await mapOf(pair, { uri, path: "app" });
      assert.deepEqual(
        map?.root.children?.map(({ name, opens = false }) => [name, opens]).toSorted(),
        [
          ["new", true],
          ["notes", false],
          ["server", true],
          ["tool", true],
        ],
      );
      const tool = await mapOf(pair, { uri, path: "app/tool" });
      assert.equal(tool?.root.kind, "file");
      assert.equal(tool.root.bytes, program.length);
      checkSums(tool.root);
      assert.deepEqual(
        tool.root.children?.map(({ name, kind, bytes }) => [kind, name, bytes]),
        [
          ["section", ".text", 4000],
          ["section", "Debug information and symbols", 1200],
          ["section", "Headers", 504],
          ["section", ".shstrtab", 45],
          ["section", "Padding, zeros", program.length - 5749],
        ],
      );
      const server = await mapOf(pair, { uri, path: "app/server" });
      assert.equal(server?.root.bytes, micro.length);
      checkSums(server.root);
    }));

  test("a binary that a layer has and the image does not opens too, as waste", () =>
    withApp(async (pair, uri) => {
      const whole = await mapOf(pair, { uri });
      const [old] = allOf(whole!.root).filter(({ name }) => name === "old");
      assert.equal(old?.opens, true);
      const map = await mapOf(pair, { uri, layer: 0, waste: true, path: "app/old" });
      const [heaviest] = map!.root.children!;
      assert.deepEqual([heaviest!.name, heaviest!.wastedBytes], [".old", 700]);
      checkSums(map!.root);
    }));

  test("parts of a file by any of its names, read once", () =>
    withApp(async (pair, uri, opened) => {
      const before = opened();
      for (const path of ["app/tool", "app/tool"]) {
        const answer = await binaryOf(pair, { uri, path });
        assert.equal(answer.kind, "labels");
        assert.equal(answer.kind === "labels" && answer.contentBytes, program.length);
        assert.equal(answer.kind === "labels" && sumOf(answer.parts), program.length);
      }
      assert.equal(opened() - before, 1);
      const same = await binaryOf(pair, { uri, path: "app/tool2" });
      assert.equal(same.kind === "labels" && sumOf(same.parts), program.length);
    }));

  test("a later name of a file has no bytes on the map, which says where they count", () =>
    withApp(async (pair, uri) => {
      for (const target of [
        { uri, path: "app/tool2" },
        { uri, path: "app/tool2", layer: 0 },
      ]) {
        const map = await mapOf(pair, target);
        assert.deepEqual([map?.root.bytes, map?.root.opens], [0, undefined]);
        assert.equal(map?.remark, "app/tool2 is a hard link: its bytes count at app/tool.");
      }
      assert.equal((await mapOf(pair, { uri, path: "app/tool" }))?.remark, undefined);
    }));

  test("parts say what they are there for, in the map and in the list", () =>
    withApp(async (pair, uri) => {
      const map = await mapOf(pair, { uri, path: "app/tool" });
      assert.deepEqual(
        map?.root.children?.map(({ name, content }) => [name, content]),
        [
          [".text", "code"],
          ["Debug information and symbols", "debug"],
          ["Headers", "headers"],
          [".shstrtab", "not-loaded"],
          ["Padding, zeros", "padding"],
        ],
      );
      const contents = new Set(map.contents);
      assert.ok(map.root.children?.every(({ content }) => contents.has(content)));
      const answer = await binaryOf(pair, { uri, path: "app/tool" });
      assert.equal(answer.kind === "labels" && answer.parts[1]?.use, "debug");
    }));

  test("what is no binary is refused in one sentence", () =>
    withApp(async (pair, uri) => {
      const refusals = {
        "app/notes": "app/notes is no ELF file, so nothing says what its bytes are for.",
        "app/way": "app/way is a link to tool.",
        "app/gone": "There is no file app/gone.",
        app: "app is a directory.",
      };
      for (const [path, message] of Object.entries(refusals)) {
        assert.deepEqual(await binaryOf(pair, { uri, path }), { kind: "refused", message });
      }
      assert.equal((await mapOf(pair, { uri, path: "app/notes" }))?.root.children, undefined);
    }));

  test("what is no binary is not read again to say so", () =>
    withApp(async (pair, uri, opened) => {
      const before = opened();
      const first = await binaryOf(pair, { uri, path: "app/notes" });
      assert.deepEqual(await binaryOf(pair, { uri, path: "app/notes" }), first);
      assert.equal(opened() - before, 1);
    }));

  test("an image that is gone when its binary is asked for gives no map, and says why", () =>
    withApp(async (pair, uri) => {
      await writeFile(join(folder(), "app.tar"), "gone");
      assert.equal(await mapOf(pair, { uri, path: "app/tool" }), null);
      const answer = await binaryOf(pair, { uri, path: "app/tool" });
      assert.equal(answer.kind, "refused");
    }));

  test("a request that is taken back reads nothing", () =>
    withApp(async (pair, uri) => {
      const source = new CancellationTokenSource();
      const asked = pair.client.sendRequest<BinaryAnswer>(
        methods.binary,
        { uri, path: "app/server" },
        source.token,
      );
      source.cancel();
      assert.equal((await asked).kind, "cancelled");
    }));
});
