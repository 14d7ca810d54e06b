import assert from "node:assert/strict";
import { test } from "node:test";
import { contextOf } from "../../media/treemap/context.ts";
import { parseMemory } from "../../media/treemap/memory.ts";
import {
  allPlaces,
  crumbsOf,
  escapeSteering,
  isZoomable,
  placeKey,
  placesOf,
  zoomedOut,
  zoomTarget,
} from "../../media/treemap/places.ts";
import { isFound } from "../../media/treemap/search.ts";
import { factsOf, spoken } from "../../media/treemap/words.ts";
import { mapOf } from "./treemapMaps.ts";

const uri = "file:///Dockerfile";
const map = mapOf(
  { "srv/app/server": "1MB", "srv/app/cache/index": "3MB" },
  { "srv/app/.wh.cache": "0" },
);
const root = placesOf(map, { uri });
const placeOf = (title: string) => allPlaces(root).find((place) => place.title === title)!;

test("every place knows what to ask for to see it alone", () =>
  assert.deepEqual(
    allPlaces(root).map(({ title, target }) => [title, { ...target, uri: undefined }]),
    [
      ["app:latest", { uri: undefined }],
      ["srv", { uri: undefined, path: "srv" }],
      ["srv/app", { uri: undefined, path: "srv/app" }],
      ["srv/app/server", { uri: undefined, path: "srv/app/server" }],
      ["Waste", { uri: undefined, waste: true }],
      ["Waste of Layer 1", { uri: undefined, waste: true, layer: 0 }],
      ["srv", { uri: undefined, waste: true, layer: 0, path: "srv" }],
      ["srv/app", { uri: undefined, waste: true, layer: 0, path: "srv/app" }],
      ["srv/app/cache", { uri: undefined, waste: true, layer: 0, path: "srv/app/cache" }],
      [
        "srv/app/cache/index",
        { uri: undefined, waste: true, layer: 0, path: "srv/app/cache/index" },
      ],
    ],
  ));

test("zooming in goes to a directory, from a file to the outermost one around it, and no further than there is", () => {
  assert.deepEqual(zoomTarget(placeOf("srv/app"), root), { uri, path: "srv/app" });
  assert.deepEqual(zoomTarget(placeOf("srv/app/server"), root), { uri, path: "srv" });
  assert.deepEqual(zoomTarget(placeOf("srv/app/cache/index"), root), { uri, waste: true });
  assert.equal(zoomTarget(root, root), undefined);
  const app = placesOf(mapOf({ "srv/app/server": "1MB" }, {}, { path: "srv/app" }), {
    uri,
    path: "srv/app",
  });
  assert.equal(app.children[0]?.title, "srv/app/server");
  assert.equal(zoomTarget(app.children[0], app), undefined);
});

test("sections of a binary are told apart, are of the file's layer, and go no further in", () => {
  const { node } = placeOf("srv/app/server");
  const section = (name: string, ...children: (typeof node)[]) => ({
    ...node,
    name,
    kind: "section" as const,
    ...(children.length === 0 ? {} : { children }),
  });
  const children = [section(".text", section("runtime"), section("main")), section("main")];
  const file = placesOf(
    { ...map, root: { ...node, name: "srv/app/server", children } },
    { uri, path: "srv/app/server" },
  );
  const places = allPlaces(file);
  assert.equal(new Set(places.map(placeKey)).size, 5);
  assert.equal(places[2]?.title, "srv/app/server: .text: runtime");
  assert.ok(places.every((place) => zoomTarget(place, file) === undefined));
  const { label, text } = map.layers[0]!;
  assert.deepEqual(factsOf(map, places[1]!).slice(2), [label, text, "Other files"]);
});

test("a file that opens can be zoomed into, and so its sections are shown", () => {
  const server = placeOf("srv/app/server");
  assert.equal(isZoomable(server), false);
  assert.equal(isZoomable({ ...server, node: { ...server.node, opens: true } }), true);
  const target = { uri, path: "srv/app/server" };
  const section = { ...server.node, name: ".text", kind: "section" as const };
  const opened = placesOf(
    { ...map, root: { ...server.node, name: "srv/app/server", children: [section] } },
    target,
  );
  assert.equal(opened.children[0]?.title, "srv/app/server: .text");
  assert.equal(isZoomable(opened.children[0]), false);
});

