import assert from "node:assert/strict";
import { test } from "node:test";
import {
  buildContextInSteps,
  buildContextOf,
} from "../../../server/src/core/context/buildContext.ts";
import { parseDockerignore } from "../../../server/src/core/dockerfile/dockerignore.ts";
import { aContext } from "./contextBuilder.ts";

test("a context is the same when it is made in steps, of which each judges at most 2,000 entries", () => {
  const files = Array.from({ length: 9000 }, (_, index) => [
    `lib${index % 7}/deep/file${index}.${index % 5 === 0 ? "log" : "js"}`,
    index,
  ]);
  const listing = aContext(Object.fromEntries(files));
  const ignore = parseDockerignore("**/*.log\n!lib3/**\n").value;
  const steps = buildContextInSteps(listing, ignore);
  let turns = 0;
  let step = steps.next();
  while (step.done !== true) {
    turns += 1;
    step = steps.next();
  }
  assert.deepEqual(step.value, buildContextOf(listing, ignore));
  assert.equal(turns, Math.floor(listing.entryCount / 2000));
});
