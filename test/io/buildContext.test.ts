import assert from "node:assert/strict";
import { link, mkdir, mkdtemp, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { suite, test, type TestContext } from "node:test";
import { buildContextOf } from "../../server/src/core/context/buildContext.ts";
import { entryKind, type ContextFolder } from "../../server/src/core/context/listing.ts";
import { walkFilter } from "../../server/src/core/context/walkFilter.ts";
import { parseDockerignore } from "../../server/src/core/dockerfile/dockerignore.ts";
import { isArchive, lookAtArchives } from "../../server/src/io/buildContextArchives.ts";
import { contextsIn } from "../../server/src/io/buildContextCompose.ts";
import { findContextRoot } from "../../server/src/io/buildContextRoot.ts";
import { walkContext, type ContextLimits } from "../../server/src/io/buildContextWalk.ts";
import { openBuildContext, type ContextSnapshot } from "../../server/src/io/buildContext.ts";
import { writeTar } from "../support/tarWriter.ts";

const { signal } = new AbortController();
const generous: ContextLimits = { entries: 1000, depth: 50, milliseconds: 60_000 };

/** A folder with files of the given contents, removed after the test. */
async function aFolder(
  context: TestContext,
  files: Readonly<Record<string, string | Uint8Array>>,
): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), "tare-context-"));
  context.after(() => rm(folder, { recursive: true, force: true }));
  for (const [path, content] of Object.entries(files)) {
    await mkdir(dirname(join(folder, path)), { recursive: true });
    await writeFile(join(folder, path), content);
  }
  return folder;
}

/** One line for each entry: path, and size, target or why it was not read. */
function linesOf(folder: ContextFolder, path = ""): readonly string[] {
  return folder.names.flatMap((name, index) => {
    const at = `${path}${name}`;
    const inner = folder.folders.get(name);
    if (inner !== undefined) return [`${at}/`, ...linesOf(inner, `${at}/`)];
    if (folder.kinds[index] === entryKind.folder) return [`${at}/ ${folder.unread.get(name)}`];
    if (folder.kinds[index] === entryKind.symlink) return [`${at} -> ${folder.targets.get(name)}`];
    return [`${at} ${folder.fileBytes[index]}`];
  });
}

async function walkedLines(
  root: string,
  ignore?: string,
  limits = generous,
): Promise<readonly string[]> {
  const listing = await walkContext({ root, filter: walkFilter(ignore), signal, limits });
  return linesOf(listing!.root);
}

suite("a build context is listed", () => {
  test("files, folders and links, without following any link", async (context) => {
    const root = await aFolder(context, { "b.txt": "12345", "d/e/f": "1", a: "" });
    await mkdir(join(root, "none"));
    await symlink("/etc", join(root, "out"));
    await symlink("d", join(root, "in"));
    assert.deepEqual(await walkedLines(root), [
      "a 0",
      "b.txt 5",
      "d/",
      "d/e/",
      "d/e/f 1",
      "in -> d",
      "none/",
      "out -> /etc",
    ]);
  });

  test("hard links are known to be one file", async (context) => {
    const root = await aFolder(context, { a: "12345", c: "1" });
    await link(join(root, "a"), join(root, "b"));
    const listing = await walkContext({ root, filter: walkFilter(undefined), signal });
    const { links } = listing!.root;
    assert.notEqual(links.get("a"), undefined);
    assert.equal(links.get("a"), links.get("b"));
    assert.equal(links.has("c"), false);
  });

  test("folders kept out for good are not entered, others are", async (context) => {
    const files = { "node_modules/a/b": "1", "docs/a.md": "12", "docs/keep.md": "1", "src/x": "1" };
    const root = await aFolder(context, files);
    assert.deepEqual(await walkedLines(root, "node_modules\ndocs\n!docs/keep.md"), [
      "docs/",
      "docs/a.md 2",
      "docs/keep.md 1",
      "node_modules/ ignored",
      "src/",
      "src/x 1",
    ]);
  });

  test("limits leave marks, and cancelling leaves nothing", async (context) => {
    const root = await aFolder(context, { "a/b/c/d": "1", "e/f": "1" });
    assert.deepEqual(await walkedLines(root, undefined, { ...generous, depth: 1 }), [
      "a/",
      "a/b/ limit",
      "e/",
      "e/f 1",
    ]);
    assert.deepEqual(await walkedLines(root, undefined, { ...generous, entries: 1 }), [
      "a/ limit",
      "e/ limit",
    ]);
    assert.deepEqual(await walkedLines(root, undefined, { ...generous, milliseconds: -1 }), []);
    const walk = { root, filter: walkFilter(undefined), signal: AbortSignal.abort() };
    assert.equal(await walkContext(walk), undefined);
  });

  test("a folder that is not there is a gap, not an empty context", async () => {
    for (const folder of ["/nowhere/at/all", "/a\0b"]) {
      const walk = { root: folder, filter: walkFilter(undefined), signal };
      const listing = await walkContext(walk);
      const { root } = buildContextOf(listing!, parseDockerignore("").value);
      assert.deepEqual(root.gap, { path: "", reason: "unreadable" });
    }
  });

  test("many files take no longer than they must, and the event loop stays free", async (context) => {
    const files = Object.fromEntries(
      Array.from({ length: 3000 }, (_, index) => [`p${index % 100}/f${index}`, "x"]),
    );
    const root = await aFolder(context, files);
    const limits = { ...generous, entries: 10_000 };
    const listing = await walkContext({ root, filter: walkFilter(undefined), signal, limits });
    assert.equal(listing!.entryCount, 3100);
  });
});