test("zooming out follows the crumbs: directories, the layer, all waste, the image", () => {
  const crumbs = crumbsOf({ uri, waste: true, layer: 2, path: "srv/app" }, "app", () => "Layer 3");
  assert.deepEqual(
    crumbs.map(({ name }) => name),
    ["app", "Waste", "Layer 3", "srv", "app"],
  );
  assert.deepEqual(zoomedOut({ uri, layer: 2, path: "srv" }), { uri, layer: 2 });
  assert.deepEqual(zoomedOut({ uri, layer: 2 }), { uri });
  assert.deepEqual(zoomedOut({ uri, waste: true, layer: 2 }), { uri, waste: true });
  assert.equal(zoomedOut({ uri }), undefined);
});

test("names that would turn text around are escaped wherever they are shown, and asked for as they are", () => {
  const hostile = mapOf({ "a\u202eb/<img src=x>\u0007": "1kB" });
  const [directory] = placesOf(hostile, { uri }).children;
  const file = directory?.children[0];
  assert.equal(file?.title, "a\\u202eb/<img src=x>\\x07");
  assert.equal(file.target.path, "a\u202eb/<img src=x>\u0007");
  assert.equal(crumbsOf(file.target, "", () => "").at(1)?.name, "a\\u202eb");
  assert.equal(escapeSteering("a\u2066\u200f\ufeffb\u0085"), "a\\u2066\\u200f\\ufeffb\\x85");
});

test("a place is told with path, bytes, share, what hid it, layer and kind", () => {
  assert.deepEqual(factsOf(map, placeOf("srv/app/cache/index")), [
    "srv/app/cache/index",
    "3 MB (3,000,000 B) · 75%",
    "Wasted: deleted by layer 2",
    "Layer 1",
    map.layers[0]!.text,
    "Other files",
  ]);
  assert.equal(spoken(map, placeOf("srv")), "Directory srv, 1 MB, Layer 1");
  assert.equal(
    spoken(map, placeOf("srv/app/cache/index")),
    "srv/app/cache/index, 3 MB, Layer 1, deleted by layer 2",
  );
});

test("what is, holds or lies in a match is found, waste only by waste", () => {
  const match = { path: "srv/app", kind: "directory", bytes: 1, sizeText: "", layer: 0 } as const;
  assert.equal(isFound(placeOf("srv/app/server"), [match]), true);
  assert.equal(isFound(root.children[0]!, [{ ...match, path: "srv/other" }]), true);
  assert.equal(isFound(placeOf("srv/app/server"), [{ ...match, waste: true }]), false);
  assert.equal(isFound(placeOf("srv/app/cache/index"), [{ ...match, waste: true }]), true);
});

test("the context menu gets the layer of a wasted file, and none for what is no file", () => {
  assert.deepEqual(JSON.parse(contextOf(placeOf("srv/app/cache/index"))!), {
    webviewSection: "file",
    preventDefaultContextMenuItems: true,
    uri,
    path: "srv/app/cache/index",
    layer: 0,
    isFinal: false,
  });
  assert.equal(contextOf(placeOf("Waste")), undefined);
});

test("what is remembered is taken up only where it is ours", () => {
  const memory = {
    target: { uri, layer: 1, path: "a" },
    by: "content",
    isTable: true,
    selected: "k",
  };
  assert.deepEqual(parseMemory(memory), memory);
  assert.deepEqual(parseMemory({ target: { uri, path: 7, waste: "yes" }, by: "x" }), {
    target: { uri },
    by: "layer",
    isTable: false,
  });
  for (const other of [undefined, null, 7, {}, { target: {} }]) {
    assert.equal(parseMemory(other), undefined);
  }
});

test("keys of places are different for different ones", () => {
  const keys = allPlaces(root).map(placeKey);
  assert.equal(new Set(keys).size, keys.length);
});
