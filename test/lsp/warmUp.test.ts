import assert from "node:assert/strict";
import { test } from "node:test";
import { analyse, parseDockerfile } from "../../server/src/core/analysis.ts";
import { warmUp, warmUpTexts } from "../../server/src/lsp/warmUp.ts";

/** Timers, and a clock that moves by one millisecond each time it is looked at. */
function fakeTime() {
  let ms = 0;
  let waiting: { readonly atMs: number; readonly run: () => void } | undefined;
  return {
    nowMs: () => (ms += 1),
    after(delayMs: number, run: () => void) {
      const own = { atMs: ms + delayMs, run };
      waiting = own;
      return () => {
        if (waiting === own) waiting = undefined;
      };
    },
    /** Runs what waits; how long it took, undefined when nothing waits. */
    next(): number | undefined {
      if (waiting === undefined) return undefined;
      const { atMs, run } = waiting;
      waiting = undefined;
      ms = Math.max(ms, atMs);
      const startedMs = ms;
      run();
      return ms - startedMs;
    },
    passedMs: () => ms,
  };
}

test("warming up waits, takes short turns with pauses between them, and comes to an end", () => {
  const time = fakeTime();
  warmUp(time);
  const turns: number[] = [];
  for (let took = time.next(); took !== undefined; took = time.next()) turns.push(took);
  assert.ok(turns.length > 10 && turns.length < 1000, String(turns.length));
  assert.ok(Math.max(...turns) <= 8, String(Math.max(...turns)));
  const workedMs = turns.reduce((sum, took) => sum + took, 0);
  assert.ok(workedMs < time.passedMs() / 3, `${workedMs} of ${time.passedMs()}`);
});

test("stopped, it does nothing more", () => {
  const time = fakeTime();
  const stop = warmUp(time);
  assert.notEqual(time.next(), undefined);
  stop();
  assert.equal(time.next(), undefined);
});

test("the texts are sound, and wake the rules that need no image", () => {
  const analyses = warmUpTexts.map((text) =>
    analyse(parseDockerfile(text), undefined, {}, { files: { isDockerignoreKnown: true } }),
  );
  assert.deepEqual(
    analyses.flatMap(({ problems }) => problems),
    [],
  );
  const codes = new Set(analyses.flatMap(({ findings }) => findings.map(({ code }) => code)));
  const expected = [
    "apk-cache-kept",
    "apt-lists-kept",
    "apt-recommends",
    "archive-kept",
    "build-tools-shipped",
    "cargo-registry-kept",
    "copied-twice",
    "dev-dependencies-shipped",
    "npm-cache-kept",
    "pip-cache-kept",
    "removed-later",
    "secret-shipped",
    "whole-context",
  ];
  assert.deepEqual(
    expected.filter((code) => !codes.has(code)),
    [],
  );
});
