import assert from "node:assert/strict";
import { test } from "node:test";
import { TextDocument } from "vscode-languageserver-textdocument";
import { parseDockerfile } from "../../server/src/core/analysis.ts";
import { createIgnoreFiles } from "../../server/src/lsp/ignoreFiles.ts";
import { startSession } from "../../server/src/lsp/session.ts";
import { shieldWith } from "../../server/src/lsp/shield.ts";
import { fakeHost } from "../support/fakeHost.ts";

const uri = "file:///work/app/Dockerfile";
const path = "/work/app/.dockerignore";
const ignoreUri = "file:///work/app/.dockerignore";

/** A world with one open Dockerfile, whose `.dockerignore` was looked for. */
async function looked(files: Readonly<Record<string, string>>, text = "FROM x\n") {
  const host = fakeHost({});
  for (const [name, content] of Object.entries(files)) host.ignoreFiles.set(name, content);
  const changed: string[] = [];
  const session = startSession({ processId: null, rootUri: null, capabilities: {} }, undefined);
  const shield = shieldWith((trouble) => assert.fail(trouble));
  const onChange = (one: string): void => void changed.push(one);
  const ignoreFiles = createIgnoreFiles({ host, shield, session, onChange });
  const look = async (): Promise<void> => {
    ignoreFiles.look(uri, parseDockerfile(text));
    await new Promise((resolve) => setImmediate(resolve));
  };
  await look();
  return { ignoreFiles, host, changed, look, session };
}

test("rules hear of it once it was read, and again only when it is another text", async () => {
  const { ignoreFiles, host, changed, look } = await looked({ [path]: ".git\n" });
  const first = ignoreFiles.surroundings(uri);
  assert.deepEqual(first, { dockerignore: ".git\n", isDockerignoreKnown: true });
  await look();
  assert.equal(ignoreFiles.surroundings(uri), first);
  assert.deepEqual(changed, [uri]);
  host.ignoreFiles.set(path, "dist\n");
  await look();
  assert.deepEqual(changed, [uri, uri]);
  assert.deepEqual(ignoreFiles.target(uri), { uri: ignoreUri, text: "dist\n", version: null });
});

test("that there is none is known too", async () => {
  const { ignoreFiles } = await looked({});
  assert.deepEqual(ignoreFiles.surroundings(uri), { isDockerignoreKnown: true });
  assert.deepEqual(ignoreFiles.target(uri), { uri: ignoreUri, text: undefined, version: null });
});

test("what the editor has open and not saved counts, until it is closed", async () => {
  const { ignoreFiles, changed } = await looked({ [path]: ".git\n" });
  ignoreFiles.edited(TextDocument.create(ignoreUri, "ignore", 4, ".git\nkey\n"));
  assert.equal(ignoreFiles.surroundings(uri).dockerignore, ".git\nkey\n");
  assert.equal(ignoreFiles.target(uri)?.version, 4);
  ignoreFiles.released(ignoreUri);
  assert.equal(ignoreFiles.surroundings(uri).dockerignore, ".git\n");
  assert.deepEqual(changed, [uri, uri, uri]);
});

test("a context directive says where it is", async () => {
  const { ignoreFiles } = await looked(
    { "/work/.dockerignore": "a\n" },
    "# tare: context=..\nFROM x\n",
  );
  assert.equal(ignoreFiles.surroundings(uri).dockerignore, "a\n");
});

test("nothing is looked for without trust, nor for documents on no disk", async () => {
  const { ignoreFiles, session } = await looked({ [path]: ".git\n" });
  session.isTrusted = false;
  ignoreFiles.forget(uri);
  ignoreFiles.look(uri, parseDockerfile("FROM x\n"));
  ignoreFiles.look("untitled:Dockerfile", parseDockerfile("FROM x\n"));
  await new Promise((resolve) => setImmediate(resolve));
  assert.deepEqual(ignoreFiles.surroundings(uri), { isDockerignoreKnown: false });
  assert.equal(ignoreFiles.target("untitled:Dockerfile"), undefined);
});
