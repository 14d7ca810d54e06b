import type { Analysis } from "../analysis.ts";
import type { Piecework } from "../image/piecework.ts";
import { contentKinds } from "./contentKind.ts";
import { type Asked, type Forest, findGrove } from "./layerTreeGrove.ts";
import { rememberMarks, rememberPackages } from "./layerTreeMemory.ts";
import type { TreeView } from "./layerTreeOptions.ts";
import { parseRowId } from "./layerTreeRow.ts";

/**
 * Everything that `layerTreeRows` and `revealPath` look for once for an image and its options, put into the memory of the view in pieces: afterwards they
 * answer without going over all nodes. Without a parent what the top rows, the rows below the image and all ways of revealing need.
 */
export function* prepareTree(
  analysis: Analysis,
  parent: string | undefined,
  view: TreeView,
): Piecework<void> {
  const { image } = analysis;
  if (image?.state !== "read") return;
  const asked: Asked = { analysis, read: image.read, view };
  const forest = parent === undefined ? undefined : forestOf(asked, parent);
  if (view.options.groupBy === "package") yield* rememberPackages(view.memory, image.read);
  for (const each of forest === undefined ? topForests(asked) : [forest]) {
    yield* findGrove(asked, each);
  }
  const isMarked = forest?.kind === "layer" && forest.index > 0;
  if (isMarked && view.options.comparedWith === undefined) {
    yield* rememberMarks(view.memory, image.read, forest.index);
  }
}

/** Whose rows stand below a row; undefined for rows of several. */
function forestOf({ read }: Asked, parent: string): Forest | undefined {
  const target = parseRowId(parent, read.description.imageId);
  return target?.kind === "node" ? target.forest : undefined;
}

/** Whose weights the rows above them show. */
function topForests({ read, view }: Asked): readonly Forest[] {
  const layers = read.layers.map((_, index): Forest => ({ kind: "layer", index }));
  const final: Forest = { kind: "final", index: 0 };
  const gone: Forest = { kind: "gone", index: 0 };
  const { groupBy = "layer", filter = "" } = view.options;
  // Rows of waste are filtered as their layers are.
  const ofWaste = filter.trim() === "" ? [] : layers;
  switch (groupBy) {
    case "layer":
      return [...layers, gone];
    case "directory":
    case "package":
      return [final, gone, ...ofWaste];
    case "kind": {
      const kinds = contentKinds.map((_, index): Forest => ({ kind: "content", index }));
      return [final, ...kinds, gone, ...ofWaste];
    }
  }
}
