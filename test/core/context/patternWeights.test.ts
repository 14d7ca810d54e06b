import assert from "node:assert/strict";
import { test } from "node:test";
import { buildContextOf } from "../../../server/src/core/context/buildContext.ts";
import { patternWeights } from "../../../server/src/core/context/patternWeights.ts";
import { parseDockerignore } from "../../../server/src/core/dockerfile/dockerignore.ts";
import { aContext } from "./contextBuilder.ts";

const project = aContext({
  ".git/objects/a": 1000,
  ".git/b.log": 200,
  "node_modules/x/y.js": 30_000,
  "packages/p/node_modules/z.js": 4000,
  "c.log": 5,
  "src/d.js": 60,
});

function weights(
  ignore: string,
  patterns: readonly string[],
): readonly (readonly [string, number, number])[] {
  const context = buildContextOf(project, parseDockerignore(ignore).value);
  return patternWeights(context, patterns).map(({ pattern, contentBytes, fileCount }) => [
    pattern,
    contentBytes,
    fileCount,
  ]);
}

test("each pattern weighs what it would keep out, and no file counts twice", () => {
  assert.deepEqual(weights("", [".git", "**/*.log", "**/node_modules", "dist", "src/"]), [
    [".git", 1200, 2],
    ["**/*.log", 5, 1],
    ["**/node_modules", 34_000, 2],
    ["src/", 60, 1],
  ]);
  assert.deepEqual(weights("", ["**/*.log", ".git"]), [
    ["**/*.log", 205, 2],
    [".git", 1000, 1],
  ]);
});

test("what is kept out already weighs nothing, and no pattern is an exception", () => {
  assert.deepEqual(weights(".git\n", [".git", "/c.log", "!src", "["]), [["/c.log", 5, 1]]);
});

test("a folder that was not read makes the weights inexact", () => {
  const partly = aContext({ "a/b": 1, "c/": "!limit" });
  const context = buildContextOf(partly, parseDockerignore("").value);
  assert.deepEqual(patternWeights(context, ["a"]), [
    { pattern: "a", contentBytes: 1, fileCount: 1, isExact: false },
  ]);
});
