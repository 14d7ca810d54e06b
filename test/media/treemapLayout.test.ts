import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { captionsOf, fit } from "../../media/treemap/captions.ts";
import { fillCount, fillOf, legendOf } from "../../media/treemap/colours.ts";
import { boxOfPlace, layoutOf } from "../../media/treemap/layout.ts";
import { neighbour, type Direction } from "../../media/treemap/navigation.ts";
import { placesOf } from "../../media/treemap/places.ts";
import { placeBeside } from "../../media/treemap/tooltip.ts";
import { mapOf, someImage } from "./treemapMaps.ts";

const width = 800;
const height = 600;

/** Five equal files in a directory, and one as large as all of them. */
const map = mapOf({
  "a/1": "1kB",
  "a/2": "1kB",
  "a/3": "1kB",
  "a/4": "1kB",
  "a/5": "1kB",
  b: "5kB",
});
const root = placesOf(map, { uri: "file:///Dockerfile" });
const layout = layoutOf(root, width, height);

test("areas are bytes: each rectangle has its share of the whole, exactly", () =>
  fc.assert(
    fc.property(someImage, (image) => {
      const shown = placesOf(image, { uri: "file:///Dockerfile" });
      const { leaves } = layoutOf(shown, width, height);
      const total = leaves.reduce((sum, { bytes }) => sum + bytes, 0);
      assert.equal(total, shown.node.bytes);
      for (const leaf of leaves) {
        const share = (leaf.width * leaf.height) / (width * height);
        assert.ok(Math.abs(share - leaf.bytes / total) < 1e-9);
      }
    }),
  ));

test("rectangles lie in the frame of their directory", () => {
  const frame = layout.frames[0]!;
  assert.equal(frame.place.title, "a");
  for (const leaf of layout.leaves.filter(({ place }) => place.parent === frame.place)) {
    assert.ok(leaf.x >= frame.x - 1e-6 && leaf.y >= frame.y - 1e-6);
    assert.ok(leaf.x + leaf.width <= frame.x + frame.width + 1e-6);
    assert.ok(leaf.y + leaf.height <= frame.y + frame.height + 1e-6);
  }
});

test("what is wasted in part has two areas, which add up to it", () => {
  const image = mapOf(
    { "app/keep": "3kB", "app/gone": "1kB" },
    { "app/.wh.gone": "0" },
    { layer: 0 },
    2,
  );
  const { leaves } = layoutOf(placesOf(image, { uri: "u", layer: 0 }), width, height);
  assert.deepEqual(
    leaves.map(({ part, bytes, isWasted }) => [part, bytes, isWasted]),
    [
      ["kept", 3000, false],
      ["wasted", 1000, true],
    ],
  );
});

test("nothing is drawn of an image without bytes", () =>
  assert.deepEqual(layoutOf(placesOf(mapOf({}), { uri: "u" }), width, height), {
    leaves: [],
    frames: [],
  }));

test("an arrow goes to a rectangle that begins where this one ends, whenever there is one", () =>
  fc.assert(
    fc.property(someImage, (image) => {
      const { leaves } = layoutOf(placesOf(image, { uri: "u" }), width, height);
      for (const leaf of leaves) {
        const right = neighbour(leaves, leaf, "right");
        const down = neighbour(leaves, leaf, "down");
        assert.equal(right === undefined, leaf.x + leaf.width > width - 1e-5);
        assert.equal(down === undefined, leaf.y + leaf.height > height - 1e-5);
        if (right !== undefined) {
          assert.ok(Math.abs(right.x - leaf.x - leaf.width) < 1e-3);
          assert.ok(right.y < leaf.y + leaf.height && right.y + right.height > leaf.y);
        }
        if (down !== undefined) {
          assert.ok(Math.abs(down.y - leaf.y - leaf.height) < 1e-3);
          assert.ok(down.x < leaf.x + leaf.width && down.x + down.width > leaf.x);
        }
      }
    }),
    { numRuns: 30 },
  ));

