import assert from "node:assert/strict";
import { test } from "node:test";
import { parseDockerfile } from "../../../server/src/core/dockerfile/parse.ts";
import type { StageBase } from "../../../server/src/core/dockerfile/syntax.ts";

function basesOf(text: string): readonly StageBase[] {
  return parseDockerfile(text).stages.map(({ base }) => base);
}

test("stages are named without case and found by their name", () => {
  const { stages } = parseDockerfile("FROM a AS Build\nRUN x\nFROM build as two\nFROM scratch\n");
  assert.deepEqual(
    stages.map(({ name, base, instructions }) => [name, base, instructions.length]),
    [
      ["build", { kind: "image", name: "a" }, 2],
      ["two", { kind: "stage", stage: 0 }, 1],
      [undefined, { kind: "scratch" }, 1],
    ],
  );
});

test("a stage cannot be its own base, nor one that comes later", () => {
  assert.deepEqual(basesOf("FROM a AS a\nFROM b AS x\nFROM x\n"), [
    { kind: "image", name: "a" },
    { kind: "image", name: "b" },
    { kind: "stage", stage: 1 },
  ]);
});

const rows: readonly (readonly [string, StageBase])[] = [
  ["ARG V=12\nFROM debian:$V", { kind: "image", name: "debian:12" }],
  ["ARG V=12\nARG W=${V}-slim\nFROM debian:${W}", { kind: "image", name: "debian:12-slim" }],
  ["FROM debian:${V:-11}", { kind: "image", name: "debian:11" }],
  ["ARG V=\nFROM debian${V:+:$V}", { kind: "image", name: "debian" }],
  ["ARG V=3\nFROM debian${V:+:$V}", { kind: "image", name: "debian:3" }],
  ["ARG V\nFROM debian:$V", { kind: "unknown", text: "debian:$V" }],
  ["ARG V=1\nFROM debian:${V#x}", { kind: "unknown", text: "debian:${V#x}" }],
  ["FROM a\nARG V=1\nFROM $V", { kind: "unknown", text: "$V" }],
  ["FROM", { kind: "unknown", text: "" }],
  ["FROM ${", { kind: "unknown", text: "${" }],
];

for (const [text, expected] of rows) {
  test(`the last base of ${JSON.stringify(text)}`, () => {
    assert.deepEqual(basesOf(text).at(-1), expected);
  });
}

test("the platform is filled in where its value is known", () => {
  const { stages } = parseDockerfile(
    "ARG P=linux/arm64\nFROM --platform=$P a\nFROM --platform=$BUILDPLATFORM a\nFROM a",
  );
  assert.deepEqual(
    stages.map(({ platform }) => platform),
    ["linux/arm64", "$BUILDPLATFORM", undefined],
  );
});
