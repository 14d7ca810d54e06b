import assert from "node:assert/strict";
import {
  chmodSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, suite, test } from "node:test";
import { openRecordFiles, type RecordChange } from "../../server/src/io/recordFiles.ts";

const append =
  (word: string) =>
  (text: string | undefined): RecordChange => ({
    kind: "write",
    text: `${text ?? ""}${word}\n`,
    isDamaged: false,
  });

suite("records in a folder", () => {
  let folder = "";
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "tare-records-"));
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));
  const records = (name = "history") => openRecordFiles(join(folder, name));
  const names = () => readdirSync(join(folder, "history"));

  test("one file for each subject, for this user alone", async () => {
    const files = records();
    assert.equal(await files.read("a"), undefined);
    assert.deepEqual(await files.update("a", append("1")), {
      kind: "written",
      setAside: undefined,
    });
    await files.update("b", append("2"));
    assert.equal(await files.read("a"), "1\n");
    assert.equal(await files.read("b"), "2\n");
    assert.equal(names().length, 2);
    for (const name of names()) {
      assert.equal(statSync(join(folder, "history", name)).mode & 0o777, 0o600);
    }
  });

  test("what says nothing new writes nothing", async () => {
    assert.deepEqual(await records().update("a", () => ({ kind: "keep" })), { kind: "kept" });
    assert.deepEqual(names(), []);
  });

  test("several servers at once lose nothing", async () => {
    const servers = Array.from({ length: 6 }, () => records());
    const words = servers.flatMap((_, server) => [0, 1, 2, 3].map((at) => `${server}.${at}`));
    const outcomes = await Promise.all(
      words.map((word, at) => servers[at % servers.length]!.update("a", append(word))),
    );
    assert.ok(outcomes.every(({ kind }) => kind === "written"));
    const kept = (await records().read("a")) ?? "";
    assert.deepEqual(kept.trim().split("\n").toSorted(), words.toSorted());
    assert.equal(names().length, 1, "no lock and no draft is left");
  });

  test("a damaged text is set aside, not lost", async () => {
    const files = records();
    await files.update("a", append("damaged"));
    const outcome = await files.update("a", () => ({
      kind: "write",
      text: "new",
      isDamaged: true,
    }));
    assert.ok(outcome.kind === "written" && outcome.setAside !== undefined);
    assert.equal(readFileSync(outcome.setAside, "utf8"), "damaged\n");
    assert.equal(await files.read("a"), "new");
  });

  test("a file that is far too large is no text", async () => {
    const files = records();
    await files.update("a", append("x"));
    writeFileSync(join(folder, "history", names()[0]!), "x".repeat(4_000_001));
    assert.equal(await files.read("a"), undefined);
    await files.update("a", (text) => {
      assert.equal(text, "");
      return { kind: "write", text: "y", isDamaged: true };
    });
    assert.equal(await files.read("a"), "y");
  });

  test("who holds on to a lock is waited for, and not for ever; a lock left behind is taken away", async () => {
    const files = openRecordFiles(join(folder, "history"), { patienceMs: 60, abandonedMs: 5000 });
    await files.update("a", append("x"));
    const lock = join(folder, "history", `${names()[0]!}.lock`);
    writeFileSync(lock, "");
    assert.deepEqual(await files.update("a", append("y")), { kind: "refused" });
    assert.equal(await files.read("a"), "x\n");
    const longAgo = new Date(Date.now() - 60_000);
    utimesSync(lock, longAgo, longAgo);
    assert.equal((await files.update("a", append("y"))).kind, "written");
    assert.equal(await files.read("a"), "x\ny\n");
  });

  test("a folder that cannot be written is no trouble", async () => {
    writeFileSync(join(folder, "file"), "");
    assert.deepEqual(await records("file/below").update("a", append("x")), { kind: "refused" });
    if (process.getuid?.() === 0) return;
    chmodSync(folder, 0o500);
    assert.deepEqual(await records().update("a", append("x")), { kind: "refused" });
    chmodSync(folder, 0o700);
  });

  test("what is forgotten is gone", async () => {
    const files = records();
    await files.update("a", append("x"));
    await files.forget("a");
    await files.forget("never there");
    assert.equal(await files.read("a"), undefined);
    assert.deepEqual(names(), []);
  });
});
