import assert from "node:assert/strict";
import { suite, test } from "node:test";
import {
  findLayerRows,
  findUnclearRows,
  toHistory,
  type HistoryRow,
} from "../../../server/src/core/image/engineHistory.ts";

/** `100 RUN x` is BuildKit's row, `0! WORKDIR /x` the classic builder's; `#` says that the image after it is still there. */
function rowsOf(text: string): readonly HistoryRow[] {
  return text
    .trim()
    .split("\n")
    .map((line, index) => {
      const [, bytes = "0", classic, id, createdBy = ""] = /^\s*(\d+)(!?)(#?) (.*)$/.exec(line)!;
      const comment = classic === "" ? { comment: "buildkit.dockerfile.v0" } : {};
      const own =
        classic === "" || createdBy.startsWith("/bin/")
          ? createdBy
          : `/bin/sh -c #(nop) ${createdBy}`;
      return {
        createdBy: own,
        ...comment,
        printedBytes: Number(bytes),
        ...(id === "" ? {} : { imageId: `id${index}` }),
      };
    });
}

function checkLayers(
  text: string,
  layerCount: number,
  expected: string | undefined,
  counts: Readonly<Record<number, number>> = {},
): void {
  const known = new Map(Object.entries(counts).map(([row, count]) => [Number(row), count]));
  const made = findLayerRows(rowsOf(text), layerCount, known);
  assert.equal(made?.map((isLayer) => (isLayer ? "L" : "-")).join(""), expected);
}

suite("which rows of an engine's history made a layer", () => {
  test("rows with bytes, when there are as many as layers", () =>
    checkLayers("100 COPY a /\n0 ENV A=1\n5 RUN x # buildkit", 2, "L-L"));

  test("also rows without bytes, when there are as many as layers left", () =>
    checkLayers("100 COPY a /\n0 WORKDIR /x\n0 ENV A=1\n0 RUN true # buildkit", 3, "LL-L"));

  test("BuildKit makes no layer for the root directory", () =>
    checkLayers("100 COPY a /\n0 WORKDIR /\n0 WORKDIR /app", 2, "L-L"));

  test("the classic builder's metadata rows are known behind any shell", () =>
    checkLayers(
      "9! COPY a /\n0! /bin/bash -eo pipefail -c #(nop)  LABEL a=b\n0! WORKDIR /x",
      2,
      "L-L",
    ));

  test("nothing, where the number of layers leaves a choice", () =>
    checkLayers("9! COPY a /\n0! WORKDIR /x\n0! /bin/sh -c true", 2, undefined));

  test("the choice goes where an image in between tells its number of layers", () => {
    const text = "9!# COPY a /\n0!# WORKDIR /x\n0!# /bin/sh -c true";
    checkLayers(text, 2, "LL-", { 0: 1, 1: 2 });
    checkLayers(text, 2, "L-L", { 0: 1, 1: 1 });
    assert.deepEqual(findUnclearRows(rowsOf(text)), [0, 1, 2]);
  });

  test("nothing, when more rows have bytes than there are layers", () =>
    checkLayers("9 COPY a /\n9 COPY b /", 1, undefined));

  test("nothing, when there are more layers than rows", () =>
    checkLayers("9 COPY a /", 2, undefined));

  test("none, in an image without layers", () => checkLayers("0 ENV A=1\n0 CMD x", 0, "--"));

  test("a RUN that only speaks of metadata is no metadata row", () =>
    checkLayers("9! COPY a /\n0! /bin/sh -c echo #(nop) ENV\n0! WORKDIR /x", 2, undefined));

  test("rows become history with their text", () =>
    assert.deepEqual(toHistory(rowsOf("100 COPY a /\n0 ENV A=1"), [true, false]), [
      { createdBy: "COPY a /", comment: "buildkit.dockerfile.v0", emptyLayer: false },
      { createdBy: "ENV A=1", comment: "buildkit.dockerfile.v0", emptyLayer: true },
    ]));
});

test("an empty history goes only with no layers", () => {
  assert.deepEqual(findLayerRows([], 0), []);
  assert.equal(findLayerRows([], 1), undefined);
});