suite("an open build context", () => {
  /** A context that is read, with everything that was told of it. */
  async function opened(context: TestContext, root: string) {
    const told: ContextSnapshot[] = [];
    const request = { dockerfilePath: join(root, "Dockerfile"), root, restMs: 1 };
    const open = openBuildContext(request, (snapshot) => told.push(snapshot));
    context.after(() => open.close());
    assert.equal(open.snapshot(), undefined, "nobody waits for the first walk");
    await open.settled();
    const change = async (...paths: readonly string[]): Promise<readonly string[]> => {
      open.noteChanges(paths.map((path) => join(root, path)));
      await open.settled();
      return linesOf(open.snapshot()!.listing.root);
    };
    return { open, told, change };
  }

  test("renews what changed and shares the rest", async (context) => {
    const root = await aFolder(context, { "a/x": "1", "b/y": "1", "c/d/z": "1" });
    const { open, change } = await opened(context, root);
    const before = open.snapshot()!.listing.root;
    await writeFile(join(root, "a/x"), "12345");
    await writeFile(join(root, "a/new"), "12");
    await rm(join(root, "b"), { recursive: true });
    await mkdir(join(root, "e/f"), { recursive: true });
    await writeFile(join(root, "e/f/g"), "1");
    assert.deepEqual(await change("a/x", "a/new", "b", "e"), [
      "a/",
      "a/new 2",
      "a/x 5",
      "c/",
      "c/d/",
      "c/d/z 1",
      "e/",
      "e/f/",
      "e/f/g 1",
    ]);
    assert.equal(open.snapshot()!.listing.root.folders.get("c"), before.folders.get("c"));
    assert.equal(open.snapshot()!.listing.entryCount, 9);
  });

  test("finds a file in folders that are new too, and one that became a folder", async (context) => {
    const root = await aFolder(context, { a: "1" });
    const { change } = await opened(context, root);
    await rm(join(root, "a"));
    await mkdir(join(root, "a/b"), { recursive: true });
    await writeFile(join(root, "a/b/c"), "1");
    assert.deepEqual(await change("a/b/c"), ["a/", "a/b/", "a/b/c 1"]);
    await rm(join(root, "a"), { recursive: true });
    assert.deepEqual(await change("a/b/c"), []);
  });

  test("a folder named alone is walked again", async (context) => {
    const root = await aFolder(context, { "dist/old": "1" });
    const { change } = await opened(context, root);
    await rm(join(root, "dist"), { recursive: true });
    await mkdir(join(root, "dist"));
    await writeFile(join(root, "dist/new"), "12");
    assert.deepEqual(await change("dist"), ["dist/", "dist/new 2"]);
  });

  test("says nothing when nothing changed", async (context) => {
    const root = await aFolder(context, { a: "1", "out/x": "1", ".dockerignore": "out" });
    const { told, change } = await opened(context, root);
    await writeFile(join(root, "out/y"), "1");
    await change("a", "out/y", "none");
    await change("../elsewhere");
    assert.equal(told.length, 1);
  });

  test("follows the ignore file, the Dockerfile's own first", async (context) => {
    const root = await aFolder(context, { "a/x": "1", "b/x": "1" });
    const { open, change } = await opened(context, root);
    assert.equal(open.snapshot()!.ignoreText, undefined);
    await writeFile(join(root, ".dockerignore"), "a");
    assert.deepEqual(await change(".dockerignore"), [
      ".dockerignore 1",
      "a/ ignored",
      "b/",
      "b/x 1",
    ]);
    await writeFile(join(root, "Dockerfile.dockerignore"), "b");
    await change("Dockerfile.dockerignore");
    assert.equal(open.snapshot()!.ignoreText, "b");
    assert.equal(open.snapshot()!.ignorePath, join(root, "Dockerfile.dockerignore"));
    assert.equal(open.snapshot()!.listing.root.folders.has("a"), true);
  });

  test("ends at once when closed", async (context) => {
    const root = await aFolder(context, { a: "1" });
    const { open, told } = await opened(context, root);
    await writeFile(join(root, "a"), "12");
    open.noteChanges([join(root, "a")]);
    open.close();
    await open.settled();
    assert.equal(told.length, 1);
  });
});

