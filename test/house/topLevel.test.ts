import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { test } from "node:test";
import { inRoot } from "../machine/place.ts";

const folders = [".ci", "client", "examples", "media", "server", "syntaxes", "test"];

test("at the top level there is what the layout names, and nothing left over from work", () => {
  const listed = execFileSync("git", ["ls-files", "-z"], { cwd: inRoot("."), encoding: "utf8" });
  const names = new Set(listed.split("\0").map((path) => path.split("/")[0] ?? ""));
  const others = [...names].filter(
    (name) => !folders.includes(name) && !/^$|^\.|\.(?:json|mjs|md)$|^LICENSE$/.test(name),
  );
  assert.deepEqual(others, []);
});
