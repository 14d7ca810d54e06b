import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { inRoot } from "../machine/place.ts";

test("npm run check finds nothing in the whole tree, tests and examples included", () => {
  const { status, stdout, stderr } = spawnSync(
    process.execPath,
    [inRoot("test/machine/task.ts"), "check"],
    { encoding: "utf8", timeout: 240_000, env: { ...process.env, NO_COLOR: "1" } },
  );
  assert.equal(status, 0, stdout + stderr);
});

test("a task that is not there is named, with those that are", () => {
  const { status, stdout } = spawnSync(
    process.execPath,
    [inRoot("test/machine/task.ts"), "no-such-task"],
    { encoding: "utf8", timeout: 60_000 },
  );
  assert.equal(status, 2);
  assert.match(stdout, /There is no task no-such-task: start, test, check/);
});

test("every npm script goes through the one entry that brings what is missing", () => {
  const { scripts } = JSON.parse(readFileSync(inRoot("package.json"), "utf8")) as {
    readonly scripts: Readonly<Record<string, string>>;
  };
  const tasks = ["start", "test", "check", "build", "bench", "package", "e2e"];
  for (const task of tasks) assert.ok(task in scripts, `there is no npm script ${task}`);
  for (const [name, command] of Object.entries(scripts)) {
    assert.equal(command, `node test/machine/run.mjs ${name}`);
  }
});
