import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { test } from "node:test";
import { readDockerignore } from "../../server/src/io/dockerignoreFile.ts";

/** The answer for `services/web/Dockerfile` among these files; its path relative to their folder. */
async function answerAmong(
  files: Readonly<Record<string, string>>,
  context?: string,
): Promise<readonly [path: string, text: string | undefined, isKnown: boolean]> {
  const folder = mkdtempSync(join(tmpdir(), "tare-ignore-"));
  try {
    for (const [path, text] of Object.entries({ "services/web/Dockerfile": "", ...files })) {
      mkdirSync(join(folder, dirname(path)), { recursive: true });
      writeFileSync(join(folder, path), text);
    }
    const { path, text, isKnown } = await readDockerignore({
      dockerfilePath: join(folder, "services/web/Dockerfile"),
      contextFolder: context === undefined ? undefined : join(folder, context),
    });
    return [path.slice(folder.length + 1).replaceAll("\\", "/"), text, isKnown];
  } finally {
    rmSync(folder, { recursive: true });
  }
}

test("an ignore file that is no file, or longer than anybody writes one, says nothing", async (context) => {
  const folder = mkdtempSync(join(tmpdir(), "tare-ignore-"));
  context.after(() => rmSync(folder, { recursive: true }));
  const dockerfilePath = join(folder, "Dockerfile");
  const path = join(folder, ".dockerignore");
  const read = () => readDockerignore({ dockerfilePath, contextFolder: undefined });
  const unknown = { path, text: undefined, isKnown: false };
  writeFileSync(path, "x".repeat(1_000_001));
  assert.deepEqual(await read(), unknown);
  rmSync(path);
  mkdirSync(path);
  assert.deepEqual(await read(), unknown);
  rmSync(path, { recursive: true });
  if (process.platform === "win32") return;
  symlinkSync("/dev/zero", path);
  assert.deepEqual(await read(), unknown);
});

test("the Dockerfile's own one wins, then that of the context", async () => {
  const own = { "services/web/Dockerfile.dockerignore": "own" };
  const beside = { "services/web/.dockerignore": "beside" };
  const above = { ".dockerignore": "above" };
  assert.deepEqual(await answerAmong({ ...own, ...beside, ...above }), [
    "services/web/Dockerfile.dockerignore",
    "own",
    true,
  ]);
  assert.deepEqual(await answerAmong({ ...beside, ...above }), [
    "services/web/.dockerignore",
    "beside",
    true,
  ]);
  assert.deepEqual(await answerAmong({ ...beside, ...above }, "."), [
    ".dockerignore",
    "above",
    true,
  ]);
});

test("where there is none, it would be made in the context", async () => {
  const repository = { ".git/HEAD": "" };
  assert.deepEqual(await answerAmong(repository), ["services/web/.dockerignore", undefined, true]);
  assert.deepEqual(await answerAmong(repository, "services"), [
    "services/.dockerignore",
    undefined,
    true,
  ]);
});

test("one in a folder above says that builds may start there: then nothing is known", async () =>
  assert.deepEqual(await answerAmong({ ".git/HEAD": "", ".dockerignore": "above" }), [
    "services/web/.dockerignore",
    undefined,
    false,
  ]));

test("a folder, or a text that no person wrote, is no .dockerignore", async () => {
  const [, text, isKnown] = await answerAmong({ "services/web/.dockerignore/x": "" });
  assert.deepEqual([text, isKnown], [undefined, false]);
  const [, huge, isHugeKnown] = await answerAmong({
    "services/web/.dockerignore": "x".repeat(1_000_001),
  });
  assert.deepEqual([huge, isHugeKnown], [undefined, false]);
});
