import assert from "node:assert/strict";
import { test } from "node:test";
import { analyse, parseDockerfile } from "../../../server/src/core/analysis.ts";
import { finish } from "../../../server/src/core/image/piecework.ts";
import { layerTreeRows } from "../../../server/src/core/views/layerTree.ts";
import { emptyTreeMemory } from "../../../server/src/core/views/layerTreeMemory.ts";
import type { TreeOptions, TreeView } from "../../../server/src/core/views/layerTreeOptions.ts";
import { prepareTree } from "../../../server/src/core/views/layerTreeWork.ts";
import { anImage } from "../../support/imageBuilder.ts";

const files = (count: number, size: string) =>
  Object.fromEntries(
    Array.from({ length: count }, (_, at) => [`app/d${at % 9}/f${at}.js`, size] as const),
  );

const base = anImage().base(files(10_000, "5"));
const read = base.layer(files(9000, "6")).read();
const other = base.reference("old").layer(files(5000, "7")).read();
const analysis = analyse(parseDockerfile("FROM debian:12\nCOPY app /app\n"), {
  state: "read",
  description: read.description,
  read,
});

const viewOf = (options: TreeOptions): TreeView => ({
  options,
  memory: emptyTreeMemory(),
  ...(options.comparedWith === undefined
    ? {}
    : { compared: { state: "read", reference: "old", read: other } }),
});

/** All that is remembered of the image, by name. */
function rememberedIn({ memory }: TreeView): readonly string[] {
  const known = memory.images.get(read);
  const maps = known === undefined ? [] : [known.marks, known.picks, known.columns];
  const names = maps.flatMap((map) => [...map.keys()].map(String));
  return [...names.toSorted(), `packages ${known?.packages !== undefined}`];
}

/** After the preparation nothing is looked for any more, and the rows are those that are there without one. */
function checkPrepared(options: TreeOptions, parent?: string): void {
  const view = viewOf(options);
  const pieces = [...prepareTree(analysis, parent, view)].length;
  const remembered = rememberedIn(view);
  const rows = layerTreeRows(analysis, parent, view);
  assert.deepEqual(rememberedIn(view), remembered, JSON.stringify(options));
  assert.deepEqual(rows, layerTreeRows(analysis, parent, viewOf(options)));
  assert.equal([...prepareTree(analysis, parent, view)].length, 0, "remembered work has no pieces");
  const isWhole = Object.keys(options).length === 0 && parent === undefined;
  assert.ok(isWhole || pieces > 1, `${pieces} pieces for ${JSON.stringify(options)}`);
}

test("what goes over all nodes is done in pieces before, whatever is to be shown", () => {
  checkPrepared({});
  checkPrepared({ filter: "*1.js" });
  checkPrepared({ wasteOnly: true });
  checkPrepared({ comparedWith: "old" });
  checkPrepared({ comparedWith: "old", filter: "d1" });
  checkPrepared({ groupBy: "directory", filter: "d1" });
  checkPrepared({ groupBy: "package" });
  checkPrepared({ groupBy: "kind" });
  checkPrepared({ groupBy: "kind", ownOnly: true, filter: "d1" });
});

test("so is what the marks of a layer need", () => {
  const [root] = layerTreeRows(analysis, undefined, viewOf({}));
  const layer = layerTreeRows(analysis, root!.id, viewOf({ sortBy: "name" }))[1];
  checkPrepared({}, layer!.id);
});

test("without an image that is read there is nothing to prepare", () =>
  finish(
    prepareTree(
      analyse(parseDockerfile("FROM a\n"), undefined),
      undefined,
      viewOf({ filter: "a" }),
    ),
  ));