test("an arrow stops at the edge, and comes back the way it went", () => {
  const big = layout.leaves.find(({ place }) => place.title === "b")!;
  const opposite: Record<Direction, Direction> = {
    left: "right",
    right: "left",
    up: "down",
    down: "up",
  };
  const ways = Object.keys(opposite).filter(
    (way) => neighbour(layout.leaves, big, way as Direction) !== undefined,
  ) as Direction[];
  assert.equal(ways.length, 1);
  const beside = neighbour(layout.leaves, big, ways[0]!)!;
  assert.equal(neighbour(layout.leaves, beside, opposite[ways[0]!]), big);
});

test("a directory can be gone from: its box is that of all in it", () => {
  const frame = boxOfPlace(
    layout,
    root.children.find(({ title }) => title === "a")!,
  )!;
  assert.ok(Math.abs(frame.width * frame.height - (width * height) / 2) < 1e-6);
  assert.ok(
    (["left", "right", "up", "down"] as const).some(
      (way) => neighbour(layout.leaves, frame, way)?.place.title === "b",
    ),
  );
});

const sixPixels = (text: string): number => text.length * 6;

test("names stay in their rectangles and never lie over each other", () =>
  fc.assert(
    fc.property(someImage, (image) => {
      const shown = layoutOf(placesOf(image, { uri: "u" }), width, height);
      const { frames, leaves } = captionsOf(shown, sixPixels);
      const all = [...frames, ...leaves];
      for (const { of, x, y, width: wide, height: high, text } of all) {
        assert.notEqual(text, "");
        assert.ok(x >= of.x - 1e-6 && x + wide <= of.x + of.width + 1e-6);
        assert.ok(y >= of.y - 1e-6 && y + high <= of.y + of.height + 2.5);
      }
      for (const [index, a] of all.entries()) {
        for (const b of all.slice(index + 1)) {
          const isApart =
            a.x + a.width <= b.x + 0.6 ||
            b.x + b.width <= a.x + 0.6 ||
            a.y + a.height <= b.y + 0.6 ||
            b.y + b.height <= a.y + 0.6;
          assert.ok(isApart, `${a.text} lies over ${b.text}`);
        }
      }
    }),
    { numRuns: 30 },
  ));

test("a name that is too long ends in an ellipsis; hardly a letter is no name", () => {
  assert.equal(fit("libcrypto.so.3", 84, sixPixels), "libcrypto.so.3");
  assert.equal(fit("libcrypto.so.3", 60, sixPixels), "libcrypto…");
  assert.equal(fit("libcrypto.so.3", 12, sixPixels), "");
  assert.equal(fit("ab\u{1f600}cdefgh", 24, sixPixels), "ab…");
});

test("a layer has its colour in every map, and the legend names what is drawn, most bytes first", () => {
  const both = mapOf({ small: "1kB" }, { large: "9kB" }, {}, 100);
  const shown = placesOf(both, { uri: "u" });
  const entries = legendOf(both, layoutOf(shown, 1, 1).leaves, "layer");
  assert.deepEqual(
    entries.map(({ fill, name, bytes }) => [fill, name, bytes]),
    [
      ["fill-1", "Layer 2", 9000],
      ["fill-0", "Layer 1", 1000],
    ],
  );
  const { node } = shown.children[0]!;
  assert.equal(fillOf({ ...node, layer: fillCount + 1 }, "layer", []), "fill-1");
  assert.equal(fillOf({ ...node, content: "archive" }, "content", ["code", "archive"]), "fill-1");
});

test("the tooltip stays in the window", () => {
  const space = { width: 100, height: 100 };
  const size = { width: 40, height: 20 };
  assert.deepEqual(placeBeside({ x: 10, y: 10 }, size, space), { left: 24, top: 24 });
  assert.deepEqual(placeBeside({ x: 90, y: 90 }, size, space), { left: 36, top: 56 });
  assert.deepEqual(placeBeside({ x: 50, y: 50 }, { width: 200, height: 200 }, space), {
    left: 0,
    top: 0,
  });
});
