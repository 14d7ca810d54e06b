import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, rmSync, utimesSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { test } from "node:test";
import { readGitCommit } from "../../server/src/io/gitCommit.ts";

const commit = "0123456789abcdef0123456789abcdef01234567";
const other = "f".repeat(40);

/** When the files of a repository were last written, milliseconds since 1970. */
const writtenMs = 1_700_000_000_000;

/** The commit that stands for `work/app/Dockerfile` among these files, since the moment. */
async function commitIn(
  files: Readonly<Record<string, string>>,
  sinceMs = writtenMs,
): Promise<string | undefined> {
  const folder = mkdtempSync(join(tmpdir(), "tare-git-"));
  try {
    for (const [path, text] of Object.entries({ "work/app/Dockerfile": "", ...files })) {
      mkdirSync(dirname(join(folder, path)), { recursive: true });
      writeFileSync(join(folder, path), text.replaceAll("ROOT", folder));
      utimesSync(join(folder, path), writtenMs / 1000, writtenMs / 1000);
    }
    return await readGitCommit(join(folder, "work/app/Dockerfile"), sinceMs);
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

/** A line of git's log of HEAD. */
const moved = (from: string, to: string, seconds: number, why: string): string =>
  `${from} ${to} A. <b> Someone <someone@example.org> ${seconds} +0200\t${why}\n`;

const logged = (...lines: readonly string[]): Readonly<Record<string, string>> => ({
  "work/.git/HEAD": "ref: refs/heads/main\n",
  "work/.git/refs/heads/main": `${commit}\n`,
  "work/.git/logs/HEAD": lines.join(""),
});

const moments: readonly (readonly [
  string,
  Readonly<Record<string, string>>,
  number,
  string | undefined,
])[] = [
  [
    "an image that is older than the commit is of none that is known",
    logged(moved(other, commit, 1000, "commit: 1 > 0 +0000")),
    999_999,
    undefined,
  ],
  [
    "an image that came after the commit, long before the files were written again",
    logged(moved("0".repeat(40), other, 10, "clone"), moved(other, commit, 1000, "commit: more")),
    1_000_000,
    commit,
  ],
  [
    "a log that speaks of another commit last tells nothing, so that files do",
    logged(moved(commit, other, 1000, "checkout")),
    writtenMs - 1,
    undefined,
  ],
  ["without a log the files tell", logged(), writtenMs, commit],
  ["without a log and with newer files", logged(), writtenMs - 1, undefined],
];

for (const [name, files, sinceMs, expected] of moments) {
  test(`the commit of an image is the one that was checked out ever since: ${name}`, async () => {
    assert.equal(await commitIn(files, sinceMs), expected);
  });
}
