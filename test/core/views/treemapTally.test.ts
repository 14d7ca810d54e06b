import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { contentKindOf, contentKinds } from "../../../server/src/core/views/contentKind.ts";
import {
  addTally,
  countInSteps,
  createTally,
  mostOf,
  subtractTally,
  tallyOf,
} from "../../../server/src/core/views/treemapTally.ts";
import { finish } from "../../../server/src/core/image/piecework.ts";
import { anImage } from "../../support/imageBuilder.ts";

const files = fc.dictionary(
  fc.stringMatching(/^[a-c](\/[a-d]){0,2}\/[e-h]{1,4}\.(so|js|gz|png)$/),
  fc.integer({ min: 0, max: 1e6 }).map(String),
  { minKeys: 100, maxKeys: 400 },
);

test("every directory's tally is what its files weigh, wherever it lies between the blocks", () =>
  fc.assert(
    fc.property(files, files, (first, second) => {
      const { finalTree: tree } = anImage().layer(first).layer(second).read();
      const counted = finish(countInSteps(tree, 2));
      for (let node = 0; node < tree.nodeCount; node += 1) {
        const wanted = createTally(2);
        for (let below = node; below < tree.subtreeEnd[node]!; below += 1) {
          wanted[contentKinds.indexOf(contentKindOf(tree, below))]! += tree.bytes[below]!;
          wanted[contentKinds.length + tree.layer[below]!]! += tree.bytes[below]!;
        }
        assert.deepEqual(tallyOf(counted, node), wanted);
      }
    }),
    { numRuns: 20 },
  ));

test("what weighs most is named, the first of equals, and something where there is nothing", () => {
  const tally = createTally(3);
  assert.deepEqual(mostOf(tally), { layer: 0, content: "other" });
  const code = contentKinds.indexOf("code");
  tally[code] = 5;
  tally[contentKinds.length + 1] = 5;
  tally[contentKinds.length + 2] = 5;
  assert.deepEqual(mostOf(tally), { layer: 1, content: "code" });
  assert.deepEqual(subtractTally(addTally(createTally(3), tally), tally), createTally(3));
});

test("a tree is counted in steps, an empty one too", () => {
  const many = Object.fromEntries(Array.from({ length: 9000 }, (_, at) => [`many/${at}`, "1"]));
  const steps = countInSteps(anImage().layer(many).read().finalTree, 1);
  assert.deepEqual([steps.next().done, steps.next().done, steps.next().done], [false, false, true]);
  const empty = anImage().layer({}).read().finalTree;
  assert.deepEqual(tallyOf(finish(countInSteps(empty, 1)), 0), createTally(1));
});