suite("the root of a build context", () => {
  const compose = `x-common: &common
  build: { context: ., dockerfile: docker/Dockerfile }
services:
  web:
    <<: *common
  job:
    build:
      context: ./job
  plain:
    build: ./plain
  variable:
    build: { context: "\${DIR}", dockerfile: Dockerfile }
  remote:
    build: https://example.org/a.git
  inline:
    build: { context: ., dockerfile_inline: FROM scratch }
  own:
    build: { dockerfile: own.Dockerfile }
  image:
    image: x
`;

  test("compose files name it for the Dockerfiles they build", () => {
    const at = (path: string): readonly string[] => contextsIn(compose, "/p", path);
    assert.deepEqual(at("/p/docker/Dockerfile"), ["/p"]);
    assert.deepEqual(at("/p/job/Dockerfile"), ["/p/job"]);
    assert.deepEqual(at("/p/plain/Dockerfile"), ["/p/plain"]);
    assert.deepEqual(at("/p/own.Dockerfile"), ["/p"]);
    assert.deepEqual(at("/p/Dockerfile"), []);
    for (const text of ["", "[", "services: 1", "services: [a]", "a: b", "services:\n  a:\n"]) {
      assert.deepEqual(contextsIn(text, "/p", "/p/Dockerfile"), [], text);
    }
  });

  test("directive, compose file, setting, Dockerfile's folder, in this order", async (context) => {
    const root = await aFolder(context, {
      "compose.yaml": compose,
      "docker/Dockerfile": "",
      "lone/Dockerfile": "",
    });
    const dockerfilePath = join(root, "docker/Dockerfile");
    const workspaceFolder = root;
    const all = { dockerfilePath, workspaceFolder, directive: "../..", setting: "set" };
    const found = async (request: Parameters<typeof findContextRoot>[0]) => {
      const { folder, source } = await findContextRoot(request);
      return [folder, source];
    };
    assert.deepEqual(await found(all), [join(root, ".."), "directive"]);
    assert.deepEqual(await found({ ...all, directive: undefined }), [root, "compose"]);
    const lone = { dockerfilePath: join(root, "lone/Dockerfile"), workspaceFolder };
    assert.deepEqual(await found({ ...lone, setting: "set" }), [join(root, "set"), "setting"]);
    assert.deepEqual(await found(lone), [join(root, "lone"), "dockerfile"]);
    assert.deepEqual(await found({ ...lone, directive: "~/c", homeFolder: "/home/me" }), [
      "/home/me/c",
      "directive",
    ]);
    const below = { dockerfilePath, workspaceFolder: join(root, "docker") };
    assert.deepEqual(await found(below), [join(root, "docker"), "dockerfile"]);
  });
});

suite("archives that ADD would unpack", () => {
  test("are told by their first bytes", async (context) => {
    const tar = writeTar([{ path: "a.txt", body: new TextEncoder().encode("hello") }]);
    assert.equal(isArchive(tar.subarray(0, 512)), true);
    assert.equal(isArchive(tar.subarray(0, 511)), false);
    assert.equal(isArchive(new Uint8Array(512)), false);
    assert.equal(isArchive(Uint8Array.of(0x1f, 0x8b, 8, 0)), true);
    assert.equal(isArchive(Uint8Array.of(0x28, 0xb5, 0x2f, 0xfd)), true);
    assert.equal(isArchive(new TextEncoder().encode("plain text")), false);
    const root = await aFolder(context, { "a.tar": tar, "b.tar": "no tar", "c/d": tar });
    const looks = await lookAtArchives(root, ["a.tar", "b.tar", "c/d", "none"], signal);
    assert.deepEqual(
      [...looks],
      [
        ["a.tar", "archive"],
        ["b.tar", "file"],
        ["c/d", "archive"],
      ],
    );
  });
});
