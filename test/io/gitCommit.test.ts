import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { test } from "node:test";
import { readGitCommit } from "../../server/src/io/gitCommit.ts";

const commit = "0123456789abcdef0123456789abcdef01234567";
const other = "f".repeat(40);

/** The commit that stands for `work/app/Dockerfile` among these files. */
async function commitIn(files: Readonly<Record<string, string>>): Promise<string | undefined> {
  const folder = mkdtempSync(join(tmpdir(), "tare-git-"));
  try {
    for (const [path, text] of Object.entries({ "work/app/Dockerfile": "", ...files })) {
      mkdirSync(dirname(join(folder, path)), { recursive: true });
      writeFileSync(join(folder, path), text.replaceAll("ROOT", folder));
    }
    return await readGitCommit(join(folder, "work/app/Dockerfile"));
  } finally {
    rmSync(folder, { recursive: true });
  }
}

const cases: Readonly<
  Record<string, readonly [Readonly<Record<string, string>>, string | undefined]>
> = {
  "a branch": [
    { "work/.git/HEAD": "ref: refs/heads/main\n", "work/.git/refs/heads/main": `${commit}\n` },
    commit,
  ],
  "a branch with a slash, packed": [
    {
      "work/.git/HEAD": "ref: refs/heads/feature/x\n",
      "work/.git/packed-refs": `# pack-refs with: peeled fully-peeled sorted\n${other} refs/heads/x\n${commit} refs/heads/feature/x\n^${other}\n`,
    },
    commit,
  ],
  "a loose ref wins over a packed one": [
    {
      "work/.git/HEAD": "ref: refs/heads/main\n",
      "work/.git/refs/heads/main": `${commit}\n`,
      "work/.git/packed-refs": `${other} refs/heads/main\n`,
    },
    commit,
  ],
  "a detached HEAD": [{ "work/.git/HEAD": `${commit}\n` }, commit],
  "SHA-256": [{ "work/.git/HEAD": `${"a".repeat(64)}\n` }, "a".repeat(64)],
  "a work tree of its own": [
    {
      "work/.git": "gitdir: ROOT/main/.git/worktrees/work\n",
      "main/.git/worktrees/work/HEAD": "ref: refs/heads/branch\n",
      "main/.git/worktrees/work/commondir": "../..\n",
      "main/.git/refs/heads/branch": commit,
      "main/.git/HEAD": other,
    },
    commit,
  ],
  "a submodule": [
    {
      "work/.git": "gitdir: ../super/.git/modules/work\n",
      "super/.git/modules/work/HEAD": commit,
    },
    commit,
  ],
  "the innermost repository": [{ "work/.git/HEAD": other, "work/app/.git/HEAD": commit }, commit],
  "no commit yet": [{ "work/.git/HEAD": "ref: refs/heads/main\n" }, undefined],
  "no repository": [{}, undefined],
  "a HEAD that leads out": [
    { "work/.git/HEAD": "ref: refs/../../secret\n", "work/secret": commit },
    undefined,
  ],
  "what is no commit": [{ "work/.git/HEAD": "a secret of somebody else\n" }, undefined],
  "a pointer to another machine": [{ "work/.git": "gitdir: //elsewhere/share\n" }, undefined],
};

for (const [name, [files, expected]] of Object.entries(cases)) {
  test(`the commit that is checked out: ${name}`, async () => {
    assert.equal(await commitIn(files), expected);
  });
}
