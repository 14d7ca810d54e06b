import assert from "node:assert/strict";
import { test } from "node:test";
import {
  createContextCounts,
  type ContextCounts,
} from "../../../server/src/core/context/contextCounts.ts";
import { planCopies } from "../../../server/src/core/context/copyPlan.ts";
import { parseDockerfile } from "../../../server/src/core/dockerfile/parse.ts";

/** Destinations of the lines that are counted for this text. */
function countedIn(counts: ContextCounts, ...lines: readonly string[]): readonly string[] {
  const counted: string[] = [];
  for (const plan of planCopies(parseDockerfile(`FROM scratch\n${lines.join("\n")}\n`)).values()) {
    counts.recall(plan, () => {
      counted.push(plan.ok ? plan.value.destination.text : "");
      return { kind: "known", contentBytes: 1, fileCount: 1, heaviest: [] };
    });
  }
  counts.settle();
  return counted;
}

test("only lines that take something else than in the text before are counted", () => {
  const counts = createContextCounts();
  assert.deepEqual(countedIn(counts, "COPY a /1/", "COPY b /2/"), ["/1/", "/2/"]);
  assert.deepEqual(countedIn(counts, "RUN x", "COPY a  /1/", "COPY b /2/"), []);
  assert.deepEqual(countedIn(counts, "COPY a /1/", "COPY --exclude=x b /2/"), ["/2/"]);
  assert.deepEqual(countedIn(counts, "COPY a /1/", "COPY --exclude=y b /2/"), ["/2/"]);
});

test("what the last text does not have is forgotten", () => {
  const counts = createContextCounts();
  countedIn(counts, "COPY a /1/");
  countedIn(counts, "COPY b /2/");
  assert.deepEqual(countedIn(counts, "COPY a /1/"), ["/1/"]);
});

test("the same line twice is counted once", () =>
  assert.deepEqual(countedIn(createContextCounts(), "COPY a /1/", "COPY a /1/"), ["/1/"]));
