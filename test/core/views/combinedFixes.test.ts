import assert from "node:assert/strict";
import { test } from "node:test";
import { applyEdits } from "../../../server/src/core/text/edit.ts";
import { combineFixes, safeFixes } from "../../../server/src/core/views/combinedFixes.ts";
import { analysisFinding, type MadeFix } from "../../support/madeFindings.ts";

/** The text after all best safe fixes, and how many were left. */
function combined(text: string, ...fixes: readonly MadeFix[]): readonly [string, number] {
  const { findings } = analysisFinding(
    text,
    fixes.map((fix) => ({ at: "", fixes: [fix] })),
  );
  const { edits, left } = combineFixes(safeFixes(findings));
  return [applyEdits(text, edits), left.length];
}

/** An insertion behind the first occurrence of a text. */
function behind(text: string, part: string, newText: string) {
  const at = text.indexOf(part) + part.length;
  return { span: { start: at, end: at }, newText };
}

const text = "RUN get a\nRUN get b\n";

test("fixes that stay apart are made together", () =>
  assert.deepEqual(combined(text, { replace: { "get b": "B" } }, { replace: { "get a": "A" } }), [
    "RUN A\nRUN B\n",
    0,
  ]));

test("the first of two that overlap or touch is made, the other left for later", () => {
  assert.deepEqual(combined(text, { replace: { "get a": "A" } }, { replace: { "a\nRUN": "&" } }), [
    "RUN A\nRUN get b\n",
    1,
  ]);
  assert.deepEqual(combined(text, { replace: { "get ": "" } }, { replace: { "a\nRUN": "&" } }), [
    "RUN a\nRUN get b\n",
    1,
  ]);
});

test("what is not safe, and what has no fix, stays", () =>
  assert.deepEqual(combined(text, { isSafe: false, replace: { "get a": "A" } }), [text, 0]));

/** The same with insertions, which have no text to be found by. */
function inserted(...insertions: readonly (readonly [part: string, newText: string])[]) {
  const { findings } = analysisFinding(
    text,
    insertions.map(() => ({ at: "", fixes: [{}] })),
  );
  const chosen = safeFixes(findings).map(({ finding, fix }, index) => {
    const [part = "", newText = ""] = insertions[index] ?? [];
    return { finding, fix: { ...fix, edits: [behind(text, part, newText)] } };
  });
  const { edits, left } = combineFixes(chosen);
  return [applyEdits(text, edits), left.length];
}

test("commands added at one place stand behind each other, options too", () => {
  assert.deepEqual(inserted(["get a", " && x"], ["get a", " && y"]), [
    "RUN get a && x && y\nRUN get b\n",
    0,
  ]);
  assert.deepEqual(inserted(["get", " --x"], ["get", " --y"]), [
    "RUN get --x --y a\nRUN get b\n",
    0,
  ]);
});

test("an option never ends up behind a command that was added at its place", () =>
  assert.deepEqual(inserted(["get a", " && x"], ["get a", " --y"]), [
    "RUN get a && x\nRUN get b\n",
    1,
  ]));

test("the same edit twice is made once", () =>
  assert.deepEqual(inserted(["get a", " && x"], ["get a", " && x"]), [
    "RUN get a && x\nRUN get b\n",
    1,
  ]));

test("one .dockerignore is written, by the first that wants to", () => {
  const { findings } = analysisFinding(text, [
    { at: "", fixes: [{ dockerignore: "a\n" }] },
    { at: "", fixes: [{ dockerignore: "b\n" }] },
  ]);
  const { dockerignore, made, left } = combineFixes(safeFixes(findings));
  assert.deepEqual([dockerignore, made.length, left.length], ["a\n", 1, 1]);
});

test("very many fixes are made together, in whatever order they come", () => {
  const length = 5000;
  const lines = Array.from({ length }, (_, index) => `RUN get ${index};\n`).join("");
  const replacements = Array.from({ length }, (_, index) => ({
    replace: { [` ${(index * 7) % length};`]: " x;" },
  }));
  assert.deepEqual(combined(lines, ...replacements), ["RUN get x;\n".repeat(length), 0]);
});
